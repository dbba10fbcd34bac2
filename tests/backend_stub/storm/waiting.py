"""What waits at the terminals: made, signed, sealed and chained before the clock starts."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import multiprocessing
import os
import random
import struct
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uuid_utils
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from backend_stub.ground.keys import ServerKeys
from offline_queue.chain import GENESIS, b64url, record_hash, sign_enrolment, sign_record
from offline_queue.sealing import associated_data, seal
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import BATCH_MAX_ITEMS, ChainRecord

from ..cards import Card, Issuer
from ..terminal import ANSWERS

CARDS = 64


def es256(key: ec.EllipticCurvePrivateKey, message: bytes) -> str:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@dataclass
class Signer:
    """A card that signs quickly: its header is encoded once."""

    civil_number: str
    key: ec.EllipticCurvePrivateKey
    header: str

    @classmethod
    def of(cls, card: Card) -> Signer:
        key, certificate = card.signature
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        x5c = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        header = json.dumps({"alg": "ES256", "x5c": [x5c]}).encode()
        return cls(card.civil_number, key, b64url(header))

    def sign(self, payload: dict[str, Any]) -> bytes:
        content = json.dumps(
            payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        message = f"{self.header}.{b64url(content)}".encode()
        return message + b"." + es256(self.key, message).encode()


GOVERNORATES = (
    ("muscat", "seeb"),
    ("dhofar", "salalah"),
    ("ad-dakhiliyah", "samail"),
    ("ad-dakhiliyah", "nizwa"),
)
_signers: list[Signer] = []


def write_kiosk(work: tuple[str, int, Path, bytes, str]) -> bytes:
    """Make one terminal's batches into its file; returns the terminal's public key."""
    kiosk, each, directory, sealing_key, sealing_key_id = work
    rng = random.Random(kiosk)
    device_key = ec.generate_private_key(ec.SECP256R1())
    head = GENESIS
    with (directory / kiosk).open("wb") as file:
        for first in range(1, each + 1, BATCH_MAX_ITEMS):
            items = []
            for seq in range(first, min(first + BATCH_MAX_ITEMS, each + 1)):
                item, head = make_item(kiosk, seq, head, device_key, sealing_key, rng)
                items.append(item | {"key_id": sealing_key_id})
            document = json.dumps({"kiosk": kiosk, "epoch": 1, "items": items}).encode()
            body = gzip.compress(document, compresslevel=1, mtime=0)
            file.write(struct.pack(">II", len(items), len(body)) + body)
    (directory / f"{kiosk}.pem").write_bytes(
        device_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return sign_enrolment(kiosk, "MULTI-USE", device_key).json()


def read_signer(directory: Path, kiosk: str) -> RequestSigner:
    key = serialization.load_pem_private_key((directory / f"{kiosk}.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return RequestSigner(kiosk, 1, key)


def make_item(
    kiosk: str,
    seq: int,
    prev: str,
    device_key: ec.EllipticCurvePrivateKey,
    sealing_key: bytes,
    rng: random.Random,
) -> tuple[dict[str, Any], str]:
    tx_id = str(uuid.UUID(bytes=uuid_utils.uuid7().bytes))
    signer = rng.choice(_signers)
    governorate, wilayat = rng.choice(GOVERNORATES)
    document = signer.sign(
        {
            "v": 1,
            "tx_id": tx_id,
            "kiosk": kiosk,
            "service": "complaint",
            "catalogue": "2026-11-01",
            "language": "ar",
            "applicant": {"civil_number": signer.civil_number},
            "answers": ANSWERS | {"governorate": governorate, "wilayat": wilayat},
            "confirmed_at": "2026-06-01T06:30:00Z",
        }
    )
    envelope = seal(sealing_key, document, associated_data(kiosk, 1, seq, tx_id, 1))
    record = ChainRecord(
        kiosk=kiosk,
        epoch=1,
        seq=seq,
        tx_id=tx_id,
        prev=prev,
        sha256=hashlib.sha256(envelope).hexdigest(),
    )
    item = {
        "record": record.plain(),
        "signature": sign_record(device_key, record),
        "case_ref": hashlib.sha256(tx_id.encode()).hexdigest(),
        "case_seq": 1,
        "schema_version": 1,
        "envelope": b64url(envelope),
        "confirmed_at": "2026-06-01T06:30:00Z",
    }
    return item, record_hash(record)


def read_batches(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        while header := file.read(8):
            count, length = struct.unpack(">II", header)
            yield count, file.read(length)


def make_all(
    directory: Path, issuer: Issuer, kiosks: list[str], each: int, keys: ServerKeys
) -> dict[str, bytes]:
    """Fill the folder with every terminal's batches and key; how each asks to be enrolled."""
    _signers[:] = [Signer.of(Card.make(issuer, f"{99000000 + n}")) for n in range(CARDS)]
    work = [
        (kiosk, each, directory, keys.sealing_public_key, keys.sealing_key_id) for kiosk in kiosks
    ]
    # fork: the workers inherit the cards.
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        return dict(zip(kiosks, pool.map(write_kiosk, work, chunksize=8), strict=True))
