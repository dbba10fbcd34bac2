"""What a service's own room may add to its cases; most services need nothing of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from backend_stub.cases.tables import CaseFile


@dataclass(frozen=True, slots=True)
class NewCase:
    """What a signed application says; ``answers`` are already validated by the definition."""

    tx_id: str | None
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


class Hooks(Protocol):
    """The rooms of services, by the service's id."""

    def on_accept(self, service: str) -> OnAccept | None:
        """What a room does with a new case."""
        ...

    def on_move(self, service: str) -> OnMove | None:
        """What a room does with a move."""
        ...
