"""The keys of the PIV application: what they may do, and when (SP 800-73-5 part 2, 3.2.4, 3.3.2).

Key 9C signs once per VERIFY. Key 9B, the management key, authenticates whoever writes to the card.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.ciphers import BlockCipherAlgorithm, Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import MalformedTlv, parse, tlv
from cardreader.simulator.issuer import AUTHENTICATION, SIGNATURE, CardKey
from cardreader.simulator.state import CardMemory
from cardreader.simulator.status import Refusal, Status

RSA_2048, P_256, P_384 = 0x07, 0x11, 0x14
"""Algorithm identifiers (SP 800-78-5, table 7)."""

_KEY_MANAGEMENT, _CARD_AUTHENTICATION, _MANAGEMENT = 0x9D, 0x9E, 0x9B
_SLOTS = (AUTHENTICATION, SIGNATURE, _KEY_MANAGEMENT, _CARD_AUTHENTICATION)
_WITNESS, _CHALLENGE, _RESPONSE, _EXPONENTIATION = 0x80, 0x81, 0x82, 0x85
_BLOCK = {0x03: 8, 0x08: 16, 0x0A: 16, 0x0C: 16}
"""Block length in bytes by algorithm of the management key: triple DES, AES-128, -192, -256."""
_KEY_BYTES = {0x03: 24, 0x08: 16, 0x0A: 24, 0x0C: 32}


class PivKeys:
    """Key slots and the volatile security state that guards them."""

    def __init__(self, memory: CardMemory, random: Callable[[int], bytes]) -> None:
        self._memory = memory
        self._random = random
        self.pin_verified = False
        self.manager_authenticated = False
        self._may_sign = False
        self._witness: bytes | None = None
        self._challenge: bytes | None = None

    def forget(self) -> None:
        """Back to the state after reset."""
        self.pin_forgotten()
        self.manager_authenticated = False
        self._witness = self._challenge = None

    def pin_presented(self) -> None:
        """The right PIN has just been presented: it allows one signature with 9C."""
        self.pin_verified = self._may_sign = True

    def pin_forgotten(self) -> None:
        """The PIN is no longer verified."""
        self.pin_verified = self._may_sign = False

    def relock(self) -> None:
        """Something came between VERIFY and the signature: 9C wants the PIN again."""
        self._may_sign = False

    def public(self, slot: int) -> bytes:
        """The public key in a slot, as inside tag 7F49."""
        return _public_key(self._memory.keys[slot])

    def general_authenticate(self, command: CommandApdu) -> ResponseApdu:
        """GENERAL AUTHENTICATE (part 2, 3.2.4) with key P2 and algorithm P1."""
        template = dict(_template(bytes(command.data)))
        if command.p2 == _MANAGEMENT:
            return self._authenticate_manager(command.p1, template)
        if command.p2 not in _SLOTS:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        key = self._memory.keys.get(command.p2)
        if key is None:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if command.p1 != algorithm_of(key):
            raise Refusal(Status.WRONG_P1_P2)
        self._check_access(command.p2)
        if template.get(_CHALLENGE):
            answer = _sign(key, template[_CHALLENGE])
        elif command.p2 == _KEY_MANAGEMENT and _EXPONENTIATION in template:
            answer = _agree(key, template[_EXPONENTIATION])
        else:
            raise Refusal(Status.WRONG_DATA)
        if command.p2 == SIGNATURE:
            self._may_sign = False
        return ResponseApdu(tlv(0x7C, tlv(_RESPONSE, answer)), Status.OK)

    def _check_access(self, slot: int) -> None:
        """9E is free, 9A and 9D need the PIN once, 9C right before (part 1, table 4)."""
        allowed = {
            _CARD_AUTHENTICATION: True,
            AUTHENTICATION: self.pin_verified,
            _KEY_MANAGEMENT: self.pin_verified,
            SIGNATURE: self._may_sign,
        }
        if not allowed[slot]:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)

    def _authenticate_manager(self, algorithm: int, template: dict[int, bytes]) -> ResponseApdu:
        """Mutual (80, then 80 and 81) or external (81, then 82) authentication with key 9B.

        Part 1, appendix B. One wrong answer and it starts over. Algorithm 00 leaves it to the key
        (ISO/IEC 7816-4:2020, 11.5.5): OpenSC asks for random bytes that way.
        """
        if algorithm not in (0x00, self._memory.management_algorithm):
            raise Refusal(Status.WRONG_P1_P2)
        witness, challenge = self._witness, self._challenge
        self._witness = self._challenge = None
        self.manager_authenticated = False
        block = _BLOCK[self._memory.management_algorithm]
        if template.get(_WITNESS) == b"":
            self._witness = self._random(block)
            return _dynamic(_WITNESS, self._encrypt(self._witness))
        if template.get(_CHALLENGE) == b"":
            self._challenge = self._random(block)
            return _dynamic(_CHALLENGE, self._challenge)
        if _WITNESS in template and _CHALLENGE in template:
            if len(template[_CHALLENGE]) != block:
                raise Refusal(Status.WRONG_DATA)
            self._accept(witness, template[_WITNESS])
            return _dynamic(_RESPONSE, self._encrypt(template[_CHALLENGE]))
        if template.get(_RESPONSE):
            expected = None if challenge is None else self._encrypt(challenge)
            self._accept(expected, template[_RESPONSE])
            return ResponseApdu(b"", Status.OK)
        raise Refusal(Status.WRONG_DATA)

    def set_management_key(self, command: CommandApdu) -> ResponseApdu:
        """SET MANAGEMENT KEY (INS FF) as makers of general PIV cards have it: behind the present
        key, of the same algorithm or another.
        """
        if (command.p1, command.p2) != (0xFF, 0xFF):
            raise Refusal(Status.WRONG_P1_P2)
        if not self.manager_authenticated:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        algorithm, reference, length, *_ = (*bytes(command.data[:3]), 0, 0, 0)
        key = bytes(command.data[3:])
        if _KEY_BYTES.get(algorithm) != len(key) or (reference, length) != (0x9B, len(key)):
            raise Refusal(Status.WRONG_DATA)
        self._memory.management_algorithm, self._memory.management_key = algorithm, key
        self._memory.save()
        return ResponseApdu(b"", Status.OK)

    def _accept(self, expected: bytes | None, presented: bytes) -> None:
        if expected is None:
            raise Refusal(Status.CONDITIONS_NOT_SATISFIED)
        if not hmac.compare_digest(expected, presented):
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        self.manager_authenticated = True

    def _encrypt(self, block: bytes) -> bytes:
        memory = self._memory
        algorithm: BlockCipherAlgorithm
        if memory.management_algorithm == 0x03:
            algorithm = TripleDES(memory.management_key)
        else:
            algorithm = AES(memory.management_key)
        # One random block, one call: the protocol of the standard is the block cipher itself.
        encryptor = Cipher(algorithm, modes.ECB()).encryptor()  # noqa: S305
        return encryptor.update(block) + encryptor.finalize()

    def generate(self, command: CommandApdu) -> ResponseApdu:
        """GENERATE ASYMMETRIC KEY PAIR (part 2, 3.3.2); the certificate in the slot stays."""
        if command.p1 != 0x00:
            raise Refusal(Status.WRONG_P1_P2)
        if command.p2 not in _SLOTS:
            raise Refusal(Status.REFERENCE_NOT_FOUND)
        if not self.manager_authenticated:
            raise Refusal(Status.SECURITY_NOT_SATISFIED)
        control = _parsed(bytes(command.data))
        if len(control) != 1 or control[0][0] != 0xAC:
            raise Refusal(Status.WRONG_DATA)
        algorithm = dict(_parsed(control[0][1])).get(0x80)
        if algorithm is None or len(algorithm) != 1:
            raise Refusal(Status.WRONG_DATA)
        key = _new_key(algorithm[0])
        self._memory.keys[command.p2] = key
        self._memory.save()
        return ResponseApdu(tlv(0x7F49, _public_key(key)), Status.OK)


def algorithm_of(key: CardKey) -> int:
    """The algorithm identifier that belongs to a key."""
    if isinstance(key, rsa.RSAPrivateKey):
        return RSA_2048
    return P_256 if key.key_size == 256 else P_384


def _new_key(algorithm: int) -> CardKey:
    if algorithm == RSA_2048:
        return rsa.generate_private_key(65537, 2048)
    if algorithm == P_256:
        return ec.generate_private_key(ec.SECP256R1())
    if algorithm == P_384:
        return ec.generate_private_key(ec.SECP384R1())
    raise Refusal(Status.WRONG_DATA)


def _public_key(key: CardKey) -> bytes:
    if isinstance(key, rsa.RSAPrivateKey):
        numbers = key.public_key().public_numbers()
        return tlv(0x81, numbers.n.to_bytes(256, "big")) + tlv(0x82, numbers.e.to_bytes(3, "big"))
    point = key.public_key().public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return tlv(0x86, point)


def _sign(key: CardKey, challenge: bytes) -> bytes:
    """RSA: the bare private-key operation on an already padded block. EC: ECDSA over a digest."""
    if isinstance(key, rsa.RSAPrivateKey):
        return _rsa_private(key, challenge)
    size = key.key_size // 8
    if len(challenge) > size:
        raise Refusal(Status.WRONG_DATA)
    # A shorter digest is the same number with leading zeroes (FIPS 186-5, 6.4.1).
    digest: hashes.HashAlgorithm = hashes.SHA256() if size == 32 else hashes.SHA384()
    algorithm = ec.ECDSA(Prehashed(digest), deterministic_signing=True)
    return key.sign(challenge.rjust(size, b"\x00"), algorithm)


def _rsa_private(key: rsa.RSAPrivateKey, block: bytes) -> bytes:
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    value = int.from_bytes(block, "big")
    if len(block) != key.key_size // 8 or value >= modulus:
        raise Refusal(Status.WRONG_DATA)
    first, second = pow(value, numbers.dmp1, numbers.p), pow(value, numbers.dmq1, numbers.q)
    combined = second + numbers.q * ((numbers.iqmp * (first - second)) % numbers.p)
    return combined.to_bytes(len(block), "big")


def _agree(key: CardKey, point: bytes) -> bytes:
    """Key management: ECDH, or RSA key transport."""
    if isinstance(key, rsa.RSAPrivateKey):
        return _rsa_private(key, point)
    try:
        other = ec.EllipticCurvePublicKey.from_encoded_point(key.curve, point)
    except ValueError as error:
        raise Refusal(Status.WRONG_DATA) from error
    return key.exchange(ec.ECDH(), other)


def _template(data: bytes) -> list[tuple[int, bytes]]:
    """The inside of the dynamic authentication template 7C."""
    objects = _parsed(data)
    if len(objects) != 1 or objects[0][0] != 0x7C:
        raise Refusal(Status.WRONG_DATA)
    return _parsed(objects[0][1])


def _parsed(data: bytes) -> list[tuple[int, bytes]]:
    try:
        return parse(data)
    except MalformedTlv as error:
        raise Refusal(Status.WRONG_DATA) from error


def _dynamic(tag: int, value: bytes) -> ResponseApdu:
    return ResponseApdu(tlv(0x7C, tlv(tag, value)), Status.OK)
