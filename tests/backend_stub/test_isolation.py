"""What is wrong with one item of a batch is that item's affair: the others are accepted."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import rfc8785
import structlog
from sqlalchemy.exc import OperationalError

from backend_stub.ingest import decide_batch as deciding
from kiosk.services.definition import FieldDefinition
from kiosk.services.fields import Answer, FieldKind, Situation, kind_of

from .cards import Card
from .conftest import RunningCentral
from .terminal import ANSWERS, Terminal, new_tx_id

FAILING = "99999999"
"""A mobile number at which the rule of the tests raises."""


@pytest.fixture(autouse=True)
def _a_rule_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def kind(name: str) -> FieldKind:
        real = kind_of(name)

        def parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
            if raw == FAILING:
                raise ZeroDivisionError(f"{raw} in a message")
            return real.parse(definition, raw, situation)

        return dataclasses.replace(real, parse=parse)

    monkeypatch.setattr("kiosk.services.answers.kind_of", kind)


def nested(depth: int) -> Any:
    value: Any = "x"
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


Expected = dict[int, tuple[str, str]]
"""By place in the batch: outcome and code."""


def fifty(terminal: Terminal, card: Card) -> tuple[list[dict[str, Any]], Expected]:
    """Fifty items, and how the four that are different are to be answered, by their place."""
    different: dict[int, tuple[dict[str, Any], tuple[str, str]]] = {
        7: ({"service": "moon-licence"}, ("retry_after", "service-unknown")),
        20: ({"service": "change-pin"}, ("rejected", "service-takes-no-applications")),
        31: ({"answers": ANSWERS | {"mobile": FAILING}}, ("retry_after", "rule-failed")),
        44: ({"answers": ANSWERS | {"employer": nested(450)}}, ("rejected", "answers-invalid")),
    }
    items = [
        terminal.complaint(card, **different[place][0])
        if place in different
        else terminal.complaint(card)
        for place in range(50)
    ]
    return items, {place: expected for place, (_, expected) in different.items()}


def check(answers: list[dict[str, Any]], expected: Expected) -> None:
    for place, answer in enumerate(answers):
        if place in expected:
            assert (answer["outcome"], answer["problem"]["code"]) == expected[place], place
        else:
            assert answer["outcome"] == "accepted", (place, answer)


def test_four_of_fifty_are_answered_for_themselves(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    items, expected = fifty(terminal, card)
    with structlog.testing.capture_logs() as logs:
        check(terminal.send(*items), expected)
    [failed] = [each for each in logs if each["event"] == "central.item_failed"]
    assert failed["tx_id"] == items[31]["record"]["tx_id"]
    assert failed["where"].startswith("test_isolation.py:")
    assert FAILING not in str(logs)
    numbers = [each["number"] for each in central.received() if each["number"]]
    assert sorted(numbers) == [f"C-2026-{number:06d}" for number in range(1, 47)]
    # What waits does not hold up what is final: the same batch again.
    again = terminal.send(*items)
    assert [each["outcome"] for each in again].count("duplicate") == 46


def test_two_terminals_at_once(central: RunningCentral, card: Card) -> None:
    first, second = central.terminal("MCT-0001"), central.terminal("SLL-0001")
    batches = [(terminal, *fifty(terminal, card)) for terminal in (first, second)]
    together = threading.Barrier(2)

    def send(terminal: Terminal, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        together.wait(10)
        return Terminal.send(terminal, *items)

    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(send, *zip(*((each[0], each[1]) for each in batches), strict=True)))
    for answers, (_, _, expected) in zip(replies, batches, strict=True):
        check(answers, expected)
    numbers = [each["number"] for each in central.received() if each["number"]]
    assert sorted(numbers) == [f"C-2026-{number:06d}" for number in range(1, 93)]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"catalogue": "2019-01-01"}, ("retry_after", "service-unknown")),
        ({"service": "unblock-pin"}, ("rejected", "service-takes-no-applications")),
        ({"answers": {"a": nested(450)}}, ("rejected", "answers-invalid")),
        ({"answers": ANSWERS | {"evidence": nested(450)}}, ("rejected", "answers-invalid")),
        ({"answers": ANSWERS | {"period": nested(451)}}, ("rejected", "answers-invalid")),
    ],
)
def test_beside_it_a_complaint_is_accepted(
    central: RunningCentral, card: Card, changes: dict[str, Any], expected: tuple[str, str]
) -> None:
    terminal = central.terminal()
    first, odd, last = (
        terminal.complaint(card),
        terminal.complaint(card, **changes),
        terminal.complaint(card),
    )
    answers = terminal.send(first, odd, last)
    assert [answers[0]["outcome"], answers[2]["outcome"]] == ["accepted", "accepted"]
    assert (answers[1]["outcome"], answers[1]["problem"]["code"]) == expected


@pytest.mark.parametrize("where", ["a value", "a name"])
def test_a_lone_surrogate(central: RunningCentral, card: Card, where: str) -> None:
    terminal = central.terminal()
    tx_id = new_tx_id()
    payload = terminal.payload(card, tx_id)
    signed = card.sign(_with_surrogate(payload, where))
    odd, good = terminal.item(signed, tx_id), terminal.complaint(card)
    answers = terminal.send(odd, good)
    assert [each["outcome"] for each in answers] == ["rejected", "accepted"]
    assert answers[0]["problem"]["code"] == "application-not-canonical"


def _with_surrogate(payload: dict[str, Any], where: str) -> bytes:
    marked = payload | {"answers": dict(payload["answers"])}
    if where == "a value":
        marked["answers"]["description"] = "MARK"
    else:
        marked["answers"]["MARK"] = "x"
    return rfc8785.dumps(marked).replace(b"MARK", rb"\ud800")


def test_effects_that_fail_are_that_items_alone(
    central: RunningCentral, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within the database's transaction too: the failing one leaves nothing, the others stay."""
    real = deciding.open_cases

    def failing(session: Any, house: Any, new: Any, at: Any) -> Any:
        results = real(session, house, new, at)
        if any(each.answers["description"] == "fails" for each in new):
            raise KeyError("what was written")
        return results

    monkeypatch.setattr(deciding, "open_cases", failing)
    terminal = central.terminal()
    items = [
        terminal.complaint(card),
        terminal.complaint(card, answers={"description": "fails"}),
        terminal.complaint(card),
    ]
    answers = terminal.send(*items)
    assert [each["outcome"] for each in answers] == ["accepted", "retry_after", "accepted"]
    assert answers[1]["problem"]["code"] == "rule-failed"
    assert [answers[0]["result"]["number"], answers[2]["result"]["number"]] == [
        "C-2026-000001",
        "C-2026-000002",
    ]
    assert len(central.notices()) == 2
    monkeypatch.setattr(deciding, "open_cases", real)
    assert [each["outcome"] for each in terminal.send(*items)] == [
        "duplicate",
        "accepted",
        "duplicate",
    ]


def test_a_database_that_fails_is_everybodys_affair(
    central: RunningCentral, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise OperationalError("", None, Exception("the server closed the connection"))

    monkeypatch.setattr(deciding, "open_cases", lost)
    terminal = central.terminal()
    reply = terminal.post(terminal.complaint(card))
    assert (reply.status_code, reply.json()["code"]) == (503, "busy")
