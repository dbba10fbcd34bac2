"""What an application relied on, compared with what the registries say now.

The application is judged by the facts that it carries: those the citizen saw. When it arrives,
perhaps weeks later, the registries are asked again; where they differ, an event says so, and an
officer decides what it means.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.cases.events import EventKind
from backend_stub.cases.hooks import Asking
from backend_stub.cases.house import CaseHouse
from backend_stub.cases.tables import CaseEvent, CaseFile
from backend_stub.ground.tables import Transaction
from kiosk.services.case_definition import Actor
from kiosk.services.definition import ServiceDefinition
from kiosk.services.facts import PERSON
from offline_queue.chain import b64url_decode


def note_differences(
    session: Session, house: CaseHouse, service: ServiceDefinition, row: CaseFile, at: datetime
) -> int:
    """Write an event when something differs; how many values do."""
    document = session.scalar(
        select(Transaction.document).where(Transaction.id == row.transaction_id)
    )
    if document is None:
        return 0
    found: list[dict[str, Any]] = []
    for relied in _facts(document):
        found += _compared(session, house, service, row, relied, at)
    if found:
        session.add(
            CaseEvent(
                number=row.number,
                at=at,
                kind=EventKind.DIFFERENCE.value,
                actor=Actor.SYSTEM.value,
                data={"differences": found},
            )
        )
    return len(found)


def _facts(document: str) -> list[dict[str, Any]]:
    """The facts that a signed application carries (compact JWS, RFC 7515)."""
    payload: dict[str, Any] = json.loads(b64url_decode(document.split(".")[1]))
    facts: list[dict[str, Any]] = payload.get("facts", [])
    return facts


def _compared(
    session: Session,
    house: CaseHouse,
    service: ServiceDefinition,
    row: CaseFile,
    relied: Mapping[str, Any],
    at: datetime,
) -> list[dict[str, Any]]:
    fact_id = str(relied["id"])
    if fact_id == PERSON:
        source, given = PERSON, {}
    else:
        definition = service.fact(fact_id)
        source = definition.source
        given = definition.fixed | {
            name: str(row.answers[field_id])
            for name, field_id in definition.given.items()
            if field_id in row.answers
        }
    ask = house.hooks.fact(source)
    if ask is None:
        return []
    now = ask(session, Asking(house, row.civil_number, at), given).values
    return [
        {"fact": fact_id, "value": name, "then": then, "as_of": relied["as_of"], "now": now[name]}
        for name, then in relied["values"].items()
        # What only the card says, no registry can contradict.
        if name in now and now[name] != then
    ]
