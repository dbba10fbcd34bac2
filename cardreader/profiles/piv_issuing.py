"""What is done to a PIV card when it is activated: keys made, certificates written.

NIST SP 800-73-5 part 2: 3.2.4 (management key), 3.3.1 PUT DATA, 3.3.2 GENERATE ASYMMETRIC KEY PAIR.
Who may is decided by the management key 9B, which is not here: :mod:`cardreader.activation` relays.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import ec, rsa

from cardreader import tlv
from cardreader.apdu import SHORT_MAX, CommandApdu
from cardreader.channel import SUCCESS, CardChannel, wipe
from cardreader.errors import (
    CardProtocolError,
    CommandRefused,
    PinBlocked,
    PukBlocked,
    PukWrong,
)
from cardreader.pin import MalformedPin, is_pin
from cardreader.pki import KeyPurpose, PublicKey, SignatureAlgorithm
from cardreader.profiles.piv import ALGORITHMS, CERTIFICATES, KEYS, PivApplication
from cardreader.profiles.reference_data import tries_left

_LE = SHORT_MAX + 1
_PIN_REFERENCE, _PUK_REFERENCE = 0x80, 0x81
_MANAGEMENT_KEY = 0x9B
_WITNESS, _CHALLENGE, _RESPONSE = 0x80, 0x81, 0x82
_GET_METADATA, _SET_MANAGEMENT_KEY = 0xF7, 0xFF
_GENERATED = b"\x01"
_CURVES: dict[bytes, ec.EllipticCurve] = {b"\x11": ec.SECP256R1(), b"\x14": ec.SECP384R1()}
_CERTIFICATE_TAIL = tlv.build(0x71, b"\x00") + tlv.build(0xFE)
"""CertInfo "not compressed" and an empty error detection code (part 1, table 10)."""


class PivIssuing(PivApplication):
    """The PIV application with what only activation needs.

    See :class:`cardreader.issuing_application.IssuingApplication`.
    """

    def __init__(self, channel: CardChannel) -> None:
        super().__init__(channel)
        self._tells_metadata = True

    def request_witness(self, algorithm: int) -> bytes:
        """GENERAL AUTHENTICATE with an empty witness: the card encrypts one it chose."""
        template = tlv.build(0x7C, tlv.build(_WITNESS))
        return self._authenticate(algorithm, template, _WITNESS)

    def answer_witness(
        self, algorithm: int, witness: bytes, challenge: bytes, *, ask: bool
    ) -> bytes:
        """GENERAL AUTHENTICATE with the decrypted witness and our challenge.

        ``ask`` adds an empty 82, as the example in part 2, A.2 does: some cards insist on it and
        others refuse it.
        """
        fields = [tlv.build(_WITNESS, witness), tlv.build(_CHALLENGE, challenge)]
        template = tlv.build(0x7C, [*fields, tlv.build(_RESPONSE)] if ask else fields)
        return self._authenticate(algorithm, template, _RESPONSE)

    def _authenticate(self, algorithm: int, template: bytes, wanted: int) -> bytes:
        command = CommandApdu(0x00, 0x87, algorithm, _MANAGEMENT_KEY, template, _LE)
        return tlv.require(self._channel.send(command).data, 0x7C, wanted)

    def has_vendor_pin(self) -> bool | None:
        """Whether the PIN still is the maker's; ``None`` where the card does not tell."""
        is_default = self._metadata(_PIN_REFERENCE).get(0x05)
        return None if is_default is None else is_default != b"\x00"

    def has_makers_puk(self) -> bool | None:
        """Whether the PUK still is the maker's; ``None`` where the card does not tell."""
        is_default = self._metadata(_PUK_REFERENCE).get(0x05)
        return None if is_default is None else is_default != b"\x00"

    def change_puk(self, old: bytearray, new: bytearray) -> None:
        """CHANGE REFERENCE DATA of the PUK, once (part 2, 3.2.2). Wipes both."""
        both = bytearray(old) + bytearray(new)
        try:
            status = self._channel.send(CommandApdu(0x00, 0x24, 0x00, _PUK_REFERENCE, both)).sw
        except PinBlocked:
            raise PukBlocked from None
        finally:
            wipe(both)
            wipe(old)
            wipe(new)
        if status == SUCCESS:
            return
        left = tries_left(status)
        if left == 0:
            raise PukBlocked
        raise PukWrong(left)

    def set_management_key(self, algorithm: int, key: bytes) -> None:
        """SET MANAGEMENT KEY, INS FF, without touch; not part of the standard, but of most cards.

        Raises :class:`~cardreader.errors.CommandRefused` where the card has no such command.
        """
        data = bytearray((algorithm, _MANAGEMENT_KEY, len(key))) + key
        try:
            self._write(CommandApdu(0x00, _SET_MANAGEMENT_KEY, 0xFF, 0xFF, data))
        finally:
            wipe(data)

    def set_first_pin(self, new: bytearray) -> None:
        """CHANGE REFERENCE DATA with new reference data only (ISO/IEC 7816-4:2020, 11.6.7)."""
        padded = bytearray(new) + b"\xff" * (8 - len(new))
        try:
            if not is_pin(new):
                raise MalformedPin
            self._write(CommandApdu(0x00, 0x24, 0x01, _PIN_REFERENCE, padded))
        finally:
            wipe(padded)
            wipe(new)

    def existing_key(self, purpose: KeyPurpose) -> PublicKey | None:
        """The key that was made on the card, from the metadata that some makers' cards offer.

        Tag 03 says where a key comes from, and makers disagree how: 01 is "made here" on most and
        "put here" on those that count from 0. These tell it of the management key, too, where it
        makes no sense. A key from outside must never be taken for one that nobody else has.
        """
        metadata = self._metadata(KEYS[purpose])
        if metadata.get(0x03) != _GENERATED or 0x04 not in metadata:
            return None
        if 0x03 in self._metadata(_MANAGEMENT_KEY):
            return None
        try:
            return _public_key(metadata.get(0x01, b""), metadata[0x04])
        except CardProtocolError:
            return None

    def _metadata(self, reference: int) -> dict[int, bytes]:
        """GET METADATA, INS F7; not part of the standard. Empty where there is none."""
        if not self._tells_metadata:
            return {}
        try:
            answer = self._channel.send(CommandApdu(0x00, _GET_METADATA, 0x00, reference, le=_LE))
        except CommandRefused as refused:
            self._tells_metadata = refused.sw != 0x6D00
            return {}
        try:
            return {item.tag: item.value for item in tlv.parse(answer.data)}
        except tlv.TlvError:
            # The instruction is anybody's: this card means something else by it.
            return {}

    def generate_key(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm) -> PublicKey:
        """GENERATE ASYMMETRIC KEY PAIR. Takes seconds on a chip, for RSA more."""
        identifier = bytes((ALGORITHMS[algorithm],))
        template = tlv.build(0xAC, tlv.build(0x80, identifier))
        answer = self._channel.send(CommandApdu(0x00, 0x47, 0x00, KEYS[purpose], template, _LE))
        return _public_key(identifier, tlv.require(answer.data, 0x7F49))

    def write_certificate(self, purpose: KeyPurpose, certificate: bytes) -> None:
        """PUT DATA; the container as part 1, table 10 has it."""
        content = tlv.build(0x70, certificate) + _CERTIFICATE_TAIL
        tag_list = tlv.build(0x5C, CERTIFICATES[purpose].to_bytes(3, "big"))
        self._channel.send(CommandApdu(0x00, 0xDB, 0x3F, 0xFF, tag_list + tlv.build(0x53, content)))

    def _write(self, command: CommandApdu) -> None:
        """A warning (62xx, 63xx) is no success where something was to be kept."""
        status = self._channel.send(command).sw
        if status != SUCCESS:
            raise CommandRefused(command.ins, status)


def _public_key(algorithm: bytes, template: bytes) -> PublicKey:
    """A key from the inside of tag 7F49 (part 2, table 11): RSA 81 and 82, EC 86.

    Raises :class:`~cardreader.errors.CardProtocolError`.
    """
    fields = {item.tag: item.value for item in tlv.parse(template)}
    try:
        if algorithm in _CURVES:
            return ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[algorithm], fields[0x86])
        modulus = int.from_bytes(fields[0x81], "big")
        exponent = int.from_bytes(fields[0x82], "big")
        return rsa.RSAPublicNumbers(exponent, modulus).public_key()
    except (KeyError, ValueError):
        raise CardProtocolError("the card's public key is malformed") from None
