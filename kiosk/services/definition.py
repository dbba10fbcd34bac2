"""The shape of a service: what one file in ``data/services/`` says, parsed once at start."""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta, Struct

Language = Literal["ar", "en"]
LANGUAGES: tuple[Language, ...] = ("ar", "en")

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]


class Definition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything a service file holds: immutable, unknown keys are errors.

    Structures of msgspec, because they are there before the first picture of the terminal: ready
    in a tenth of the time that classes of another validating library need.
    """


class Text(Definition, frozen=True, kw_only=True):
    """A sentence in every language of the terminal."""

    ar: Annotated[str, Meta(min_length=1)]
    en: Annotated[str, Meta(min_length=1)]

    def in_language(self, language: Language) -> str:
        """The sentence in one language."""
        return self.ar if language == "ar" else self.en


class FieldKind(enum.StrEnum):
    """How a question is asked and its answer parsed; see :mod:`kiosk.services.answers`."""

    EMPLOYER = "employer"
    GOVERNORATE = "governorate"
    WILAYAT = "wilayat"
    CHOICE = "choice"
    CHOICES = "choices"
    MONEY = "money"
    PERIOD = "period"
    TEXT = "text"
    MOBILE = "mobile"
    EMAIL = "email"


class Option(Definition, frozen=True, kw_only=True):
    """One answer to choose."""

    code: Identifier
    text: Text
    icon: str = ""
    on_paper: bool = False
    """What is chosen here is on paper: the terminal offers to scan it."""


class FieldDefinition(Definition, frozen=True, kw_only=True):
    """One question: one page at the terminal, one key in the application's ``answers``."""

    id: Identifier
    kind: FieldKind
    required: bool = True
    question: Text
    help: Text
    label: Text
    """What the answer is called on the check page and the receipt."""
    options: tuple[Option, ...] = ()
    maximum: Annotated[int, Meta(gt=0)] | None = None
    """Longest text in characters, or largest amount in baisa."""


class Deadline(Definition, frozen=True, kw_only=True):
    """A period set by law, dated because laws change."""

    id: Identifier
    days: Annotated[int, Meta(gt=0)]
    valid_from: date


class Fee(Definition, frozen=True, kw_only=True):
    """A fee in baisa (1 OMR = 1000 baisa), dated because fees change."""

    amount_baisa: Annotated[int, Meta(ge=0)]
    valid_from: date


class NextStep(Definition, frozen=True, kw_only=True):
    """What happens after the application; ``{id}`` stands for the date of that deadline."""

    text: Text


class Authority(Definition, frozen=True, kw_only=True):
    """Who is responsible and how to reach them: printed on every receipt."""

    name: Text
    department: Text
    phone: str


class ServiceKind(enum.StrEnum):
    """What a service works on."""

    APPLICATION = "application"
    """A form that is filled in, signed and sent."""
    CARD = "card"
    """The card itself: activation, PIN."""


class ServiceDefinition(Definition, frozen=True, kw_only=True):
    """A service of the catalogue."""

    kind: ServiceKind = ServiceKind.APPLICATION
    offered: bool = True
    """On the list of services; otherwise the terminal leads to it when it is needed."""
    id: Identifier
    version: str
    icon: str
    works_offline: bool
    needs_signature: bool
    title: Text
    summary: Text
    duration_minutes: Annotated[int, Meta(gt=0)]
    authority: Authority
    fields: tuple[FieldDefinition, ...] = ()
    deadlines: tuple[Deadline, ...] = ()
    fees: tuple[Fee, ...]
    next_steps: tuple[NextStep, ...]

    def field(self, field_id: str) -> FieldDefinition:
        """The question with this id; ``KeyError`` when the service has none."""
        for definition in self.fields:
            if definition.id == field_id:
                return definition
        raise KeyError(field_id)

    def fee_on(self, day: date) -> int:
        """The fee in baisa that is in force on ``day``; ``LookupError`` when none is yet."""
        in_force = [fee for fee in self.fees if fee.valid_from <= day]
        if not in_force:
            raise LookupError(f"no fee of {self.id} is in force on {day.isoformat()}")
        return max(in_force, key=lambda fee: fee.valid_from).amount_baisa

    def deadline_days(self, deadline_id: str, day: date) -> int:
        """Days of a deadline in force on ``day``; ``LookupError`` when none is."""
        in_force = [d for d in self.deadlines if d.id == deadline_id and d.valid_from <= day]
        if not in_force:
            raise LookupError(f"no deadline {deadline_id} of {self.id} on {day.isoformat()}")
        return max(in_force, key=lambda d: d.valid_from).days
