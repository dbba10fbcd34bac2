"""Random cases of random definitions, moved at random, with kills and a clock that jumps.

``python -m tests.backend_stub.case_histories --histories 10000`` runs many; the suite runs a few
hundred. After every round each case is compared with :mod:`tests.backend_stub.case_model`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import tempfile
import time as clock_time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub import Settings
from backend_stub.cases.moves import MoveRefused, MoveRequest, make_move
from backend_stub.cases.slots import free_slots
from backend_stub.cases.tables import SlotLoad
from backend_stub.cases.work import do_due
from backend_stub.ground.database import Database
from kiosk.services.case_consistency import faults_of_case
from kiosk.services.case_definition import Actor
from kiosk.services.definition import ServiceDefinition
from kiosk.services.texts import convert

from .cards import Issuer
from .case_model import ModelCase
from .case_world import CaseWorld

CASES_OF_A_WORLD = 20
_WORDS = {"ar": "كلام", "en": "words"}
_STATES = ("one", "two", "three", "four", "five")
_NOTICES = ("first", "second", "third")
_BY_HAND = ("officer", "citizen", "both")


class Killed(BaseException):
    """The process is no more."""


@dataclass
class MortalDatabase:
    """A database whose process dies in, or right after, one of the next transactions."""

    real: Database
    chance: random.Random

    def read(self) -> contextlib.AbstractContextManager[Session]:
        return self.real.read()

    @contextlib.contextmanager
    def write(self) -> Iterator[Session]:
        with self.real.write() as session:
            yield session
            session.flush()
            if self.chance.random() < 0.3:
                raise Killed
        if self.chance.random() < 0.1:
            raise Killed


def some_definition(chance: random.Random, number: int) -> tuple[ServiceDefinition, bytes]:
    """A definition that fits together, and its content."""
    while True:
        raw = _raw(chance, number)
        definition = convert(raw, ServiceDefinition)
        if not list(faults_of_case(definition)):
            lines = [f"{key} = {_toml(value)}" for key, value in raw.items()]
            return definition, "\n".join(lines).encode()


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def _raw(chance: random.Random, number: int) -> dict[str, Any]:
    names = list(_STATES[: chance.randint(2, 4)])
    ends = ["done", "lost"][: chance.randint(1, 2)]
    moves = []
    for index in range(chance.randint(3, 8)):
        move: dict[str, Any] = {
            "id": f"move{index}",
            "from": chance.sample(names, chance.randint(1, len(names))),
            "to": chance.choice(names * 3 + ends),
            "label": _WORDS,
            "notices": chance.sample(_NOTICES, chance.randint(0, 2)),
            "slot": chance.choice(["keep", "keep", "book", "change", "free"]),
        }
        kind = chance.choice([*_BY_HAND, *_BY_HAND, "days", "deadline", "slot"])
        if kind in ("days", "deadline", "slot"):
            move["by"] = ["system"]
            move |= {
                "days": {"after_days": chance.randint(1, 12)},
                "deadline": {"after_deadline": chance.choice(["short", "long"])},
                "slot": {"after_slot": True},
            }[kind]
        else:
            move["by"] = ["officer", "citizen"] if kind == "both" else [kind]
            if chance.random() < 0.3:
                move["before_slot"] = chance.randint(1, 5)
        if chance.random() < 0.3:
            move["at_most"] = chance.randint(1, 2)
        moves.append(move)
    question = {"question": _WORDS, "help": _WORDS, "label": _WORDS}
    return {
        "id": f"service-{number}",
        "version": "1",
        "category": "work",
        "icon": "x",
        "title": _WORDS,
        "summary": _WORDS,
        "duration_minutes": 1,
        "offline": {"policy": "works", "says": _WORDS},
        "authority": {"name": _WORDS, "department": _WORDS, "phone": "80077000"},
        "fees": [{"amount_baisa": 0, "valid_from": date(2021, 1, 1)}],
        "deadlines": [
            {"id": "short", "days": chance.randint(1, 10), "valid_from": date(2021, 1, 1)},
            {"id": "long", "days": chance.randint(11, 40), "valid_from": date(2021, 1, 1)},
        ],
        "next_steps": [],
        "fields": [{"id": "telephone", "kind": "mobile", "contact": "mobile", **question}],
        "case": {
            "prefix": "".join(chance.choices("ABDEFGHIJKLMNOPQRSTUVWXYZ", k=4)),
            "number_label": _WORDS,
            "start": names[0],
            "due": "long",
            "office": {"id": chance.choice(["muscat", "dhofar"])},
            "slot": {
                "calendar": "hearings",
                "label": _WORDS,
                "on_registration": chance.random() < 0.7,
            },
            "states": [{"id": name, "text": _WORDS} for name in names]
            + [{"id": name, "text": _WORDS, "final": True} for name in ends],
            "moves": moves,
            "notices": [{"id": name, "sms": _WORDS} for name in _NOTICES],
            "on_registration": chance.sample(_NOTICES, chance.randint(0, 2)),
            "reminders": [
                {
                    "notice": chance.choice(_NOTICES),
                    "states": chance.sample(names, chance.randint(1, len(names))),
                    "before": before,
                    "days": sorted(chance.sample(range(1, 31), chance.randint(1, 3))),
                }
                for before in chance.sample(["slot", "due"], chance.randint(0, 2))
            ],
        },
    }


@dataclass
class Histories:
    world: CaseWorld
    chance: random.Random
    cases: dict[str, ModelCase] = field(default_factory=dict)
    tally: Counter[str] = field(default_factory=Counter)

    def open(self, number: int) -> None:
        definition, content = some_definition(self.chance, number)
        sha256 = self.world.publish(content.decode())
        opened = self.world.open_case(sha256, telephone="91234567")
        self.cases[opened.number] = ModelCase(definition, self.world.clock(), opened.slot_at)

    def step(self) -> None:
        kind = self.chance.random()
        if kind < 0.15:
            self._pass_time()
        elif kind < 0.25:
            self.work()
        else:
            self._try_a_move()

    def work(self) -> None:
        """Do what is due; the process may die on the way, and another one goes on."""
        central, now = self.world.central, self.world.clock()
        for _ in range(self.chance.randint(1, 4)):
            mortal = MortalDatabase(central.database, self.chance)
            try:
                do_due(mortal, central.cases, self.world.clock)  # type: ignore[arg-type]
            except Killed:
                self.tally["kills"] += 1
        do_due(central.database, central.cases, self.world.clock)
        for number, model in self.cases.items():
            self._catch_up(number, model, now)

    def check(self) -> None:
        """Everything is as the model says, and no slot is given twice."""
        loads: Counter[tuple[str, Any]] = Counter()
        for number, model in self.cases.items():
            real = self.world.case(number)
            assert (real.state, real.slot_at) == (model.state, model.slot_at), number
            moved = [
                (event.move, event.to_state, event.actor)
                for event in self.world.events(number)
                if event.kind == "moved"
            ]
            assert moved == model.moves, number
            assert Counter(self.world.notices(number)) == Counter(model.notices), number
            waiting = Counter(self.world.waiting(number))
            assert waiting == Counter((each.kind, each.ref) for each in model.pending), number
            if real.slot_at is not None:
                loads[real.office, real.slot_at] += 1
            self.tally["moves"] += len(moved)
            self.tally["notices"] += len(model.notices)
        with self.world.central.database.read() as session:
            taken = {
                (row.office, row.starts_at): row.taken
                for row in session.scalars(select(SlotLoad).where(SlotLoad.taken > 0))
            }
        assert taken == dict(loads)
        capacity = self.world.central.cases.calendars.calendar("hearings").capacity
        assert all(count <= capacity[office] for (office, _), count in taken.items())

    def _pass_time(self) -> None:
        clock = self.world.clock
        if self.chance.random() < 0.15:
            clock.now -= timedelta(hours=self.chance.uniform(0.1, 72))
            self.tally["jumps back"] += 1
        else:
            clock.now += timedelta(hours=self.chance.choice([0.5, 2, 6, 14, 30, 90]))
        clock.now = clock.now.replace(microsecond=0)

    def _try_a_move(self) -> None:
        number, model = self.chance.choice(list(self.cases.items()))
        likely = [move for move in model.case.moves if model.state in move.from_]
        move = self.chance.choice(
            likely if likely and self.chance.random() < 0.8 else model.case.moves
        )
        who = self.chance.choice(["officer", "citizen"])
        now = self.world.clock()
        request = MoveRequest(
            number=number,
            move=move.id,
            actor=Actor(who),
            slot=self._some_slot(number, now) if self.chance.random() < 0.6 else None,
        )
        allowed = model.may(move.id, who, now)
        try:
            with self.world.central.database.write() as session:
                done = make_move(session, self.world.central.cases, request, now)
        except MoveRefused as refused:
            assert not allowed or refused.code in ("slot-gone", "slot-needed"), refused.code
            self.tally["refused"] += 1
        else:
            assert allowed, (move.id, who)
            model.move(move.id, who, now, done.slot_at)

    def _some_slot(self, number: str, now: Any) -> str | None:
        calendar = self.world.central.cases.calendars.calendar("hearings")
        office = self.world.case(number).office
        with self.world.central.database.read() as session:
            free = free_slots(session, calendar, [office], now, 50)
        return self.chance.choice(free).id if free else None

    def _catch_up(self, number: str, model: ModelCase, now: Any) -> None:
        """Let the model do what was due; which slot was free it learns from what happened."""
        made = [event for event in self.world.events(number) if event.kind == "moved"]
        while (due := model.next_due(now)) is not None:
            if due.kind == "remind":
                model.remind(due, now)
                continue
            assert model.may(due.ref, "system", now)
            event = made[len(model.moves)]
            slot_at = model.slot_at
            if event.data and "slot_at" in event.data:
                text = event.data["slot_at"]
                slot_at = None if text is None else type(now).fromisoformat(text)
            model.move(due.ref, "system", now, slot_at)
            self.tally["by themselves"] += 1


def run(settings: Settings, seed: int, steps: int = 400) -> Counter[str]:
    """One world of random cases. Raises ``AssertionError``."""
    chance = random.Random(seed)
    histories = Histories(CaseWorld.open(settings), chance)
    try:
        for number in range(CASES_OF_A_WORLD):
            histories.open(number)
        for _ in range(steps):
            histories.step()
        histories.work()
        histories.check()
    finally:
        histories.world.close()
    return histories.tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--histories", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    tally: Counter[str] = Counter()
    begun = clock_time.monotonic()
    worlds = -(-args.histories // CASES_OF_A_WORLD)
    issuer = Issuer.make("Issuing CA of the histories")
    for world in range(worlds):
        with tempfile.TemporaryDirectory(prefix="cases-") as name:
            folder = Path(name)
            (folder / "issuers").mkdir()
            (folder / "issuers" / "ca.pem").write_bytes(issuer.pem())
            settings = Settings(f"sqlite:///{folder / 'central.sqlite3'}", folder, work_every=None)
            try:
                tally += run(settings, args.seed + world)
            except BaseException:
                print(f"seed {args.seed + world}")
                raise
    seconds = clock_time.monotonic() - begun
    print(f"{worlds * CASES_OF_A_WORLD:,} histories in {seconds:,.0f} s: {dict(tally)}")


if __name__ == "__main__":
    main()
