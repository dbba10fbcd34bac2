"""The PIV card application (NIST SP 800-73-5, parts 1 and 2).

Nothing optional is relied upon: not the discovery object, not the contents of the SELECT answer,
not the order of data objects or their padding, not the bit order of CertInfo.
"""

from __future__ import annotations

import zlib

from cryptography import x509

from cardreader import tlv
from cardreader.apdu import SHORT_MAX, CommandApdu
from cardreader.channel import CardChannel
from cardreader.errors import (
    CardNotSupported,
    CardProtocolError,
    CommandRefused,
    ObjectNotFound,
    PinBlocked,
)
from cardreader.pki import KeyPurpose, PinInfo, SignatureAlgorithm, padded_digest
from cardreader.profiles.reference_data import ReferenceData, tries_left
from cardreader.trust import parse_certificate

AID = bytes.fromhex("A00000030800001000")
"""The application without its version (SP 800-73-5 part 1, 2.2): any version answers."""
WHOLE_AID = AID + bytes.fromhex("0100")
"""With the version that all cards have had so far, for cards that find nothing by less."""

_LE = SHORT_MAX + 1
_GET_DATA = 0xCB
_GET_SERIAL = 0xF8
_SHORTEST_SERIAL = 4
_NOT_USABLE = 0x6984
_NOT_TAKEN_EMPTY = frozenset({0x6700, 0x6A80, 0x6A86})
"""Wrong length, data or parameters: the card has no form of VERIFY without data."""
_PIN_REFERENCE = 0x80
_PIN_PADDED = 8
_CHUID = 0x5FC102
CERTIFICATES = {KeyPurpose.AUTHENTICATION: 0x5FC105, KeyPurpose.SIGNATURE: 0x5FC10A}
"""Containers of the certificates (part 1, table 3)."""
KEYS = {KeyPurpose.AUTHENTICATION: 0x9A, KeyPurpose.SIGNATURE: 0x9C}
"""Key references (part 1, table 4)."""
ALGORITHMS = {
    SignatureAlgorithm.RS256: 0x07,
    SignatureAlgorithm.ES256: 0x11,
    SignatureAlgorithm.ES384: 0x14,
}
"""Algorithm identifiers (SP 800-78-5, table 7)."""
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31
_MAX_CERTIFICATE = 16 * 1024


class PivApplication:
    """The PIV application behind one channel. See :class:`cardreader.pki.PkiApplication`."""

    profile = "piv"

    def __init__(self, channel: CardChannel) -> None:
        self._channel = channel
        self.pin = ReferenceData(
            channel,
            _PIN_REFERENCE,
            length=_PIN_PADDED,
            filler=0xFF,
            tries_after_refusal=self._tries_after_refusal,
        )
        self._aid = AID

    def select(self) -> None:
        """SELECT by AID (part 2, 3.1.1)."""
        # The answer describes the application; nothing in it is needed.
        self._channel.send(CommandApdu(0x00, 0xA4, 0x04, 0x00, self._aid, _LE), enough=0)

    def select_whole(self) -> None:
        """SELECT by the whole AID, which the standard says is not needed; kept for the next time.

        Raises what :meth:`select` raises.
        """
        self._aid = WHOLE_AID
        self.select()

    def serial(self) -> str:
        """The GUID of the CHUID (part 1, 3.1.2 and table 9), or else the chip's own number.

        Upper-case hex: 32 digits for a GUID. Raises
        :class:`~cardreader.errors.CardNotSupported` when the card has neither.
        """
        guid = self._guid()
        if guid is not None and len(guid) == 16 and any(guid):
            return guid.hex().upper()
        # Not part of the standard, but what cards without a CHUID of their own offer.
        try:
            own = self._channel.send(CommandApdu(0x00, _GET_SERIAL, 0x00, 0x00, le=_LE)).data
        except CommandRefused:
            own = b""
        if not _SHORTEST_SERIAL <= len(own) <= 16 or not any(own):
            raise CardNotSupported("the card has no serial number")
        return own.hex().upper()

    def _guid(self) -> bytes | None:
        # The CHUID ends in a signature of a kilobyte; the GUID mostly is in its first block.
        try:
            start = self._get_data(_CHUID, enough=_LE)
            if not start:
                return None
            guid = tlv.first(start[tlv.header(start).header_length :], 0x34)
            return tlv.get(self._object(_CHUID), 0x34) if guid is None else guid
        except CommandRefused:
            return None

    def certificate(self, purpose: KeyPurpose) -> x509.Certificate:
        """Read certificate 9A or 9C (part 1, table 10 and appendix A).

        Raises :class:`~cardreader.errors.ObjectNotFound` when the card has none.
        """
        stored = self._object(CERTIFICATES[purpose])
        if not stored:
            # An object that was deleted stays behind empty on many cards.
            raise ObjectNotFound(_GET_DATA, 0x6A82)
        encoded = tlv.require(stored, 0x70)
        # Cards disagree about which end of CertInfo says "gzip"; the content does not lie:
        # a plain certificate starts with 30.
        if encoded.startswith(_GZIP_MAGIC):
            try:
                encoded = zlib.decompressobj(_GZIP_WINDOW).decompress(encoded, _MAX_CERTIFICATE)
            except zlib.error:
                raise CardProtocolError("a compressed certificate is damaged") from None
        return parse_certificate(encoded)

    def pin_info(self) -> PinInfo:
        """An empty VERIFY tells the retry counter (part 2, 3.2.1); 9000 tells nothing.

        6984 ("reference data not usable"): there is no PIN yet. A card that does not take the
        command without data tells nothing either.
        """
        try:
            status = self._channel.send(CommandApdu(0x00, 0x20, 0x00, _PIN_REFERENCE)).sw
        except PinBlocked:
            return PinInfo(0, blocked=True)
        except CommandRefused as refused:
            if refused.sw == _NOT_USABLE:
                return PinInfo(None, blocked=False, transport=True)
            if refused.sw in _NOT_TAKEN_EMPTY:
                return PinInfo(None, blocked=False)
            raise
        tries = tries_left(status)
        return PinInfo(tries, blocked=tries == 0)

    def verify_pin(self, pin: bytearray) -> None:
        """VERIFY, once (part 2, 3.2.1). Wipes; see :meth:`ReferenceData.verify`."""
        self.pin.verify(pin)

    def change_pin(self, old: bytearray, new: bytearray) -> None:
        """CHANGE REFERENCE DATA, once (part 2, 3.2.2). Wipes; see :meth:`ReferenceData.change`."""
        self.pin.change(old, new)

    def unblock_pin(self, puk: bytearray, new: bytearray) -> None:
        """RESET RETRY COUNTER, once (part 2, 3.2.3). Wipes; see :meth:`ReferenceData.unblock`."""
        self.pin.unblock(puk, new)

    def unblock_pin_after_match(self, new: bytearray) -> None:
        """The same after the card has matched a finger, once. Wipes; see
        :meth:`ReferenceData.unblock_after_match`.
        """
        self.pin.unblock_after_match(new)

    def _tries_after_refusal(self) -> int:
        """At least so many tries remain."""
        info = self.pin_info()
        if info.tries_left is None and not info.blocked:
            # A PIN verified before may still count as verified, and then an empty VERIFY tells
            # nothing. P1=FF takes that back (part 2, 3.2.1).
            try:
                self._channel.send(CommandApdu(0x00, 0x20, 0xFF, _PIN_REFERENCE))
            except CommandRefused:
                return 1
            info = self.pin_info()
        if info.blocked:
            return 0
        return 1 if info.tries_left is None else info.tries_left

    def sign(self, purpose: KeyPurpose, algorithm: SignatureAlgorithm, digest: bytes) -> bytes:
        """GENERAL AUTHENTICATE (part 2, 3.2.4 and appendix A.4); for RSA the digest is padded here.

        Raises :class:`~cardreader.errors.SecurityStatusNotSatisfied` without a verified PIN.
        """
        block = padded_digest(digest) if algorithm is SignatureAlgorithm.RS256 else digest
        template = tlv.build(0x7C, [tlv.build(0x82), tlv.build(0x81, block)])
        answer = self._channel.send(
            CommandApdu(0x00, 0x87, ALGORITHMS[algorithm], KEYS[purpose], template, _LE)
        )
        return tlv.require(answer.data, 0x7C, 0x82)

    def _object(self, identifier: int) -> bytes:
        """The content of a data object without its outer tag 53.

        Raises :class:`~cardreader.errors.ObjectNotFound` also when a card says "done" and nothing.
        """
        data = self._get_data(identifier)
        if not data:
            raise ObjectNotFound(_GET_DATA, 0x6A82)
        return tlv.require(data, 0x53)

    def _get_data(self, identifier: int, enough: int | None = None) -> bytes:
        """GET DATA (part 2, 3.1.2)."""
        request = tlv.build(0x5C, identifier.to_bytes(3, "big"))
        wanted = self._channel.max_read if enough is None else enough
        command = CommandApdu(0x00, _GET_DATA, 0x3F, 0xFF, request, wanted)
        return self._channel.send(command, enough=enough).data
