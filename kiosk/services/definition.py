"""The shape of a service: what one file in ``data/services/`` says, parsed once at start."""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Language = Literal["ar", "en"]
LANGUAGES: tuple[Language, ...] = ("ar", "en")

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]


class Definition(BaseModel):
    """Base of everything a service file holds: immutable, unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Text(Definition):
    """A sentence in every language of the terminal."""

    ar: Annotated[str, StringConstraints(min_length=1)]
    en: Annotated[str, StringConstraints(min_length=1)]

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


class Option(Definition):
    """One answer to choose."""

    code: Identifier
    text: Text
    icon: str = ""


class FieldDefinition(Definition):
    """One question: one page at the terminal, one key in the application's ``answers``."""

    id: Identifier
    kind: FieldKind
    required: bool = True
    question: Text
    help: Text
    label: Text
    """What the answer is called on the check page and the receipt."""
    options: tuple[Option, ...] = ()
    maximum: Annotated[int, Field(gt=0)] | None = None
    """Longest text in characters, or largest amount in baisa."""


class Deadline(Definition):
    """A period set by law, dated because laws change."""

    id: Identifier
    days: Annotated[int, Field(gt=0)]
    valid_from: date


class Fee(Definition):
    """A fee in baisa (1 OMR = 1000 baisa), dated because fees change."""

    amount_baisa: Annotated[int, Field(ge=0)]
    valid_from: date


class NextStep(Definition):
    """What happens after the application; ``{id}`` stands for the date of that deadline."""

    text: Text


class Authority(Definition):
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


class ServiceDefinition(Definition):
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
    duration_minutes: Annotated[int, Field(gt=0)]
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
