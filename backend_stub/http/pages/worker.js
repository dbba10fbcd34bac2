"use strict";
// Keeps the receipt page and the last known keys, so that receipts can be checked without a network.
const STORE = "manfadh-receipts-1";
const KEPT = ["/R", "/v1/receipt-keys"];
addEventListener("install", (event) => {
  event.waitUntil(caches.open(STORE).then((store) => store.addAll(KEPT)).then(() => skipWaiting()));
});
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin || !KEPT.includes(pathname)) return;
  event.respondWith((async () => {
    const store = await caches.open(STORE);
    try {
      const reply = await fetch(event.request);
      if (reply.ok) await store.put(pathname, reply.clone());
      return reply;
    } catch (error) {
      const kept = await store.match(pathname);
      if (kept) return kept;
      throw error;
    }
  })());
});
