"""How a worker answers, and what it says when a card fails."""

from __future__ import annotations

from typing import Protocol

from cardreader.errors import (
    CardMute,
    CardNotGenuine,
    CardNotSupported,
    CardReleased,
    CardRemoved,
    ObjectNotFound,
    PinBlocked,
    PinWrong,
    ReaderUnavailable,
    Untrusted,
)
from kiosk.session import events as ev
from kiosk.session.state import CardProblem


class Answer(Protocol):
    """Hands an event to the loop, from any thread."""

    def __call__(self, event: ev.Event, visit: int | None = None, /) -> None:
        """``visit`` names the visit that asked; ``None`` for what concerns the terminal."""


GONE = (CardRemoved, CardReleased, ReaderUnavailable)
"""Errors that mean: there is no card to speak of any more."""


def event_of(error: BaseException) -> ev.Event:
    """The event that tells a visit why the card did not do what was asked."""
    if isinstance(error, PinWrong):
        return ev.PinRefused(error.tries_left)
    return ev.CardRefused(_problem_of(error))


def _problem_of(error: BaseException) -> CardProblem:
    match error:
        case PinBlocked():
            return CardProblem.PIN_BLOCKED
        case CardMute():
            return CardProblem.MUTE
        case CardNotGenuine(reason=Untrusted.SIGNER_REVOKED):
            return CardProblem.REVOKED
        case CardNotGenuine(reason=Untrusted.IDENTITY_MISMATCH):
            return CardProblem.IDENTITY_MISMATCH
        case CardNotGenuine():
            return CardProblem.NOT_GENUINE
        case ObjectNotFound():
            # Identity is there, the certificate is not: the card was never activated.
            return CardProblem.NOT_ACTIVATED
        case CardNotSupported():
            return CardProblem.NOT_SUPPORTED
        case _:
            return CardProblem.UNREADABLE
