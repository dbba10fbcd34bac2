"""What the central API knows and a service may ask about, by the name of its source."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend_stub.cases.hooks import Asking, FactSource
from backend_stub.cases.requests import own_requests
from backend_stub.cases.slots import free_slots, loads
from backend_stub.ground.tables import Citizen, Employment, Establishment
from kiosk.contract.cases import Words
from kiosk.services import formats
from kiosk.services.facts import Chip, Fact, Row, Tone
from kiosk.services.oman_time import MUSCAT
from kiosk.services.texts import Text

_SLOTS_OF_AN_OFFICE: Final = 60
_EXPIRING: Final = timedelta(days=60)
_SOON: Final = 7


def person(session: Session, asking: Asking, _: Mapping[str, str]) -> Fact:
    """What the civil registry knows beside the card: ``mobile``, ``card_valid_until``."""
    citizen = session.get(Citizen, asking.civil_number)
    values: dict[str, Any] = {}
    if citizen is not None and citizen.mobile is not None:
        values["mobile"] = citizen.mobile
    if citizen is not None and citizen.card_valid_until is not None:
        values["card_valid_until"] = citizen.card_valid_until.isoformat()
    return Fact(id="person", as_of=asking.at, values=values)


def employments(session: Session, asking: Asking, _: Mapping[str, str]) -> Fact:
    """The present employers, the most recent contract first.

    Values: ``count``, and of the first one ``employer`` (an answer of kind ``establishment``),
    ``governorate``, ``wilayat``, ``since``.
    """
    today = asking.at.astimezone(MUSCAT).date()
    found = session.execute(
        select(Establishment, Employment.since)
        .join(Employment, Employment.cr_number == Establishment.cr_number)
        .where(
            Employment.civil_number == asking.civil_number,
            or_(Employment.until.is_(None), Employment.until >= today),
        )
        .order_by(Employment.since.desc())
    ).all()
    values: dict[str, Any] = {"count": len(found)}
    rows = []
    for number, (establishment, since) in enumerate(found):
        governorate = next(
            (
                each.id
                for each in asking.house.places.governorates
                if any(wilayat.id == establishment.wilayat for wilayat in each.wilayats)
            ),
            None,
        )
        told = {
            "employer": {
                "cr_number": establishment.cr_number,
                "name": establishment.name_ar,
            },
            "governorate": governorate,
            "wilayat": establishment.wilayat,
            "since": since.isoformat(),
        }
        if number == 0:
            values |= told
        rows.append(
            Row(
                id=establishment.cr_number,
                title=Text(ar=establishment.name_ar, en=establishment.name_en),
                lines=(
                    Text(
                        ar=f"السجل التجاري {establishment.cr_number}",
                        en=f"CR {establishment.cr_number}",
                    ),
                ),
                values=told,
            )
        )
    return Fact(id="employments", as_of=asking.at, values=values, rows=tuple(rows))


def my_requests(session: Session, asking: Asking, _: Mapping[str, str]) -> Fact:
    """The own requests; values: ``open``, how many are not at their end."""
    requests = own_requests(session, asking.house, asking.civil_number, asking.at)
    rows = tuple(
        Row(
            id=each.number,
            title=_text(each.title),
            lines=(Text(ar=each.number, en=each.number),),
            chips=(Chip(text=_text(each.state_text), tone=each.tone),),
            values={"service": each.service, "state": each.state},
        )
        for each in requests
    )
    still_open = sum(not each.final for each in requests)
    return Fact(id="my-requests", as_of=asking.at, values={"open": still_open}, rows=rows)


def free_times(session: Session, asking: Asking, given: Mapping[str, str]) -> Fact:
    """The free times of a calendar: ``calendar``, and ``office`` or all of them.

    Without an office, those of the one with most room first.
    """
    calendar = asking.house.calendars.calendar(given["calendar"])
    load = loads(session, calendar, asking.at)
    offices = sorted(load, key=lambda office: (load[office].share, office))
    if "office" in given:
        if given["office"] not in load:
            raise LookupError(given["office"])
        offices = [given["office"]]
    found = free_slots(session, calendar, offices, asking.at, _SLOTS_OF_AN_OFFICE)
    rows = []
    groups: dict[str, Text] = {}
    for slot in sorted(found, key=lambda slot: (offices.index(slot.office), slot.starts_at)):
        place = asking.house.offices.office(slot.office)
        groups[slot.office] = Text(ar=place.name.ar, en=place.name.en)
        rows.append(
            Row(
                id=slot.id,
                title=Text(
                    ar=formats.appointment(slot.starts_at, "ar"),
                    en=formats.appointment(slot.starts_at, "en"),
                ),
                lines=(place.place(),),
                group=slot.office,
            )
        )
    return Fact(
        id="free-times",
        as_of=asking.at,
        values={"count": len(rows)},
        rows=tuple(rows),
        groups=groups,
    )


def expiring(session: Session, asking: Asking, _: Mapping[str, str]) -> Fact:
    """What ends within 60 days and belongs to this person: so far the ID card."""
    citizen = session.get(Citizen, asking.civil_number)
    rows: list[Row] = []
    if citizen is not None and citizen.card_valid_until is not None:
        left = citizen.card_valid_until - asking.at.astimezone(MUSCAT).date()
        if left <= _EXPIRING:
            rows.append(
                Row(
                    id="card",
                    title=Text(ar="البطاقة الشخصية", en="ID card"),
                    lines=(
                        Text(
                            ar=f"تنتهي في {formats.day(citizen.card_valid_until, 'ar')}",
                            en=f"Expires on {formats.day(citizen.card_valid_until, 'en')}",
                        ),
                    ),
                    chips=(
                        Chip(
                            text=Text(ar="منتهية", en="Expired")
                            if left.days < 0
                            else Text(ar="تنتهي قريبًا", en="Expires soon"),
                            tone=Tone.BAD if left.days < _SOON else Tone.WARNING,
                        ),
                    ),
                    values={"days_left": left.days},
                )
            )
    return Fact(id="expiring", as_of=asking.at, values={"count": len(rows)}, rows=tuple(rows))


def _text(words: Words) -> Text:
    return Text(ar=words.ar, en=words.en)


FACTS: Final[Mapping[str, FactSource]] = {
    "person": person,
    "employments": employments,
    "my-requests": my_requests,
    "free-times": free_times,
    "expiring": expiring,
}
