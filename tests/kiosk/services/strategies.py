"""Random definitions, random inputs, random facts."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from kiosk.services import load_catalogue
from kiosk.services.conditions import Condition
from kiosk.services.consistency import faults_of
from kiosk.services.definition import (
    FactDefinition,
    FieldDefinition,
    Option,
    PageDefinition,
    ServiceDefinition,
)
from kiosk.services.facts import Fact, Row
from kiosk.services.fields import kind_names
from kiosk.services.texts import Text
from tests.kiosk.services.definitions import NOW, SOUND, read

WORD = Text(ar="كلمة", en="Word")
BASE = read(SOUND).definition
PLACES = load_catalogue().places
CODES = ("a", "b", "c")
ROW_IDS = ("r1", "r2", "r3")
LIST = FactDefinition(id="things", source="things")
GOVERNORATES = [each.id for each in PLACES.governorates]
WILAYATS = [each.id for governorate in PLACES.governorates for each in governorate.wilayats]

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)
_DAYS = st.dates(date(2019, 1, 1), date(2028, 1, 1)).map(str)
_DIGITS = st.text("0123456789٠١٢٣٤٥٦٧٨٩., ٫٬+-", max_size=14)
_NUMBERS = st.integers(-2, 40) | st.integers(0, 40).map(str) | _DIGITS
_WORDS = st.text(max_size=30) | st.sampled_from(["شركة البحر", "a word", "two\nlines", "\u200f"])
_CHOSEN = st.lists(st.sampled_from([*CODES, "x"]), max_size=4)
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "choice": st.sampled_from([*CODES, "x"]),
    "choices": _CHOSEN,
    "yes-no": st.booleans() | st.sampled_from(["yes", "no"]),
    "consent": st.booleans() | st.sampled_from(["yes", "no"]),
    "line": _WORDS,
    "text": _WORDS,
    "mobile": st.sampled_from(["92123456", "+968 9212 3456", "٩٢١٢٣٤٥٦", "24123456"]) | _DIGITS,
    "email": st.emails() | st.sampled_from(["a@b.om", "salma@mail.xn--mgb9awbf"]),
    "civil-number": st.integers(0, 10**10).map(str) | _DIGITS,
    "cr-number": st.integers(0, 10**13).map(str) | _DIGITS,
    "iban": st.sampled_from(["OM810180000001299123456", "om81 0180 0000 0129 9123 456"]) | _DIGITS,
    "date": _DAYS | st.just("٢٠٢٦-٨-١"),
    "period": st.fixed_dictionaries({"from": _DAYS}, optional={"to": _DAYS | st.just("")}),
    "count": _NUMBERS,
    "months": _NUMBERS,
    "document": _NUMBERS,
    "money": st.integers(0, 10**13) | _DIGITS | st.sampled_from(["1,500.250", "1500.", ".5"]),
    "place": st.sampled_from([*GOVERNORATES, *WILAYATS[:5]]),
    "establishment": st.fixed_dictionaries(
        {"name": _WORDS}, optional={"cr_number": st.none() | _DIGITS | st.just("1234567")}
    ),
    "list-one": st.sampled_from([*ROW_IDS, "gone"]),
    "list-many": st.lists(st.sampled_from([*ROW_IDS, "gone"]), max_size=4),
}
"""By kind, inputs that are often answers. A kind that is not here gets anything at all."""


def inputs(kind: str) -> st.SearchStrategy[Any]:
    """What may be typed, chosen or sent for a question of a kind."""
    likely = LIKELY.get(kind, ANYTHING)
    return st.one_of(likely, likely, likely, st.none(), ANYTHING)


def field(field_id: str, kind: str, **more: Any) -> FieldDefinition:
    """A question of any kind, with what the kind cannot do without."""
    needed: dict[str, Any] = {
        "choice": {"options": tuple(Option(code=code, text=WORD) for code in CODES)},
        "choices": {"options": tuple(Option(code=code, text=WORD) for code in CODES)},
        "place": {"level": "governorate"},
        "list-one": {"options_from": LIST.id},
        "list-many": {"options_from": LIST.id},
    }.get(kind, {})
    return FieldDefinition(
        id=field_id, kind=kind, question=WORD, help=WORD, label=WORD, **{**needed, **more}
    )


def service(
    fields: list[FieldDefinition], pages: tuple[PageDefinition, ...] = ()
) -> ServiceDefinition:
    """A service with these questions and nothing else of interest."""
    things = {name: getattr(BASE, name) for name in BASE.__struct_fields__}
    things |= {"fields": tuple(fields), "pages": pages, "facts": (LIST,), "who": (), "case": None}
    return ServiceDefinition(**things)


_FACT_VALUES = st.fixed_dictionaries(
    {}, optional={"kind": st.sampled_from(["citizen", "resident"]), "mobile": st.just("92123456"),
                  "count": st.integers(0, 2)}
)  # fmt: skip


@st.composite
def facts(draw: st.DrawFn) -> dict[str, Fact]:
    """What the registries know, sometimes nothing."""
    found = {"person": Fact(id="person", as_of=NOW, values=draw(_FACT_VALUES))}
    if draw(st.booleans()):
        blocked = draw(st.sampled_from([None, WORD]))
        rows = [Row(id=each, title=WORD, blocked=blocked if each == "r2" else None)
                for each in ROW_IDS]  # fmt: skip
        values = draw(_FACT_VALUES)
        found[LIST.id] = Fact(id=LIST.id, as_of=NOW, values=values, rows=tuple(rows))
    return found


@st.composite
def conditions(draw: st.DrawFn, earlier: list[FieldDefinition], depth: int = 2) -> Condition:
    """A condition on earlier questions and facts."""
    shapes = ["fact"] + ["field"] * bool(earlier) + ["all", "any", "not"] * (depth > 0)
    shape = draw(st.sampled_from(shapes))
    if shape == "not":
        return Condition(not_=draw(conditions(earlier, depth - 1)))
    if shape in ("all", "any"):
        parts = tuple(draw(st.lists(conditions(earlier, depth - 1), min_size=1, max_size=3)))
        return Condition(all_=parts) if shape == "all" else Condition(any_=parts)
    if shape == "fact":
        path = draw(st.sampled_from(["person.kind", "person.count", "things.count", "things"]))
        values = ("citizen",) if path.endswith("kind") else (1, 2)
        return Condition(fact=path, is_=values) if draw(st.booleans()) else Condition(fact=path)
    asked = draw(st.sampled_from(earlier))
    known: dict[str, tuple[Any, ...]] = {
        "choice": CODES, "choices": CODES, "yes-no": (True, False), "consent": (True, False),
        "count": (1, 2, 3), "list-one": ROW_IDS, "list-many": ROW_IDS, "line": ("a word",),
    }  # fmt: skip
    if asked.kind not in known or draw(st.booleans()):
        return Condition(field_id=asked.id)
    values = tuple(draw(st.lists(st.sampled_from(known[asked.kind]), min_size=1, max_size=2)))
    return Condition(field_id=asked.id, is_=values)


@st.composite
def any_services(draw: st.DrawFn) -> ServiceDefinition:
    """A service with random questions and conditions; some of them may never be asked."""
    fields: list[FieldDefinition] = []
    pages: list[PageDefinition] = []
    for index in range(draw(st.integers(1, 8))):
        kind = draw(st.sampled_from(sorted(kind_names())))
        more: dict[str, Any] = {"required": draw(st.booleans())}
        if kind == "mobile" and draw(st.booleans()):
            more |= {"prefill": "person.mobile", "assumed": draw(st.booleans())}
        shares = fields and draw(st.integers(0, 3)) == 0
        apart = [
            each for each in fields if not (shares and each.page and each.page == fields[-1].page)
        ]
        if draw(st.booleans()):
            more["when"] = draw(conditions(apart))
        if shares and fields[-1].page and [f.page for f in fields].count(fields[-1].page) < 4:
            more["page"] = fields[-1].page
        elif shares:
            confirm = {"confirm": WORD} if draw(st.booleans()) else {}
            pages.append(PageDefinition(id=f"p{index}", question=WORD, help=WORD, **confirm))
            more["page"] = pages[-1].id
        fields.append(field(f"q{index}", kind, **more))
    return service(fields, tuple(pages))


def sound(definition: ServiceDefinition) -> bool:
    """Whether it is one that the catalogue would take, but for its case."""
    return all(fault.path == "case" for fault in faults_of(definition, None))


SERVICES = any_services().filter(sound)
