"""Every error of this library, drawn once; each carries what a screen needs to say::

    CardError                       carries ``advice``: what a person can do about it
    ├── CardServiceUnavailable      pcscd does not run, or refuses this user
    ├── ReaderUnavailable           the reader went away
    ├── CardRemoved                 taken out, or exchanged
    ├── CardReleased                the visit is over
    ├── CardMute                    the chip does not answer
    ├── CardBusy                    another program holds the card
    ├── CardTimeout                 no answer in time
    ├── CardNotSupported            nothing on it that is known here
    ├── CardNotGenuine              ``reason``: an :class:`Untrusted`
    ├── CardProtocolError           a reply that cannot be understood
    │   └── TlvError, MrzError      (in ``tlv``, ``mrz``)
    ├── CommandRefused              ``ins``, ``sw``
    │   ├── ObjectNotFound
    │   └── SecurityStatusNotSatisfied
    ├── PinError
    │   ├── PinWrong                ``tries_left``
    │   ├── PinBlocked
    │   └── PinEntryCancelled
    ├── PukError
    │   ├── PukWrong                ``tries_left``
    │   └── PukBlocked
    ├── FingerError
    │   ├── FingerNotMatched        ``tries_left``
    │   ├── FingerBlocked
    │   └── FingerNotAvailable
    └── ActivationError             (in ``authority``)
        ├── AuthorityUnavailable
        ├── ActivationRefused       ``reason``
        ├── MakersSecretKept        ``secret``
        └── CertificateConflict

No error ever holds command data: the data field of VERIFY is a PIN.
"""

from __future__ import annotations

import enum


class CardError(Exception):
    """Anything that keeps a reader or a card from doing what was asked.

    ``advice`` is one or more sentences, empty where there is none.
    """

    advice: str = ""


class CardServiceUnavailable(CardError):
    """The PC/SC service (pcscd) does not run, or refuses this user."""


class ReaderUnavailable(CardError):
    """The reader is not there, or went away during the command."""


class CardRemoved(CardError):
    """The card was taken out, or another card is in its place."""


class CardMute(CardError):
    """A card is in the reader but its chip does not answer: most often it is upside down."""

    advice = "Turn the card over and insert it chip first."


class CardBusy(CardError):
    """Another program holds the card (SCARD_E_SHARING_VIOLATION)."""

    advice = "Close the browser or signing program that uses it; a running terminal holds it, too."


class CardTimeout(CardError):
    """The card or the reader did not answer in time."""


class CardNotSupported(CardError):
    """No application on this card is one that this terminal knows."""


class CardProtocolError(CardError):
    """The reply cannot be understood: truncated, malformed, or longer than the standard allows."""


class CommandRefused(CardError):
    """The card answered with an error status word that nothing more precise describes."""

    def __init__(self, ins: int, sw: int) -> None:
        super().__init__(f"instruction {ins:02X} was refused with status {sw:04X}")
        self.ins = ins
        self.sw = sw


class ObjectNotFound(CommandRefused):
    """The file, data object or key is not on the card (6A82, 6A88)."""


class SecurityStatusNotSatisfied(CommandRefused):
    """The command needs a verified PIN or an authenticated key (6982)."""


class PinError(CardError):
    """The PIN was not accepted."""


class PinEntryCancelled(PinError):
    """The cardholder ended the entry at the reader's own keys; the card was not asked."""


class PinWrong(PinError):
    """The PIN was wrong; ``tries_left`` tries remain and at least one does."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"wrong PIN, {tries_left} tries left")
        self.tries_left = tries_left


class PinBlocked(PinError):
    """The retry counter is used up (6983, 63C0)."""

    def __init__(self) -> None:
        super().__init__("the PIN is blocked")


class PukError(CardError):
    """The unblocking key (PUK) was not accepted."""


class PukWrong(PukError):
    """The PUK was wrong; ``tries_left`` tries remain, ``None`` when the card does not tell."""

    def __init__(self, tries_left: int | None) -> None:
        told = "" if tries_left is None else f", {tries_left} tries left"
        super().__init__(f"wrong PUK{told}")
        self.tries_left = tries_left


class PukBlocked(PukError):
    """The PUK's retry counter is used up: only the issuing office can help now."""

    advice = "The issuing office has to help."

    def __init__(self) -> None:
        super().__init__("the PUK is blocked")


class FingerError(CardError):
    """The cardholder's finger was not accepted, or could not be asked for."""


class FingerNotMatched(FingerError):
    """It is not the finger that the card keeps; ``tries_left`` tries remain and at least one does.

    ``None`` when the card does not tell.
    """

    def __init__(self, tries_left: int | None) -> None:
        told = "" if tries_left is None else f", {tries_left} tries left"
        super().__init__(f"the finger does not match{told}")
        self.tries_left = tries_left


class FingerBlocked(FingerError):
    """The retry counter of the finger is used up: the PUK can help, or the issuing office."""

    def __init__(self) -> None:
        super().__init__("the finger is blocked")


class FingerNotAvailable(FingerError):
    """The card compares no finger, or a finger gives no new PIN on it."""

    def __init__(self) -> None:
        super().__init__("the card does not take a finger")


class Untrusted(enum.StrEnum):
    """Why the identity data of a card could not be verified (ICAO Doc 9303-11, clause 5.1)."""

    NO_SECURITY_OBJECT = "no-security-object"
    MALFORMED = "malformed"
    HASH_MISMATCH = "hash-mismatch"
    BAD_SIGNATURE = "bad-signature"
    UNKNOWN_ISSUER = "unknown-issuer"
    OTHER_PURPOSE = "other-purpose"
    """The certificate is not for what the card uses it for (RFC 5280, 4.2.1.3)."""
    RULE_BROKEN = "rule-broken"
    """The issuer does not allow it: an unknown critical extension, a name, a policy."""
    SIGNER_EXPIRED = "signer-expired"
    SIGNER_REVOKED = "signer-revoked"
    IDENTITY_MISMATCH = "identity-mismatch"


class CardNotGenuine(CardError):
    """The card's identity data or certificate could not be verified; nothing on it is believed."""

    def __init__(self, reason: Untrusted) -> None:
        super().__init__(f"the card could not be verified: {reason.value}")
        self.reason = reason


class CardReleased(CardError):
    """The connection was given back: the visit is over, or an earlier call already failed it."""
