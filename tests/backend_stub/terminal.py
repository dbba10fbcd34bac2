"""A terminal of the tests: device key, chain, sealing, batches over real HTTP."""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import requests
import uuid_utils
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.chain import GENESIS, b64url, b64url_decode, record_hash, sign_record
from offline_queue.sealing import associated_data, seal
from offline_queue.wire import ChainRecord

from .cards import Card

ANSWERS: dict[str, Any] = {
    "employer": {"cr_number": "1500046", "name": "ورشة سمائل الحديثة للكهرباء"},
    "governorate": "ad-dakhiliyah",
    "wilayat": "samail",
    "complaint_types": ["wages"],
    "amount_baisa": 450_500,
    "period": {"from": "2026-01-01", "to": None},
    "description": "لم أستلم أجري منذ ثلاثة أشهر.",
    "evidence": ["contract"],
    "hearing_language": "ar",
    "mobile": "91234567",
    "email": None,
}


def new_tx_id() -> str:
    return str(uuid.UUID(bytes=uuid_utils.uuid7().bytes))


@dataclass
class Terminal:
    url: str
    http: requests.Session
    kiosk: str = "MCT-0001"
    code: str = "MULTI-USE"
    device_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    enrolment: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    head: str = GENESIS
    confirmed_at: str = "2026-06-01T06:30:00Z"

    def public_pem(self) -> str:
        return (
            self.device_key.public_key()
            .public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
            .decode()
        )

    def enrol(self) -> Terminal:
        reply = self.request_enrolment()
        assert reply.status_code == 200, reply.text
        self.enrolment = reply.json()
        return self

    def request_enrolment(self) -> requests.Response:
        return self.http.post(
            f"{self.url}/v1/kiosks/{self.kiosk}/enrolment",
            json={"code": self.code, "device_public_key": self.public_pem()},
        )

    def payload(self, card: Card, tx_id: str, **changes: Any) -> dict[str, Any]:
        return {
            "v": 1,
            "tx_id": tx_id,
            "kiosk": self.kiosk,
            "service": "complaint",
            "catalogue": "2026-11-01",
            "language": "ar",
            "applicant": {"civil_number": card.civil_number},
            "answers": ANSWERS,
            "confirmed_at": self.confirmed_at,
        } | changes

    def complaint(
        self, card: Card, *, answers: dict[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        """A next item of the chain with a complaint in it."""
        tx_id = new_tx_id()
        if answers is not None:
            changes["answers"] = ANSWERS | answers
        return self.item(card.sign(self.payload(card, tx_id, **changes)), tx_id)

    def item(
        self,
        content: str | bytes,
        tx_id: str | None = None,
        *,
        seq: int | None = None,
        prev: str | None = None,
        schema_version: int = 1,
        key_id: str | None = None,
    ) -> dict[str, Any]:
        tx_id = tx_id or new_tx_id()
        follows = seq is None
        if seq is None:
            seq = self.seq + 1
        epoch = self.enrolment["epoch"]
        envelope = seal(
            b64url_decode(self.enrolment["sealing_public_key"]),
            content if isinstance(content, bytes) else content.encode(),
            associated_data(self.kiosk, epoch, seq, tx_id, schema_version),
        )
        record = ChainRecord(
            kiosk=self.kiosk,
            epoch=epoch,
            seq=seq,
            tx_id=tx_id,
            prev=self.head if prev is None else prev,
            sha256=hashlib.sha256(envelope).hexdigest(),
        )
        if follows:
            self.seq, self.head = seq, record_hash(record)
        return {
            "record": record.model_dump(),
            "signature": sign_record(self.device_key, record),
            "case_ref": hashlib.sha256(tx_id.encode()).hexdigest(),
            "case_seq": 1,
            "schema_version": schema_version,
            "key_id": key_id or self.enrolment["sealing_key_id"],
            "envelope": b64url(envelope),
            "confirmed_at": self.confirmed_at,
        }

    def post(
        self, *items: dict[str, Any], compress: bool = True, epoch: int | None = None
    ) -> requests.Response:
        body = json.dumps(
            {
                "kiosk": self.kiosk,
                "epoch": self.enrolment.get("epoch", 1) if epoch is None else epoch,
                "items": list(items),
            }
        ).encode()
        headers = {"Content-Type": "application/json"}
        if compress:
            body = gzip.compress(body)
            headers["Content-Encoding"] = "gzip"
        return self.http.post(f"{self.url}/v1/batches", data=body, headers=headers)

    def send(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.post(*items)
        assert reply.status_code == 200, reply.text
        answers: list[dict[str, Any]] = reply.json()["answers"]
        assert [answer["tx_id"] for answer in answers] == [
            item["record"]["tx_id"] for item in items
        ]
        return answers
