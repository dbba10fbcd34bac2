"""The IAS Classic application (ISO/IEC 7816-4 and 7816-8, as cards of that family use them).

The same keys, PIN and certificates as the PIV application has, with another face: one certificate
file with a table of key containers, security environments, hash in, signature out. A card of this
kind speaks T=0 only. Keys are made before it is issued; the PIN is a transport PIN until changed.
"""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import MalformedTlv, parse, tlv
from cardreader.simulator.issuer import AUTHENTICATION, SIGNATURE, CardKey
from cardreader.simulator.match_on_card import FingerMatch
from cardreader.simulator.piv_objects import CERTIFICATES
from cardreader.simulator.state import TRIES, CardMemory
from cardreader.simulator.status import Refusal, Status, tries

AID = bytes.fromhex("A0000000180C000001634200")
ATR = bytes.fromhex("3B7A9600008065B08520040272D641")
"""The answer to reset of the current national card (pcsc-tools' list)."""

KEY_REFERENCES = {AUTHENTICATION: 0x03, SIGNATURE: 0x04}
"""Slots of the card's memory as this application numbers them."""

_PIN = 0x11
_NEW_ONLY = 0x02
_REFERENCE_LENGTH = 12
_FILE_PATH = bytes.fromhex("16000004")
_APPLICATION_PATH = bytes.fromhex("1600")
_ALLOCATED_SIZE = 0x7000
_APPLET_VERSION = b"IASv4.0\x00"
_FREE_CONTAINERS = (0x05, 0x06)
_HASHES: dict[int, hashes.HashAlgorithm] = {0x40: hashes.SHA256(), 0x50: hashes.SHA384()}
_PKCS1, _ECDSA = 0x02, 0x04
_CPLC_BEFORE_SERIAL, _CPLC_AFTER_SERIAL = bytes(8), bytes(24)


class IasApplication:
    """The application with its volatile security state over a :class:`CardMemory`."""

    aid = AID
    proprietary = True

    def __init__(
        self,
        memory: CardMemory,
        serial: bytes,
        random: Callable[[int], bytes] = os.urandom,
        match: FingerMatch | None = None,
    ) -> None:
        """``serial``: ten bytes, the chip's maker, type, serial and batch number."""
        self._memory = memory
        self._serial = serial
        self._random = random
        self._match = match or FingerMatch()
        self._forget()
        self._commands: dict[int, Callable[[CommandApdu], ResponseApdu]] = {
            0x20: self._verify,
            0x22: self._manage_security_environment,
            0x24: self._change_reference_data,
            0x2A: self._perform_security_operation,
            0x2C: self._reset_retry_counter,
            0x84: self._get_challenge,
            0xA4: self._select_file,
            0xB0: self._read_binary,
            0xCA: self._get_production_data,
            0xCB: self._get_data,
        }

    def _forget(self) -> None:
        self._file: bytes | None = None
        self._environment: tuple[int, CardKey] | None = None
        self._hash: bytes | None = None
        self._signs_once = True
        self._verified = self._may_sign = False

    def select(self) -> bytes:
        """File control information; the security state starts anew."""
        self._forget()
        return tlv(0x6F, tlv(0x84, AID))

    def deselect(self) -> None:
        """PIN and finger are not verified any more."""
        self._forget()
        self._match.forget()

    def process(self, command: CommandApdu) -> ResponseApdu:
        """Answer one command; an unknown instruction is refused with 6D00."""
        handler = self._commands.get(command.ins)
        if handler is None:
            raise Refusal(Status.INS_NOT_SUPPORTED)
        if bool(command.cla & 0x80) != (command.ins == 0xCA):
            raise Refusal(Status.CLA_NOT_SUPPORTED)
        return handler(command)

    def _verify(self, command: CommandApdu) -> ResponseApdu:
        """VERIFY of the PIN, twelve bytes filled with zeroes; P1=FF takes it back."""
        _require(command, p2=_PIN)
        if command.p1 == 0xFF:
            self._verified = self._may_sign = False
            return _done()
        if command.p1:
            raise Refusal(Status.WRONG_P1_P2)
        if not command.data:
            if self._verified:
                return _done()
            raise Refusal(tries(self._memory.pin_tries))
        if len(command.data) != _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        self._compare_pin(bytes(command.data))
        self._verified = self._may_sign = True
        return _done()

    def _change_reference_data(self, command: CommandApdu) -> ResponseApdu:
        _require(command, p1=0x00, p2=_PIN)
        old, new = _pair(command)
        self._compare_pin(old)
        self._set_pin(new)
        self._verified = self._may_sign = True
        return _done()

    def _reset_retry_counter(self, command: CommandApdu) -> ResponseApdu:
        """PUK, or with P1=02 a finger that was matched, set a new PIN and its tries."""
        if command.p1 == _NEW_ONLY and self._memory.finger is not None:
            return self._reset_after_match(command)
        _require(command, p1=0x00, p2=_PIN)
        puk, new = _pair(command)
        memory = self._memory
        if memory.puk_tries == 0:
            raise Refusal(Status.BLOCKED)
        memory.puk_tries -= 1
        memory.save()
        if not hmac.compare_digest(_bare(puk), memory.puk):
            raise Refusal(tries(memory.puk_tries))
        memory.puk_tries = TRIES
        self._set_pin(new)
        return _done()

    def _reset_after_match(self, command: CommandApdu) -> ResponseApdu:
        _require(command, p2=_PIN)
        self._match.require()
        new = bytes(command.data)
        if len(new) != _REFERENCE_LENGTH:
            raise Refusal(Status.WRONG_LENGTH)
        _require_pin(new)
        self._match.forget()
        self._set_pin(new)
        return _done()

    def _set_pin(self, new: bytes) -> None:
        memory = self._memory
        memory.pin, memory.pin_tries = _bare(new).ljust(8, b"\xff"), TRIES
        memory.pin_chosen = True
        memory.save()

    def _compare_pin(self, presented: bytes) -> None:
        """Count the try, then compare."""
        memory = self._memory
        self._verified = self._may_sign = False
        if memory.pin_tries == 0:
            raise Refusal(Status.BLOCKED)
        memory.pin_tries -= 1
        memory.save()
        kept = (memory.pin or b"").rstrip(b"\xff")
        if not hmac.compare_digest(presented, kept.ljust(_REFERENCE_LENGTH, b"\x00")):
            raise Refusal(tries(memory.pin_tries))
        memory.pin_tries = TRIES
        memory.save()

    def _get_data(self, command: CommandApdu) -> ResponseApdu:
        """The state of the PIN: DF21 tries left, DF2F whether its holder has changed it."""
        _require(command, p1=0x00, p2=0xFF)
        if bytes(command.data) != tlv(0xA0, tlv(0x83, bytes((_PIN,)))):
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        memory = self._memory
        state = (
            tlv(0x83, bytes((_PIN,)))
            + tlv(0xDF21, bytes((memory.pin_tries,)))
            + tlv(0xDF2F, bytes((memory.pin_chosen,)))
        )
        return ResponseApdu(tlv(0xA0, state), Status.OK)

    def _get_production_data(self, command: CommandApdu) -> ResponseApdu:
        """9F7F production data of the chip; DF03 version of the application."""
        if (command.p1, command.p2) == (0xDF, 0x03):
            return ResponseApdu(_APPLET_VERSION, Status.OK)
        _require(command, p1=0x9F, p2=0x7F)
        head, tail = self._serial[:4], self._serial[4:]
        data = head + _CPLC_BEFORE_SERIAL + tail + _CPLC_AFTER_SERIAL
        return ResponseApdu(tlv(0x9F7F, data), Status.OK)

    def _get_challenge(self, command: CommandApdu) -> ResponseApdu:
        return ResponseApdu(self._random(min(command.le or 8, 256)), Status.OK)

    def _select_file(self, command: CommandApdu) -> ResponseApdu:
        """By path from the master file: the application's directory, or the certificate file."""
        path = bytes(command.data)
        if command.p1 == 0x00 and path == b"\x3f\x00":
            return _control(command, tlv(0x6F, tlv(0x83, path)))
        if command.p1 != 0x08:
            raise Refusal(Status.WRONG_P1_P2)
        if path == _APPLICATION_PATH:
            self._file = None
            return _control(command, tlv(0x6F, tlv(0x83, path)))
        if path != _FILE_PATH:
            raise Refusal(Status.NOT_FOUND)
        self._file = self._certificate_file()
        size = _ALLOCATED_SIZE.to_bytes(2, "big")
        return _control(
            command,
            tlv(
                0x6F,
                tlv(0x80, size),
                tlv(0x82, b"\x01"),
                tlv(0x83, path[-2:]),
                tlv(0x8C, b"\x03\xff\x00"),
            ),
        )

    def _read_binary(self, command: CommandApdu) -> ResponseApdu:
        if command.p1 & 0x80:
            raise Refusal(Status.WRONG_P1_P2)
        if self._file is None:
            raise Refusal(Status.NO_CURRENT_FILE)
        offset = command.p1 << 8 | command.p2
        expected = command.le or 256
        if offset >= _ALLOCATED_SIZE:
            raise Refusal(Status.WRONG_OFFSET)
        allocated = self._file[offset : offset + expected].ljust(expected, b"\xff")
        return ResponseApdu(allocated, Status.OK)

    def _certificate_file(self) -> bytes:
        """Length, table of containers, certificates (GemSAFE V1's "0004")."""
        table, certificates = b"", b""
        for slot, reference in KEY_REFERENCES.items():
            container = self._memory.objects.get(CERTIFICATES[slot])
            if container is None:
                table += _free(reference)
                continue
            table += bytes((0x01, 0xFE, 0x14, 0x00, reference, 0x03, 0xB0, 0x00, reference))
            certificates += dict(parse(container))[0x70]
        table += b"".join(map(_free, _FREE_CONTAINERS))
        content = table + certificates
        return (len(content) + 2).to_bytes(2, "big") + content

    def _manage_security_environment(self, command: CommandApdu) -> ResponseApdu:
        """SET the digital signature template: 80 algorithm, 84 key."""
        _require(command, p1=0x41, p2=0xB6)
        try:
            template = dict(parse(bytes(command.data)))
            algorithm, reference = template[0x80][0], template[0x84][0]
        except (MalformedTlv, KeyError, IndexError) as error:
            raise Refusal(Status.WRONG_DATA) from error
        slot = next((s for s, number in KEY_REFERENCES.items() if number == reference), None)
        key = None if slot is None else self._memory.keys.get(slot)
        if key is None:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        wanted = _PKCS1 if isinstance(key, rsa.RSAPrivateKey) else _ECDSA
        if algorithm & 0x0F != wanted or algorithm & 0xF0 not in _HASHES:
            raise Refusal(Status.WRONG_DATA)
        self._environment, self._hash = (algorithm, key), None
        self._signs_once = slot == SIGNATURE
        return _done()

    def _perform_security_operation(self, command: CommandApdu) -> ResponseApdu:
        """PSO HASH takes the digest in; PSO COMPUTE DIGITAL SIGNATURE gives the signature out."""
        if self._environment is None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        algorithm, key = self._environment
        digest = _HASHES[algorithm & 0xF0]
        if (command.p1, command.p2) == (0x90, 0xA0):
            try:
                fields = dict(parse(bytes(command.data)))
            except MalformedTlv as error:
                raise Refusal(Status.WRONG_DATA) from error
            if len(fields.get(0x90, b"")) != digest.digest_size:
                raise Refusal(Status.WRONG_DATA)
            self._hash = fields[0x90]
            return _done()
        _require(command, p1=0x9E, p2=0x9A)
        if self._hash is None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        if not (self._may_sign if self._signs_once else self._verified):
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        if self._signs_once:
            self._may_sign = False
        hashed, self._hash = self._hash, None
        return ResponseApdu(_sign(key, digest, hashed), Status.OK)


def _sign(key: CardKey, digest: hashes.HashAlgorithm, hashed: bytes) -> bytes:
    """RSA: PKCS#1 v1.5. EC: ``r || s``, each as long as the curve's order."""
    if isinstance(key, rsa.RSAPrivateKey):
        return key.sign(hashed, padding.PKCS1v15(), Prehashed(digest))
    size = key.key_size // 8
    algorithm = ec.ECDSA(Prehashed(digest), deterministic_signing=True)
    r, s = decode_dss_signature(key.sign(hashed, algorithm))
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _require(command: CommandApdu, *, p1: int | None = None, p2: int) -> None:
    if p1 not in (None, command.p1):
        raise Refusal(Status.WRONG_P1_P2)
    if command.p2 != p2:
        raise Refusal(Status.REFERENCE_NOT_FOUND)


def _pair(command: CommandApdu) -> tuple[bytes, bytes]:
    """Old and new reference data; the new one is a PIN of six to twelve digits."""
    if len(command.data) != 2 * _REFERENCE_LENGTH:
        raise Refusal(Status.WRONG_LENGTH)
    old, new = bytes(command.data[:_REFERENCE_LENGTH]), bytes(command.data[_REFERENCE_LENGTH:])
    _require_pin(new)
    return old, new


def _require_pin(new: bytes) -> None:
    bare = _bare(new)
    if not 6 <= len(bare) <= 8 or not bare.isdigit():
        raise Refusal(Status.WRONG_DATA)


def _bare(reference: bytes) -> bytes:
    return reference.rstrip(b"\x00")


def _free(reference: int) -> bytes:
    return bytes((0x01, 0xF0, 0x00, reference, 0x03, 0xB0, 0x00, reference))


def _control(command: CommandApdu, information: bytes) -> ResponseApdu:
    return ResponseApdu(b"" if command.p2 == 0x0C else information, Status.OK)


def _done() -> ResponseApdu:
    return ResponseApdu(b"", Status.OK)
