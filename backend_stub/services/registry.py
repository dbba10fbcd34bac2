"""What a service's own room adds, by name: functions, each with one narrow task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from backend_stub.cases.hooks import OnAccept, OnMove
from backend_stub.cases.house import CaseHouse
from kiosk.services.facts import Fact
from kiosk.services.texts import Text


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a fact, and when."""

    house: CaseHouse
    civil_number: str = field(repr=False)
    at: datetime


class FactSource(Protocol):
    """Something that the central API knows, for the person who signed in."""

    def __call__(self, session: Session, asking: Asking, given: Mapping[str, str]) -> Fact:
        """``given`` are answers so far, by the names that the definition uses.

        Raises ``LookupError`` for a parameter that is missing or wrong.
        """
        ...


@dataclass(frozen=True, slots=True)
class Objection:
    """A reason why an application would not be accepted now."""

    field: str
    """Id of the question that it is about; empty: the whole."""
    text: Text


class Check(Protocol):
    """Asked before the signature, when the definition says ``quote``."""

    def __call__(
        self, session: Session, asking: Asking, answers: Mapping[str, Any]
    ) -> Sequence[Objection]:
        """What speaks against it; nothing when it would be accepted."""
        ...


class Quote(Protocol):
    """The price, before the signature."""

    def __call__(self, session: Session, asking: Asking, answers: Mapping[str, Any]) -> int:
        """In baisa."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What one service adds."""

    service: str
    checks: Check | None = None
    quote: Quote | None = None
    accept: OnAccept | None = None
    on_move: OnMove | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """All rooms by their service's id, and all facts by the name of their source."""

    rooms: Mapping[str, Room] = field(default_factory=dict)
    facts: Mapping[str, FactSource] = field(default_factory=dict)

    def on_accept(self, service: str) -> OnAccept | None:
        """What the service's room does with a new case."""
        room = self.rooms.get(service)
        return None if room is None else room.accept

    def on_move(self, service: str) -> OnMove | None:
        """What the service's room does with a move."""
        room = self.rooms.get(service)
        return None if room is None else room.on_move


REGISTRY: Final = Registry()
"""The rooms and facts of this release."""
