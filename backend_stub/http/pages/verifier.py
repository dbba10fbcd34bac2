"""The receipt page: what the QR code of a receipt opens. It is checked in the browser alone.

The page is the same for every receipt and may be cached; what follows ``#`` in the address never
reaches this server. The format is described in ``printer.proof``; keys come from
``/v1/receipt-keys`` and are kept by the page and its worker, so it works without a network once it
was open.
"""

from __future__ import annotations

import json

from fastapi.responses import HTMLResponse, Response

from backend_stub.http.pages.html import page, read_part
from kiosk.services import Catalogue

_DAY = "public, max-age=86400"

_BODY = """<header><div><div><h1 id="title">التحقق من الإيصال</h1><p id="owner"></p></div>
<button type="button" id="other">English</button></div></header>
<main><div class="card"><div class="verdict" role="status">
<svg id="sign" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.2" \
stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"></svg>
<h2 id="verdict"></h2><p id="meaning"></p></div>
<dl id="claims" hidden></dl>
<form class="paste" id="form" hidden><label id="paste" for="text"></label>
<textarea id="text" spellcheck="false" autocomplete="off"></textarea>
<button id="check"></button></form>
</div><p class="note" id="privacy"></p>
<noscript><p class="note">التحقق يحتاج إلى JavaScript. Checking needs JavaScript.</p></noscript>
</main>
"""


def verifier_page(catalogue: Catalogue, verifier: str) -> HTMLResponse:
    """The page; ``verifier`` is the address that receipts are bound to."""
    services = {
        service.id: {"ar": service.title.ar, "en": service.title.en}
        for service in catalogue.services
    }
    settings = json.dumps({"verifier": verifier, "services": services}, ensure_ascii=False)
    data = settings.replace("<", "\\u003c")
    return page(
        language="ar",
        title="التحقق من الإيصال",
        styles=("style.css", "verify.css"),
        body=f'{_BODY}<script type="application/json" id="settings">{data}</script>',
        script="verify.js",
        cache_control=_DAY,
        connect="'self'",
    )


def verifier_worker() -> Response:
    """The service worker that keeps page and keys."""
    return Response(
        read_part("worker.js"),
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"},
    )
