"""Every kind of fault in a definition is refused with its file, line, key and reason."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec
import pytest

from tests.kiosk.services.definitions import SOUND, changed, faults, read


class Broken(msgspec.Struct, frozen=True):
    """One row of ``faults.toml``."""

    what: str
    old: str
    new: str
    key: str
    reason: str
    at: str = ""


TABLE = msgspec.convert(
    tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))["broken"],
    list[Broken],
)


def test_the_sound_definition_is_sound() -> None:
    assert read(SOUND).definition.id == "library-card"


@pytest.mark.parametrize("broken", TABLE, ids=lambda broken: broken.what)
def test_a_fault_is_named_by_file_line_key_and_reason(broken: Broken) -> None:
    text = changed(broken.old, broken.new)
    at = broken.at or broken.new
    line = text[: text.index(at)].count("\n") + 1
    found = faults(text)
    [fault] = [each for each in found if each.key == broken.key and broken.reason in each.reason]
    assert fault.line == line, text.split("\n")[fault.line - 1]
    assert str(fault) == f"library-card.toml:{line}: {broken.key}: {fault.reason}"


def test_all_faults_of_a_file_are_said_at_once() -> None:
    text = SOUND
    for old, new in (
        ("duration_minutes = 2", "minutes = 2"),
        ('en = "Library card"', 'en = " "'),
        ('kind = "line"', 'kind = "poem"'),
        ("maximum = 9", 'maximum = "nine"'),
        ('to = "given"', 'to = "handed"'),
        ("before {decision}.", "before {end}."),
        ('category = "requests"', 'category = "attic"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    found = faults(text)
    assert [fault.key for fault in found] == [
        "duration_minutes",
        "category",
        "title",
        "minutes",
        "next_steps[0].text.en",
        "fields[1].kind",
        "fields[3].maximum",
        "case.states[1]",
        "case.moves[0]",
    ]
    assert [fault.line for fault in found] == sorted(fault.line for fault in found)


def test_conditions_that_hang_in_a_circle_are_refused() -> None:
    text = changed('{ field = "purpose", is = ["study"] }', '{ field = "books" }').replace(
        '{ field = "student", is = [true] }', '{ field = "school" }'
    )
    [fault] = faults(text)
    assert fault.key == "fields[1].when" and "books comes later" in fault.reason


def test_a_question_below_one_that_is_never_asked_is_never_asked_either() -> None:
    never = 'all = [{ field = "purpose", is = ["study"] }, { field = "purpose", is = ["leisure"] }]'
    text = changed('{ field = "purpose", is = ["study"] }', f"{{ {never} }}")
    text = text.replace('{ field = "student", is = [true] }', '{ field = "school" }')
    assert [fault.key for fault in faults(text)] == ["fields[1].when", "fields[3].when"]


def test_many_independent_conditions_are_followed() -> None:
    question = """
[[fields]]
id = "q{n}"
kind = "yes-no"
question = {{ ar = "؟", en = "?" }}
help = {{ ar = "ا", en = "a" }}
label = {{ ar = "ا", en = "a" }}

[[fields]]
id = "detail{n}"
kind = "line"
when = {{ field = "q{n}", is = [true] }}
question = {{ ar = "؟", en = "?" }}
help = {{ ar = "ا", en = "a" }}
label = {{ ar = "ا", en = "a" }}
"""
    many = "".join(question.format(n=n) for n in range(40))
    assert faults(changed("[case]\n", f"{many}\n[case]\n")) == ()


BYTES = SOUND.encode().replace("الدراسة".encode(), b"\xff\xfe")


@pytest.mark.parametrize(
    ("content", "at", "key", "reason"),
    [
        (BYTES, b"\xff\xfe", "", "no UTF-8"),
        (SOUND.encode("utf-16"), b"", "", "no UTF-8"),
        (changed('icon = "file-text"', "icon = file").encode(), b"icon =", "icon", "Invalid value"),
        (changed("[case]", "icon = 1\nicon = 2\n[case]").encode(), b"icon = 2", "icon", "twice"),
        (changed("[authority]", "[offline]").encode(), b"[offline]\nname", "offline", "twice"),
        (f"{SOUND}\nid = [".encode(), b"id = [", "id", "Invalid value"),
        (b"x" * ((1 << 20) + 1), b"", "", "larger than 1,048,576 bytes"),
        (b"a = " + b"[" * 100_000, b"", "", "too deep"),
        (b"a = " + b"{a=" * 5_000 + b"1" + b"}" * 5_000, b"", "", "too deep"),
        (b"", b"", "id", "missing"),
    ],
    ids=["bytes", "utf-16", "no value", "key twice", "table twice", "unfinished", "too large",
         "lists too deep", "tables too deep", "empty"],
)  # fmt: skip
def test_what_is_no_definition_at_all_is_named_with_its_line(content, at, key, reason) -> None:
    [first, *_] = [each for each in faults(content) if each.key == key]
    assert first.file == "library-card.toml"
    assert reason in first.reason
    assert first.line == content[: content.index(at)].count(b"\n") + 1


def test_conditions_of_any_depth_are_refused_and_never_crash() -> None:
    for depth in (13, 200, 450, 2_000):
        text = changed(
            'when = { field = "purpose", is = ["study"] }',
            "when." + "not." * depth + 'field = "purpose"',
        )
        [fault] = faults(text)
        assert "deep" in fault.reason


def test_a_byte_order_mark_and_windows_line_ends_are_taken() -> None:
    content = b"\xef\xbb\xbf" + SOUND.replace("\n", "\r\n").encode()
    published = read(content)
    assert published.content == content, "the digest is of the file as it is"
    broken = content.replace(b'kind = "line"', b'kind = "poem"')
    [fault] = faults(broken)
    assert fault.line == broken[: broken.index(b'kind = "poem"')].count(b"\n") + 1


def test_a_service_costs_something_or_says_that_it_is_free() -> None:
    start = SOUND.index("[[fees]]")
    end = SOUND.index("[[next_steps]]")
    text = SOUND[:start] + SOUND[end:]
    [fault] = faults(text.replace("duration_minutes = 2", "duration_minutes = 2\nfees = []", 1))
    assert (fault.key, fault.reason[:26]) == ("fees", "a service has at least one")
