"""Answers of every kind: what is taken, what is refused and why, and that parsing twice is once."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from kiosk.services import FieldProblem, load_catalogue
from kiosk.services.answers import answer_as_input
from kiosk.services.fields.entering import to_western_digits

CATALOGUE = load_catalogue()
SERVICE = CATALOGUE.service("complaint")
TODAY = date(2026, 11, 22)
IN_MUSCAT = {"governorate": "muscat"}


def take(field: str, raw: Any) -> Any:
    return CATALOGUE.parse_field(SERVICE, field, raw, IN_MUSCAT, TODAY)


def why(field: str, raw: Any) -> str:
    problem = take(field, raw)
    assert isinstance(problem, FieldProblem), f"{field} took {raw!r} as {problem!r}"
    assert problem.field == field
    for language in ("ar", "en"):
        sentence = CATALOGUE.problem_text(problem, language, SERVICE)
        assert sentence and "{" not in sentence, sentence
    return problem.code


@pytest.mark.parametrize(
    ("field", "raw", "taken"),
    [
        (
            "employer",
            {"cr_number": None, "name": " شركة البحر "},
            {"cr_number": None, "name": "شركة البحر"},
        ),
        ("employer", {"cr_number": "١٢٣٤٥٦٧", "name": "x"}, {"cr_number": "1234567", "name": "x"}),
        ("employer", {"name": "x"}, {"cr_number": None, "name": "x"}),
        ("governorate", "musandam", "musandam"),
        ("wilayat", "seeb", "seeb"),
        ("complaint_types", ["overtime", "wages", "wages"], ["wages", "overtime"]),
        ("complaint_types", ("wages",), ["wages"]),
        ("amount_baisa", "450.5", 450_500),
        ("amount_baisa", "٤٥٠٫٥٠٠", 450_500),
        ("amount_baisa", "۴۵۰", 450_000),
        ("amount_baisa", "0.001", 1),
        ("amount_baisa", " 1 ", 1000),
        ("amount_baisa", 1, 1),
        ("amount_baisa", None, None),
        ("amount_baisa", "   ", None),
        ("period", {"from": "2026-08-01", "to": ""}, {"from": "2026-08-01", "to": None}),
        (
            "period",
            {"from": "٢٠٢٦-٨-١", "to": "2026-11-22"},
            {"from": "2026-08-01", "to": "2026-11-22"},
        ),
        (
            "period",
            {"from": "2026-11-22", "to": "2026-11-22"},
            {"from": "2026-11-22", "to": "2026-11-22"},
        ),
        ("period", {"from": "2024-02-29"}, {"from": "2024-02-29", "to": None}),
        ("description", "  لم أستلم\nأجري  ", "لم أستلم\nأجري"),
        ("description", "x" * 2000, "x" * 2000),
        ("description", "e\u0301", "\u00e9"),
        ("evidence", [], []),
        ("evidence", None, []),
        ("hearing_language", "bn", "bn"),
        ("mobile", "92123456", "92123456"),
        ("mobile", "٩٢١٢٣٤٥٦", "92123456"),
        ("mobile", "+968 9212 3456", "92123456"),
        ("mobile", "00968-92123456", "92123456"),
        ("mobile", "7712 3456", "77123456"),
        ("email", "Salim.H+1@Example.OM", "Salim.H+1@example.om"),
        ("email", "", None),
    ],
)
def test_taken(field, raw, taken):
    assert take(field, raw) == taken


@pytest.mark.parametrize(
    ("field", "raw", "code"),
    [
        ("employer", None, "required"),
        ("employer", {"cr_number": "1234567", "name": " "}, "required"),
        ("employer", {"cr_number": "123", "name": "x"}, "bad-cr-number"),
        ("employer", {"cr_number": "01234567", "name": "x"}, "bad-cr-number"),
        ("employer", {"name": "x", "more": "y"}, "wrong-type"),
        ("employer", "x", "wrong-type"),
        ("employer", {"name": ["x"]}, "wrong-type"),
        ("employer", {"name": "x" * 1001}, "too-long"),
        ("governorate", "atlantis", "unknown-choice"),
        ("governorate", "", "required"),
        ("governorate", ["muscat"], "wrong-type"),
        ("wilayat", "sohar", "unknown-choice"),
        ("wilayat", 7, "wrong-type"),
        ("complaint_types", [], "required"),
        ("complaint_types", ["wages", "dragons"], "unknown-choice"),
        ("complaint_types", "wages", "wrong-type"),
        ("complaint_types", [["wages"]], "wrong-type"),
        ("amount_baisa", "0", "amount-zero"),
        ("amount_baisa", "0.000", "amount-zero"),
        ("amount_baisa", "-5", "bad-amount"),
        ("amount_baisa", "1.2345", "bad-amount"),
        ("amount_baisa", "1,5.5", "bad-amount"),
        ("amount_baisa", "1e3", "bad-amount"),
        ("amount_baisa", "²", "bad-amount"),
        ("amount_baisa", "9999999", "amount-too-large"),
        ("amount_baisa", 4.5, "wrong-type"),
        ("amount_baisa", True, "wrong-type"),
        ("period", {"from": "", "to": "2026-08-01"}, "required"),
        ("period", {"from": "2026-11-23"}, "date-in-future"),
        ("period", {"from": "2026-02-30"}, "bad-date"),
        ("period", {"from": "2023-02-29"}, "bad-date"),
        ("period", {"from": "01/08/2026"}, "bad-date"),
        ("period", {"from": "1969-12-31"}, "date-too-old"),
        ("period", {"from": "2026-08-02", "to": "2026-08-01"}, "ends-before-start"),
        ("period", {"from": "2026-08-02", "to": "2027-08-01"}, "date-in-future"),
        ("period", {"from": 20260801}, "wrong-type"),
        ("period", "2026-08-01", "wrong-type"),
        ("description", "\n\t ", "required"),
        ("description", "x" * 2001, "too-long"),
        ("description", "a\u0000b", "bad-character"),
        ("description", "a\ud800b", "bad-character"),
        ("description", {"a": "b"}, "wrong-type"),
        ("hearing_language", "tlh", "unknown-choice"),
        ("mobile", "", "required"),
        ("mobile", "9212345", "bad-mobile"),
        ("mobile", "921234567", "bad-mobile"),
        ("mobile", "24123456", "bad-mobile"),
        ("mobile", "+971501234567", "bad-mobile"),
        ("mobile", "call me", "bad-mobile"),
        ("mobile", 92123456, "wrong-type"),
        ("email", "salim", "bad-email"),
        ("email", "salim@", "bad-email"),
        ("email", "@example.om", "bad-email"),
        ("email", "a..b@example.om", "bad-email"),
        ("email", ".a@example.om", "bad-email"),
        ("email", "a@example", "bad-email"),
        ("email", "a b@example.om", "bad-email"),
        ("email", "سالم@example.om", "bad-email"),
        ("email", "a@b.om\nBcc: x@y.om", "bad-character"),
    ],
)
def test_refused_with_its_reason(field, raw, code):
    assert why(field, raw) == code


@pytest.mark.parametrize("field", [field.id for field in SERVICE.fields if field.required])
@pytest.mark.parametrize("nothing", [None, "", "  ", []])
def test_a_required_question_left_empty_says_so(field, nothing):
    assert why(field, nothing) == "required"


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)
DIGITS = st.text("0123456789٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹.,٫٬+- ()", max_size=16)
LIKELY = st.one_of(
    DIGITS,
    st.sampled_from(["muscat", "seeb", "wages", "ar", "a@b.om", "شركة"]),
    st.lists(st.sampled_from(["wages", "overtime", "payslips", "contract"]), max_size=4),
    st.fixed_dictionaries({"name": st.text(max_size=8)}, optional={"cr_number": DIGITS}),
    st.fixed_dictionaries({"from": st.dates().map(str)}, optional={"to": st.dates().map(str)}),
    st.text(max_size=20).map(lambda local: f"{local}@example.om"),
)


@given(field=st.sampled_from([field.id for field in SERVICE.fields]), raw=ANYTHING | LIKELY)
@settings(max_examples=600, deadline=None)
def test_whatever_comes_is_taken_or_refused_and_taken_twice_is_the_same(field, raw):
    parsed = take(field, raw)
    if isinstance(parsed, FieldProblem):
        for language in ("ar", "en"):
            assert CATALOGUE.problem_text(parsed, language, SERVICE)
        return
    assert take(field, parsed) == parsed
    # What "change" puts back into the field gives the same answer again.
    assert take(field, answer_as_input(SERVICE.field(field), parsed)) == parsed


@given(st.text(max_size=40))
def test_digits_become_western_and_everything_else_stays(text):
    western = to_western_digits(text)
    assert len(western) == len(text)
    assert to_western_digits(western) == western
    for before, after in zip(text, western, strict=True):
        assert after == before or (before.isdecimal() and int(before) == int(after))


def test_a_whole_form_must_be_in_its_stored_form():
    answers = {
        "employer": {"cr_number": None, "name": "x"},
        "governorate": "muscat",
        "wilayat": "seeb",
        "complaint_types": ["wages"],
        "amount_baisa": 450_500,
        "period": {"from": "2026-08-01", "to": None},
        "description": "x",
        "evidence": [],
        "hearing_language": "ar",
        "mobile": "92123456",
        "email": None,
    }
    assert CATALOGUE.validate("complaint", answers, today=TODAY) == []
    for field, value in (
        ("amount_baisa", "450.500"),
        ("mobile", "+96892123456"),
        ("description", " x"),
        ("complaint_types", ["wages", "wages"]),
        ("email", ""),
        ("amount_baisa", 450_500.0),
        ("amount_baisa", True),
    ):
        found = CATALOGUE.validate("complaint", {**answers, field: value}, today=TODAY)
        assert [problem.field for problem in found] == [field]
    unknown = CATALOGUE.validate("complaint", {**answers, "x": 1}, today=TODAY)
    assert [(p.field, p.code) for p in unknown] == [("x", "unknown-field")]
    del answers["email"]
    assert [p.field for p in CATALOGUE.validate("complaint", answers, today=TODAY)] == ["email"]


def test_all_of_oman_is_there():
    governorates = CATALOGUE.places.governorates
    wilayats = [wilayat for g in governorates for wilayat in g.wilayats]
    assert (len(governorates), len(wilayats)) == (11, 63)
    assert len({w.id for w in wilayats}) == len({w.ar for w in wilayats}) == 63
