"""The QR code anyone can check: a signed receipt in one line of text.

``HTTPS://<VERIFIER>/R#`` + base32 (RFC 4648 clause 6, upper case, no padding) of a COSE_Sign1
(RFC 9052 clause 4.2), signed with ES256 (RFC 9053 clause 2.1). A telephone opens the page; what
follows ``#`` never reaches the server (RFC 3986 clause 3.5). The terminal and the verifier page
check it with public keys alone, without the network.

The payload is a CBOR map with integer keys, no name and no civil number in it:

==== ======================================== =====================
key  meaning                                  type
==== ======================================== =====================
1    transaction id (a UUID)                  bytes, 16
2    service id                               text
3    issued at, seconds since 1970 in UTC     unsigned
4    kiosk id                                 text
5    state: 1 confirmed, 2 queued             unsigned
6    fee in baisa                             unsigned
7    head of the outbox chain, truncated      bytes, 16
8    SHA-256 of ``HTTPS://<VERIFIER>/R#``     bytes, first 4
==== ======================================== =====================

Key 8 binds the address: a code that leads to somebody else's page is not a valid receipt. Keys 2
and 4 are plain ASCII ids, so that they can be shown without escaping or isolating.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import cbor2
import cwt
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from printer.errors import InvalidReason, ReceiptInvalid
from printer.receipt import ReceiptState

CHAIN_HEAD_BYTES: Final = 16
_KEY_ID_BYTES: Final = 8
_BINDING_BYTES: Final = 4
_COORDINATE_BYTES: Final = 32
_COSE_SIGN1: Final = 18
_ALG: Final = 1
_KID: Final = 4
_ES256: Final = -7
_PROTECTED: Final = cbor2.dumps({_ALG: _ES256})
_STATES: Final = {ReceiptState.CONFIRMED: 1, ReceiptState.QUEUED: 2}
_TEXT: Final = re.compile(
    r"(?P<host>(?i:HTTPS://[A-Z0-9.:-]{1,64}))/R#(?P<message>[A-Z2-7]{1,4096})", re.ASCII
)
"""Scheme and host in either case: browsers write them small (RFC 3986, clause 6.2.2.1)."""
_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", re.ASCII)
_VERIFIER: Final = re.compile(r"[A-Za-z0-9.-]{1,58}(?::[0-9]{1,5})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReceiptClaims:
    """What a receipt asserts. ``tx_id`` is a UUID as text, ``fee_baisa`` 1/1000 rial."""

    tx_id: str
    service: str
    issued_at: datetime
    kiosk: str
    state: ReceiptState
    fee_baisa: int
    chain_head: bytes

    def __post_init__(self) -> None:
        if str(uuid.UUID(self.tx_id)) != self.tx_id:
            raise ValueError("tx_id is a UUID in lower case with hyphens")
        if not _ID.fullmatch(self.service) or not _ID.fullmatch(self.kiosk):
            raise ValueError("service and kiosk are 1 to 40 of A-Z a-z 0-9 . _ -")
        if self.issued_at.tzinfo is None or self.issued_at.timestamp() < 0:
            raise ValueError("issued_at has a time zone and lies after 1970")
        if self.fee_baisa < 0:
            raise ValueError("a fee is not negative")
        if len(self.chain_head) != CHAIN_HEAD_BYTES:
            raise ValueError("chain_head is the first 16 bytes of the head")


def key_id(key: ec.EllipticCurvePublicKey) -> str:
    """Return the first 8 bytes of SHA-256 over the SubjectPublicKeyInfo, as 16 hex digits."""
    info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()[:_KEY_ID_BYTES].hex()


def sign_receipt(
    claims: ReceiptClaims, private_key: ec.EllipticCurvePrivateKey, verifier: str
) -> str:
    """Return the text of the QR code. ``verifier`` is the host of the page, with port if needed.

    Seconds are the resolution of ``issued_at``. Raises ``ValueError`` for another curve than
    P-256 or a verifier that is not a host.
    """
    if not isinstance(private_key.curve, ec.SECP256R1):
        raise ValueError("receipts are signed with ES256: a P-256 key")
    prefix = _prefix(verifier)
    body = _payload(claims, prefix)
    signature = _sign(private_key, cbor2.dumps(["Signature1", _PROTECTED, b"", body]))
    return prefix + _message(bytes.fromhex(key_id(private_key.public_key())), body, signature)


def longest_text(kiosk: str, services: Iterable[str], verifier: str) -> str:
    """The longest text that this terminal's receipts can have, with no valid signature in it.

    A QR code that takes it takes them all: whether the paper is wide enough is known at start.
    Raises ``ValueError`` for what is no id or no host.
    """
    prefix = _prefix(verifier)
    claims = ReceiptClaims(
        tx_id=str(uuid.UUID(int=0)),
        service=max(services, key=len),
        issued_at=datetime.fromtimestamp(0xFFFFFFFF, UTC),
        kiosk=kiosk,
        state=ReceiptState.QUEUED,
        fee_baisa=0xFFFFFFFF,
        chain_head=bytes(CHAIN_HEAD_BYTES),
    )
    signature = bytes(2 * _COORDINATE_BYTES)
    return prefix + _message(bytes(_KEY_ID_BYTES), _payload(claims, prefix), signature)


def _prefix(verifier: str) -> str:
    if not _VERIFIER.fullmatch(verifier):
        raise ValueError("the verifier is a host name, with a port if needed")
    return f"HTTPS://{verifier.upper()}/R#"


def _payload(claims: ReceiptClaims, prefix: str) -> bytes:
    payload = {
        1: uuid.UUID(claims.tx_id).bytes,
        2: claims.service,
        3: int(claims.issued_at.timestamp()),
        4: claims.kiosk,
        5: _STATES[claims.state],
        6: claims.fee_baisa,
        7: claims.chain_head,
        8: _binding(prefix),
    }
    return cbor2.dumps(payload)


def _message(kid: bytes, body: bytes, signature: bytes) -> str:
    """The COSE_Sign1 in base32."""
    content = [_PROTECTED, {_KID: kid}, body, signature]
    message = cbor2.dumps(cbor2.CBORTag(_COSE_SIGN1, content))
    return base64.b32encode(message).decode("ascii").rstrip("=")


def _sign(private_key: ec.EllipticCurvePrivateKey, structure: bytes) -> bytes:
    """Sign a Sig_structure (RFC 9052 clause 4.4); the result is r || s (RFC 9053 clause 2.1).

    Through the key's own ``sign``, because COSE libraries want to export the key: a key in a TPM
    cannot be, and no other should be.
    """
    r, s = decode_dss_signature(private_key.sign(structure, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(_COORDINATE_BYTES, "big") + s.to_bytes(_COORDINATE_BYTES, "big")


@dataclass(frozen=True, slots=True)
class TerminalKey:
    """A public key with which receipts are checked, and the id of the terminal that owns it."""

    public_key: ec.EllipticCurvePublicKey
    terminal: str


def verify_receipt(
    text: str, keys: Mapping[str, TerminalKey], revoked: Collection[str] = frozenset()
) -> ReceiptClaims:
    """Check the text of a QR code against ``keys`` (by :func:`key_id`), without the network.

    Terminals change their keys, so that there are several; what a key in ``revoked`` signed is
    not valid, whether it is among ``keys`` or not. A terminal signs in its own name only.

    Raises :exc:`ReceiptInvalid`. Any changed character makes a receipt invalid, except for the
    case of scheme and host.
    """
    host, message = _parts(text)
    kid = _key_id_of(message)
    if kid.hex() in revoked:
        raise ReceiptInvalid(InvalidReason.REVOKED_KEY)
    owner = keys.get(kid.hex())
    if owner is None:
        raise ReceiptInvalid(InvalidReason.UNKNOWN_KEY)
    pem = owner.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    try:
        payload = cwt.COSE.new().decode(message, cwt.COSEKey.from_pem(pem, alg="ES256", kid=kid))
    except (cwt.CWTError, ValueError) as error:
        raise ReceiptInvalid(InvalidReason.BAD_SIGNATURE) from error
    claims, binding = _claims(payload)
    if binding != _binding(f"{host.upper()}/R#"):
        raise ReceiptInvalid(InvalidReason.WRONG_VERIFIER)
    if claims.kiosk != owner.terminal:
        raise ReceiptInvalid(InvalidReason.WRONG_TERMINAL)
    return claims


def signing_key_id(text: str) -> str:
    """Which key a receipt says it is signed with, by :func:`key_id`; nothing is verified.

    Raises :exc:`ReceiptInvalid`.
    """
    return _key_id_of(_parts(text)[1]).hex()


def _parts(text: str) -> tuple[str, bytes]:
    """Scheme with host, and the message."""
    if (match := _TEXT.fullmatch(text)) is None:
        raise ReceiptInvalid(InvalidReason.MALFORMED)
    return match["host"], _decode_base32(match["message"])


def _binding(prefix: str) -> bytes:
    return hashlib.sha256(prefix.encode("ascii")).digest()[:_BINDING_BYTES]


def _decode_base32(encoded: str) -> bytes:
    try:
        message = base64.b32decode(encoded + "=" * (-len(encoded) % 8))
    except binascii.Error as error:
        raise ReceiptInvalid(InvalidReason.MALFORMED) from error
    # The last character has spare bits that decode to nothing: only zeros there are canonical.
    if base64.b32encode(message).decode("ascii").rstrip("=") != encoded:
        raise ReceiptInvalid(InvalidReason.MALFORMED)
    return message


def _key_id_of(message: bytes) -> bytes:
    """Take the key id from exactly the COSE_Sign1 that we write, nothing looser."""
    try:
        tag = cbor2.loads(message)
        match tag:
            case cbor2.CBORTag(tag=18, value=[bytes(protected), {4: bytes(kid)}, bytes(), bytes()]):
                headers = {_KID: kid}
                ours = cbor2.CBORTag(_COSE_SIGN1, [protected, headers, *tag.value[2:]])
                if protected == _PROTECTED and cbor2.dumps(ours) == message:
                    return kid
    except (cbor2.CBORError, ValueError, RecursionError) as error:
        raise ReceiptInvalid(InvalidReason.MALFORMED) from error
    raise ReceiptInvalid(InvalidReason.MALFORMED)


def _claims(payload: object) -> tuple[ReceiptClaims, bytes]:
    """Parse a payload whose signature is good; a signer's mistake is still malformed."""
    try:
        fields = cbor2.loads(payload) if isinstance(payload, bytes) else payload
        match fields:
            case {
                1: bytes(tx_id),
                2: str(service),
                3: int(issued_at),
                4: str(kiosk),
                5: int(state),
                6: int(fee),
                7: bytes(chain_head),
                8: bytes(binding),
            }:
                states = {number: name for name, number in _STATES.items()}
                claims = ReceiptClaims(
                    tx_id=str(uuid.UUID(bytes=tx_id)),
                    service=service,
                    issued_at=datetime.fromtimestamp(issued_at, UTC),
                    kiosk=kiosk,
                    state=states[state],
                    fee_baisa=fee,
                    chain_head=chain_head,
                )
                return claims, binding
    except (cbor2.CBORError, ValueError, KeyError, OverflowError, OSError) as error:
        raise ReceiptInvalid(InvalidReason.MALFORMED) from error
    raise ReceiptInvalid(InvalidReason.MALFORMED)
