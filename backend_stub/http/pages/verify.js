"use strict";
// Checks a receipt in the browser: base32 (RFC 4648, 6), COSE_Sign1 (RFC 9052, 4.2), ES256.
// What follows # in the address never leaves this device (RFC 3986, 3.5).
const settings = JSON.parse(document.getElementById("settings").textContent);
const KEYS = "manfadh-receipt-keys";
let language = "ar";
let shown = null;

class Invalid extends Error {}
class UnknownKey extends Error {}

function base32(text) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bytes = [];
  let bits = 0, value = 0;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) throw new Invalid("base32");
    value = (value << 5) | digit;
    bits += 5;
    if (bits >= 8) { bits -= 8; bytes.push((value >> bits) & 255); value &= (1 << bits) - 1; }
  }
  // Only zeros may be left over, and never a whole letter of them.
  if (value !== 0 || bits >= 5) throw new Invalid("base32");
  return new Uint8Array(bytes);
}

// CBOR (RFC 8949), as much of it as a receipt has, and only in its shortest form (4.2.1).
function cbor(bytes) {
  let at = 0;
  function take(count) {
    if (at + count > bytes.length) throw new Invalid("cbor");
    at += count;
    return bytes.subarray(at - count, at);
  }
  function head() {
    const [first] = take(1);
    const major = first >> 5, info = first & 31;
    if (info < 24) return [major, info];
    if (info > 27) throw new Invalid("cbor");
    let value = 0;
    for (const byte of take(1 << (info - 24))) value = value * 256 + byte;
    const least = [24, 256, 65536, 4294967296][info - 24];
    if (value < least || value > Number.MAX_SAFE_INTEGER) throw new Invalid("cbor");
    return [major, value];
  }
  function item(depth) {
    if (depth > 4) throw new Invalid("cbor");
    const [major, value] = head();
    switch (major) {
      case 0: return value;
      case 1: return -1 - value;
      case 2: return take(value).slice();
      case 3: return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(take(value));
      case 4: return Array.from({ length: Math.min(value, 65) }, () => item(depth + 1));
      case 5: {
        const map = new Map();
        for (let i = 0; i < value; i++) {
          const key = item(depth + 1);
          if (typeof key !== "number" || map.has(key)) throw new Invalid("cbor");
          map.set(key, item(depth + 1));
        }
        return map;
      }
      case 6: return { tag: value, value: item(depth + 1) };
      default: throw new Invalid("cbor");
    }
  }
  let result;
  try { result = item(0); } catch (error) {
    throw error instanceof Invalid ? error : new Invalid("cbor");
  }
  if (at !== bytes.length) throw new Invalid("cbor");
  return result;
}

function bstr(bytes) {
  const size = bytes.length;
  const head = size < 24 ? [64 + size] : size < 256 ? [88, size] : [89, size >> 8, size & 255];
  return [...head, ...bytes];
}

const isBytes = (value, size) =>
  value instanceof Uint8Array && (size === undefined || value.length === size);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

function parse(text) {
  if (!/^[A-Z2-7]{1,4096}$/.test(text)) throw new Invalid("text");
  const message = cbor(base32(text));
  const parts = message && message.tag === 18 ? message.value : null;
  if (!Array.isArray(parts) || parts.length !== 4) throw new Invalid("cose");
  const [algorithm, headers, payload, signature] = parts;
  if (!isBytes(algorithm) || hex(algorithm) !== "a10126") throw new Invalid("cose");
  if (!(headers instanceof Map) || headers.size !== 1 || !isBytes(headers.get(4), 8))
    throw new Invalid("cose");
  if (!isBytes(payload) || !isBytes(signature, 64)) throw new Invalid("cose");
  // Sig_structure (RFC 9052, 4.4): ["Signature1", protected, h'', payload].
  const name = new TextEncoder().encode("Signature1");
  const signed = new Uint8Array(
    [0x84, 0x60 + name.length, ...name, ...bstr(algorithm), 0x40, ...bstr(payload)]);
  return { kid: hex(headers.get(4)), payload, signature, signed };
}

function claims(payload) {
  const map = cbor(payload);
  const wanted = [1, 2, 3, 4, 5, 6, 7, 8];
  if (!(map instanceof Map) || !wanted.every((key) => map.has(key))) throw new Invalid("claims");
  const [tx, service, time, kiosk, state, fee, head, binding] = wanted.map((key) => map.get(key));
  if (!isBytes(tx, 16) || !isBytes(head, 16) || !isBytes(binding, 4)) throw new Invalid("claims");
  // Plain ids: what is shown below "genuine" holds no markup and no override of direction.
  const isId = (value) => typeof value === "string" && /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/.test(value);
  if (!isId(service) || !isId(kiosk)) throw new Invalid("claims");
  if (!(time >= 0) || time > 8.64e12 || (state !== 1 && state !== 2) || !(fee >= 0))
    throw new Invalid("claims");
  return { tx, service, time, kiosk, state, fee, binding };
}

// The short form that people quote: the 40 lowest bits, in Crockford's letters.
function reference(tx) {
  const letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  let bits = 0n;
  for (const byte of tx.subarray(11)) bits = (bits << 8n) | BigInt(byte);
  let text = "";
  for (let shift = 35n; shift >= 0n; shift -= 5n) text += letters[Number((bits >> shift) & 31n)];
  return text.slice(0, 4) + "-" + text.slice(4);
}

function remembered() {
  try { return JSON.parse(localStorage.getItem(KEYS)) || []; } catch { return []; }
}

async function fetchKeys() {
  const reply = await fetch("/v1/receipt-keys", { credentials: "omit" });
  if (!reply.ok) throw new Error("no keys");
  const { keys } = await reply.json();
  try { localStorage.setItem(KEYS, JSON.stringify(keys)); } catch { /* private window */ }
  return keys;
}

async function keyOf(kid) {
  const find = (keys) => keys.find((key) => key.key_id === kid);
  let keys;
  try { keys = await fetchKeys(); } catch { keys = remembered(); }
  const key = find(keys);
  if (!key) throw new UnknownKey();
  return key;
}

async function verify(text) {
  const message = parse(text);
  const key = await keyOf(message.kid);
  const der = Uint8Array.from(
    atob(key.public_key.replace(/-----[^-]+-----|\s/g, "")), (letter) => letter.charCodeAt(0));
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const publicKey = await crypto.subtle.importKey("spki", der, algorithm, false, ["verify"]);
  const good = await crypto.subtle.verify(algorithm, publicKey, message.signature, message.signed);
  if (!good) throw new Invalid("signature");
  const found = claims(message.payload);
  const address = new TextEncoder().encode(`HTTPS://${settings.verifier.toUpperCase()}/R#`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", address));
  // A code that leads elsewhere, or the key of another terminal, is not a receipt of this one.
  if (hex(digest.subarray(0, 4)) !== hex(found.binding)) throw new Invalid("address");
  if (key.kiosk !== found.kiosk) throw new Invalid("terminal");
  return { outcome: key.revoked ? "revoked" : "valid", claims: found };
}

const TEXTS = {
  ar: {
    title: "التحقق من الإيصال", owner: "منفذ · الخدمات الحكومية", other: "English",
    checking: ["جارٍ التحقق…", ""],
    empty: ["تحقق من إيصال", "امسح الرمز المطبوع على الإيصال بهاتفك، أو الصق نصه هنا."],
    valid: ["الإيصال صحيح", "صدر هذا الإيصال عن جهاز حكومي ولم يتغير."],
    revoked: ["إيصال بمفتاح ملغى", "التوقيع سليم لكن مفتاح الجهاز أُلغي. راجع الجهة المعنية."],
    "unknown-key": ["تعذر التحقق", "لا نعرف الجهاز الذي أصدر هذا الإيصال، أو لا تتوفر الشبكة."],
    invalid: ["الإيصال غير صحيح", "هذا ليس إيصالًا صادرًا عن جهاز حكومي، أو أنه تغيّر."],
    unsupported: ["تعذر التحقق", "المتصفح لا يدعم التحقق هنا. افتح الصفحة باتصال آمن (https)."],
    service: "الخدمة", reference: "رقم المعاملة", time: "الوقت", kiosk: "الجهاز", state: "الحالة", fee: "الرسم",
    1: "مؤكدة", 2: "مؤكدة، وتُرسل عند عودة الشبكة", free: "بدون رسوم", rial: "ر.ع.",
    privacy: "يجري التحقق في جهازك؛ لا يُرسل محتوى الإيصال إلى أحد. ليس في الإيصال اسم ولا رقم مدني.",
    paste: "نص الرمز", check: "تحقق",
  },
  en: {
    title: "Receipt check", owner: "Manfadh · government services", other: "العربية",
    checking: ["Checking…", ""],
    empty: ["Check a receipt", "Scan the code printed on the receipt with your phone, or paste its text here."],
    valid: ["The receipt is genuine", "A government terminal issued it and it was not changed."],
    revoked: ["Receipt with a revoked key", "The signature is right, but the terminal's key was revoked. Ask the office."],
    "unknown-key": ["Could not be checked", "The terminal that issued it is not known here, or there is no network."],
    invalid: ["Not a genuine receipt", "No government terminal issued this, or it was changed."],
    unsupported: ["Could not be checked", "This browser cannot check here. Open the page over https."],
    service: "Service", reference: "Transaction number", time: "Time", kiosk: "Terminal", state: "State", fee: "Fee",
    1: "Confirmed", 2: "Confirmed; sent when the network returns", free: "Free of charge", rial: "OMR",
    privacy: "The check runs on your device; nothing of the receipt is sent to anyone. It holds no name and no civil number.",
    paste: "Text of the code", check: "Check",
  },
};
const SIGNS = {
  valid: '<path d="M5 12.5l4.5 4.5L19 7.5"/>', invalid: '<path d="M6 6l12 12M18 6L6 18"/>',
  revoked: '<path d="M12 6v7M12 17v.5"/>', "unknown-key": '<path d="M9 9a3 3 0 116 0c0 2-3 2.500-3 4.500M12 17.500v.3"/>',
};

function element(id) { return document.getElementById(id); }

function show() {
  const { outcome, claims: found } = shown;
  const texts = TEXTS[language];
  document.documentElement.lang = language;
  document.documentElement.dir = language === "ar" ? "rtl" : "ltr";
  document.documentElement.dataset.outcome = outcome;
  document.title = texts.title;
  for (const id of ["title", "owner", "other", "privacy", "paste", "check"])
    element(id).textContent = texts[id];
  [element("verdict").textContent, element("meaning").textContent] = texts[outcome];
  element("sign").innerHTML = SIGNS[outcome] || SIGNS["unknown-key"];
  element("sign").toggleAttribute("hidden", outcome === "checking" || outcome === "empty");
  element("form").hidden = outcome !== "empty";
  const list = element("claims");
  list.replaceChildren();
  list.hidden = !found;
  if (!found) return;
  const time = new Intl.DateTimeFormat(language === "ar" ? "ar-u-nu-latn" : "en-GB",
    { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Muscat" });
  const service = settings.services[found.service];
  const rows = {
    reference: reference(found.tx), service: service ? service[language] : found.service,
    time: time.format(new Date(found.time * 1000)), kiosk: found.kiosk, state: texts[found.state],
    fee: found.fee === 0 ? texts.free : `${(found.fee / 1000).toFixed(3)} ${texts.rial}`,
  };
  for (const [name, value] of Object.entries(rows)) {
    const row = document.createElement("div");
    const term = document.createElement("dt"), detail = document.createElement("dd");
    const isolated = document.createElement("bdi");
    term.textContent = texts[name];
    isolated.textContent = value;
    detail.id = `claim-${name}`;
    if (name === "reference") detail.className = "reference";
    detail.append(isolated);
    row.append(term, detail);
    list.append(row);
  }
}

async function check() {
  const text = location.hash.slice(1);
  shown = { outcome: text ? "checking" : "empty" };
  show();
  if (!text) return;
  let result;
  try {
    result = globalThis.crypto && crypto.subtle ? await verify(text) : { outcome: "unsupported" };
  } catch (error) {
    result = { outcome: error instanceof UnknownKey ? "unknown-key" : "invalid" };
  }
  if (location.hash.slice(1) === text) { shown = result; show(); }
}

element("other").addEventListener("click", () => {
  language = language === "ar" ? "en" : "ar";
  show();
});
element("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = element("text").value.trim();
  location.hash = text.slice(text.lastIndexOf("#") + 1);
});
addEventListener("hashchange", check);
if ("serviceWorker" in navigator)
  navigator.serviceWorker.register("/receipt-worker.js", { scope: "/R" }).catch(() => {});
check();
