"""The line of every key and element, however a document is written."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from kiosk.services.locating import line_of
from tests.kiosk.services.definitions import SOUND

TRICKY = '''# a comment with [a.table] and key = 1
title = "a # that is no comment, a ] and a }" # and one that is
text = """
key = "not a key"
[not.a.table]
with \\""" and a quote at its end""""
literal = \'\'\'
other = 1\'\'\'
'quoted.key' = 1
"a \\u0062" = 2
dotted.key . "with blanks" = 3
list = [ 1, # one
  2, "]",
  [ 3,
    4 ], ]
empty = []
inline = { a = 1, b = [ {c = 1},
  {c = 2} ], d = {} }
day = 2026-12-01T08:00:00Z
[table]
key = 1
  [ table . inner ]
  key = 2
[[many]]
key = 3
[[many.inner]]
key = 4
[[many.inner]]
key = 5
[many.inner.last]
key = 6
[[many]]
[[many.inner]]
key = 7
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("title", 2),
        ("text", 3),
        ("key", 1),
        ("literal", 7),
        ("other", 1),
        ("quoted.key", 9),
        ("a b", 10),
        ("dotted.key.with blanks", 11),
        ("dotted", 11),
        ("list[0]", 12),
        ("list[1]", 13),
        ("list[2]", 13),
        ("list[3]", 14),
        ("list[3][1]", 15),
        ("list[9]", 12),
        ("empty", 16),
        ("inline.b[0].c", 17),
        ("inline.b[1].c", 18),
        ("inline.d", 18),
        ("day", 19),
        ("table.key", 21),
        ("table.inner.key", 23),
        ("many", 24),
        ("many[0].key", 25),
        ("many[0].inner", 26),
        ("many[0].inner[0].key", 27),
        ("many[0].inner[1].key", 29),
        ("many[0].inner[1].last.key", 31),
        ("many[1].inner[0].key", 34),
        ("many[1].missing.altogether", 32),
        ("nothing", 1),
    ],
)
def test_the_line_of_a_path(path: str, line: int) -> None:
    tomllib.loads(TRICKY)
    assert line_of(TRICKY, path) == line
    assert line_of(TRICKY.replace("\n", "\r\n"), path) == line


NAMES = st.text("abc-_1", min_size=1, max_size=3)
VALUES = st.recursive(
    st.integers(0, 9) | st.booleans() | st.sampled_from(["]#", "'{", "\n[x]\ny = 1"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
BREAKS = st.sampled_from(["", " ", "\n", "\n# [c] = {\n"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_leaf_of_any_document_is_found_where_it_is_written(data: st.DataObject) -> None:
    leaves: list[tuple[str, str]] = []

    def written(value: Any, path: str) -> str:
        if isinstance(value, list):
            parts = (written(each, f"{path}[{at}]") for at, each in enumerate(value))
            gaps = [f"{data.draw(BREAKS)}{part}{data.draw(BREAKS)}" for part in parts]
            return f"[{','.join(gaps)}]"
        if isinstance(value, dict):
            pairs = [f"{key} = {written(value[key], f'{path}.{key}')}" for key in value]
            return f"{{ {', '.join(pairs)} }}"
        mark = f"{len(leaves) + 1000}"
        leaves.append((path, mark))
        return f"'''{mark}{value}'''" if "\n" in str(value) else f'"{mark}{value}"'

    lines = []
    for key, value in data.draw(st.dictionaries(NAMES, VALUES, max_size=3)).items():
        lines.append(f"{key} = {written(value, key)}")
    for at in range(data.draw(st.integers(0, 2))):
        lines.append("[[tables]]")
        for key, value in data.draw(st.dictionaries(NAMES, VALUES, max_size=2)).items():
            lines.append(f"{key} = {written(value, f'tables[{at}].{key}')}")
    text = "\n".join(lines)
    tomllib.loads(text)
    for path, mark in leaves:
        assert line_of(text, path) == text[: text.index(mark)].count("\n") + 1, (path, text)


def test_a_real_definition_is_walked_quickly() -> None:
    assert line_of(SOUND, "case.reminders[0].days") == SOUND.count("\n")
