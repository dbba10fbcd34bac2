"""What becomes of an accepted application: a case with states, moves, deadlines and notices.

The central API holds one generic case for every service and knows only this shape. A correction is
a move of its own, never an edit.
"""

from __future__ import annotations

import enum
from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from kiosk.services.conditions import Condition
from kiosk.services.facts import Tone
from kiosk.services.texts import Text

Identifier = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
Days = Annotated[int, Meta(ge=0, le=3660)]


class _Part(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    pass


class Actor(enum.StrEnum):
    """Who may make a move."""

    CITIZEN = "citizen"
    OFFICER = "officer"
    SYSTEM = "system"
    """By itself, when its time has come, or a rule of the service's own room."""


class State(_Part, frozen=True, kw_only=True):
    """Where a case stands, in words for the citizen."""

    id: Identifier
    text: Text
    """A sentence: "Your complaint is registered"."""
    tone: Tone = Tone.PLAIN
    final: bool = False
    to_do: Text | None = None
    """What the citizen has to do or expect now."""
    proposes: bool = False
    """The appointment of a case in this state is proposed, not yet confirmed."""


class AskedOption(_Part, frozen=True, kw_only=True):
    """One answer to choose in a move's form."""

    code: Identifier
    text: Text


class AskedField(_Part, frozen=True, kw_only=True):
    """A question of a move's small form; the kinds are those of the application's questions."""

    id: Identifier
    kind: str
    required: bool = True
    label: Text
    help: Text
    options: tuple[AskedOption, ...] = ()
    maximum: Annotated[int, Meta(gt=0)] | None = None


class Slot(enum.StrEnum):
    """What a move does with the case's appointment."""

    KEEP = "keep"
    BOOK = "book"
    """Take the next free one, or the one that was chosen."""
    CHANGE = "change"
    """Give the present one back and take the one that is chosen."""
    FREE = "free"


class Move(_Part, frozen=True, kw_only=True):
    """One way from state to state; any other is refused."""

    id: Identifier
    from_: tuple[Identifier, ...] = field(name="from")
    to: Identifier
    by: tuple[Actor, ...]
    label: Text
    """On the citizen's and the officer's button."""
    done: Text | None = None
    """In the timeline, once it happened; without it, the state's own sentence."""
    after_deadline: str = ""
    """A move of the system: made when this deadline of the service has passed."""
    after_days: Days | None = None
    """A move of the system: made so many days after the state was entered."""
    after_slot: bool = False
    """A move of the system: made when the day of the appointment is over."""
    before_slot: Days | None = None
    """The citizen may only do it so many days before the appointment."""
    at_most: Annotated[int, Meta(gt=0)] | None = None
    """How often in one case; a hearing is postponed once."""
    when: Condition | None = None
    """Over the application's answers."""
    asks: tuple[AskedField, ...] = ()
    slot: Slot = Slot.KEEP
    pin: bool = False
    """The citizen enters the PIN again."""
    notices: tuple[Identifier, ...] = ()


class Email(_Part, frozen=True, kw_only=True):
    """A notice by e-mail."""

    subject: Text
    text: Text


class Notice(_Part, frozen=True, kw_only=True):
    """A message about the case.

    Placeholders: ``{number}``, ``{service}``, ``{state}``, ``{office}``, ``{phone}``, ``{date}``,
    ``{time}``, ``{place}``, ``{deadline}``, ``{link}``.
    """

    id: Identifier
    sms: Text
    email: Email | None = None
    without_slot: Text | None = None
    """What is said instead, by every channel, while the case has no appointment."""
    to: Identifier = "applicant"
    """``applicant``, or the id of a question whose answer is somebody else's mobile number."""


class Reminder(_Part, frozen=True, kw_only=True):
    """A notice by itself, before something."""

    notice: Identifier
    states: tuple[Identifier, ...]
    before: Literal["slot", "due"]
    """The appointment, or the day by which the case must be done."""
    days: tuple[Annotated[int, Meta(ge=1, le=365)], ...]
    """How many days before it, for example 60, 30 and 7."""


class OfficeRule(_Part, frozen=True, kw_only=True):
    """Which office has the case; exactly one of the three."""

    of_place: str = ""
    """Id of the question whose answer is the place."""
    least_loaded: bool = False
    id: str = ""


class SlotRule(_Part, frozen=True, kw_only=True):
    """The case needs an appointment."""

    calendar: Identifier
    """A calendar of the central API: days, hours, length, how many at a time."""
    label: Text
    """What it is called: "Hearing"."""
    on_registration: bool = True
    """Proposed at once; otherwise a move books it."""
    chosen_by: str = ""
    """Id of the question with which the citizen chose it."""


class CaseDefinition(_Part, frozen=True, kw_only=True):
    """A service's cases."""

    prefix: Annotated[str, Meta(pattern=r"^[A-Z]{1,4}$")]
    """Of the number: ``C-2026-000123``."""
    number_label: Text
    """What the number is called: "Complaint number"."""
    start: Identifier
    office: OfficeRule
    slot: SlotRule | None = None
    due: str = ""
    """The deadline by which the case must be done."""
    states: Annotated[tuple[State, ...], Meta(min_length=1)]
    moves: tuple[Move, ...] = ()
    notices: tuple[Notice, ...] = ()
    on_registration: tuple[Identifier, ...] = ()
    """Notices when the case is opened."""
    reminders: tuple[Reminder, ...] = ()
    confidential: bool = False
    """The other side never learns who applied: nothing of the applicant leaves the office."""

    def state(self, state_id: str) -> State:
        """The state with this id; ``KeyError`` when there is none."""
        for state in self.states:
            if state.id == state_id:
                return state
        raise KeyError(state_id)

    def move(self, move_id: str) -> Move:
        """The move with this id; ``KeyError`` when there is none."""
        for move in self.moves:
            if move.id == move_id:
                return move
        raise KeyError(move_id)

    def notice(self, notice_id: str) -> Notice:
        """The notice with this id; ``KeyError`` when there is none."""
        for notice in self.notices:
            if notice.id == notice_id:
                return notice
        raise KeyError(notice_id)

    def moves_from(self, state_id: str, actor: Actor) -> tuple[Move, ...]:
        """What somebody may do in a state."""
        return tuple(m for m in self.moves if state_id in m.from_ and actor in m.by)
