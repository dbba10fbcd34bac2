"""What the central API received, read by software that knows nothing of us: jwcrypto, RFC 8785."""

from __future__ import annotations

import base64
import json
import sqlite3
from typing import Any

import pytest
import rfc8785
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from jwcrypto import jwk, jws
from jwcrypto.common import base64url_decode

from cardreader.simulator import TRUST, persona
from kiosk.central.client import CentralClient
from kiosk.session import Page
from tests.e2e.terminal import EMPLOYER, MOBILE, STORY, Terminal


def stored(terminal: Terminal) -> list[tuple[str, str]]:
    """Transaction and signed document, as they lie in the central API's database."""
    with sqlite3.connect(f"file:{terminal.rig.directory / 'central.db'}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT tx_id, document FROM transactions").fetchall()
    db.close()
    return rows


def header_of(compact: str) -> dict[str, Any]:
    header: dict[str, Any] = json.loads(base64url_decode(compact.split(".")[0]))
    return header


def certificate_of(compact: str) -> x509.Certificate:
    return x509.load_der_x509_certificate(base64.b64decode(header_of(compact)["x5c"][0]))


def verified(compact: str) -> bytes:
    """The payload; raises when the signature is not by the key in the attached certificate."""
    public = certificate_of(compact).public_key()
    pem = public.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    token = jws.JWS()
    token.allowed_algs = ["RS256", "ES256", "ES384"]
    token.deserialize(compact, jwk.JWK.from_pem(pem))
    payload: bytes = token.payload
    return payload


def anchors() -> dict[str, x509.Certificate]:
    paths = (TRUST / "issuers").glob("*.pem")
    certificates = [x509.load_pem_x509_certificate(path.read_bytes()) for path in paths]
    return {c.subject.rfc4514_string(): c for c in certificates}


def require_chain(certificate: x509.Certificate) -> None:
    """From the card's certificate to the state's root, signature by signature."""
    known = anchors()
    issuing = known[certificate.issuer.rfc4514_string()]
    certificate.verify_directly_issued_by(issuing)
    root = known[issuing.issuer.rfc4514_string()]
    issuing.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert root.subject == root.issuer


@pytest.mark.parametrize(
    ("persona_id", "algorithm"),
    [("citizen-active", "ES256"), ("employer-owner", "ES384"), ("resident-worker", "ES256")],
)
def test_the_received_transaction_verifies_against_the_card_that_signed_it(
    terminal, persona_id, algorithm
):
    terminal.go_to(Page.CONFIRMATION, persona_id)
    submission = terminal.visit.submission
    terminal.finish()
    terminal.wait(lambda: terminal.waiting() == 0, "the complaint to arrive")

    [(tx_id, document)] = stored(terminal)
    assert tx_id == submission.tx_id
    assert header_of(document)["alg"] == algorithm
    payload = verified(document)
    holder = persona(persona_id)
    certificate = certificate_of(document)
    require_chain(certificate)
    assert holder.civil_number in certificate.subject.rfc4514_string()

    application = json.loads(payload)
    assert rfc8785.dumps(application) == payload
    assert application["tx_id"] == submission.tx_id
    assert application["applicant"] == {"civil_number": holder.civil_number}
    assert application["service"] == "complaint"
    assert application["kiosk"] == terminal.settings.kiosk_id
    answers = application["answers"]
    assert answers["employer"] == {"cr_number": None, "name": EMPLOYER}
    assert answers["description"] == STORY
    assert answers["amount_baisa"] == 450_500
    assert answers["mobile"] == MOBILE


def test_a_changed_document_does_not_verify(terminal):
    terminal.go_to(Page.CONFIRMATION)
    terminal.finish()
    terminal.wait(lambda: terminal.waiting() == 0, "the complaint to arrive")
    [(_, document)] = stored(terminal)
    header, payload, signature = document.split(".")
    application = json.loads(base64url_decode(payload))
    application["answers"]["amount_baisa"] += 1
    changed = base64.urlsafe_b64encode(rfc8785.dumps(application)).rstrip(b"=").decode()
    verified(document)
    with pytest.raises(jws.InvalidJWSSignature):
        verified(f"{header}.{changed}.{signature}")


@pytest.mark.parametrize(
    ("persona_id", "algorithm"), [("citizen-active", "RS256"), ("resident-worker", "ES256")]
)
def test_the_sign_in_verifies_too_with_rsa_and_with_elliptic_curves(
    terminal, monkeypatch, persona_id, algorithm
):
    sent: list[str] = []
    sign_in = CentralClient.sign_in

    def keep(client: CentralClient, assertion: str) -> Any:
        sent.append(assertion)
        return sign_in(client, assertion)

    monkeypatch.setattr(CentralClient, "sign_in", keep)
    terminal.go_to(Page.IDENTITY, persona_id)
    terminal.wait(lambda: terminal.visit.signed_in, "the sign-in")
    [assertion] = sent
    assert header_of(assertion)["alg"] == algorithm
    claims = json.loads(verified(assertion))
    assert (claims["aud"], claims["kiosk"]) == ("manfadh-central", terminal.settings.kiosk_id)
    require_chain(certificate_of(assertion))
