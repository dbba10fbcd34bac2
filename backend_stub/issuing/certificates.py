"""Certificates that the issuing CA gave out before this central API began to keep them."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.ground.data_files import DataFileWrong
from backend_stub.ground.database import insert_into
from backend_stub.issuing.ca import Purpose
from backend_stub.issuing.requests import KeyRefused, card_key, key_sha256
from backend_stub.issuing.tables import Card, CardCertificate, CardState

_FILE = "card_certificates.pem"


def seed_certificates(session: Session, directory: Path, issuer: x509.Name) -> None:
    """Take in the data file's certificates of this issuer for registered cards.

    The file need not be there. Each certificate names its card by ``urn:uuid:`` and the GUID in the
    subject alternative name. Raises :class:`DataFileWrong`.
    """
    path = directory / _FILE
    if not path.exists():
        return
    cards = {card.serial: card for card in session.scalars(select(Card))}
    rows = []
    try:
        for certificate in x509.load_pem_x509_certificates(path.read_bytes()):
            card = cards.get(_card_of(certificate))
            if card is not None and certificate.issuer == issuer:
                rows.append(_row(certificate, card))
    except (OSError, ValueError, KeyRefused, x509.ExtensionNotFound) as error:
        raise DataFileWrong(f"The data file {_FILE} holds something else.") from error
    if rows:
        session.execute(insert_into(session, CardCertificate).on_conflict_do_nothing(), rows)


def _card_of(certificate: x509.Certificate) -> str:
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    (urn,) = names.get_values_for_type(x509.UniformResourceIdentifier)
    return uuid.UUID(urn).hex.upper()


def _row(certificate: x509.Certificate, card: Card) -> dict[str, Any]:
    key = card_key(certificate.public_key())
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    purpose: Purpose = "signature" if usage.content_commitment else "authentication"
    return {
        "serial_number": f"{certificate.serial_number:x}",
        "card": card.serial,
        "purpose": purpose,
        "key_sha256": key_sha256(key),
        "certificate": certificate.public_bytes(serialization.Encoding.DER),
        "issued_at": certificate.not_valid_before_utc,
        "expires_at": certificate.not_valid_after_utc,
        "revoked_at": card.revoked_at if card.state == CardState.REVOKED else None,
    }
