"""Where in a file a key is: officials are told the line, not the path of an object."""

from __future__ import annotations

import re
from collections import Counter

_TABLE = re.compile(r"\s*\[([\w.\-]+)\]\s*(?:#.*)?$")
_ELEMENT = re.compile(r"\s*\[\[([\w.\-]+)\]\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([\w.\-]+|\"[^\"]+\")\s*=\s*(.*)")
_INLINE = re.compile(r"\s*\{")


def line_of(text: str, path: str) -> int:
    """The line, from 1, of a path such as ``fields[3].options[0].code`` in a TOML text.

    The innermost part that begins a line is found; an inline table is one line. 1 when nothing of
    the path is there. Paths of ``msgspec`` begin with ``$``.
    """
    lines = _index(text)
    wanted = path.lstrip("$").lstrip(".")
    while wanted:
        if wanted in lines:
            return lines[wanted]
        wanted = re.sub(r"(\[[^\]]*\]|(^|\.)[^.\[]+)$", "", wanted)
    return 1


def _index(text: str) -> dict[str, int]:
    """Path → line, for everything that begins a line."""
    found: dict[str, int] = {}
    elements: Counter[str] = Counter()
    table = ""
    array: str | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if array is not None:
            if _INLINE.match(line):
                found[f"{array}[{elements[array]}]"] = number
                elements[array] += 1
            elif line.strip().startswith("]"):
                array = None
        elif match := _ELEMENT.match(line):
            name = _absolute(match[1], elements)
            table = f"{name}[{elements[name]}]"
            elements[name] += 1
            found[table] = number
        elif match := _TABLE.match(line):
            table = _absolute(match[1], elements)
            found[table] = number
        elif match := _KEY.match(line):
            key = f"{table}.{match[1]}".lstrip(".").replace('"', "")
            found[key] = number
            if match[2].strip() == "[":
                array = key
    return found


def _absolute(name: str, elements: Counter[str]) -> str:
    """``case.states`` within the last ``[[case]]``, if that is a list of tables."""
    path = ""
    *parents, last = name.split(".")
    for part in parents:
        path = f"{path}.{part}".lstrip(".")
        if elements[path]:
            path = f"{path}[{elements[path] - 1}]"
    return f"{path}.{last}".lstrip(".")
