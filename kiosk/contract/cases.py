"""What a citizen sees of the own requests and may do with them, and what the registries know.

Every text comes in all languages, so that a terminal shows a case of a service, or of a version of
it, that it does not have.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, ClassVar, Final

from msgspec import Meta, field

from kiosk.services.facts import Tone
from offline_queue.wire_model import END, Moment, WireModel

CASE_NUMBER: Final = r"^[A-Z]{1,4}-\d{4}-\d{6,9}"
NAME: Final = "^[a-z][a-z0-9_-]{0,47}"
CaseNumber = Annotated[str, Meta(pattern=CASE_NUMBER + END)]
Name = Annotated[str, Meta(pattern=NAME + END)]


class Words(WireModel, frozen=True, kw_only=True):
    """A sentence in every language of the terminal."""

    ar: str
    en: str


class RequestSlot(WireModel, frozen=True, kw_only=True):
    """The appointment of a request."""

    label: Words
    """What it is called: "Hearing"."""
    starts_at: Moment
    place: Words
    proposed: bool
    """Not confirmed yet."""


class RequestOption(WireModel, frozen=True, kw_only=True):
    """One answer to choose in a move's form."""

    code: Name
    text: Words


class RequestQuestion(WireModel, frozen=True, kw_only=True):
    """One question of a move's form; the kinds are those of the services' questions."""

    id: Name
    kind: str
    required: bool
    label: Words
    help: Words
    options: list[RequestOption] = field(default_factory=list)
    maximum: int | None = None


class RequestMove(WireModel, frozen=True, kw_only=True):
    """Something that the citizen may do with a request now."""

    id: Name
    label: Words
    asks: list[RequestQuestion] = field(default_factory=list)
    takes_slot: bool = False
    """A free time is chosen with it (``GET /v1/requests/{number}/slots``)."""
    pin: bool = False
    """The card signs in anew just before: the session must be of the last two minutes."""


class RequestEvent(WireModel, frozen=True, kw_only=True):
    """One line of a request's history."""

    at: Moment
    text: Words
    channel: str = ""
    """Of a message: ``sms`` or ``email``."""
    outcome: str = ""
    """Of a message: ``handed``, ``delivered`` or ``failed``."""


class Request(WireModel, frozen=True, kw_only=True):
    """A request and where it stands."""

    number: CaseNumber
    number_label: Words
    service: Name
    title: Words
    state: Name
    state_text: Words
    tone: Tone
    final: bool
    to_do: Words | None
    opened_at: Moment
    due_on: date | None
    """The last day by which it must be done."""
    days_left: int | None
    slot: RequestSlot | None
    office: Words
    phone: str
    moves: list[RequestMove]
    history: list[RequestEvent]


class RequestList(WireModel, frozen=True, kw_only=True):
    """``GET /v1/requests``: the own requests, the newest first."""

    requests: list[Request]


class MoveOrder(WireModel, frozen=True, kw_only=True):
    """``POST /v1/requests/{number}/moves/{move}``."""

    client_id: Annotated[str, Meta(pattern="^[A-Za-z0-9-]{8,36}" + END)]
    """The same id again is the same move: it is made once."""
    answers: dict[str, Any] = field(default_factory=dict)
    slot: Annotated[str, Meta(max_length=80)] | None = None
    """Id of the chosen time."""


class FreeSlot(WireModel, frozen=True, kw_only=True):
    """A time that may be chosen."""

    id: str
    starts_at: Moment
    place: Words


class FreeSlots(WireModel, frozen=True, kw_only=True):
    """Times to choose from, earliest first."""

    slots: list[FreeSlot]


class RequestCode(WireModel, frozen=True, kw_only=True):
    """``POST /v1/requests/{number}/codes``: a one-time code is wanted on the telephone."""

    mobile: Annotated[str, Meta(pattern="^[0-9]{8}" + END)]


class RequestCodeEntered(WireModel, frozen=True, kw_only=True):
    """``POST /v1/requests/{number}/sessions``: the code from the telephone."""

    code: Annotated[str, Meta(pattern="^[0-9]{6}" + END)]


class RequestSession(WireModel, frozen=True, kw_only=True):
    """A bearer token (RFC 6750) for one request."""

    SECRET: ClassVar[frozenset[str]] = frozenset({"token"})

    token: str
    expires_at: Moment


class FactChip(WireModel, frozen=True, kw_only=True):
    """A short word beside a row."""

    text: Words
    tone: Tone = Tone.PLAIN


class FactRow(WireModel, frozen=True, kw_only=True):
    """One thing to choose from a list; see :class:`kiosk.services.facts.Row`."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Words
    lines: list[Words] = field(default_factory=list)
    chips: list[FactChip] = field(default_factory=list)
    amount_baisa: int | None = None
    blocked: Words | None = None
    group: str = ""
    values: dict[str, Any] = field(default_factory=dict)


class FactAnswer(WireModel, frozen=True, kw_only=True):
    """``GET /v1/facts/{source}``; see :class:`kiosk.services.facts.Fact`."""

    id: Name
    """Its source."""
    as_of: Moment
    values: dict[str, Any] = field(default_factory=dict)
    rows: list[FactRow] = field(default_factory=list)
    groups: dict[str, Words] = field(default_factory=dict)
