"""Callbacks of the gateway: a reason to ask it, once the signature shows that it is the gateway."""

from __future__ import annotations

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Final

SIGNATURE_HEADER: Final = "Gateway-Signature"
LEAST_SECRET_BYTES: Final = 16
_TOLERANCE: Final = timedelta(minutes=5)
_SIGNATURE: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


class SecretTooShort(ValueError):
    """A callback secret below 128 bits."""


def secret_from(text: str) -> bytes:
    """The secret out of its hexadecimal form. Raises :class:`SecretTooShort` or ``ValueError``."""
    secret = bytes.fromhex(text)
    if len(secret) < LEAST_SECRET_BYTES:
        raise SecretTooShort("the callback secret has fewer than 128 bits")
    return secret


def is_signed(secret: bytes, header: str, body: bytes, now: datetime) -> bool:
    """Whether the gateway sent this body in the last minutes (HMAC-SHA-256 over ``t.body``)."""
    found = _SIGNATURE.fullmatch(header)
    if found is None:
        return False
    at, mac = found.groups()
    expected = hmac.new(secret, at.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, mac):
        return False
    return abs(now.timestamp() - int(at)) <= _TOLERANCE.total_seconds()
