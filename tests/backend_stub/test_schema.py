"""The schema: new databases are whole, those of every earlier release are brought up to it."""

from __future__ import annotations

import importlib
import pkgutil
import sqlite3
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, make_url, select, text

import backend_stub
from backend_stub import CentralUnavailable, Settings
from backend_stub.cases.moves import MoveRequest, make_move
from backend_stub.cases.tables import CaseEvent, CaseFile, CaseTask
from backend_stub.cases.work import do_due
from backend_stub.ground.central import Central
from backend_stub.ground.schema import SCHEMA, STEPS
from backend_stub.ground.tables import Base, Notification
from backend_stub.opening import open_central
from kiosk.services.case_definition import Actor

from .conftest import SteppedClock

STORED = Path(__file__).parent / "databases"
FORMER = ("1", "2", "3")


@pytest.fixture(autouse=True, scope="module")
def _every_table_is_known() -> None:
    for module in pkgutil.walk_packages(backend_stub.__path__, "backend_stub."):
        importlib.import_module(module.name)


def load(database_url: str, version: str) -> None:
    """Make the database what a release with that schema left behind: two complaints."""
    url = make_url(database_url)
    kind = url.get_backend_name()
    script = (STORED / f"{kind}-{version}.sql").read_text("utf-8")
    if kind == "sqlite":
        with sqlite3.connect(str(url.database)) as connection:
            connection.executescript(script)
        connection.close()
    else:
        with psycopg.connect(
            host=str(url.query["host"]), user="manfadh", dbname=url.database, autocommit=True
        ) as server:
            server.execute(script.encode())


def differences(database_url: str) -> list[Any]:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": _compare_type})
        found: list[Any] = compare_metadata(context, Base.metadata)
    engine.dispose()
    # Alembic's own table is left out by itself.
    return [each for each in found if "alembic_version" not in str(each)]


def _compare_type(context: Any, *_: Any) -> bool | None:
    # SQLite keeps what was written and looks at no length.
    return False if context.dialect.name == "sqlite" else None


def opened(settings: Settings) -> Central:
    return open_central(settings, SteppedClock())


@pytest.mark.parametrize("version", FORMER)
def test_a_database_of_every_release_becomes_the_present_one(
    settings: Settings, database_url: str, version: str
) -> None:
    load(database_url, version)
    central = opened(settings)
    with central.database.read() as session:
        cases = session.scalars(select(CaseFile).order_by(CaseFile.number)).all()
        assert [each.number for each in cases] == ["C-2026-000001", "C-2026-000002"]
        first = cases[0]
        assert (first.state, first.office, first.language) == ("registered", "ad-dakhiliyah", "ar")
        assert first.answers["amount_baisa"] == 450_500
        assert first.slot_at is not None and first.civil_number == "99014521"
        events = session.scalars(select(CaseEvent).where(CaseEvent.number == first.number)).all()
        assert [(each.kind, each.to_state) for each in events] == [("opened", "registered")]
        assert all(session.scalars(select(Notification.handed_at))), "nothing is sent once more"
    central.database.close()
    assert differences(database_url) == []


@pytest.mark.parametrize("version", FORMER)
def test_complaints_of_an_earlier_release_are_led_on(
    settings: Settings, database_url: str, version: str
) -> None:
    load(database_url, version)
    central = opened(settings)
    clock = central.clock
    do_due(central.database, central.cases, clock)
    with central.database.write() as session:
        case = session.get_one(CaseFile, "C-2026-000002")
        assert case.due_at is not None and (case.due_at - case.opened_at).days == 30
        tasks = session.scalars(
            select(CaseTask.ref).where(CaseTask.number == case.number, CaseTask.done_at.is_(None))
        ).all()
        assert tasks == ["time-is-up"]
        moved = make_move(
            session,
            central.cases,
            MoveRequest(number=case.number, move="vet", actor=Actor.OFFICER, who="office"),
            clock(),
        )
        assert moved.state == "vetted"
    central.database.close()


def test_the_steps_make_every_table_of_the_house(settings: Settings, database_url: str) -> None:
    opened(settings).database.close()
    assert differences(database_url) == []


def test_the_schema_is_that_of_the_newest_step() -> None:
    config = Config()
    config.set_main_option("script_location", str(STEPS))
    assert ScriptDirectory.from_config(config).get_heads() == [SCHEMA]


def test_a_failing_step_leaves_the_database_as_it_was(
    settings: Settings, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(database_url, "3")
    engine = create_engine(database_url)
    with engine.begin() as connection:
        # The step copies complaints into a table that is in its way already.
        connection.execute(text("CREATE TABLE slot_load (something INTEGER)"))
    with pytest.raises(CentralUnavailable):
        opened(settings)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM complaint")).scalar_one() == 2
        assert connection.execute(text("SELECT version FROM schema_version")).scalar_one() == 3
    engine.dispose()
