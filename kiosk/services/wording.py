"""How answers read: the same words on the check page, the receipt and in the central API."""

from __future__ import annotations

from datetime import date

from kiosk.services.answers import Answer
from kiosk.services.definition import FieldDefinition, FieldKind, Language, Text
from kiosk.services.places import Places

NO_ANSWER = Text(ar="لا يوجد", en="None")
_ONGOING = Text(ar="مستمر حتى الآن", en="still going on")

# First-strong isolates keep a value in one piece between words of the other direction
# (Unicode Standard Annex #9, clause 2.4).
_ISOLATE = "\u2068{}\u2069"


def isolate(value: str) -> str:
    """The value between FSI and PDI, so that it never reorders the sentence around it."""
    return _ISOLATE.format(value)


def mask_civil_number(civil_number: str) -> str:
    """All but the last three digits hidden: enough to recognise one's own, useless to others."""
    return "•" * max(0, len(civil_number) - 3) + civil_number[-3:]


def format_money(baisa: int, language: Language) -> str:
    """Omani rials with three decimals, for example ``450.500 OMR``."""
    amount = f"{baisa // 1000:,}.{baisa % 1000:03d}"
    return f"{isolate(amount)} ر.ع." if language == "ar" else f"{amount} OMR"


def format_day(day: date) -> str:
    """Day, month, year, as on Omani documents."""
    return day.strftime("%d/%m/%Y")


def format_mobile(national: str) -> str:
    """``+968 9123 4567``."""
    return f"+968 {national[:4]} {national[4:]}"


def describe_answer(
    definition: FieldDefinition, answer: Answer, language: Language, places: Places
) -> str:
    """One answer as a person reads it."""
    if answer is None or answer == []:
        return NO_ANSWER.in_language(language)
    match definition.kind:
        case FieldKind.EMPLOYER:
            name = str(answer["name"])
            number = answer["cr_number"]
            return f"{isolate(name)} ({isolate(number)})" if number else name
        case FieldKind.GOVERNORATE:
            governorate = places.governorate(answer)
            return governorate.name(language) if governorate else str(answer)
        case FieldKind.WILAYAT:
            wilayat = places.wilayat(answer)
            return wilayat.name(language) if wilayat else str(answer)
        case FieldKind.CHOICE | FieldKind.CHOICES:
            codes = [answer] if isinstance(answer, str) else answer
            texts = {
                option.code: option.text.in_language(language) for option in definition.options
            }
            return ("، " if language == "ar" else ", ").join(texts[code] for code in codes)
        case FieldKind.MONEY:
            return format_money(answer, language)
        case FieldKind.PERIOD:
            first = isolate(format_day(date.fromisoformat(answer["from"])))
            if answer["to"] is None:
                return f"{first} – {_ONGOING.in_language(language)}"
            return f"{first} – {isolate(format_day(date.fromisoformat(answer['to'])))}"
        case FieldKind.MOBILE:
            return f"\u2066{format_mobile(answer)}\u2069"
        case FieldKind.EMAIL:
            return f"\u2066{answer}\u2069"
        case FieldKind.TEXT:
            return str(answer)


def answer_as_input(definition: FieldDefinition, answer: Answer) -> Answer:
    """The raw input that gives this answer again: what the page shows when it is changed."""
    if definition.kind is FieldKind.MONEY and isinstance(answer, int):
        return f"{answer // 1000}.{answer % 1000:03d}"
    return answer
