"""What a kind of question is: how its answer is parsed, read out and shown for editing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from kiosk.services.facts import Fact, Row, values_of
from kiosk.services.languages import Language
from kiosk.services.places import Places
from kiosk.services.texts import Text

if TYPE_CHECKING:
    from kiosk.services.definition import FieldDefinition

Answer = Any
"""A JSON value: the answer to one question."""


class Invalid(Exception):
    """The input is not an answer: a code of ``data/problems.toml`` and what its sentence needs."""

    def __init__(self, code: str, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


@dataclass(frozen=True, slots=True)
class Situation:
    """What a parser may look at besides the input."""

    today: date
    places: Places
    answers: Mapping[str, Answer] = field(default_factory=dict)
    """The answers so far: a wilayat must lie in the governorate that was chosen."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    carried: bool = False
    """The facts are those that an application carries: their values without their lists."""

    @property
    def values(self) -> dict[str, Any]:
        """What conditions look at."""
        return values_of(self.facts)

    def rows(self, fact_id: str) -> tuple[Row, ...] | None:
        """The rows of a fact, ``None`` while they are not known."""
        fact = self.facts.get(fact_id)
        return fact.rows if fact is not None and not self.carried else None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few answers, ready to be shown."""

    code: str
    text: Text
    icon: str = ""


def _same(_: FieldDefinition, answer: Answer) -> Answer:
    return answer


@dataclass(frozen=True, slots=True)
class FieldKind:
    """One kind of question. Each module of this package has one, called ``KIND``."""

    parse: Callable[[FieldDefinition, Answer, Situation], Answer]
    """From raw input to the stored form; the stored form again gives itself. Raises
    :class:`Invalid`."""
    describe: Callable[[FieldDefinition, Answer, Language, Situation], str]
    """The answer as a person reads it."""
    editor: str
    """Name of the QML editor, without ``Editor.qml``."""
    keyboard: str = ""
    """Keyboard that a line editor opens: a file of ``ui/assets/keyboards``."""
    prefix: str = ""
    """Shown before what is typed."""
    as_input: Callable[[FieldDefinition, Answer], Answer] = _same
    """The raw input that gives this answer again: what the page shows when it is changed."""
    choices: Callable[[FieldDefinition, Situation], tuple[Choice, ...]] | None = None
    compares: type | None = str
    """What a condition may compare the answer with; ``None``: only whether there is one."""
    nothing: Answer = None
    """The stored answer of an optional question left empty."""
    takes: frozenset[str] = frozenset()
    """Keys of the definition that mean something to this kind."""
    needs: frozenset[str] = frozenset()
    """Those of them that it cannot do without."""


def is_empty(raw: Answer) -> bool:
    """Whether nothing was entered: an employer without a name, a period without its first day."""
    if isinstance(raw, str):
        return not raw.strip()
    if isinstance(raw, Mapping):
        return all(is_empty(value) for value in raw.values())
    return raw is None or raw == [] or raw == ()
