"""The keys that a terminal seals and signs with."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.presealing import Presealer


@dataclass(frozen=True, slots=True)
class TerminalKeys:
    """The keys in use and the epoch that they belong to."""

    kiosk: str
    epoch: int
    sealing_key_id: str
    sealing_key: bytes
    """X25519 public key of the central API, 32 bytes."""
    device_key: ec.EllipticCurvePrivateKey = field(repr=False)
    presealer: Presealer = field(repr=False)
    """TerminalKeys to ``sealing_key``, in part made ahead."""
