"""An application being filled in: answers, what is typed, papers, a search in a registry."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from kiosk.devices import SheetState
from kiosk.services import FieldProblem
from kiosk.services.answers import Answer

PAPERS_MAX = 8
"""Most papers of one application; the outbox takes as many."""

PAPER_MAX_BYTES = 5 * 1024 * 1024

PAPERS_MAX_BYTES = 4 * PAPER_MAX_BYTES
"""Of all papers together: what the outbox keeps free for a visit that began."""


@dataclass(frozen=True, slots=True)
class EmployerFound:
    """An establishment to choose from."""

    cr_number: str
    name_ar: str
    name_en: str
    wilayat: str


class SearchState(enum.StrEnum):
    """Where a search in the labour registry stands."""

    IDLE = "idle"
    SEARCHING = "searching"
    DONE = "done"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class EmployerSearch:
    """The search on the employer's page."""

    query: str = field(default="", repr=False)
    state: SearchState = SearchState.IDLE
    found: tuple[EmployerFound, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Paper:
    """One scanned sheet. In memory only, and gone with the visit."""

    content: bytes = field(repr=False)
    type: str
    """``image/jpeg`` or ``image/png``."""
    sha256: str
    """Of ``content``, lower-case hexadecimal: what the card signs."""
    question: str = ""
    """Id of the question that it answers."""


@dataclass(frozen=True, slots=True)
class Form:
    """An application being filled in."""

    service_id: str
    page: str = ""
    """Id of the page of questions on the screen (:class:`kiosk.services.flow.QuestionPage`)."""
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    inputs: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    """What is typed or chosen on this page and not yet taken, by question."""
    problems: tuple[FieldProblem, ...] = ()
    changing: bool = False
    """The page was opened from the check page and returns there."""
    apart: frozenset[str] = frozenset()
    """Pages on which something known was to be changed: their questions are asked one by one."""
    asked_for: frozenset[str] = frozenset()
    """Facts that were asked for and have not come yet."""
    unavailable: frozenset[str] = frozenset()
    """Facts that could not be had."""
    search: EmployerSearch = EmployerSearch()
    papers: tuple[Paper, ...] = ()
    sheet: SheetState = SheetState.READY
    """The sheet in the scanner, as far as this visit put it there."""
    sheet_problem: str = ""
    """Why the last sheet gave no picture: a code of :class:`ScanProblem`."""
