"""What a case must do, told once more and simply: by this the real ones are judged.

Everything is in memory and in one thread. Times are reckoned anew here, from the definition's words
alone; only which slot was free is taken from what really happened.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from kiosk.services.case_definition import CaseDefinition, Move
from kiosk.services.definition import ServiceDefinition

MUSCAT = timezone(timedelta(hours=4))


def day_of(at: datetime) -> date:
    return at.astimezone(MUSCAT).date()


def end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), MUSCAT).astimezone(UTC)


@dataclass
class Pending:
    at: datetime
    order: int
    kind: str
    ref: str


@dataclass
class ModelCase:
    service: ServiceDefinition
    opened_at: datetime
    slot_at: datetime | None
    state: str = ""
    entered_at: datetime = field(init=False)
    moves: list[tuple[str, str, str]] = field(default_factory=list)
    """Move, state after it, who."""
    notices: list[str] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self.state, self.entered_at = self.case.start, self.opened_at
        self.notices += self.case.on_registration
        self._look_ahead(self.opened_at)

    @property
    def case(self) -> CaseDefinition:
        assert self.service.case is not None
        return self.service.case

    def may(self, move_id: str, who: str, now: datetime) -> bool:
        move = next((each for each in self.case.moves if each.id == move_id), None)
        if move is None or self.state not in move.from_ or who not in move.by:
            return False
        if move.at_most is not None and self._made(move_id) >= move.at_most:
            return False
        if move.before_slot is not None and who == "citizen" and self.slot_at is not None:
            return (day_of(self.slot_at) - day_of(now)).days >= move.before_slot
        return True

    def move(self, move_id: str, who: str, now: datetime, slot_at: datetime | None) -> None:
        move = self.case.move(move_id)
        self.moves.append((move_id, move.to, who))
        self.state, self.entered_at, self.slot_at = move.to, now, slot_at
        self.notices += move.notices
        self._look_ahead(now)

    def next_due(self, now: datetime) -> Pending | None:
        """What is to be done first, if the time has come."""
        due = [each for each in self.pending if each.at <= now]
        return min(due, key=lambda each: (each.at, each.order), default=None)

    def remind(self, one: Pending, now: datetime) -> None:
        self.pending.remove(one)
        bases = [self._base(each) for each in self.case.reminders if each.notice == one.ref]
        if any(base is not None and now < base for base in bases):
            self.notices.append(one.ref)

    def _made(self, move_id: str) -> int:
        return sum(made == move_id for made, _, _ in self.moves)

    def _look_ahead(self, now: datetime) -> None:
        wanted: set[tuple[datetime, str, str]] = set()
        for move in self.case.moves:
            at = self._timed(move)
            if at is not None:
                wanted.add((at, "move", move.id))
        for reminder in self.case.reminders:
            base = self._base(reminder)
            if base is not None:
                last = day_of(base - timedelta(seconds=1))
                for days in reminder.days:
                    morning = datetime.combine(last - timedelta(days=days), time(9), MUSCAT)
                    wanted.add((morning.astimezone(UTC), "remind", reminder.notice))
        self.pending = [each for each in self.pending if (each.at, each.kind, each.ref) in wanted]
        there = {(each.at, each.kind, each.ref) for each in self.pending}
        for at, kind, ref in sorted(wanted - there):
            if kind == "move" or at > now:
                self.pending.append(Pending(at, next(self._order), kind, ref))

    def _timed(self, move: Move) -> datetime | None:
        if self.state not in move.from_:
            return None
        if move.at_most is not None and self._made(move.id) >= move.at_most:
            return None
        if move.after_days is not None:
            return self.entered_at + timedelta(days=move.after_days)
        if move.after_deadline:
            days = next(d.days for d in self.service.deadlines if d.id == move.after_deadline)
            at = end_of(day_of(self.opened_at) + timedelta(days=days))
        elif move.after_slot and self.slot_at is not None:
            at = end_of(day_of(self.slot_at))
        else:
            return None
        return None if at <= self.entered_at and self._made(move.id) else at

    def _base(self, reminder: Any) -> datetime | None:
        if self.state not in reminder.states:
            return None
        if reminder.before == "slot":
            return self.slot_at
        days = next(d.days for d in self.service.deadlines if d.id == self.case.due)
        return end_of(day_of(self.opened_at) + timedelta(days=days))
