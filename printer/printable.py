"""Any text → a text that our fonts can draw: one odd character never costs a receipt.

Values come from registries, offices and other programs. Line ends become line breaks, invisible
characters go, and what no font has is replaced by U+FFFD, once for each character as a person
counts them. Direction overrides are dropped, so that an amount or a name on paper reads as stored;
isolates (Unicode Standard Annex #9, clause 2.4) are kept in pairs only.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from typing import Final

from printer import fonts
from printer.receipt import Badge, Bilingual, Receipt, Row

SUBSTITUTE: Final = "\ufffd"
_LINE_BREAK: Final = "\u2028"
_LINE_ENDS: Final = re.compile("\r\n|[\n\v\f\r\x1c-\x1e\x85\u2029]")
_SPACES: Final = re.compile("[\t\x1f]")
_KEPT_FORMAT: Final = frozenset("\u00ad\u200b\u200c\u200d\u200e\u200f\u061c\u2060")
_OPENS: Final = frozenset("\u2066\u2067\u2068")
_CLOSES: Final = "\u2069"
_JOINER: Final = "\u200d"
# Variation selectors and fillers: letters and marks by category that are never seen.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def printable(text: str) -> tuple[str, str]:
    """Return the text as it can be drawn, and the characters that were replaced in it."""
    text = _SPACES.sub(" ", _LINE_ENDS.sub(_LINE_BREAK, text))
    missing = fonts.missing(text)
    out: list[str] = []
    replaced: list[str] = []
    before = ""
    depth = 0
    for character in _INVISIBLE.sub("", text):
        category = unicodedata.category(character)
        if character in missing or category in ("Cc", "Cs", "Cn", "Co"):
            # A mark, a modifier or what a joiner glues on belongs to the character before it.
            glued = category[0] == "M" or category == "Sk" or before == _JOINER
            if not (glued and out[-1:] == [SUBSTITUTE]):
                out.append(SUBSTITUTE)
            replaced.append(character)
        elif character in _OPENS:
            depth += 1
            out.append(character)
        elif character == _CLOSES:
            if depth:
                depth -= 1
                out.append(character)
        elif character == _JOINER and out[-1:] == [SUBSTITUTE]:
            pass  # there is nothing left to join
        elif category != "Cf" or character in _KEPT_FORMAT:
            out.append(character)
        before = character
    return "".join(out) + _CLOSES * depth, "".join(replaced)


def printable_receipt(receipt: Receipt) -> tuple[Receipt, str]:
    """Return the receipt as it can be drawn, and the characters that were replaced in it."""
    replaced: list[str] = []

    def one(text: str) -> str:
        clean, gone = printable(text)
        replaced.append(gone)
        return clean

    def both(words: Bilingual) -> Bilingual:
        return Bilingual(one(words.ar), one(words.en))

    def row(content: Row) -> Row:
        english = None if content.value_en is None else one(content.value_en)
        return replace(
            content, label=both(content.label), value_ar=one(content.value_ar), value_en=english
        )

    badge = receipt.badge
    clean = replace(
        receipt,
        title=both(receipt.title),
        authority=both(receipt.authority),
        badge=None if badge is None else Badge(both(badge.text), badge.kind),
        rows=tuple(map(row, receipt.rows)),
        framed=tuple(map(row, receipt.framed)),
        fine_print=tuple(map(row, receipt.fine_print)),
        next_steps=tuple(map(both, receipt.next_steps)),
        next_steps_title=both(receipt.next_steps_title),
        qr_caption=both(receipt.qr_caption),
    )
    return clean, "".join(replaced)
