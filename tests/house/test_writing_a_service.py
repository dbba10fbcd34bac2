"""The official's page: its example is sound, and it leaves no key, kind, source or word out."""

from __future__ import annotations

import re

import pytest
from msgspec.structs import fields

from backend_stub.services.registry import REGISTRY
from kiosk.services import case_definition as case, definition, load_catalogue
from kiosk.services.case_consistency import FILLED
from kiosk.services.fields import kind_names
from kiosk.services.outline import outline
from tests.e2e.commands import kiosk
from tests.house import ROOT
from tests.kiosk.services.definitions import read

PAGE = (ROOT / "docs" / "writing-a-service.md").read_text("utf-8")
[EXAMPLE] = re.findall(r"^```toml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
WORDS = set(re.findall(r"[a-z][a-z0-9_-]*", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
SHAPES = [
    definition.ServiceDefinition, definition.Requirement, definition.Offline, definition.Authority,
    definition.Deadline, definition.Fee, definition.NextStep, definition.FactDefinition,
    definition.PageDefinition, definition.FieldDefinition, definition.Option,
    case.CaseDefinition, case.OfficeRule, case.SlotRule, case.State, case.Move, case.AskedField,
    case.AskedOption, case.Notice, case.Email, case.Reminder,
]  # fmt: skip
ENUMERATIONS = [
    definition.OfflinePolicy, definition.PaymentTime, definition.Role, case.Actor, case.Slot,
]  # fmt: skip


def test_the_example_passes_the_check_that_the_page_names(tmp_path) -> None:
    file = tmp_path / "my-service.toml"
    file.write_text(EXAMPLE, "utf-8")
    done = kiosk("catalogue", "check", file)
    assert done.output == "safety-course, version 2026-12-01: sound\n"
    assert kiosk("catalogue", "show", "--file", file, "--language", "ar").code == 0


def test_the_example_can_be_read_aloud_and_has_no_own_number() -> None:
    service = read(EXAMPLE).definition
    assert len(outline(service, "ar")) == len(outline(service, "en")) > 60
    assert service.case is not None
    prefixes = {each.case.prefix for each in load_catalogue().services if each.case is not None}
    assert service.case.prefix not in prefixes


def test_the_example_asks_for_what_the_centre_has() -> None:
    for fact in read(EXAMPLE).definition.facts:
        assert REGISTRY.fact(fact.source) is not None


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_key_is_explained(shape) -> None:
    unexplained = {each.encode_name for each in fields(shape)} - WORDS
    # Parts are explained below their heading.
    assert unexplained <= {"next_steps", "deadlines", "fees", "facts", "pages", "case", "who",
                           "offline", "authority", "states", "moves", "reminders"}  # fmt: skip
    assert all(f"[{name}]" in PAGE or f"[[{name}]]" in PAGE or f"[[case.{name}]]" in PAGE
               for name in unexplained)  # fmt: skip


def test_every_word_that_a_definition_may_use_is_there() -> None:
    for enumeration in ENUMERATIONS:
        assert {each.value for each in enumeration} - {"holder"} <= WORDS | {"holder"}
    assert kind_names() <= WORDS
    assert set(REGISTRY.facts) <= WORDS
    assert {shelf.id for shelf in load_catalogue().shelves} <= WORDS
    for name in FILLED:
        assert f"{{{name}}}" in PAGE


def test_the_page_explains_no_key_that_does_not_exist() -> None:
    known = {each.encode_name for shape in SHAPES for each in fields(shape)}
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", PAGE, re.MULTILINE)
    explained = {name for row in rows for name in re.findall(r"`([a-z_]+)`", row)}
    sources = set(REGISTRY.facts) | kind_names()
    assert explained - sources - known == set()
