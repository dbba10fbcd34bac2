"""A central API without HTTP, and cases to move: for tests of what becomes of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from backend_stub import Settings
from backend_stub.cases.hooks import NewCase
from backend_stub.cases.moves import Moved, MoveRequest, make_move
from backend_stub.cases.register import Opened, open_cases
from backend_stub.cases.tables import CaseEvent, CaseFile, CaseTask, PublishedDefinition
from backend_stub.cases.work import do_due
from backend_stub.ground.central import Central
from backend_stub.ground.tables import Notification
from backend_stub.opening import open_central
from kiosk.services.case_definition import Actor
from kiosk.services.reading import read_definition

from .conftest import SteppedClock
from .terminal import ANSWERS


@dataclass
class CaseWorld:
    central: Central
    clock: SteppedClock
    _ids: itertools.count[int] = field(default_factory=itertools.count)

    @classmethod
    def open(cls, settings: Settings) -> CaseWorld:
        clock = SteppedClock()
        return cls(open_central(settings, clock), clock)

    def publish(self, toml: str) -> str:
        """Publish a definition; its SHA-256."""
        shelves = [shelf.id for shelf in self.central.catalogue.shelves]
        published = read_definition(toml.encode(), "test.toml", shelves)
        with self.central.database.write() as session:
            self.central.cases.definitions.publish(session, published, self.clock())
            self.central.cases.definitions.refresh(session)
        return published.sha256

    def sha256(self, service: str = "complaint") -> str:
        with self.central.database.read() as session:
            return session.scalars(
                select(PublishedDefinition.sha256)
                .where(PublishedDefinition.service == service)
                .order_by(PublishedDefinition.version)
            ).all()[-1]

    def open_case(self, sha256: str | None = None, **answers: Any) -> Opened:
        new = NewCase(
            transaction_id=None,
            definition_sha256=sha256 or self.sha256(),
            civil_number="99014521",
            language="ar",
            answers=ANSWERS | answers if sha256 is None else answers,
        )
        with self.central.database.write() as session:
            [opened] = open_cases(session, self.central.cases, [new], self.clock())
        return opened

    def move(self, number: str, move: str, actor: Actor = Actor.OFFICER, **more: Any) -> Moved:
        request = MoveRequest(number=number, move=move, actor=actor, **more)
        with self.central.database.write() as session:
            return make_move(session, self.central.cases, request, self.clock())

    def work(self) -> int:
        return do_due(self.central.database, self.central.cases, self.clock)

    def case(self, number: str) -> CaseFile:
        with self.central.database.read() as session:
            row = session.get_one(CaseFile, number)
            session.expunge(row)
            return row

    def events(self, number: str) -> list[CaseEvent]:
        with self.central.database.read() as session:
            rows = list(
                session.scalars(
                    select(CaseEvent).where(CaseEvent.number == number).order_by(CaseEvent.id)
                )
            )
            session.expunge_all()
            return rows

    def notices(self, number: str) -> list[str | None]:
        """Ids of the notices of a case, oldest first."""
        with self.central.database.read() as session:
            return list(
                session.scalars(
                    select(Notification.notice)
                    .where(Notification.about == number, Notification.channel == "sms")
                    .order_by(Notification.id)
                )
            )

    def texts(self, number: str, notice: str) -> list[str]:
        """What a notice of a case says in English, each time that it was written."""
        with self.central.database.read() as session:
            return list(
                session.scalars(
                    select(Notification.text_en)
                    .where(Notification.about == number, Notification.notice == notice)
                    .order_by(Notification.id)
                )
            )

    def waiting(self, number: str) -> list[tuple[str, str]]:
        """What is still to happen by itself: kind and id, in order."""
        with self.central.database.read() as session:
            rows = session.execute(
                select(CaseTask.kind, CaseTask.ref)
                .where(CaseTask.number == number, CaseTask.done_at.is_(None))
                .order_by(CaseTask.at, CaseTask.id)
            )
            return [(kind, ref) for kind, ref in rows]

    def close(self) -> None:
        self.central.database.close()
