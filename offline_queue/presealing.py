"""Key agreements for sealing, prepared while nobody waits.

Nine tenths of the time to seal an envelope (RFC 9180, ``sealing.seal``) go into an ephemeral key
pair and its agreement with the central key, and neither depends on the content. A thread keeps a
few agreements ready and makes the next one while a COMMIT waits for the disk. Each is used once;
when none is ready, ``sealing.seal`` does the whole work.

The ``cryptography`` package cannot encrypt with an agreement made earlier, so the sender's side of
the key schedule is written out here. Its envelopes are opened by that package like any other.
"""

from __future__ import annotations

import hmac
import queue
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from offline_queue.sealing import seal

_READY: Final = 8
"""How many agreements are kept. One is made for each that is used: in the time of one COMMIT. Made
several at a time, they hold the interpreter for longer than a quick disk takes, and the enqueue
that is back from its COMMIT waits for them."""

_VERSION: Final = b"HPKE-v1"
_KEM: Final = b"KEM\x00\x20"
"""DHKEM(X25519, HKDF-SHA256): RFC 9180, clause 7.1."""
_SUITE: Final = b"HPKE\x00\x20\x00\x01\x00\x02"
"""With HKDF-SHA256 and AES-256-GCM: RFC 9180, clauses 7.2 and 7.3."""
_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Agreement:
    """A key agreement with the central API that has sealed nothing yet."""

    encapsulated: bytes
    """The public half of the key pair, 32 bytes: the beginning of the envelope."""
    secret: bytes = field(repr=False)
    """``secret`` of the key schedule (RFC 9180, clause 5.1)."""


def agree(public_key: X25519PublicKey) -> Agreement:
    """Make a key pair and agree with ``public_key``; the private half is forgotten here.

    Raises ``ValueError`` when ``public_key`` is of low order.
    """
    private = X25519PrivateKey.generate()
    encapsulated = private.public_key().public_bytes_raw()
    context = encapsulated + public_key.public_bytes_raw()
    # RFC 9180, clause 4.1: ExtractAndExpand.
    extracted = _extract(_KEM, b"", b"eae_prk", private.exchange(public_key))
    shared = _expand(_KEM, extracted, b"shared_secret", context, _KEY_BYTES)
    return Agreement(encapsulated, _extract(_SUITE, shared, b"secret", b""))


def seal_with(agreement: Agreement, payload: bytes, place: bytes) -> bytes:
    """Seal like ``sealing.seal`` with an agreement that was never used before, nor ever again."""
    # RFC 9180, clause 5.1: KeySchedule of the base mode, then the first message's nonce.
    context = b"\x00" + _NO_PSK + _extract(_SUITE, b"", b"info_hash", place)
    key = _expand(_SUITE, agreement.secret, b"key", context, _KEY_BYTES)
    nonce = _expand(_SUITE, agreement.secret, b"base_nonce", context, _NONCE_BYTES)
    return agreement.encapsulated + AESGCM(key).encrypt(nonce, payload, None)


class Presealer:
    """TerminalKeys for one central key; ``take`` and ``prepare`` may be called from any thread."""

    def __init__(self, public_key: bytes) -> None:
        """Seal to a raw 32-byte X25519 key; the thread starts with the first ``prepare``."""
        self._raw = public_key
        self._public_key = X25519PublicKey.from_public_bytes(public_key)
        self._ready: deque[Agreement] = deque()
        self._wanted: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._closed = False

    def seal(self, payload: bytes, place: bytes) -> bytes:
        """Do what ``sealing.seal`` does, more quickly when an agreement is ready."""
        try:
            agreement = self._ready.popleft()  # out of it: nobody else gets this one
        except IndexError:
            return seal(self._raw, payload, place)
        return seal_with(agreement, payload, place)

    def prepare(self) -> None:
        """Ask the thread to replace used agreements; returns at once."""
        if self._closed or len(self._ready) >= _READY:
            return
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="outbox-presealing", daemon=True)
            self._thread.start()
        self._wanted.put(True)

    def close(self) -> None:
        """End the thread and forget what was ready."""
        self._closed = True
        if self._thread is not None:
            self._wanted.put(False)
            self._thread.join()
        self._ready.clear()

    def _run(self) -> None:
        while self._wanted.get():
            while len(self._ready) < _READY and not self._closed:
                self._ready.append(agree(self._public_key))


def _extract(suite: bytes, salt: bytes, label: bytes, material: bytes) -> bytes:
    """LabeledExtract of RFC 9180, clause 4."""
    return hmac.digest(salt, _VERSION + suite + label + material, "sha256")


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    """LabeledExpand of RFC 9180, clause 4, for at most one block of HKDF (RFC 5869): 32 bytes."""
    about = length.to_bytes(2, "big") + _VERSION + suite + label + info
    return hmac.digest(key, about + b"\x01", "sha256")[:length]


_NO_PSK: Final = _extract(_SUITE, b"", b"psk_id_hash", b"")
"""The hash of the name of no pre-shared key."""
