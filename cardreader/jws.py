"""A document signed by the card, in a form that any JOSE library verifies (RFC 7515)."""

from __future__ import annotations

import base64
import json

from cryptography.hazmat.primitives.serialization import Encoding

from cardreader.channel import wipe
from cardreader.national_id import NationalIdCard
from cardreader.pki import KeyPurpose, algorithm_of


def sign_compact(
    card: NationalIdCard, purpose: KeyPurpose, payload: bytes, pin: bytearray | None, typ: str
) -> str:
    """Sign ``payload`` as a compact JWS with ``alg``, ``typ`` and the certificate as ``x5c``.

    ``pin`` is wiped; raises what :meth:`~cardreader.national_id.NationalIdCard.sign` raises.
    Source: RFC 7515, clauses 4.1.6 and 7.1.
    """
    try:
        certificate = card.certificate(purpose)
        header = {
            "alg": algorithm_of(certificate).value,
            "typ": typ,
            # x5c is plain base64, unlike everything else in a JWS.
            "x5c": [base64.b64encode(certificate.public_bytes(Encoding.DER)).decode("ascii")],
        }
        encoded_header = _base64url(json.dumps(header, separators=(",", ":")).encode("ascii"))
        signing_input = f"{encoded_header}.{_base64url(payload)}"
        signature = card.sign(purpose, signing_input.encode("ascii"), pin)
    finally:
        if pin is not None:
            wipe(pin)
    return f"{signing_input}.{_base64url(signature.value)}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
