"""The IAS Classic PKI application, of the family that the Omani card carries.

No public description at command level exists for the Omani card. What is written here is what
cards of the same family do, as far as their states have published it: Uruguay (AGESIC, technical
documentation of the identity card), Finland (FINEID S1 v4.0 and S4-1), Estonia (TD-C-EST eID
developer guide, 2025) and the certificate file of GemSAFE V1 as OpenSC reads it. Commands are those
of ISO/IEC 7816-4:2020 and 7816-8:2021.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cardreader import tlv
from cardreader.apdu import SHORT_MAX, CommandApdu
from cardreader.channel import MAX_FILE_EXCHANGES, CardChannel
from cardreader.errors import (
    CardNotSupported,
    CardProtocolError,
    CommandRefused,
    ObjectNotFound,
)
from cardreader.pki import KeyPurpose, PinInfo, SignatureAlgorithm
from cardreader.profiles.reference_data import ReferenceData
from cardreader.trust import parse_certificate

AID = bytes.fromhex("A0000000180C000001634200")

_LE = SHORT_MAX + 1
_PIN_REFERENCE = 0x11
_PIN_PADDED = 12
_PIN_STATE = bytes.fromhex("A0038301") + bytes((_PIN_REFERENCE,))
_TRIES_LEFT, _CHANGED = 0xDF21, 0xDF2F
_CPLC = 0x9F7F
_CPLC_LENGTH = 42
_CERTIFICATE_FILE = bytes.fromhex("16000004")
_MAX_FILE = 0x7000
_READ_BINARY = 0xB0
_CONTAINER, _ALLOCATED = 0x01, 0xFE
_CONTAINER_FREE, _CONTAINER_ALLOCATED = 8, 9
_ALGORITHMS = {
    SignatureAlgorithm.RS256: 0x42,
    SignatureAlgorithm.ES256: 0x44,
    SignatureAlgorithm.ES384: 0x54,
}
"""High digit: the hash that comes in (4 SHA-256, 5 SHA-384); low: 2 PKCS#1 v1.5, 4 ECDSA."""


@dataclass(frozen=True, slots=True)
class _Container:
    key_reference: int
    certificate: x509.Certificate


class IasClassicApplication:
    """The IAS Classic application behind one channel. See :class:`cardreader.pki.PkiApplication`.

    Keys are made and certificates written when the card is made; what the cardholder does at first
    is to replace the transport PIN.
    """

    profile = "ias-classic"

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel
        self.pin = ReferenceData(
            channel,
            _PIN_REFERENCE,
            length=_PIN_PADDED,
            filler=0x00,
            tries_after_refusal=lambda: self.pin_info().tries_left or 0,
        )
        self._containers: dict[KeyPurpose, _Container] | None = None

    def select(self) -> None:
        """SELECT by AID; any verified PIN is lost."""
        self._channel.send(CommandApdu(0x00, 0xA4, 0x04, 0x00, AID, _LE), enough=0)

    def serial(self) -> str:
        """Maker, type, serial and batch number of the chip from its production data, 20 digits.

        GET DATA 9F7F (GlobalPlatform Card Specification 2.1.1, 9.3). Raises
        :class:`~cardreader.errors.CardNotSupported` when the card does not tell.
        """
        command = CommandApdu(0x80, 0xCA, _CPLC >> 8, _CPLC & 0xFF, le=_LE)
        try:
            data = self._channel.send(command).data
        except CommandRefused:
            data = b""
        cplc = tlv.first(data, _CPLC) or data
        number = cplc[0:4] + cplc[12:18]
        if len(cplc) != _CPLC_LENGTH or not any(number):
            raise CardNotSupported("the card has no serial number")
        return number.hex().upper()

    def certificate(self, purpose: KeyPurpose) -> x509.Certificate:
        """The certificate whose key usage is this purpose; the file is read once.

        Raises :class:`~cardreader.errors.ObjectNotFound` when the card has none.
        """
        return self._container(purpose).certificate

    def _container(self, purpose: KeyPurpose) -> _Container:
        if self._containers is None:
            self._containers = _by_purpose(_parse_file(self._read_certificate_file()))
        found = self._containers.get(purpose)
        if found is None:
            raise ObjectNotFound(_READ_BINARY, 0x6A88)
        return found

    def _read_certificate_file(self) -> bytes:
        """SELECT by path from the master file, then READ BINARY (7816-4, 11.2.2 and 11.3.3).

        The first two bytes are the length of what is stored, of an allocated file of 28 KiB.
        """
        select = CommandApdu(0x00, 0xA4, 0x08, 0x00, _CERTIFICATE_FILE, _LE)
        self._channel.send(select, enough=0)
        limit = self._channel.exchanges + MAX_FILE_EXCHANGES
        content = bytearray(self._read(0, _LE))
        total = int.from_bytes(content[:2], "big")
        if total > _MAX_FILE:
            raise CardProtocolError("the certificate file is too long")
        while len(content) < total:
            chunk = self._read(len(content), min(_LE, total - len(content)))
            if not chunk:
                raise CardProtocolError("the certificate file ends before its own length")
            content += chunk
            if self._channel.exchanges > limit:
                raise CardProtocolError("the certificate file comes in too many pieces")
        return bytes(content[:total])

    def _read(self, offset: int, length: int) -> bytes:
        command = CommandApdu(0x00, _READ_BINARY, offset >> 8, offset & 0xFF, le=length)
        return self._channel.send(command).data[:length]

    def pin_info(self) -> PinInfo:
        """GET DATA of the PIN's reference data: DF21 tries left, DF2F changed since issue."""
        answer = self._channel.send(CommandApdu(0x00, 0xCB, 0x00, 0xFF, _PIN_STATE, _LE)).data
        tries, changed = (tlv.get(answer, 0xA0, tag) for tag in (_TRIES_LEFT, _CHANGED))
        if tries is None or len(tries) != 1:
            raise CardProtocolError("the card does not tell the state of its PIN")
        transport = None if changed is None else not any(changed)
        return PinInfo(tries[0], blocked=tries[0] == 0, transport=transport)

    def verify_pin(self, pin: bytearray) -> None:
        """VERIFY, once. Wipes; see :meth:`ReferenceData.verify`."""
        self.pin.verify(pin)

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """CHANGE REFERENCE DATA, once; also from the transport PIN. Wipes."""
        self.pin.change(old, new)

    def unblock_pin(self, puk: bytearray, new: bytearray) -> None:
        """RESET RETRY COUNTER, once. Wipes; see :meth:`ReferenceData.unblock`."""
        self.pin.unblock(puk, new)

    def unblock_pin_after_match(self, new: bytearray) -> None:
        """The same after the card has matched a finger, once. Wipes; see
        :meth:`ReferenceData.unblock_after_match`.
        """
        self.pin.unblock_after_match(new)

    def sign(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm, digest: bytes) -> bytes:
        """MSE SET, PSO HASH with the digest, PSO COMPUTE DIGITAL SIGNATURE (7816-8, 5.2 and 5.4).

        The card answers ECDSA as ``r || s``. Raises
        :class:`~cardreader.errors.SecurityStatusNotSatisfied` without a verified PIN.
        """
        key = self._container(purpose).key_reference
        template = tlv.build(0x80, bytes((_ALGORITHMS[algorithm],))) + tlv.build(
            0x84, bytes((key,))
        )
        self._channel.send(CommandApdu(0x00, 0x22, 0x41, 0xB6, template))
        self._channel.send(CommandApdu(0x00, 0x2A, 0x90, 0xA0, tlv.build(0x90, digest)))
        answer = self._channel.send(CommandApdu(0x00, 0x2A, 0x9E, 0x9A, le=_LE)).data
        if algorithm is SignatureAlgorithm.RS256:
            return answer
        half = len(answer) // 2
        r, s = (int.from_bytes(part, "big") for part in (answer[:half], answer[half:]))
        return encode_dss_signature(r, s)


def _parse_file(content: bytes) -> list[_Container]:
    """Table of key containers, then one certificate for each that is allocated, in order.

    An entry is ``01 F0 00 nn 03 B0 00 nn`` (free) or ``01 FE 14 dd kk 03 B0 00 nn``: ``kk`` is the
    reference of the key.
    """
    at = 2
    references: list[int] = []
    while content[at : at + 1] == bytes((_CONTAINER,)):
        if content[at + 1 : at + 2] == bytes((_ALLOCATED,)) and at + 4 < len(content):
            references.append(content[at + 4])
            at += _CONTAINER_ALLOCATED
        else:
            at += _CONTAINER_FREE
    found: list[_Container] = []
    for reference in references:
        start = content.find(b"\x30\x82", at)
        if start < 0:
            break
        at = start + tlv.header(content, start).total_length
        if at > len(content):
            raise CardProtocolError("a certificate is cut off")
        found.append(_Container(reference, parse_certificate(content[start:at])))
    return found


def _by_purpose(containers: list[_Container]) -> dict[KeyPurpose, _Container]:
    """What a key is for stands in its certificate: the table numbers keys and names none."""
    found: dict[KeyPurpose, _Container] = {}
    for container in containers:
        try:
            usage = container.certificate.extensions.get_extension_for_class(x509.KeyUsage).value
        except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
            continue
        binds = usage.content_commitment and not usage.digital_signature
        purpose = KeyPurpose.SIGNATURE if binds else KeyPurpose.AUTHENTICATION
        found.setdefault(purpose, container)
    return found
