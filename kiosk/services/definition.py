"""The shape of a service: what one file says, from its questions to what becomes of it.

Only the shape is here. What must fit together within a file is in ``consistency.py``, what the
questions' kinds mean is in ``fields/``, what becomes of a case is in ``case_definition.py``.
"""

from __future__ import annotations

import enum
from datetime import date
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from kiosk.services import fees
from kiosk.services.case_definition import CaseDefinition
from kiosk.services.conditions import Condition
from kiosk.services.texts import Text

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
Version = Annotated[str, Meta(pattern=r"^[\x21-\x7e]{1,64}$")]


class Definition(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of everything a service file holds: immutable, unknown keys are errors.

    Structures of msgspec, because they are there before the first picture of the terminal: ready
    in a tenth of the time that classes of another validating library need.
    """


class Option(Definition, frozen=True, kw_only=True):
    """One answer to choose."""

    code: Identifier
    text: Text
    icon: str = ""
    on_paper: bool = False
    """What is chosen here is on paper: the terminal offers to scan it."""
    language: str = ""
    """Offered as the answer when the visit is in this language (``prefill = "language"``)."""


class FieldDefinition(Definition, frozen=True, kw_only=True):
    """One question, one key in the application's ``answers``."""

    id: Identifier
    kind: str
    """A module of :mod:`kiosk.services.fields`, for example ``mobile``."""
    required: bool = True
    when: Condition | None = None
    """Asked only when this holds; it may look at earlier questions and at facts."""
    page: str = ""
    """Id of the :class:`PageDefinition` that it shares with its neighbours; empty: its own page."""
    question: Text
    help: Text
    label: Text
    """What the answer is called on the check page and the receipt."""
    options: tuple[Option, ...] = ()
    options_from: str = ""
    """Id of the :class:`FactDefinition` whose rows are to choose from."""
    prefill: str = ""
    """Dotted path of the fact that is offered as the answer, or ``language`` for the visit's."""
    assumed: bool = False
    """Not asked while the answer is known beforehand; it can be changed on the check page."""
    within: str = ""
    """Id of the earlier question that this one depends on; a place lies within another place."""
    on_receipt: bool = False
    contact: Literal["", "mobile", "email"] = ""
    """Notices go here."""
    personal: bool = False
    """Never printed and never in a list at the office, only on the case's own page."""
    maximum: Annotated[int, Meta(gt=0, lt=2**53)] | None = None
    """Longest text in characters, largest amount in baisa, highest count, most rows chosen."""
    minimum: Annotated[int, Meta(ge=0, lt=2**53)] | None = None
    """Lowest count or amount."""
    level: Literal["", "governorate", "wilayat"] = ""
    """Which places a question of kind ``place`` offers."""
    earliest: date | None = None
    past_only: bool = True
    """Days to come are refused."""
    future_only: bool = False
    """Days gone by are refused."""
    problems: dict[str, Text] = field(default_factory=dict)
    """This question's own sentence for a problem, by its code; else the general one is said."""


class PageDefinition(Definition, frozen=True, kw_only=True):
    """Several questions on one page; when all are known beforehand they are confirmed at once."""

    id: Identifier
    question: Text
    help: Text
    confirm: Text | UnsetType = UNSET
    """What is asked instead when every answer is known: "Is this your employer?"."""


class Requirement(Definition, frozen=True, kw_only=True):
    """Who may use the service, and what is said to everybody else."""

    when: Condition
    reason: Text


class OfflinePolicy(enum.StrEnum):
    """What a service is without a network."""

    WORKS = "works"
    """Kept, and takes effect later."""
    LATER = "later"
    """Kept; checks and payment happen at the centre and reach the citizen by message."""
    NEVER = "never"


class Offline(Definition, frozen=True, kw_only=True):
    """The policy, and the sentence about it that the citizen reads before the first touch."""

    policy: OfflinePolicy
    says: Text


class FactDefinition(Definition, frozen=True, kw_only=True):
    """Something the central API knows and this service asks about."""

    id: Identifier
    source: Identifier
    """The name under which a room of the central API offers it."""
    given: dict[str, str] = field(default_factory=dict)
    """What it is asked with: name → id of an earlier question."""
    fixed: dict[str, str] = field(default_factory=dict)
    """What it is always asked with: name → value, for example the calendar of free times."""
    unavailable: Text | UnsetType = UNSET
    """What is said when it cannot be had; without it the question is asked without the fact."""


class PaymentTime(enum.StrEnum):
    """When a service is paid."""

    NONE = "none"
    WITH_SUBMISSION = "with-submission"
    AFTER_APPROVAL = "after-approval"


class Role(enum.StrEnum):
    """Who signs."""

    HOLDER = "holder"
    OPERATOR = "operator"
    EMPLOYER = "employer"
    WORKER = "worker"


class Authority(Definition, frozen=True, kw_only=True):
    """Who is responsible and how to reach them: printed on every receipt."""

    name: Text
    department: Text
    phone: str


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
    until_appointment: bool = False
    """Said only while the office has given no appointment."""


class ServiceKind(enum.StrEnum):
    """What a service works on."""

    APPLICATION = "application"
    """A form that is filled in, signed and sent."""
    CARD = "card"
    """The card itself: activation, PIN."""


class ServiceDefinition(Definition, frozen=True, kw_only=True):
    """A service of the catalogue."""

    id: Identifier
    version: Version
    needs_terminal: str = ""
    """The lowest release of this program that can offer it; older ones say "available soon"."""
    kind: ServiceKind = ServiceKind.APPLICATION
    offered: bool = True
    """On the list of services; otherwise the terminal leads to it when it is needed."""
    category: Identifier
    """The shelf on which it stands: a key of ``data/shelves.toml``."""
    order: int = 100
    """Place on its shelf, smallest first."""
    icon: str
    title: Text
    summary: Text
    search: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Other words under which people look for it, by language."""
    duration_minutes: Annotated[int, Meta(gt=0)]
    who: tuple[Requirement, ...] = ()
    """All must hold; the first that does not says why."""
    offline: Offline
    facts: tuple[FactDefinition, ...] = ()
    pages: tuple[PageDefinition, ...] = ()
    fields: tuple[FieldDefinition, ...] = ()
    quote: bool = False
    """The central API is asked for checks and a price before the signature."""
    sign: tuple[Role, ...] = (Role.HOLDER,)
    submit: Literal["queue", "online"] = "queue"
    payment: PaymentTime = PaymentTime.NONE
    authority: Authority
    deadlines: tuple[Deadline, ...] = ()
    fees: tuple[Fee, ...]
    next_steps: tuple[NextStep, ...]
    case: CaseDefinition | None = None
    """What an accepted application becomes; the card's own services have none."""

    def field(self, field_id: str) -> FieldDefinition:
        """The question with this id; ``KeyError`` when the service has none."""
        for definition in self.fields:
            if definition.id == field_id:
                return definition
        raise KeyError(field_id)

    def page(self, page_id: str) -> PageDefinition:
        """The page with this id; ``KeyError`` when the service has none."""
        for definition in self.pages:
            if definition.id == page_id:
                return definition
        raise KeyError(page_id)

    def fact(self, fact_id: str) -> FactDefinition:
        """The fact with this id; ``KeyError`` when the service asks for none of that name."""
        for definition in self.facts:
            if definition.id == fact_id:
                return definition
        raise KeyError(fact_id)

    def contact(self, channel: Literal["mobile", "email"]) -> str | None:
        """Id of the question whose answer notices of this channel go to, if there is one."""
        return next((each.id for each in self.fields if each.contact == channel), None)

    def fee_on(self, day: date) -> int:
        """The fee in baisa that is in force on ``day``; before the first, the first."""
        return fees.in_force(self.fees, day).amount_baisa

    def deadline_days(self, deadline_id: str, day: date) -> int:
        """Days of a deadline in force on ``day``; ``LookupError`` when there is no such one."""
        return fees.in_force([d for d in self.deadlines if d.id == deadline_id], day).days
