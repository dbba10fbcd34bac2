"""PC/SC return codes as typed errors (pcsc-lite's ``pcsclite.h``; PC/SC part 5)."""

from __future__ import annotations

from smartcard import scard

from cardreader.errors import (
    CardBusy,
    CardError,
    CardMute,
    CardProtocolError,
    CardRemoved,
    CardServiceUnavailable,
    CardTimeout,
    ReaderUnavailable,
)

SERVICE_LOST = frozenset(
    {
        scard.SCARD_E_NO_SERVICE,
        scard.SCARD_E_SERVICE_STOPPED,
        scard.SCARD_E_INVALID_HANDLE,
        scard.SCARD_F_INTERNAL_ERROR,
    }
)
"""The context is worth nothing any more: pcscd ended, was restarted, or broke."""

_ERRORS: dict[int, tuple[type[CardError], str]] = {
    **dict.fromkeys(SERVICE_LOST, (CardServiceUnavailable, "the PC/SC service is gone")),
    scard.SCARD_W_SECURITY_VIOLATION: (CardServiceUnavailable, "PC/SC refuses this user (polkit)"),
    scard.SCARD_E_NO_ACCESS: (CardServiceUnavailable, "PC/SC refuses this user"),
    scard.SCARD_E_UNKNOWN_READER: (ReaderUnavailable, "the reader is not there"),
    scard.SCARD_E_READER_UNAVAILABLE: (ReaderUnavailable, "the reader went away"),
    scard.SCARD_E_NO_READERS_AVAILABLE: (ReaderUnavailable, "there is no reader"),
    scard.SCARD_E_NO_SMARTCARD: (CardRemoved, "there is no card in the reader"),
    scard.SCARD_W_REMOVED_CARD: (CardRemoved, "the card was taken out"),
    # Nobody else can reset a card that is held exclusively: it was swapped between two polls.
    scard.SCARD_W_RESET_CARD: (CardRemoved, "the card was reset from outside"),
    # A card pulled in mid-command is seen first as an exchange that failed.
    scard.SCARD_E_NOT_TRANSACTED: (CardRemoved, "the exchange with the card broke off"),
    scard.SCARD_F_COMM_ERROR: (CardRemoved, "the exchange with the card broke off"),
    scard.SCARD_W_UNRESPONSIVE_CARD: (CardMute, "the card does not answer to reset"),
    scard.SCARD_W_UNPOWERED_CARD: (CardMute, "the card cannot be powered"),
    scard.SCARD_W_UNSUPPORTED_CARD: (CardMute, "the card's answer to reset is malformed"),
    scard.SCARD_E_PROTO_MISMATCH: (CardProtocolError, "the card speaks neither T=0 nor T=1"),
    scard.SCARD_E_SHARING_VIOLATION: (CardBusy, "another program holds the card"),
    scard.SCARD_E_TIMEOUT: (CardTimeout, "the card did not answer in time"),
}


def error_for(code: int) -> CardError:
    """The typed error for a PC/SC return code that is not ``SCARD_S_SUCCESS``."""
    kind, reason = _ERRORS.get(code & 0xFFFF_FFFF, (CardError, "PC/SC failed"))
    return kind(f"{reason} (PC/SC {code & 0xFFFF_FFFF:08X})")


def require_success(code: int) -> None:
    """Raise :func:`error_for` the code unless it is ``SCARD_S_SUCCESS``."""
    if code != scard.SCARD_S_SUCCESS:
        raise error_for(code)
