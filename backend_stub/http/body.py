"""Request bodies: read whole, unpacked and measured before any route sees them (ASGI middleware).

A body that is too large is refused with a problem document, and what the client still sends is
read and thrown away: answering without reading would reach the client as a reset connection.
"""

from __future__ import annotations

import asyncio
import zlib
from dataclasses import dataclass
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend_stub.ground.problems import problem, problem_response
from offline_queue.signed_requests import DIGEST_HEADER, content_digest
from offline_queue.wire import ATTACHMENT_RANGE_MAX_BYTES, BATCH_MAX_BYTES

_LIMITS: Final = {"/v1/batches": BATCH_MAX_BYTES}
_ATTACHMENTS: Final = "/v1/attachments/"
_DEFAULT_LIMIT: Final = 64 * 1024
_DRAIN_LIMIT: Final = 16 * 1024 * 1024
"""How much of a refused body is read before the connection is given up, in bytes."""
_TIMEOUT_S: Final = 30.0
DIGEST: Final = "manfadh.content-digest"
"""Where in the inner scope the digest of the body is, as it travelled: signatures name it."""
_GZIP_WBITS: Final = 31  # zlib's number for: gzip header and trailer, nothing else


class BodyRefused(Exception):
    """The body cannot be taken; ``code`` is one of :mod:`backend_stub.ground.problems`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Disconnected(Exception):
    """The client went away while it was sending."""


@dataclass(frozen=True, slots=True)
class BodyMiddleware:
    """Hands the application a complete, decompressed body within its limit."""

    app: ASGIApp
    timeout_s: float = _TIMEOUT_S

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI entry point."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        headers = Headers(scope=scope)
        try:
            async with asyncio.timeout(self.timeout_s):
                raw = await _read(receive, limit)
            digest = content_digest(raw)
            if headers.get(DIGEST_HEADER, digest) != digest:
                # Somebody changed it on the way. Whatever is wrong with it now, it must not look
                # like a fault of what the terminal sent, or the terminal would set that aside.
                raise BodyRefused("request-not-signed")
            body = _decode(raw, headers.get("content-encoding", "identity"), limit)
        except _Disconnected:
            return
        except TimeoutError:
            await _refuse(scope, receive, send, "body-too-slow")
            return
        except BodyRefused as refusal:
            await _refuse(scope, receive, send, refusal.code)
            return
        changed = MutableHeaders(raw=list(scope["headers"]))
        del changed["content-encoding"]
        del changed["content-length"]
        changed["content-length"] = str(len(body))
        inner = {**scope, "headers": changed.raw, DIGEST: digest}
        await self.app(inner, _replay(body, receive), send)


def _limit(path: str) -> int:
    if path.startswith(_ATTACHMENTS):
        return ATTACHMENT_RANGE_MAX_BYTES
    return _LIMITS.get(path, _DEFAULT_LIMIT)


async def _read(receive: Receive, limit: int) -> bytes:
    parts: list[bytes] = []
    total = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Disconnected
        part = message.get("body", b"")
        total += len(part)
        if total <= limit:
            parts.append(part)
        else:
            parts.clear()
        if not message.get("more_body", False):
            break
        if total > _DRAIN_LIMIT:
            break
    if total > limit:
        raise BodyRefused("body-too-large")
    return b"".join(parts)


def _decode(raw: bytes, encoding: str, limit: int) -> bytes:
    if encoding.lower() == "identity":
        return raw
    if encoding.lower() != "gzip":
        raise BodyRefused("unsupported-encoding")
    decompressor = zlib.decompressobj(_GZIP_WBITS)
    try:
        # One byte over the limit is enough to know; a bomb never unfolds.
        body = decompressor.decompress(raw, limit + 1)
    except zlib.error as error:
        raise BodyRefused("bad-encoding") from error
    if len(body) > limit:
        raise BodyRefused("body-too-large")
    if not decompressor.eof or decompressor.unused_data:
        raise BodyRefused("bad-encoding")
    return body


async def _refuse(scope: Scope, receive: Receive, send: Send, code: str) -> None:
    # The connection may still hold bytes of this body: it is not used for another request.
    response = problem_response(problem(code), {"Connection": "close"})
    await response(scope, receive, send)


def _replay(body: bytes, receive: Receive) -> Receive:
    delivered = False

    async def replay() -> Message:
        nonlocal delivered
        if delivered:
            return await receive()
        delivered = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
