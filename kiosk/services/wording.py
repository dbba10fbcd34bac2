"""How values read: the same words on the check page, the receipt and in the central API."""

from __future__ import annotations

from datetime import date

from kiosk.services.languages import Language

# First-strong isolates keep a value in one piece between words of the other direction
# (Unicode Standard Annex #9, clause 2.4).
_ISOLATE = "\u2068{}\u2069"


def isolate(value: str) -> str:
    """The value between FSI and PDI, so that it never reorders the sentence around it."""
    return _ISOLATE.format(value)


def mask_civil_number(civil_number: str) -> str:
    """All but the last three digits hidden: enough to recognise one's own, useless to others."""
    return "•" * max(0, len(civil_number) - 3) + civil_number[-3:]


def format_day(day: date) -> str:
    """Day, month, year in digits, as they are typed; what is read is ``formats``'."""
    return day.strftime("%d/%m/%Y")


def count_of_months(months: int, language: Language) -> str:
    """``12 months``, with Arabic's own forms for one, two, few and many (CLDR plural rules)."""
    return _counted(months, language, ("شهر واحد", "شهران", "أشهر", "شهرًا", "شهر"), "month")


def count_of_sheets(sheets: int, language: Language) -> str:
    """``3 papers``."""
    return _counted(sheets, language, ("ورقة واحدة", "ورقتان", "أوراق", "ورقة", "ورقة"), "paper")


def _counted(
    number: int, language: Language, arabic: tuple[str, str, str, str, str], english: str
) -> str:
    if language == "en":
        return f"{number:,} {english}" if number == 1 else f"{number:,} {english}s"
    one, two, few, many, other = arabic
    if number in (1, 2):
        return one if number == 1 else two
    last = number % 100
    word = few if 3 <= last <= 10 else many if last >= 11 else other
    return f"{isolate(f'{number:,}')} {word}"
