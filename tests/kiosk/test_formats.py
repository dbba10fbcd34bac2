"""One form for days, times, money and telephone numbers, in every language of the terminal."""

from datetime import UTC, date, datetime, timedelta

import pytest

from kiosk.services import formats
from kiosk.services.languages import LANGUAGES

HEARING = datetime(2026, 12, 6, 4, tzinfo=UTC)


def test_an_appointment():
    assert formats.appointment(HEARING, "ar") == "الأحد 6 ديسمبر 2026، 8:00 صباحًا"
    assert formats.appointment(HEARING, "en") == "Sunday 6 December 2026, 8:00 am"
    assert formats.day_and_time(HEARING, "en") == "6 December 2026, 8:00 am"
    assert formats.weekday_and_day(HEARING, "ar") == "الأحد 6 ديسمبر 2026"


@pytest.mark.parametrize(
    ("hour", "arabic", "english"),
    [
        (0, "12:05 صباحًا", "12:05 am"),
        (9, "9:05 صباحًا", "9:05 am"),
        (11, "11:05 صباحًا", "11:05 am"),
        (12, "12:05 ظهرًا", "12:05 pm"),
        (13, "1:05 مساءً", "1:05 pm"),
        (23, "11:05 مساءً", "11:05 pm"),
    ],
)
def test_every_part_of_the_day(hour, arabic, english):
    moment = datetime(2026, 12, 6, hour, 5, tzinfo=UTC) - timedelta(hours=4)
    assert formats.time_of_day(moment, "ar") == arabic
    assert formats.time_of_day(moment, "en") == english


def test_a_moment_has_its_day_in_oman():
    late = datetime(2026, 12, 5, 21, tzinfo=UTC)
    assert formats.day(late, "en") == "6 December 2026"
    assert formats.day(date(2026, 12, 6), "en") == "6 December 2026"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_weekday_and_month_has_its_own_name(language):
    days = [date(2026, 1, 5) + timedelta(days) for days in range(7)]
    assert len({formats.weekday_and_day(day, language).split()[0] for day in days}) == 7
    months = {formats.day(date(2026, month, 1), language) for month in range(1, 13)}
    assert len(months) == 12
    year = {formats.hijri_day(date(2025, 6, 27) + timedelta(29.6 * n), language) for n in range(12)}
    assert len({" ".join(day.split()[1:]) for day in year}) == 12


@pytest.mark.parametrize("day", [date.min, date(1900, 1, 1), date(2077, 12, 31), date.max])
@pytest.mark.parametrize("language", LANGUAGES)
def test_no_day_is_an_error(day, language):
    """A wrong clock costs the Hijri date, never the receipt."""
    assert formats.weekday_and_day(day, language)
    assert isinstance(formats.hijri_day(day, language), str)


def test_a_period():
    first = date(2026, 8, 7)
    assert formats.period(first, None, "ar") == "منذ 7 أغسطس 2026"
    assert formats.period(first, None, "en") == "since 7 August 2026"
    assert "–" in formats.period(first, date(2026, 9, 1), "en")


@pytest.mark.parametrize(
    ("baisa", "text"),
    [
        (0, "0.000 OMR"),
        (1, "0.001 OMR"),
        (450_500, "450.500 OMR"),
        (1_234_567_890, "1,234,567.890 OMR"),
    ],
)
def test_money_has_three_decimals(baisa, text):
    assert formats.money(baisa, "en") == text
    assert text.removesuffix(" OMR") in formats.money(baisa, "ar")


def test_free_of_charge_has_one_wording():
    assert formats.fee(0, "ar") == "بدون رسوم"
    assert formats.fee(0, "en") == "Free of charge"
    assert formats.fee(500, "en") == "0.500 OMR"


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("92123456", "+968 9212 3456"),
        ("24344000", "+968 2434 4000"),
        ("80077000", "8007 7000"),
        ("1100", "1100"),
        ("+96824344000", "+96824344000"),
        ("", ""),
    ],
)
def test_a_telephone_number_is_as_it_is_dialled(number, text):
    assert formats.telephone(number) == text
