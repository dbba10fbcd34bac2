"""Every kind of question: what is stored is stored for good, said in both languages, and shown."""

from __future__ import annotations

import ast
import json
import re
from typing import Any

import pytest
import rfc8785
from hypothesis import example, given, settings, strategies as st

from kiosk.services import load_catalogue
from kiosk.services.answers import answer_as_input, describe_answer, parse_answer
from kiosk.services.facts import Fact, Row
from kiosk.services.fields import Invalid, Situation, kind_names, kind_of
from kiosk.services.readable import first_refused
from tests.house import ROOT
from tests.kiosk.services.definitions import NOW, TODAY
from tests.kiosk.services.strategies import (
    ANYTHING,
    LIKELY,
    LIST,
    PLACES,
    ROW_IDS,
    WORD,
    field,
    inputs,
)

CATALOGUE = load_catalogue()
KINDS = sorted(kind_names())
SITUATIONS = {
    "list known": Situation(
        TODAY, PLACES, {}, {LIST.id: Fact(id=LIST.id, as_of=NOW, rows=tuple(
            Row(id=each, title=WORD) for each in ROW_IDS))}),
    "list unknown": Situation(TODAY, PLACES),
}  # fmt: skip


def refused(kind: str, raw: Any, **more: Any) -> str | None:
    """The code with which an input is refused; ``None`` when it is taken."""
    try:
        parse_answer(field("q", kind, **more), raw, SITUATIONS["list known"])
    except Invalid as invalid:
        return invalid.code
    return None


def taken(kind: str, raw: Any, **more: Any) -> Any:
    return parse_answer(field("q", kind, **more), raw, SITUATIONS["list known"])


@pytest.mark.parametrize("where", SITUATIONS)
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_a_stored_answer_stays_what_it_is(kind: str, where: str, data: st.DataObject) -> None:
    definition = field("q", kind, required=data.draw(st.booleans()))
    situation = SITUATIONS[where]
    raw = data.draw(inputs(kind))
    try:
        stored = parse_answer(definition, raw, situation)
    except Invalid as invalid:
        sentence = CATALOGUE.problem_texts[invalid.code]
        for language in ("ar", "en"):
            told = re.findall(r"\{(.*?)\}", sentence.in_language(language))
            assert set(told) <= set(invalid.details)
        return
    again = parse_answer(definition, stored, situation)
    assert again == stored and type(again) is type(stored)
    shown = answer_as_input(definition, stored)
    assert parse_answer(definition, shown, situation) == stored, "what is shown gives it again"
    # The signature covers JSON, and what comes out of it is judged at the centre.
    carried = json.loads(rfc8785.dumps(stored))
    assert carried == stored
    assert parse_answer(definition, carried, situation) == stored
    for language in ("ar", "en"):
        words = describe_answer(definition, stored, language, situation)
        assert words.strip() and "{" not in words.replace(str(stored), "")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, deadline=None)
@given(raw=ANYTHING)
@example(raw="٠")
@example(raw="²")
@example(raw="\ud800")
@example(raw="1" * 5000)
@example(raw=[[[]]])
@example(raw=float("nan"))
@example(raw=2**70)
def test_no_input_raises_anything_but_its_reason(kind: str, raw: Any) -> None:
    try:
        stored = parse_answer(field("q", kind), raw, SITUATIONS["list known"])
    except Invalid as invalid:
        assert invalid.code in CATALOGUE.problem_texts
    else:
        rfc8785.dumps(stored)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_complete(kind: str) -> None:
    found = kind_of(kind)
    assert kind in LIKELY, "a new kind has its likely inputs here"
    assert (ROOT / "ui" / "qml" / "Manfadh" / "Pages" / f"{found.editor}Editor.qml").is_file()
    assert found.needs <= found.takes
    if found.keyboard not in ("", "text"):  # text: the keyboard of the visit's language
        assert list((ROOT / "ui" / "assets" / "keyboards").glob(f"{found.keyboard}*"))
    if found.choices is not None:
        offered = found.choices(field("q", kind), SITUATIONS["list known"])
        for choice in offered:
            one = [choice.code] if found.nothing == [] else choice.code
            assert refused(kind, one) is None
    assert parse_answer(field("q", kind, required=False), None, SITUATIONS["list known"]) == (
        found.nothing
    )
    assert refused(kind, None) == "required"


def test_every_reason_that_a_kind_gives_has_its_sentence() -> None:
    codes = {
        node.args[0].value
        for path in sorted((ROOT / "kiosk" / "services").rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("Invalid", "FieldProblem")
        for argument in node.args[-1:] if isinstance(argument, ast.Constant)
        if isinstance(node.args[0], ast.Constant)
    }  # fmt: skip
    assert len(codes) > 20
    assert codes <= set(CATALOGUE.problem_texts)


LONG = "شركة " * 48 + "ab"


@pytest.mark.parametrize(
    ("kind", "raw", "stored"),
    [
        ("money", "1,500.250", 1_500_250),
        ("money", "1500.", 1_500_000),
        ("money", ".5", 500),
        ("money", "٤٥٠٫٥", 450_500),
        ("money", "١٬٥٠٠٫٢٥٠", 1_500_250),
        ("money", "12,5", 12_500),
        ("money", "1,234,567", 1_234_567_000),
        ("email", "salma@mail.xn--mgb9awbf", "salma@mail.xn--mgb9awbf"),
        ("text", "من\u200cذ", "من\u200cذ"),
        ("text", "क\u094d\u200dष", "क\u094d\u200dष"),
        ("establishment", {"cr_number": "1234567", "name": LONG},
         {"cr_number": "1234567", "name": LONG}),
        ("cr-number", "١٢٣٤", "1234"),
        ("iban", "om81 0180 0000 0129 9123 456", "OM810180000001299123456"),
        ("yes-no", "no", False),
        ("consent", "yes", True),
        ("count", "٧", 7),
        ("months", "24", 24),
        ("list-many", ["r3", "r1", "r3"], ["r1", "r3"]),
    ],
)  # fmt: skip
def test_what_people_and_registries_write_is_taken(kind: str, raw: Any, stored: Any) -> None:
    assert taken(kind, raw) == stored


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("money", "1,500", "ambiguous-amount"),
        ("money", "١,٥٠٠", "ambiguous-amount"),
        ("money", "1,50,000", "bad-amount"),
        ("money", ".", "bad-amount"),
        ("money", "1.500.250", "bad-amount"),
        ("email", "a" * 65 + "@example.om", "bad-email"),
        ("email", "a@" + "b" * 64 + ".om", "bad-email"),
        ("email", "a@b.om\u200b", "bad-character"),
        ("text", "\u200f", "nothing-to-read"),
        ("text", "\u2800\u3164", "nothing-to-read"),
        ("text", "شركة \u202elawra\u202c للتجارة", "bad-character"),
        ("text", "\u2066x\u2069", "bad-character"),
        ("text", "ok \ufffe", "bad-character"),
        ("text", "\U000e0041", "bad-character"),
        ("line", "one\ntwo", "bad-character"),
        ("establishment", {"name": "\u202eevil"}, "bad-character"),
        ("cr-number", "0123", "bad-cr-number"),
        ("civil-number", "012345", "bad-civil-number"),
        ("iban", "OM820180000001299123456", "bad-iban"),
        ("iban", "DE89370400440532013000", "bad-iban"),
        ("yes-no", 1, "wrong-type"),
        ("consent", "no", "not-agreed"),
        ("count", 0, "count-too-small"),
        ("count", True, "wrong-type"),
        ("months", "25", "count-too-large"),
        ("document", 0, "paper-missing"),
        ("list-one", "r9", "unknown-choice"),
        ("list-many", ["r1", "r9"], "unknown-choice"),
        ("list-many", "r1", "wrong-type"),
    ],
)  # fmt: skip
def test_what_is_no_answer_is_refused_with_its_reason(kind: str, raw: Any, code: str) -> None:
    assert refused(kind, raw) == code


def test_a_blocked_row_cannot_be_chosen_and_too_many_neither() -> None:
    rows = (
        Row(id="r1", title=WORD, blocked=WORD),
        Row(id="r2", title=WORD),
        Row(id="r3", title=WORD),
    )
    known = Situation(TODAY, PLACES, {}, {LIST.id: Fact(id=LIST.id, as_of=NOW, rows=rows)})
    for kind, raw, maximum, code in (
        ("list-one", "r1", None, "blocked-choice"),
        ("list-many", ["r1", "r2"], None, "blocked-choice"),
        ("list-many", ["r2", "r3"], 1, "too-many-chosen"),
    ):
        with pytest.raises(Invalid) as refusal:
            parse_answer(field("q", kind, maximum=maximum), raw, known)
        assert refusal.value.code == code


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=12))
def test_whatever_text_is_taken_shows_what_it_holds(text: str) -> None:
    try:
        stored = taken("text", text)
    except Invalid:
        return
    assert first_refused(stored) is None
    assert stored == stored.strip()
