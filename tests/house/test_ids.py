"""A service is one file: nothing else of the house knows a service's or a question's id."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.services import load_catalogue
from kiosk.services.definition import ServiceKind
from tests.house import PACKAGES, ROOT, sources

CATALOGUE = load_catalogue()
SERVICES = {service.id for service in CATALOGUE.services}
CARD_SERVICES = {each.id for each in CATALOGUE.services if each.kind is ServiceKind.CARD}
QUESTIONS = {field.id for service in CATALOGUE.services for field in service.fields}

# Words of the house's own language that a definition also uses as the name of a question.
COMMON = {
    "email", "mobile",  # kinds of questions, and where notices go
    "governorate", "wilayat",  # levels of places
    "employer", "worker",  # who signs; what the registry knows of a person
    "company", "agency", "establishment", "evidence", "description", "period", "subject", "time",
    "topic", "sender", "against", "urgent", "sheets",  # plain words
}  # fmt: skip
AMOUNT = "amount_baisa"  # a column and a JSON member of payments as well

KNOWS_THEM = (
    "kiosk/tour/",  # drives whole journeys and answers their questions
    "backend_stub/services/",  # the rooms of services, one per service with rules of its own
    "backend_stub/ground/schema/alembic/",  # what was, before there was an engine
)
KNOWS_THE_CARDS_OWN = (
    "kiosk/session/card_task.py",  # a service of the card is a task of the card
    "kiosk/cli/card.py",  # commands of the same names
    "ui/qml/Manfadh/Pages/CardWorkingPage.qml",
    "ui/qml/Manfadh/Pages/CardDonePage.qml",
)
PAYMENTS = ("backend_stub/payments/", "backend_stub/http/", "backend_stub/peers/", "kiosk/cli/")


def knows(path: Path, rooms: tuple[str, ...]) -> bool:
    return str(path.relative_to(ROOT)).startswith(rooms)


def constants(path: Path) -> Iterator[tuple[int, str]]:
    """Texts in a Python or QML file, with their lines; no documentation, no comments."""
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield node.lineno, node.value
    else:
        for number, line in enumerate(text.splitlines(), start=1):
            for found in re.findall(r"\"([^\"]*)\"|'([^']*)'", line.partition("//")[0]):
                yield number, found[0] or found[1]


FILES = [*sources(), *(path for room in PACKAGES for path in sorted((ROOT / room).rglob("*.qml")))]


def test_screens_and_code_are_read_at_all() -> None:
    assert {path.suffix for path in FILES} == {".py", ".qml"}
    assert sum(1 for path in FILES for _ in constants(path)) > 5_000


def test_no_service_is_known_by_its_id() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in FILES
        if not knows(path, KNOWS_THEM)
        for line, text in constants(path)
        if text in SERVICES and not (text in CARD_SERVICES and knows(path, KNOWS_THE_CARDS_OWN))
    ]
    assert found == []


def test_no_question_is_known_by_its_id() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line} {text}"
        for path in FILES
        if not knows(path, KNOWS_THEM)
        for line, text in constants(path)
        if text in QUESTIONS - COMMON and not (text == AMOUNT and knows(path, PAYMENTS))
    ]
    assert found == []


def named_answers(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """``answers["x"]``, ``answers.get("x")``, ``service.field("x")``: one answer by its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            holder, key = node.value, node.slice
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if node.func.attr not in ("get", "pop", "setdefault", "field"):
                continue
            holder, key = node.func.value, node.args[0]
            if node.func.attr == "field" and getattr(holder, "id", "") not in (
                "service",
                "definition",
            ):
                continue
        else:
            continue
        name = getattr(holder, "attr", getattr(holder, "id", ""))
        is_answers = name.lstrip("_").endswith("answers") or name in ("service", "definition")
        if is_answers and isinstance(key, ast.Constant) and isinstance(key.value, str):
            yield node.lineno, key.value


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ('form.answers["mobile"]', ["mobile"]),
        ('answers.get("email")', ["email"]),
        ('service.field("employer").kind', ["employer"]),
        ("answers[name]", []),
        ('reply["mobile"]', []),
    ],
)
def test_an_answer_taken_by_its_name_is_seen(source: str, names: list[str]) -> None:
    assert [name for _, name in named_answers(ast.parse(source))] == names


def test_no_answer_is_taken_by_its_name() -> None:
    """Not even by one of the common words: who needs the mobile number asks ``contact``."""
    found = [
        f"{path.relative_to(ROOT)}:{line} {name}"
        for path in sources()
        if not knows(path, KNOWS_THEM)
        for line, name in named_answers(ast.parse(path.read_text("utf-8")))
    ]
    assert found == []


def test_every_exception_is_still_needed() -> None:
    texts = {path: {text for _, text in constants(path)} for path in FILES}
    for word in COMMON:
        assert word in QUESTIONS, f"{word} is no question's name any more"
    for room in KNOWS_THE_CARDS_OWN:
        assert any(texts[path] & CARD_SERVICES for path in FILES if knows(path, (room,))), (
            f"{room} names no service of the card any more"
        )
