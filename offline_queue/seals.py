"""With what a terminal seals and signs, and in whose name."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.ahead import SealsAhead


@dataclass(frozen=True, slots=True)
class Seals:
    """The keys in use and the epoch that they belong to."""

    kiosk: str
    epoch: int
    sealing_key_id: str
    sealing_key: bytes
    """X25519 public key of the central API, 32 bytes."""
    device_key: ec.EllipticCurvePrivateKey = field(repr=False)
    ahead: SealsAhead = field(repr=False)
    """Seals to ``sealing_key``, in part made ahead."""
