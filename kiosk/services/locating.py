"""Where in a file a key is: officials are told the line, not the path of an object.

``tomllib`` says what a document means and forgets where it was written, so the lines are found by
walking over the same text once more. The text has been parsed: only valid TOML 1.0 comes here.
"""

from __future__ import annotations

import bisect
import re
import tomllib
from collections import Counter
from typing import Final

_BLANK: Final = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*+")
_SPACE: Final = re.compile(r"[ \t]*")
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_STRING: Final = re.compile(
    r'"""(?:\\.|[^\\])*?"""(?:"{0,2})'
    r"|'''.*?'''(?:'{0,2})"
    r'|"(?:\\.|[^"\\])*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR: Final = re.compile(r"[^,\]}#\n]+")


def line_of(text: str, path: str) -> int:
    """The line, from 1, of a path such as ``fields[3].options[0].code`` in a TOML text.

    Where the path is not in the text, for example because the key is missing, the line of the
    innermost part that is; 1 when there is nothing of it.
    """
    lines = _Walk(text).lines
    while path:
        if path in lines:
            return lines[path]
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return 1


class _Walk:
    """One walk over a document: the line of every table, key and element."""

    def __init__(self, text: str) -> None:
        # As tomllib reads it: a line ends with \n or \r\n.
        self._text = text.replace("\r\n", "\n")
        self._at = 0
        self._ends = [match.start() for match in re.finditer("\n", self._text)]
        self._elements: Counter[str] = Counter()
        self.lines: dict[str, int] = {}
        table = ""
        while self._skip(_BLANK) < len(self._text):
            if self._text.startswith("[", self._at):
                table = self._header()
            else:
                self._pair(table)

    def _header(self) -> str:
        """``[case.office]`` or ``[[case.states]]``: the path of the table that it begins."""
        start = self._at
        many = self._text.startswith("[[", start)
        self._at += 2 if many else 1
        *parents, last = self._key()
        self._at += 2 if many else 1
        path = ""
        for part in parents:
            path = self._within_last_element(_joined(path, part))
        path = _joined(path, last)
        if many:
            self._note(path, start)
            self._elements[path] += 1
            path = self._within_last_element(path)
        self._note(path, start)
        return path

    def _within_last_element(self, path: str) -> str:
        """``states`` is ``states[1]`` below the second ``[[states]]``."""
        count = self._elements[path]
        return f"{path}[{count - 1}]" if count else path

    def _pair(self, table: str) -> None:
        start, path = self._at, table
        for part in self._key():
            path = _joined(path, part)
            self._note(path, start)
        self._at += 1  # the equals sign
        self._skip(_SPACE)
        self._value(path)

    def _value(self, path: str) -> None:
        opening = self._text[self._at]
        if opening == "[":
            self._at += 1
            index = 0
            while not self._closed("]"):
                element = f"{path}[{index}]"
                self._note(element, self._at)
                self._value(element)
                index += 1
        elif opening == "{":
            self._at += 1
            while not self._closed("}"):
                self._pair(path)
        else:
            self._skip(_STRING if opening in "\"'" else _SCALAR)

    def _closed(self, bracket: str) -> bool:
        """Past the blanks and a comma: whether the array or table ends here."""
        self._skip(_BLANK)
        if self._text.startswith(",", self._at):
            self._at += 1
            self._skip(_BLANK)
        if not self._text.startswith(bracket, self._at):
            return False
        self._at += 1
        return True

    def _key(self) -> list[str]:
        """The parts of a dotted key; what stands after it is next."""
        parts = []
        while True:
            self._skip(_SPACE)
            begin = self._at
            quoted = self._text[begin] in "\"'"
            self._skip(_STRING if quoted else _BARE_KEY)
            part = self._text[begin : self._at]
            parts.append(str(tomllib.loads(f"key = {part}")["key"]) if quoted else part)
            self._skip(_SPACE)
            if not self._text.startswith(".", self._at):
                return parts
            self._at += 1

    def _skip(self, pattern: re.Pattern[str]) -> int:
        match = pattern.match(self._text, self._at)
        if match is not None:
            self._at = match.end()
        return self._at

    def _note(self, path: str, at: int) -> None:
        self.lines.setdefault(path, bisect.bisect_left(self._ends, at) + 1)


def _joined(path: str, part: str) -> str:
    return f"{path}.{part}" if path else part
