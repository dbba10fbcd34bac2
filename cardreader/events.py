"""What happens at the readers, as plain facts.

A monitor reports these from its own thread, in the order in which they happened. They carry no
data of the cardholder: an ATR names a kind of card, never a person.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReaderAttached:
    """A reader is there: at the start, or because it was plugged in."""

    reader: str


@dataclass(frozen=True, slots=True)
class ReaderDetached:
    """A reader went away. A card that was in it has been reported as taken before."""

    reader: str


@dataclass(frozen=True, slots=True)
class CardInserted:
    """A card is in the reader and its chip answered to reset.

    ``insertion`` grows with every insertion into any reader for as long as the monitor lives: two
    cards with the same ATR are two insertions, and so is one card taken out and put back.
    """

    reader: str
    atr: bytes
    insertion: int


@dataclass(frozen=True, slots=True)
class CardMuteInserted:
    """Something is in the reader but no chip answers: most often a card that is upside down."""

    reader: str


@dataclass(frozen=True, slots=True)
class CardTaken:
    """The card (mute or not) is out. It is always reported before the next card is."""

    reader: str


@dataclass(frozen=True, slots=True)
class ServiceLost:
    """The PC/SC service went away; every reader has been reported as detached before."""


@dataclass(frozen=True, slots=True)
class ServiceRestored:
    """The PC/SC service is back; its readers are reported next. Not sent at a normal start."""


ReaderEvent = (
    ReaderAttached
    | ReaderDetached
    | CardInserted
    | CardMuteInserted
    | CardTaken
    | ServiceLost
    | ServiceRestored
)
