"""The languages of the terminal, one row each; every text of the catalogue has one for each row."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Language = Literal["ar", "en"]
"""A language by its ISO 639-1 code."""


@dataclass(frozen=True, slots=True)
class LanguageRow:
    """One language: how it names itself and how it runs."""

    code: Language
    own_name: str
    right_to_left: bool
    list_separator: str


LANGUAGE_TABLE: Final[tuple[LanguageRow, ...]] = (
    LanguageRow("ar", "العربية", right_to_left=True, list_separator="، "),
    LanguageRow("en", "English", right_to_left=False, list_separator=", "),
)
LANGUAGES: Final[tuple[Language, ...]] = tuple(row.code for row in LANGUAGE_TABLE)


def language_row(language: Language) -> LanguageRow:
    """The row of one language; ``KeyError`` when the terminal does not speak it."""
    for row in LANGUAGE_TABLE:
        if row.code == language:
            return row
    raise KeyError(language)
