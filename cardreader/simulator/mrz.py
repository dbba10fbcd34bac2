"""The machine-readable zone of an ID-1 card, three lines of 30 (ICAO Doc 9303-5, section 4.2)."""

from __future__ import annotations

import itertools
from datetime import date

from cardreader.simulator.personas import Persona

_WEIGHTS = (7, 3, 1)
_LINE = 30


def check_digit(text: str) -> str:
    """The check digit over digits, letters and fillers (Doc 9303-3, 4.9): weights 7 3 1, mod 10."""
    values = (int(character, 36) if character != "<" else 0 for character in text)
    weighted = zip(values, itertools.cycle(_WEIGHTS), strict=False)
    return str(sum(value * weight for value, weight in weighted) % 10)


def td1(holder: Persona) -> str:
    """The 90 characters of the card's zone; the civil number is the optional data of line one."""
    number = holder.document_number.ljust(9, "<")
    code = "ID" if holder.kind == "citizen" else "IR"
    upper = f"{code}OMN{number}{check_digit(number)}{holder.civil_number:<<15}"
    born, expires = _six(holder.born), _six(holder.expires)
    middle = (
        f"{born}{check_digit(born)}{holder.sex}{expires}{check_digit(expires)}"
        f"{holder.nationality}{'':<<11}"
    )
    composite = upper[5:30] + middle[0:7] + middle[8:15] + middle[18:29]
    return upper + middle + check_digit(composite) + _name(holder)


def _name(holder: Persona) -> str:
    surname = holder.surname_en.upper().replace(" ", "<").replace("-", "<")
    given = holder.given_en.upper().replace(" ", "<").replace("-", "<")
    return f"{surname}<<{given}"[:_LINE].ljust(_LINE, "<")


def _six(day: date) -> str:
    return day.strftime("%y%m%d")
