"""What a service's own room may add to its cases; most services need nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy.orm import Session

from backend_stub.cases.tables import CaseFile
from kiosk.services.facts import Fact

if TYPE_CHECKING:
    from backend_stub.cases.house import CaseHouse


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a signed application says; ``answers`` are already validated by the definition."""

    transaction_id: str | None
    """Key of the signed application among the transactions; ``None``: the office opened it."""
    definition_sha256: str
    civil_number: str = field(repr=False)
    language: str
    answers: Mapping[str, Any] = field(repr=False)
    papers: Sequence[Mapping[str, Any]] = ()
    """What was scanned for it: ``sha256``, ``size``, ``type``."""
    relied_on_facts: bool = False
    """It carries what the registries had said: that is compared with what they say now."""


class OnAccept(Protocol):
    """Called for each case of a service when it is opened, inside the transaction."""

    def __call__(self, session: Session, new: NewCase, number: str, at: datetime) -> None:
        """May write the service's own tables; what it raises undoes this case alone."""
        ...


class OnMove(Protocol):
    """Called when a case of the service is moved, inside the transaction, before it is written."""

    def __call__(
        self, session: Session, case: CaseFile, move: str, answers: Mapping[str, Any], at: datetime
    ) -> None:
        """May refuse by raising :class:`backend_stub.cases.moves.MoveRefused`."""
        ...


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks for a fact, and when."""

    house: CaseHouse
    civil_number: str = field(repr=False)
    at: datetime


class FactSource(Protocol):
    """Something that the central API knows, for the person who signed in."""

    def __call__(self, session: Session, asking: Asking, given: Mapping[str, str], /) -> Fact:
        """``given`` are answers so far, by the names that the definition uses.

        Raises ``LookupError`` for a parameter that is missing or wrong.
        """
        ...


class Hooks(Protocol):
    """The rooms of services, by the service's id, and the sources of facts, by their name."""

    def fact(self, source: str) -> FactSource | None:
        """What a source knows."""
        ...

    def on_accept(self, service: str) -> OnAccept | None:
        """What a room does with a new case."""
        ...

    def on_move(self, service: str) -> OnMove | None:
        """What a room does with a move."""
        ...
