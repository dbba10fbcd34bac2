"""Who sends a request: the terminal whose device key signed it (RFC 9421).

The profile is in :mod:`offline_queue.signed_requests`; here are the keys and the rules.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from fastapi import Request

from backend_stub.fleet.kiosks import device_keys
from backend_stub.fleet.signer import Signer
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.http.body import DIGEST
from offline_queue.chain import ChainBroken
from offline_queue.signed_requests import (
    CLOCK_HEADER,
    RequestNotSigned,
    read_signature,
)

SIGNATURE_LIFETIME: Final = timedelta(minutes=5)
"""How far the time of a signature may be from the central API's, before or after."""

_ASK: Final = {"WWW-Authenticate": 'Signature realm="manfadh-central"'}


def signer_of(central: Central, request: Request) -> Signer:
    """Prove who signed a request.

    Raises :class:`ProblemError`: ``request-not-signed``, ``request-signature-wrong``,
    ``request-signature-stale`` (the answer then has the time), ``kiosk-not-enrolled``,
    ``epoch-unknown``, ``epoch-revoked``, ``epoch-frozen``.
    """
    try:
        found = read_signature(
            request.method,
            _target(central, request),
            request.headers,
            request.scope[DIGEST],
        )
    except RequestNotSigned as error:
        raise ProblemError("request-not-signed", headers=_ASK) from error
    with central.database.read() as session:
        key = device_keys(session, found.kiosk, found.epoch)[found.epoch]
    try:
        found.verify(key.public_key)
    except ChainBroken as error:
        raise ProblemError("request-signature-wrong", headers=_ASK) from error
    now = int(central.clock().timestamp())
    if abs(now - found.created) > SIGNATURE_LIFETIME.total_seconds():
        raise ProblemError("request-signature-stale", headers=_ASK | {CLOCK_HEADER: str(now)})
    key.must_be_usable()
    return Signer(found.kiosk, found.epoch)


def _target(central: Central, request: Request) -> str:
    """Path and query as the terminal sent them, before anything was decoded.

    A proxy may have taken off the path of the address under which everyone reaches this API.
    """
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    prefix = urlsplit(central.settings.public_url).path.rstrip("/").encode()
    if not raw.startswith(prefix + b"/"):
        raw = prefix + raw
    query: bytes = request.scope.get("query_string", b"")
    return (raw + b"?" + query if query else raw).decode("latin-1")
