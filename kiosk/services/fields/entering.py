"""What the kinds that are typed have in common."""

from __future__ import annotations

import unicodedata

from kiosk.services import readable
from kiosk.services.fields.kind import Answer, Invalid

NAME_MAX = 1000
"""Longest name. What a registry says is never refused by a limit of ours."""


def to_western_digits(text: str) -> str:
    """Arabic-Indic and other decimal digits become ASCII digits; all else stays."""
    return "".join(
        str(unicodedata.decimal(c)) if unicodedata.decimal(c, None) is not None else c for c in text
    )


def text_of(raw: Answer, maximum: int, *, lines: bool = False) -> str:
    """A text that may be signed, in Unicode's composed form. Raises :class:`Invalid`."""
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    text = unicodedata.normalize("NFC", raw.strip())
    if len(text) > maximum:
        raise Invalid("too-long", maximum=str(maximum))
    if readable.first_refused(text, lines=lines) is not None:
        raise Invalid("bad-character")
    if not readable.has_something_to_read(text):
        raise Invalid("nothing-to-read")
    return text


def digits_of(raw: Answer) -> str:
    """A number typed in any script, without the spaces and dashes that people put between."""
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    return to_western_digits(raw.strip()).translate({ord(" "): None, ord("-"): None})
