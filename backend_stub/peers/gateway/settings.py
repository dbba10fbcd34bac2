"""Keys of a merchant at the gateway, in a file that both sides are given."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GatewayKeys:
    """What a merchant and the gateway share."""

    merchant_key: str = field(repr=False)
    """Sent with every request of the merchant."""
    callback_secret: str = field(repr=False)
    """HMAC key of callbacks, 256 bits in hexadecimal."""


def load_keys(path: Path) -> GatewayKeys:
    """The keys in a file, which is made with new ones when there is none; readable by its owner."""
    if path.exists():
        return GatewayKeys(**json.loads(path.read_text("ascii")))
    keys = GatewayKeys(secrets.token_hex(32), secrets.token_hex(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(asdict(keys), file)
    return keys
