"""Secrets on the pad, and work on the card itself: activation, change of PIN, unblocking."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

PIN_LENGTH = 6
"""Digits of the cardholder's PIN, and of a one-time code."""

PUK_LENGTH = 8
"""Digits of the PUK that unblocks a PIN."""


@dataclass(frozen=True, slots=True)
class CardTask:
    """Work on the card itself. Codes and PINs are never here: the core keeps them."""

    kind: CardTaskKind
    code_sent_to: str | None = None
    """The end of the telephone number, for example ``•••••217``."""
    problem: str | None = None
    """Why a step has to be done again: a code of the card task's own words."""
    busy: bool = False
    """Something is being asked; the page waits."""
    transport: bool = False
    """The keys are on the card already; activation replaces the PIN of the letter by one's own."""
    by_finger: bool = False
    """The card matched the cardholder's finger, or is to: no PUK is asked for."""
    step: int = 0
    steps: int = 0
    """How far the work on the card is."""


class CardTaskKind(enum.StrEnum):
    """What is done with the card itself; the values are ids of the service catalogue."""

    ACTIVATE = "activate-card"
    CHANGE_PIN = "change-pin"
    UNBLOCK_PIN = "unblock-pin"


@dataclass(frozen=True, slots=True)
class PinEntry:
    """The PIN pad. The digits themselves are never here: the core keeps them in a bytearray."""

    digits: int = 0
    tries_left: int | None = None
    wrong: bool = False
    """The last try was wrong."""
    incomplete: bool = False
    """Continue was pressed before six digits were there."""
    checking: bool = False
    length: int = PIN_LENGTH
    """How many digits make it complete."""


EMPTY_PAD: Final = PinEntry()
"""Nothing was entered yet."""


class PinPurpose(enum.StrEnum):
    """What a PIN is entered for."""

    IDENTIFY = "identify"
    SIGN = "sign"
