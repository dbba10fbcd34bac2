"""The link with which an order is paid, or looked at, from any telephone."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field

_BYTES = 16


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links that cannot be guessed, and reads them."""

    public_url: str
    secret: bytes = field(repr=False)

    def to(self, order: str) -> str:
        """The address of an order's page."""
        return f"{self.public_url}/P/{order}.{self._mac(order)}"

    def order_in(self, token: str) -> str | None:
        """The order that the last part of an address names; ``None`` for one not made here."""
        order, _, mac = token.rpartition(".")
        # Bytes: a token may hold anything, and text outside ASCII cannot be compared safely.
        if order and hmac.compare_digest(mac.encode(), self._mac(order).encode()):
            return order
        return None

    def _mac(self, order: str) -> str:
        mac = hmac.new(self.secret, order.encode(), hashlib.sha256).digest()[:_BYTES]
        return base64.urlsafe_b64encode(mac).rstrip(b"=").decode("ascii")
