"""What stays secret: after a whole visit nothing of the person is in any file, log, text or object.

Looked at is everything the terminal owns; the central API's database and the simulated cards'
memory hold the person by their nature and are left out.
"""

from __future__ import annotations

import base64
import gc
import json
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from PySide6.QtCore import QObject
from PySide6.QtQuick import QQuickItem

import kiosk.loop.runner
from cardreader.simulator import persona
from kiosk.journal import configure_logging
from kiosk.session import Page, events as ev
from kiosk.session.form import Form
from kiosk.session.outcome import Submission, VisitEnd
from kiosk.session.state import Cardholder
from tests.e2e.terminal import Terminal

HOLDER = persona("citizen-active")
WRONG_PIN = "907158"
STORY = "لم أستلم أجري منذ شهرين"
EMPLOYER = "مخبز الواحة الخضراء"
MOBILE = "92774416"

SECRETS = {
    "PIN": HOLDER.pin or "",
    "wrong PIN": WRONG_PIN,
    "PUK": HOLDER.puk,
    "civil number": HOLDER.civil_number,
    "document number": HOLDER.document_number,
    "Arabic name": "سعيد الحارثي",
    "English name": "Hamad Said",
    "surname": "Al Harthi",
    "complaint": "أستلم أجري",
    "employer": EMPLOYER,
    "mobile": MOBILE,
}
NOT_THE_TERMINALS = ("state/central.db", "state/cards/", "state/seen/", "state/receipts/")


def spellings(secret: str) -> set[bytes]:
    """How a text may stand in a file: plain, as UTF-16, escaped, in hex, in base64."""
    plain = secret.encode()
    found = {
        plain,
        secret.upper().encode(),
        secret.encode("utf-16-le"),
        json.dumps(secret)[1:-1].encode(),
        plain.hex().encode(),
    }
    for shift in range(3):
        # Whatever stands before it: the letters that this text alone decides.
        encoded = base64.b64encode(bytes(shift) + plain)
        first = -(-shift * 8 // 6)
        inner = encoded[first : (shift + len(plain)) * 8 // 6]
        found |= {inner, inner.replace(b"+", b"-").replace(b"/", b"_")}
    return {spelling for spelling in found if len(spelling) >= 6}


SPELLINGS = {name: spellings(secret) for name, secret in SECRETS.items()}


def secrets_in(data: bytes) -> list[str]:
    return [name for name, forms in SPELLINGS.items() if any(form in data for form in forms)]


def test_the_search_would_find_them():
    """Nothing found means something only when it would be found."""
    for name, secret in SECRETS.items():
        for before in (b"", b"x", b"xy"):
            text = before + secret.encode() + b"z"
            assert name in secrets_in(text)
            assert name in secrets_in(base64.urlsafe_b64encode(text))
        assert name in secrets_in(json.dumps({"a": secret}).encode())
    assert secrets_in(b"DEMO-01 complaint 2026") == []


@dataclass
class Witness:
    """What passed through the loop, as a traceback or a debugger would print it."""

    reprs: list[str] = field(default_factory=list)
    pins: list[bytearray] = field(default_factory=list)
    on_screen: set[str] = field(default_factory=set)
    known: list[object] = field(default_factory=list)
    """What other tests of this process left behind; held, so that no address is used again."""
    log: Path = Path()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Everything that the terminal writes is in here, temporary files too."""
    return tmp_path_factory.mktemp("secrets")


@pytest.fixture(scope="module")
def witness(folder: Path) -> Iterator[Witness]:
    """Logging at its most talkative, every event, effect and state printed."""
    seen = Witness(log=folder / "kiosk.log")
    reduce = kiosk.loop.runner.reduce

    def printed(state: Any, event: Any, world: Any) -> Any:
        step = reduce(state, event, world)
        seen.reprs += [repr(event), repr(step.effects), repr(step.state)]
        return step

    handlers, level = logging.root.handlers[:], logging.root.level
    configuration = structlog.get_config()
    configure_logging("debug", seen.log)
    (folder / "tmp").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(folder / "tmp"))
        patch.setenv("TMPDIR", str(folder / "tmp"))
        patch.setattr(kiosk.loop.runner, "reduce", printed)
        yield seen
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)
    structlog.configure(**configuration)


@pytest.fixture(scope="module")
def after_a_visit(witness: Witness, folder: Path, qapp: Any) -> Iterator[Terminal]:
    """A person was here, by touch: wrong PIN, right PIN, complaint, receipt; the card is taken."""
    with Terminal(folder / "state") as terminal, pytest.MonkeyPatch.context() as patch:
        witness.known = personal()
        take = terminal.kiosk._pin.take

        def remembered() -> bytearray:
            witness.pins.append(take())
            return witness.pins[-1]

        patch.setattr(terminal.kiosk._pin, "take", remembered)
        patch.setattr("kiosk.tour.harness._EMPLOYER", {"ar": EMPLOYER})
        patch.setattr("kiosk.tour.harness._STORY", {"ar": STORY})
        terminal.rig.link.cut()
        terminal.kiosk.look_again()
        terminal.wait(lambda: terminal.devices.central == "offline", "the loss of the network")
        terminal.begin("citizen-active")
        terminal.at(Page.PIN)
        terminal.enter_pin(WRONG_PIN)
        terminal.wait(lambda: terminal.visit.pin.wrong, "the refusal")
        terminal.enter_pin(HOLDER.pin or "")
        terminal.at(Page.IDENTITY)
        witness.on_screen |= told_by(terminal)
        terminal.send(ev.ContinuePressed(), ev.ServiceChosen("complaint"))
        terminal.answer_questions()
        terminal.at(Page.CHECK)
        witness.on_screen |= told_by(terminal)
        assert len(personal()) > len(witness.known), "it would be found"
        terminal.send(
            ev.ChangePressed("mobile"), ev.InputChanged(MOBILE, "mobile"), ev.ContinuePressed()
        )
        terminal.at(Page.CHECK)
        terminal.sign("citizen-active")
        terminal.wait(terminal._receipt_done, "the receipt")
        terminal.hands.tap("continueButton")
        terminal.leave(VisitEnd.FINISHED)
        yield terminal


def look_at_every_file(folder: Path) -> None:
    looked = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(NOT_THE_TERMINALS):
            assert secrets_in(path.read_bytes()) == [], path
            assert secrets_in(name.encode()) == [], path
            looked.append(path.name)
    assert {"kiosk.log", "outbox.db", "journal.jsonl", "prints.db"} <= set(looked)


def test_while_it_runs_nothing_of_the_person_is_in_any_file(after_a_visit, folder):
    assert after_a_visit.waiting() == 1, "the complaint itself must be there, sealed"
    assert (folder / "state/terminal/outbox.db-wal").stat().st_size > 0
    look_at_every_file(folder)


def test_the_log_speaks_of_catalogued_events_only(after_a_visit, witness):
    events = [json.loads(line) for line in witness.log.read_text("utf-8").splitlines()]
    names = {event["event"] for event in events}
    assert {"visit.began", "card.pin_wrong", "transaction.confirmed", "visit.ended"} <= names
    unknown = [e for e in events if e["event"] in ("log.unknown_event", "log.foreign")]
    assert unknown == []
    assert [event for event in events if "dropped" in event] == []


def test_no_repr_of_state_event_or_effect_tells_who_it_is(after_a_visit, witness):
    assert len(witness.reprs) > 100
    for text in witness.reprs:
        assert secrets_in(text.encode()) == [], text[:200]


def test_every_pin_was_wiped_where_it_was(after_a_visit, witness):
    assert len(witness.pins) == 3, "one wrong, one right, one for the signature"
    assert not any(any(pin) for pin in witness.pins)


def test_no_text_in_the_window_and_no_property_of_it_tells_who_was_here(after_a_visit, witness):
    assert {"Arabic name", "complaint", "employer"} <= witness.on_screen, "it was there to be seen"
    assert told_by(after_a_visit) == set()


def test_no_object_of_the_visit_is_left(after_a_visit, witness):
    witness.reprs.clear()
    earlier = {id(known) for known in witness.known}
    left = [known for known in personal() if id(known) not in earlier]
    assert left == [], [gc.get_referrers(known) for known in left]
    assert after_a_visit.kiosk.window._pictures._images == {}


def personal() -> list[object]:
    """Every living object that holds somebody: cardholders, filled forms, submissions."""
    gc.collect()
    return [
        known
        for known in gc.get_objects()
        if isinstance(known, Cardholder | Submission)
        or (isinstance(known, Form) and (known.answers or known.inputs))
    ]


def test_switched_off_nothing_of_the_person_is_in_any_file(after_a_visit, folder):
    after_a_visit.__exit__()
    look_at_every_file(folder)


def told_by(terminal: Terminal) -> set[str]:
    """Which secrets the window's objects and view-models hold, in any property."""
    window = terminal.kiosk.window
    assert len(window._views) >= 10
    found: set[str] = set()
    for item in (*everything(window.window), *window._views):
        for _, value in properties(item):
            found |= {*secrets_in(repr(value).encode()), *secrets_in(str(value).encode())}
    return found


def everything(root: QObject) -> Iterator[QObject]:
    """Every object of the window: children and, which is not the same, items drawn inside."""
    seen: set[int] = set()
    waiting = [root]
    while waiting:
        item = waiting.pop()
        if id(item) in seen:
            continue
        seen.add(id(item))
        yield item
        waiting += item.children()
        if isinstance(item, QQuickItem):
            waiting += item.childItems()
        if hasattr(item, "contentItem"):
            waiting.append(item.contentItem())


def properties(item: QObject) -> Iterator[tuple[str, Any]]:
    """Every property that Python can read, the dynamic ones too."""
    shape = item.metaObject()
    names = [shape.property(index).name() for index in range(shape.propertyCount())]
    names += [bytes(name.data()).decode() for name in item.dynamicPropertyNames()]
    for name in names:
        try:
            value = item.property(name)
        except RuntimeError:
            continue  # a type that only QML knows, such as a font's group of settings
        if isinstance(value, str | list | dict | tuple | int | float):
            yield name, value
