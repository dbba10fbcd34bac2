"""Folding names for search: what people type and what is registered meet in one spelling."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# After NFKD the carriers of hamza and madda are bare letters; these remain to be made equal.
_LETTERS: Final = str.maketrans(
    {
        "ة": "ه",
        "ى": "ي",
        "ٱ": "ا",
        "ی": "ي",  # Farsi yeh, from foreign keyboards
        "ک": "ك",
        "ء": None,
        "ـ": None,  # tatweel only stretches
    }
)
_SEPARATORS: Final = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """One spelling for all: letters without marks, hamza, case and tatweel; digits as ASCII.

    Words are separated by one space. Source of the equivalences: how Arabic names are in fact
    typed (alef with and without hamza, teh marbuta as heh, alef maqsura as yeh).
    """
    decomposed = unicodedata.normalize("NFKD", text)
    letters = "".join(
        str(unicodedata.decimal(c)) if c.isdecimal() else c
        for c in decomposed
        if not unicodedata.combining(c) and unicodedata.category(c) != "Cf"
    )
    return _SEPARATORS.sub(" ", letters.casefold().translate(_LETTERS)).strip()
