"""A whole HTML page as one response, with a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from html import escape
from pathlib import Path

from fastapi.responses import HTMLResponse

_FOLDER = Path(__file__).parent


@cache
def read_part(name: str) -> str:
    """A style or script of this folder."""
    return (_FOLDER / name).read_text("utf-8")


def page(
    *,
    language: str,
    title: str,
    styles: tuple[str, ...],
    body: str,
    script: str = "",
    head: str = "",
    cache_control: str,
    connect: str = "'none'",
) -> HTMLResponse:
    """Put a page together. ``body`` and ``head`` are HTML, ``styles`` and ``script`` file names."""
    style = "".join(read_part(name) for name in styles)
    code = read_part(script) if script else ""
    direction = "rtl" if language == "ar" else "ltr"
    document = (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}">\n<head>\n'
        '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>{escape(title)}</title>\n{head}<style>{style}</style>\n</head>\n<body>\n{body}\n"
        + (f"<script>{code}</script>\n" if code else "")
        + "</body>\n</html>\n"
    )
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(code)}; "
        f"connect-src {connect}; worker-src {connect}; img-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(
        document,
        headers={
            "Cache-Control": cache_control,
            "Content-Security-Policy": policy,
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _hash(text: str) -> str:
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
    return f"'sha256-{digest}'"
