"""The authority behind the cards: what a terminal asks of it, and what it answers, to the byte.

The central API is that authority: it holds the management keys of the cards and issues the
certificates. It may be written without a line of this package; :class:`CardAuthority` says all
that it must do. :mod:`cardreader.activation` is the terminal's side.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from cardreader.errors import CardError
from cardreader.pki import KeyPurpose, Signature, SignatureAlgorithm

PROOF_CONTEXT = b"manfadh card activation\x00"
"""Begin of what the card signs to prove that activation worked; see :meth:`CardAuthority.begin`."""


class ManagementAlgorithm(enum.IntEnum):
    """Algorithm of the card management key, key reference 9B (SP 800-78-5, table 7)."""

    TRIPLE_DES = 0x03
    AES_128 = 0x08
    AES_192 = 0x0A
    AES_256 = 0x0C

    @property
    def block(self) -> int:
        """Length of a block, and so of witness, challenge and response, in bytes."""
        return 8 if self is ManagementAlgorithm.TRIPLE_DES else 16


class RefusalReason(enum.StrEnum):
    """Why the authority does not activate a card."""

    UNKNOWN_CARD = "unknown-card"
    """No card with this serial number is registered."""
    NOT_APPROVED = "not-approved"
    """The cardholder has not been identified for it (one-time code), or that has run out."""
    NOT_ELIGIBLE = "not-eligible"
    """The card was revoked, has expired, or is another person's."""
    CARD_NOT_AUTHENTIC = "card-not-authentic"
    """The card does not know its management key: it is not the card it says it is."""
    KEY_REFUSED = "key-refused"
    """The request is malformed, its proof does not hold, or another key has the certificate."""
    MAKERS_SECRET = "makers-secret"  # noqa: S105 - a reason, not a secret
    """The card still opens with its maker's PUK or management key, which anybody can look up."""


class ActivationError(CardError):
    """Activation cannot go on now. What was done stays done."""


class AuthorityUnavailable(ActivationError):
    """The central API does not answer: a network is needed. Trying again continues."""


class ActivationRefused(ActivationError):
    """The authority said no."""

    def __init__(self, reason: RefusalReason) -> None:
        super().__init__(f"the card cannot be activated: {reason.value}")
        self.reason = reason


class CardSecret(enum.StrEnum):
    """What a maker delivers its cards with, the same on every card."""

    PUK = "puk"
    MANAGEMENT_KEY = "management-key"


class MakersSecretKept(ActivationError):
    """The card's PUK or management key cannot be replaced, so it is not activated.

    Whoever finds the card could set a new PIN with the maker's PUK and sign as its holder.
    """

    advice = (
        "Prepare the card with secrets of its own and register it again: "
        "kiosk backend add-card --puk-stdin."
    )

    def __init__(self, secret: CardSecret, why: str) -> None:
        super().__init__(why)
        self.secret = secret


class CertificateConflict(ActivationError):
    """The authority's certificate and the key on the card do not belong together.

    Somebody else made a new key on the card, or the chip lost the key or the certificate; the
    office has to revoke the certificate first.
    """


@dataclass(frozen=True, slots=True)
class ActivationRecord:
    """What the authority knows of a card when activation begins or goes on.

    ``key_algorithms`` lists for each purpose the kinds of key that the authority certifies, best
    first; ``certificates`` what it has issued for this card already, DER. ``challenge`` is what the
    card signs in the end, 16 to 64 bytes, the same until activation is complete.

    ``replaces`` names what the card has from its maker and has to lose before it is active;
    ``handed_out`` for which of these an earlier attempt was given the new value, so that the card
    may have it already.
    """

    management_algorithm: ManagementAlgorithm
    key_algorithms: Mapping[KeyPurpose, tuple[SignatureAlgorithm, ...]]
    challenge: bytes
    certificates: Mapping[KeyPurpose, bytes] = field(default_factory=dict)
    completed: bool = False
    replaces: frozenset[CardSecret] = frozenset()
    handed_out: frozenset[CardSecret] = frozenset()


@dataclass(frozen=True, slots=True)
class PukChange:
    """The PUK that the card was registered with, and the one that it gets: eight bytes each."""

    present: bytes = field(repr=False)
    new: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class ManagerAnswer:
    """The authority's half of the mutual authentication: one block each."""

    witness: bytes = field(repr=False)
    challenge: bytes


class CardAuthority(Protocol):
    """Who holds the management keys and issues the certificates: the central API.

    ``serial`` is what :attr:`~cardreader.national_id.NationalIdCard.serial` reads: upper-case hex,
    32 digits when it is the GUID of the CHUID, fewer when it is the chip's own number.

    Every call may come twice, and may come again after a power cut, in the order of the methods:
    a repeated call has the same effect as one, and :meth:`begin` starts over without losing what
    was issued. Each raises :class:`AuthorityUnavailable` or :class:`ActivationRefused`.

    **Mutual authentication** (SP 800-73-5 part 1, appendix B; part 2, 3.2.4 and A.1). ``K`` is the
    card's management key; ``E`` and ``D`` encrypt and decrypt one block with the bare block cipher
    (ECB, no padding): AES with 16-byte blocks, or two/three-key triple DES with 8-byte blocks::

        card      -> authority   witness    = E(K, w)          w random, chosen by the card
        authority -> card        D(K, witness) and a fresh random challenge c of one block
        card      -> authority   response   = E(K, c)

    The terminal wraps these blocks into GENERAL AUTHENTICATE (``00 87 alg 9B``: ``7C{80 00}``
    brings ``7C{80 witness}``; ``7C{80 w, 81 c}`` brings ``7C{82 response}``) and interprets none.
    The card opens itself to writing when ``w`` is right. The authority believes that it talks to
    the real card when ``response`` is right, and issues nothing before that.

    **Management keys of the simulated national cards** are AES-256, derived from the master key in
    ``cardreader/simulator/data/keys/state-management-master.simulation-key.json``
    (``{"algorithm": "AES-256", "key": 64 hex digits}``) by a KDF in counter mode with AES-CMAC
    (SP 800-108, 4.1)::

        K(i) = CMAC(master, byte(i) || "manfadh piv 9B" || 00 || GUID (16 bytes) || 01 00)
        K    = K(1) || K(2)                                     32 bytes

    ``GUID`` is ``bytes.fromhex(serial)``, ``01 00`` the length 256 in bits. Check value: see
    ``tests/cardreader/test_activation.py``. Cards of other makers have the key with which they
    were registered.
    """

    def begin(self, serial: str) -> ActivationRecord:
        """Start or continue. The one who calls has been told that the cardholder wants it.

        At the end the card signs, with each key, the bytes ``PROOF_CONTEXT || serial (ASCII) || 00
        || challenge``; hashing as usual for the algorithm (SHA-256, for P-384 SHA-384).
        """

    def answer_witness(self, serial: str, witness: bytes, *, renewed: bool) -> ManagerAnswer:
        """Decrypt the card's witness and challenge the card; a later call replaces the challenge.

        ``witness`` is one block. The answer goes to the card as it is. ``renewed``: with the key of
        :meth:`new_management_key`; once the card has answered with it, it is the card's key.
        """

    def check_response(self, serial: str, response: bytes) -> None:
        """Accept the card, or raise ``CARD_NOT_AUTHENTIC``.

        ``response`` must be ``E(K, challenge)`` for the last challenge; compare in constant time.
        Repeating the last accepted response is accepted.
        """

    def new_management_key(self, serial: str) -> bytes:
        """The key that takes the place of a well-known one; the same in every attempt.

        It is the only management key that a terminal ever sees: a card that anybody can write to
        has no other way to one of its own. Raises ``CARD_NOT_AUTHENTIC`` before the card was
        accepted.
        """

    def new_puk(self, serial: str) -> PukChange:
        """The card's present PUK and its new one, which the authority keeps; the same in every
        attempt. Raises ``CARD_NOT_AUTHENTIC`` before the card was accepted.
        """

    def puk_replaced(self, serial: str) -> None:
        """The card has taken the new PUK."""

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        """Issue the certificate for a key that was made on this card; DER in, DER out.

        ``request`` is a PKCS#10 certification request (RFC 2986), signed by the new key: that is
        the proof of possession. Its subject has exactly ``CN=<purpose>`` (``authentication`` or
        ``signature``) and ``serialNumber=<serial>``, both to be compared and neither to be put
        into the certificate: the authority knows whose card it is. No attributes. Signature:
        sha256WithRSAEncryption, ecdsa-with-SHA256 or ecdsa-with-SHA384.

        The same public key gets the same certificate. Another key for a purpose that has a
        certificate is refused with ``KEY_REFUSED``. The certificate's subject has the civil number
        as its only serialNumber; validity begins a few minutes ago, for terminals whose clock is
        behind. Authentication: digitalSignature, clientAuth. Signature: nonRepudiation.
        """

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        """The card was read back and signs with both keys: it is active from now on.

        ``proofs`` are signatures over what :meth:`begin` describes, in the form of JOSE (ECDSA as
        ``r || s``, RSA as PKCS#1 v1.5); they must fit the certificates issued. A card that has not
        lost what it had from its maker is refused with ``MAKERS_SECRET``.
        """


def proof_message(serial: str, challenge: bytes) -> bytes:
    """What each key signs at the end; see :meth:`CardAuthority.begin`."""
    return PROOF_CONTEXT + serial.encode("ascii") + b"\x00" + challenge
