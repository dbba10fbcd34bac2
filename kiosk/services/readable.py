"""Text that a signature may cover: what is stored is what a person sees, in both directions.

Refused are control characters, lone surrogates, noncharacters and tag characters, characters that
override or embed a direction (Unicode Standard Annex #9: text could show another amount or name
than it holds), unassigned and private characters, and text in which nothing can be read. Joiners
(U+200C, U+200D) and the plain marks of direction (U+200E, U+200F, U+061C) stay: Arabic, Persian
and Indic scripts need them.
"""

from __future__ import annotations

import unicodedata
from typing import Final

_ALLOWED_FORMAT: Final = frozenset("\u200c\u200d\u200e\u200f\u061c")
_LINE_END: Final = "\n"
# U+00AD and the invisible operators draw nothing or what nobody expects.
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cs", "Cn", "Co", "Cf", "Zl", "Zp"})
# Letters and symbols by category that leave no mark on paper (Unicode 15: Default_Ignorable).
_BLANK: Final = frozenset(
    "\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f"
)


def is_allowed(character: str, *, lines: bool = True) -> bool:
    """Whether a character may stand in a signed text; ``lines``: the end of a line may."""
    if character == _LINE_END:
        return lines
    if character in _ALLOWED_FORMAT:
        return True
    code = ord(character)
    if code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF or 0xE0000 <= code <= 0xE0FFF:
        return False
    return unicodedata.category(character) not in _REFUSED_CATEGORIES


def first_refused(text: str, *, lines: bool = True) -> str | None:
    """The first character that may not stand in a signed text, if there is one."""
    return next((each for each in text if not is_allowed(each, lines=lines)), None)


def has_something_to_read(text: str) -> bool:
    """Whether anything in the text leaves a mark: a letter, a digit, a sign."""
    return any(unicodedata.category(each)[0] in "LNSP" and each not in _BLANK for each in text)


def safe_for_display(text: str) -> str:
    """The text with U+FFFD in place of everything that may not be in it: for what is not ours."""
    return "".join(each if is_allowed(each) else "\ufffd" for each in text)
