"""A card of the tests, crypto only: what its chip answers, without one APDU."""

from __future__ import annotations

import base64
import os
import re
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.x509.oid import NameOID

from backend_stub.console.card_office import add_card
from backend_stub.issuing.management_keys import KeyType
from cardreader.simulator import management_key, persona

from .cards import PrivateKey, new_key
from .conftest import RunningCentral

NEW = persona("citizen-new")
VENDOR = "00BC614E"
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what no database can change."""
PURPOSES = ("authentication", "signature")
KINDS = {"3des": (0x03, 24), "aes128": (0x08, 16), "aes192": (0x0A, 24), "aes256": (0x0C, 32)}


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Chip:
    serial: str
    kind: str
    key: bytes
    algorithm: str = "ES256"
    keys: dict[str, PrivateKey] = field(default_factory=dict)
    witness: bytes = b""

    def encrypted(self, block: bytes) -> bytes:
        cipher = TripleDES(self.key) if self.kind == "3des" else AES(self.key)
        encryptor = Cipher(cipher, modes.ECB()).encryptor()  # noqa: S305 - the protocol
        return encryptor.update(block) + encryptor.finalize()

    def ask_for_witness(self) -> bytes:
        self.witness = os.urandom(8 if self.kind == "3des" else 16)
        return self.encrypted(self.witness)

    def private_key(self, purpose: str) -> PrivateKey:
        if purpose not in self.keys:
            self.keys[purpose] = new_key(self.algorithm)
        return self.keys[purpose]

    def request(self, purpose: str, **changes: Any) -> bytes:
        """A PKCS#10 request; ``changes`` break one thing about it."""
        named = [
            x509.NameAttribute(NameOID.COMMON_NAME, changes.get("common_name", purpose)),
            x509.NameAttribute(NameOID.SERIAL_NUMBER, changes.get("serial", self.serial)),
            *changes.get("more", ()),
        ]
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(named))
        for extension in changes.get("extensions", ()):
            builder = builder.add_extension(extension, critical=False)
        key = changes.get("key") or self.private_key(purpose)
        digest = changes.get("digest") or digest_of(key)
        return builder.sign(key, digest).public_bytes(serialization.Encoding.DER)

    def proof(self, purpose: str, message: bytes) -> dict[str, str]:
        key = self.private_key(purpose)
        if isinstance(key, rsa.RSAPrivateKey):
            return proof("RS256", key.sign(message, padding.PKCS1v15(), hashes.SHA256()))
        size = key.key_size // 8
        r, s = decode_dss_signature(key.sign(message, ec.ECDSA(digest_of(key))))
        name = "ES384" if size == 48 else "ES256"
        return proof(name, r.to_bytes(size) + s.to_bytes(size))


def proof(algorithm: str, value: bytes) -> dict[str, str]:
    return {"algorithm": algorithm, "value": b64(value)}


def digest_of(key: PrivateKey) -> hashes.SHA256 | hashes.SHA384:
    return hashes.SHA384() if key.key_size == 384 else hashes.SHA256()


@dataclass
class Relay:
    """A terminal that relays between a chip and the central API, one step at a time."""

    central: RunningCentral
    chip: Chip
    token: str | None = None

    def post(self, step: str, body: dict[str, Any] | None = None) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        path = f"/v1/cards/{self.chip.serial}/activation{step}"
        return self.central.post(path, json=body, headers=headers)

    def begin(self) -> dict[str, Any]:
        return answered(self.post(""))

    def authenticate(self, *, renewed: bool = False) -> None:
        witness = {"witness": b64(self.chip.ask_for_witness()), "renewed": renewed}
        answer = answered(self.post("/witness", witness))
        assert unb64(answer["witness"]) == self.chip.witness
        response = self.chip.encrypted(unb64(answer["challenge"]))
        reply = self.post("/response", {"response": b64(response)})
        assert reply.status_code == 204, reply.text

    def certify(self, purpose: str, **changes: Any) -> requests.Response:
        request = self.chip.request(purpose, **changes)
        return self.post("/certificates", {"purpose": purpose, "request": b64(request)})

    def certified(self, purpose: str) -> x509.Certificate:
        answer = answered(self.certify(purpose))
        return x509.load_der_x509_certificate(unb64(answer["certificate"]))

    def complete(self, challenge: str, **changes: Any) -> requests.Response:
        message = b"manfadh card activation\x00" + self.chip.serial.encode() + b"\x00"
        message += unb64(challenge)
        proofs = {purpose: self.chip.proof(purpose, message) for purpose in PURPOSES}
        return self.post("/completion", {"proofs": proofs | changes})

    def give_puk(self, record: dict[str, Any]) -> None:
        """A new PUK, where the card has its maker's."""
        if "puk" in record["replaces"]:
            change = answered(self.post("/puk"))
            assert unb64(change["new"]) not in (b"12345678", unb64(change["present"]))
            assert self.post("/puk-replaced").status_code == 204

    def activate(self) -> dict[str, x509.Certificate]:
        record = self.begin()
        self.authenticate()
        self.give_puk(record)
        certificates = {purpose: self.certified(purpose) for purpose in PURPOSES}
        assert self.complete(record["challenge"]).status_code == 204
        return certificates

    def ask_for_code(self, civil_number: str) -> requests.Response:
        path = f"/v1/cards/{self.chip.serial}/codes"
        return self.central.post(path, json={"civil_number": civil_number})

    def enter(self, code: str) -> requests.Response:
        return self.central.post(f"/v1/cards/{self.chip.serial}/approvals", json={"code": code})

    def be_approved(self, civil_number: str) -> Relay:
        answered(self.ask_for_code(civil_number))
        self.token = answered(self.enter(last_code(self.central)))["token"]
        return self


def answered(reply: requests.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    body: dict[str, Any] = reply.json()
    return body


def refusal(reply: requests.Response) -> str:
    """The code of a problem document."""
    assert reply.headers["Content-Type"] == "application/problem+json", reply.text
    body = reply.json()
    assert body["status"] == reply.status_code
    code: str = body["code"]
    return code


def last_code(central: RunningCentral) -> str:
    """The code in the newest SMS, the same in both languages."""
    notice = central.notices()[-1]
    in_arabic = re.findall(r"\d{6}", notice["text_ar"])
    assert in_arabic == re.findall(r"\d{6}", notice["text_en"])
    (code,) = in_arabic
    return str(code)


def new_chip() -> Chip:
    return Chip(NEW.card_serial, "aes256", management_key(NEW.card_serial))


def approved(central: RunningCentral) -> Relay:
    return Relay(central, new_chip()).be_approved(NEW.civil_number)


def register(central: RunningCentral, kind: str = "3des", **changes: Any) -> Chip:
    """A card of another maker, registered by the office."""
    key = bytes(range(1, KINDS[kind][1] + 1))
    add_card(
        central.settings.database_url,
        **{
            "serial": VENDOR,
            "civil_number": "99014521",
            "kind": next(one for one in KeyType if one.label == kind),
            "management_key": key,
            "keys": central.settings.key_file,
            "clock": central.clock,
            **changes,
        },
    )
    return Chip(VENDOR, kind, key)


def subject(certificate: x509.Certificate) -> list[str | bytes]:
    names = [NameOID.COUNTRY_NAME, NameOID.COMMON_NAME, NameOID.SERIAL_NUMBER]
    assert [one.oid for one in certificate.subject] == names
    return [one.value for one in certificate.subject]
