"""``python -m ui.lint_tokens``: colours, lengths and durations are written in Theme alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

QML = Path(__file__).resolve().parent / "qml" / "Manfadh"
CHECKED = ("Controls", "Pages", "App")

_COLOUR = re.compile(r'"(#[0-9a-fA-F]{3,8})"|\b(?:color|Color)\w*:\s*"(?!transparent")(\w+)"')
_LENGTH = re.compile(
    r"\b(?:width|height|size|spacing|margins?|padding|radius|pixelSize|pointSize"
    r"|(?:left|right|top|bottom|horizontal|vertical)(?:Margin|Padding|CenterOffset)"
    r"|(?:implicit|preferred|minimum|maximum|source|column|row|border\.)\w*"
    r"|duration|interval|[xy])\s*:\s*(-?\d+(?:\.\d+)?)\s*(?:;|$|//)",
    re.IGNORECASE,
)
# Counts, proportions and order are no lengths.
_COUNTS = re.compile(r"\b(?:columns|rows|columnSpan|rowSpan|sourceComponent)\b")


def literals(path: Path) -> Iterator[tuple[int, str]]:
    """Line number and text of every literal that belongs in Theme."""
    for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        code = line.split("//")[0] if "http" not in line else line
        if colour := _COLOUR.search(code):
            yield number, colour[0]
        for length in _LENGTH.finditer(code.rstrip()):
            if float(length[1]) != 0 and not _COUNTS.search(length[0]):
                yield number, length[0].strip()


def main() -> int:
    """Print what is found; 1 when there is any."""
    found = [
        f"{path.relative_to(QML.parent.parent.parent)}:{number}: {text}"
        for folder in CHECKED
        for path in sorted((QML / folder).glob("*.qml"))
        for number, text in literals(path)
    ]
    for line in found:
        print(line)  # noqa: T201 (a command)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
