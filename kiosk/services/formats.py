"""How days, times, money and telephone numbers read: one form for screen, paper, message and web.

The words are data (``data/formats.toml``), one table for each language. Values that stand beside
text of the other direction are the caller's to isolate, except for money and telephone numbers,
whose digits would change places within the value itself.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cache
from importlib import resources

import msgspec

from kiosk.services.languages import LANGUAGES, Language
from kiosk.services.oman_time import MUSCAT
from kiosk.services.wording import isolate


@dataclass(frozen=True, slots=True)
class _Words:
    """One language's table in ``formats.toml``."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    hijri_months: tuple[str, ...]
    day: str
    weekday_and_day: str
    hijri_day: str
    day_and_time: str
    time: str
    morning: str
    noon: str
    evening: str
    since: str
    from_to: str
    money: str
    free: str


@cache
def _tables() -> Mapping[str, _Words]:
    """Raises ``ValueError`` for a table that is not whole: the build's mistake, not a citizen's."""
    text = resources.files("kiosk.services").joinpath("data/formats.toml").read_text("utf-8")
    tables = tomllib.loads(text)
    names = {field.name for field in fields(_Words)}
    for language in LANGUAGES:
        table = tables.get(language, {})
        if set(table) != names:
            raise ValueError(f"formats.toml, {language}: {sorted(set(table) ^ names)}")
        for name, count in (("weekdays", 7), ("months", 12), ("hijri_months", 12)):
            if len(table[name]) != count:
                raise ValueError(f"formats.toml, {language}: {name} are {count}")
    return {language: msgspec.convert(tables[language], _Words) for language in LANGUAGES}


def day(moment: date | datetime, language: Language) -> str:
    """``6 December 2026``; a moment's day in Oman."""
    words = _tables()[language]
    on = _in_oman(moment)
    return words.day.format(day=on.day, month=words.months[on.month - 1], year=on.year)


def weekday_and_day(moment: date | datetime, language: Language) -> str:
    """``Sunday 6 December 2026``: for a day on which somebody has to be somewhere."""
    words = _tables()[language]
    weekday = words.weekdays[_in_oman(moment).weekday()]
    return words.weekday_and_day.format(weekday=weekday, date=day(moment, language))


def time_of_day(moment: datetime, language: Language) -> str:
    """``8:00 am``, in Oman's time."""
    words = _tables()[language]
    local = moment.astimezone(MUSCAT)
    half = words.morning if local.hour < 12 else words.noon if local.hour == 12 else words.evening
    clock = f"{local.hour % 12 or 12}:{local.minute:02d}"
    return words.time.format(clock=clock, half=half)


def appointment(moment: datetime, language: Language) -> str:
    """``Sunday 6 December 2026, 8:00 am``."""
    return _tables()[language].day_and_time.format(
        date=weekday_and_day(moment, language), time=time_of_day(moment, language)
    )


def day_and_time(moment: datetime, language: Language) -> str:
    """``6 December 2026, 8:00 am``: when something happened."""
    return _tables()[language].day_and_time.format(
        date=day(moment, language), time=time_of_day(moment, language)
    )


def hijri_day(moment: date | datetime, language: Language) -> str:
    """``26 Jumada II 1448 AH``; empty for a day outside of the Umm al-Qura calendar's tables."""
    # Late: its tables are needed for receipts only.
    from hijridate import Gregorian

    words = _tables()[language]
    on = _in_oman(moment)
    try:
        hijri = Gregorian(on.year, on.month, on.day).to_hijri()
    except (ValueError, OverflowError):
        return ""
    month = words.hijri_months[hijri.month - 1]
    return words.hijri_day.format(day=hijri.day, month=month, year=hijri.year)


def period(first: date, last: date | None, language: Language) -> str:
    """``since 7 August 2026``, or both days with a dash between them."""
    words = _tables()[language]
    begin = day(first, language)
    if last is None:
        return words.since.format(first=begin)
    return words.from_to.format(first=isolate(begin), last=isolate(day(last, language)))


def money(baisa: int, language: Language) -> str:
    """Omani rials with three decimals, for example ``450.500 OMR``."""
    amount = f"{baisa // 1000:,}.{baisa % 1000:03d}"
    shown = isolate(amount) if language == "ar" else amount
    return _tables()[language].money.format(amount=shown)


def fee(baisa: int, language: Language) -> str:
    """A fee as :func:`money`, or that there is none."""
    return money(baisa, language) if baisa else _tables()[language].free


def telephone(number: str) -> str:
    """An Omani number as it is dialled from anywhere: ``+968 2434 4000``; toll-free ``8007 7000``.

    Toll-free numbers (80…) cannot be called from abroad. What has no eight digits stays as it is.
    """
    if len(number) != 8 or not (number.isascii() and number.isdecimal()):
        return number
    national = f"{number[:4]} {number[4:]}"
    return national if number.startswith("80") else f"+968 {national}"


def _in_oman(moment: date | datetime) -> date:
    return moment.astimezone(MUSCAT).date() if isinstance(moment, datetime) else moment
