"""A terminal of the tests: device key, chain, sealing, batches over real HTTP."""

from __future__ import annotations

import gzip
import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
import uuid_utils
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.chain import (
    GENESIS,
    b64url,
    b64url_decode,
    canonical,
    record_hash,
    sign_by_device,
    sign_enrolment,
    sign_notice,
    sign_record,
    terms_hash,
    timestamp,
)
from offline_queue.sealing import associated_data, seal
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import (
    TICKET_HEADER,
    AttachmentRef,
    AttachmentTicket,
    ChainRecord,
    ItemKind,
    SignedTicket,
    VoidReason,
)

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


def references(attachments: tuple[bytes, ...]) -> list[dict[str, Any]]:
    return [{"sha256": hashlib.sha256(each).hexdigest(), "size": len(each)} for each in attachments]


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
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

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
            json=sign_enrolment(self.kiosk, self.code, self.device_key).plain(),
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
        attachments: tuple[bytes, ...] = (),
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
            terms=self._terms(tx_id, schema_version, key_id, attachments) if attachments else None,
        )
        if follows:
            self.seq, self.head = seq, record_hash(record)
        return {
            "record": record.plain(),
            "signature": sign_record(self.device_key, record),
            "case_ref": hashlib.sha256(tx_id.encode()).hexdigest(),
            "case_seq": 1,
            "schema_version": schema_version,
            "key_id": key_id or self.enrolment["sealing_key_id"],
            "envelope": b64url(envelope),
            "confirmed_at": self.confirmed_at,
        } | ({"attachments": references(attachments)} if attachments else {})

    def _terms(
        self, tx_id: str, schema_version: int, key_id: str | None, attachments: tuple[bytes, ...]
    ) -> str:
        return terms_hash(
            hashlib.sha256(tx_id.encode()).hexdigest(),
            1,
            schema_version,
            key_id or self.enrolment["sealing_key_id"],
            timestamp(datetime.fromisoformat(self.confirmed_at)),
            [AttachmentRef.parse(each) for each in references(attachments)],
        )

    def void(self, item: dict[str, Any], reason: str = "expired") -> dict[str, Any]:
        """The same record without its envelope."""
        return self._with_notice(item, ItemKind.VOID, VoidReason(reason)) | {"envelope": ""}

    def stranded(self, item: dict[str, Any]) -> dict[str, Any]:
        """An item of an earlier epoch, vouched for by this one."""
        return self._with_notice(item, ItemKind.STRANDED, None)

    def _with_notice(
        self, item: dict[str, Any], kind: ItemKind, reason: VoidReason | None
    ) -> dict[str, Any]:
        record = ChainRecord.parse(item["record"])
        notice = sign_notice(self.device_key, kind, record, self.enrolment["epoch"], reason)
        return item | {"kind": kind.value, "notice": notice.plain()}

    def ticket(self, tx_id: str, content: bytes, **changes: Any) -> dict[str, str]:
        """Header with the ticket for an attachment."""
        ticket = AttachmentTicket.parse(
            {
                "kiosk": self.kiosk,
                "epoch": self.enrolment["epoch"],
                "tx_id": tx_id,
                "sha256": hashlib.sha256(content).hexdigest(),
                "size": len(content),
            }
            | changes
        )
        signed = SignedTicket(
            ticket=ticket, signature=sign_by_device(self.device_key, canonical(ticket))
        )
        return {TICKET_HEADER: b64url(signed.json())}

    def signer(self, **changes: Any) -> RequestSigner:
        """What signs this terminal's requests: for ``auth`` of requests."""
        told = {
            "kiosk": self.kiosk,
            "epoch": self.enrolment.get("epoch", 1),
            "device_key": self.device_key,
            "now": self.clock,
        }
        return RequestSigner(**(told | changes))

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
        return self.post_body(body, headers)

    def post_body(self, body: bytes, headers: dict[str, str]) -> requests.Response:
        """Whatever the body is, signed."""
        return self.http.post(
            f"{self.url}/v1/batches", data=body, headers=headers, auth=self.signer()
        )

    def send(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        reply = self.post(*items)
        assert reply.status_code == 200, reply.text
        answers: list[dict[str, Any]] = reply.json()["answers"]
        assert [answer["tx_id"] for answer in answers] == [
            item["record"]["tx_id"] for item in items
        ]
        return answers
