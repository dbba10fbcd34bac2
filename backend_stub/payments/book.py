"""Everything that is known of one order: its records in their order, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from backend_stub.payments.records import (
    Asked,
    Attempt,
    Closing,
    Effect,
    Move,
    Movement,
    MovementKind,
    Notice,
    Order,
    Record,
    Refund,
    RefundMove,
    RefundState,
    Task,
    Verdict,
    Wish,
)
from backend_stub.payments.states import DEAD, LIVING, State, check_move

_CAME = frozenset({MovementKind.CAPTURED})
_WENT = frozenset({MovementKind.REFUNDED, MovementKind.VOIDED, MovementKind.CHARGEBACK})


@dataclass(slots=True)
class AttemptView:
    """An attempt and what its records say."""

    attempt: Attempt
    state: State = State.CREATED
    moved_at: datetime = field(init=False)
    unsure_since: datetime | None = None
    """Since when nobody has known how it ends, or its money has waited for its effect."""
    sent_at: datetime | None = None
    session: str | None = None
    page: str | None = None
    expires_at: datetime | None = None
    asked: int = 0
    """How often since it got into its state."""
    asked_at: datetime | None = None
    answered_at: datetime | None = None
    """When one of those questions last got an answer."""
    wished: bool = False
    """It shall end."""
    paid_amount: int = 0

    def __post_init__(self) -> None:
        """An attempt begins as created."""
        self.moved_at = self.attempt.at

    def expired(self, now: datetime) -> bool:
        """Whether the gateway's time for it is over; that alone ends nothing."""
        return self.expires_at is not None and now >= self.expires_at


@dataclass(slots=True)
class RefundView:
    """A refund and what its records say."""

    refund: Refund
    state: RefundState = RefundState.DUE
    moved_at: datetime = field(init=False)
    tries: int = 0

    def __post_init__(self) -> None:
        """A refund begins as due."""
        self.moved_at = self.refund.at


class Book:
    """One order with all its records. Read freely; only :meth:`add` changes it."""

    def __init__(self, order: Order, records: Iterable[Record] = ()) -> None:
        """Raises :class:`~.states.IllegalMove` for records that cannot follow each other."""
        self.order = order
        self.records: list[Record] = []
        self.attempts: dict[str, AttemptView] = {}
        self.refunds: dict[str, RefundView] = {}
        self.movements: list[Movement] = []
        self.effects: dict[str, Effect] = {}
        """By worker: those that are applied."""
        self.decided: list[Effect] = []
        """Those that were applied or refused."""
        self._settled: set[int] = set()
        self.tasks: list[Task] = []
        self.verdicts: list[Verdict] = []
        self.notices: set[tuple[str, str]] = set()
        self.closing: Closing | None = None
        self.add(*records)

    def add(self, *records: Record) -> None:
        """Write down what happened."""
        for record in records:
            self._take(record)
            self.records.append(record)

    def _take(self, record: Record) -> None:
        match record:
            case Attempt():
                self.attempts[record.id] = AttemptView(record)
            case Move():
                self._move(record)
            case Asked():
                view = self.attempts[record.attempt]
                view.asked += 1
                view.asked_at = record.at
                view.answered_at = view.answered_at if record.said is None else record.at
            case Wish():
                self.attempts[record.attempt].wished = True
            case Movement():
                self.movements.append(record)
                if record.kind in _CAME:
                    self.attempts[record.attempt].paid_amount += record.amount
            case Effect():
                self.decided.append(record)
                self._settled.add(self.attempts[record.attempt].attempt.part)
                if record.refused is None:
                    self.effects[record.worker] = record
            case Refund():
                self.refunds.setdefault(record.key, RefundView(record))
            case RefundMove():
                refund = self.refunds[record.key]
                refund.state, refund.moved_at = record.state, record.at
                refund.tries += record.state is RefundState.SENT
            case Task():
                self.tasks.append(record)
            case Verdict():
                self.verdicts.append(record)
            case Notice():
                self.notices.add((record.kind, record.subject))
            case Closing():
                self.closing = record

    def _move(self, move: Move) -> None:
        view = self.attempts[move.attempt]
        check_move(view.state, move.state)
        view.state, view.moved_at = move.state, move.at
        view.asked, view.asked_at, view.answered_at = 0, None, None
        view.session = move.session or view.session
        view.page = move.page or view.page
        view.expires_at = move.expires_at or view.expires_at
        if move.state is State.SENT:
            view.sent_at = move.at
        if move.state not in LIVING:
            view.unsure_since = None
        elif view.unsure_since is None and move.state in (State.UNKNOWN, State.AUTHORISED):
            view.unsure_since = move.at

    def living(self, part: int) -> AttemptView | None:
        """The attempt of this part that money may still come for."""
        for view in self.attempts.values():
            if view.attempt.part == part and view.state in LIVING:
                return view
        return None

    def settled(self, part: int) -> bool:
        """Whether money for this part came, and what it buys was decided, worker by worker."""
        return part in self._settled

    def open(self) -> bool:
        """Whether the order may still be paid."""
        return self.closing is None

    def dead(self, attempt: str) -> bool:
        """Whether the gateway said that no money comes."""
        return self.attempts[attempt].state in DEAD

    def net(self, worker: str | None, attempt: str | None = None) -> int:
        """Captured minus what went back, in baisa, for a worker; of one attempt or of all."""
        total = 0
        for movement in self.movements:
            if movement.worker != worker or attempt not in (None, movement.attempt):
                continue
            if movement.kind in _CAME:
                total += movement.amount
            elif movement.kind in _WENT:
                total -= movement.amount
        return total

    def due_back(self, attempt: str) -> list[RefundView]:
        """Refunds of an attempt that are not done."""
        return [
            view
            for view in self.refunds.values()
            if view.refund.attempt == attempt and view.state is not RefundState.DONE
        ]

    def has_task(self, subject: str, kind: str) -> bool:
        """Whether somebody was already called for this."""
        return any(task.subject == subject and task.kind == kind for task in self.tasks)
