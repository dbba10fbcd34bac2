"""What a citizen sees of the own requests: where each stands, its history, what may be done."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.cases.events import EventKind
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.moves import case_of, open_moves, standing_of
from backend_stub.cases.offices import Office
from backend_stub.cases.slots import Slot, free_slots
from backend_stub.cases.tables import CaseEvent, CaseFile
from kiosk.contract.cases import (
    FreeSlot,
    FreeSlots,
    Request,
    RequestEvent,
    RequestMove,
    RequestOption,
    RequestQuestion,
    RequestSlot,
    Words,
)
from kiosk.services.case_definition import Actor, CaseDefinition, Move, Slot as SlotUse
from kiosk.services.oman_time import MUSCAT
from kiosk.services.texts import Text

MOST_LISTED: Final = 100
_MOST_SLOTS: Final = 60
_BY_CHANNEL: Final = {
    "sms": Words(ar="أُرسلت رسالة نصية", en="A text message was sent"),
    "email": Words(ar="أُرسلت رسالة بالبريد الإلكتروني", en="An email was sent"),
}
_TAKES_SLOT: Final = (SlotUse.BOOK, SlotUse.CHANGE)


def own_requests(
    session: Session, house: CaseHouse, civil_number: str, at: datetime
) -> list[Request]:
    """A person's requests, the newest first, at most 100."""
    rows = session.scalars(
        select(CaseFile)
        .where(CaseFile.civil_number == civil_number)
        .order_by(CaseFile.opened_at.desc(), CaseFile.number.desc())
        .limit(MOST_LISTED)
    ).all()
    return [request_of(session, house, row, at) for row in rows]


def request_of(session: Session, house: CaseHouse, row: CaseFile, at: datetime) -> Request:
    """One request as its owner sees it."""
    service = house.definitions.of_case(session, row.definition_sha256)
    case = case_of(service)
    state = case.state(row.state)
    office = house.offices.office(row.office)
    last_day = None if row.due_at is None else _last_day(row.due_at)
    slot = None
    if case.slot is not None and row.slot_at is not None:
        slot = RequestSlot(
            label=words(case.slot.label),
            starts_at=row.slot_at,
            place=words(office.place()),
            proposed=state.proposes,
        )
    return Request(
        number=row.number,
        number_label=words(case.number_label),
        service=service.id,
        title=words(service.title),
        state=state.id,
        state_text=words(state.text),
        tone=state.tone,
        final=state.final,
        to_do=None if state.to_do is None else words(state.to_do),
        opened_at=row.opened_at,
        due_on=None if last_day is None else last_day.date(),
        days_left=None
        if last_day is None or state.final
        else (last_day.date() - at.astimezone(MUSCAT).date()).days,
        slot=slot,
        office=Words(ar=office.name.ar, en=office.name.en),
        phone=office.phone,
        moves=[
            _move(case, move)
            for move in open_moves(case, standing_of(session, row), Actor.CITIZEN, at)
        ],
        history=_history(session, case, row.number),
    )


def slots_of(
    session: Session, house: CaseHouse, row: CaseFile, move_id: str, at: datetime
) -> FreeSlots:
    """The times that may be chosen with a move; ``LookupError`` for a move that takes none."""
    case = case_of(house.definitions.of_case(session, row.definition_sha256))
    move = case.move(move_id)
    if case.slot is None or move.slot not in _TAKES_SLOT or Actor.CITIZEN not in move.by:
        raise LookupError(move_id)
    calendar = house.calendars.calendar(case.slot.calendar)
    found = free_slots(session, calendar, [row.office], at, _MOST_SLOTS)
    return FreeSlots(slots=as_free(house, found))


def as_free(house: CaseHouse, found: Sequence[Slot]) -> list[FreeSlot]:
    """Slots as they are told to a terminal."""
    return [
        FreeSlot(
            id=slot.id,
            starts_at=slot.starts_at,
            place=_place(house.offices.office(slot.office)),
        )
        for slot in found
    ]


def words(text: Text) -> Words:
    """A sentence of a definition as it travels."""
    return Words(ar=text.in_language("ar"), en=text.in_language("en"))


def _place(office: Office) -> Words:
    return words(office.place())


def _last_day(due_at: datetime) -> datetime:
    # The end of a day is the first moment of the next.
    return (due_at - timedelta(seconds=1)).astimezone(MUSCAT)


def _move(case: CaseDefinition, move: Move) -> RequestMove:
    return RequestMove(
        id=move.id,
        label=words(move.label),
        asks=[
            RequestQuestion(
                id=asked.id,
                kind=asked.kind,
                required=asked.required,
                label=words(asked.label),
                help=words(asked.help),
                options=[
                    RequestOption(code=each.code, text=words(each.text)) for each in asked.options
                ],
                maximum=asked.maximum,
            )
            for asked in move.asks
        ],
        takes_slot=case.slot is not None and move.slot in _TAKES_SLOT,
        pin=move.pin,
    )


def _history(session: Session, case: CaseDefinition, number: str) -> list[RequestEvent]:
    """What happened, for the citizen: no officer's name, no remark, no other person's message."""
    events = session.scalars(
        select(CaseEvent)
        .where(
            CaseEvent.number == number,
            CaseEvent.kind.in_((EventKind.OPENED, EventKind.MOVED, EventKind.NOTICE)),
        )
        .order_by(CaseEvent.id)
    )
    history = []
    for event in events:
        if event.kind == EventKind.NOTICE:
            data = event.data or {}
            notice = next((n for n in case.notices if n.id == data.get("notice")), None)
            if notice is not None and notice.to == "applicant":
                history.append(
                    RequestEvent(
                        at=event.at,
                        text=_BY_CHANNEL[data["channel"]],
                        channel=data["channel"],
                        outcome=data["outcome"],
                    )
                )
        elif event.to_state is not None:
            text = case.state(event.to_state).text
            if event.move is not None and (done := case.move(event.move).done) is not None:
                text = done
            history.append(RequestEvent(at=event.at, text=words(text)))
    return history
