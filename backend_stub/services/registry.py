"""What a service's own room adds, by name: functions, each with one narrow task."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy.orm import Session

from backend_stub.cases.hooks import Asking, FactSource, OnAccept, OnMove
from backend_stub.services.facts import FACTS
from kiosk.services.texts import Text


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

    def fact(self, source: str) -> FactSource | None:
        """What a source knows."""
        return self.facts.get(source)

    def on_accept(self, service: str) -> OnAccept | None:
        """What the service's room does with a new case."""
        room = self.rooms.get(service)
        return None if room is None else room.accept

    def on_move(self, service: str) -> OnMove | None:
        """What the service's room does with a move."""
        room = self.rooms.get(service)
        return None if room is None else room.on_move


REGISTRY: Final = Registry(facts=FACTS)
"""The rooms and facts of this release."""
