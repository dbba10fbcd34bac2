"""An amount of Omani rials, stored in baisa (1 OMR = 1000 baisa)."""

from __future__ import annotations

import re

from kiosk.services import formats
from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import to_western_digits
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language

_AMOUNT = re.compile(r"(\d{0,9})(?:\.(\d{0,3}))?")
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d{0,3})?")
_DECIMAL_COMMA = re.compile(r"\d*,\d{1,2}")
_LARGEST = 999_999_999_999


def read_amount(text: str) -> int:
    """What a person typed, in baisa.

    A comma parts thousands (``1,500.250``) or rials from baisa (``12,5``); ``1,500`` could be
    either, a thousandfold apart, and is refused. The Arabic signs ``٫`` and ``٬`` say which they
    are. Raises :class:`Invalid`.
    """
    typed = to_western_digits(text).strip()
    typed = typed.replace("٬", "").replace("٫", ".")
    if _DECIMAL_COMMA.fullmatch(typed):
        typed = typed.replace(",", ".")
    elif _GROUPED.fullmatch(typed):
        if typed.count(",") == 1 and "." not in typed:
            raise Invalid("ambiguous-amount")
        typed = typed.replace(",", "")
    match = _AMOUNT.fullmatch(typed)
    if match is None or not (match[1] or match[2]):
        raise Invalid("bad-amount")
    return int(match[1] or 0) * 1000 + int((match[2] or "").ljust(3, "0"))


def _parse(definition: FieldDefinition, raw: Answer, _: Situation) -> Answer:
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise Invalid("wrong-type")
    baisa = raw if isinstance(raw, int) else read_amount(raw)
    if baisa <= 0:
        raise Invalid("amount-zero")
    if baisa < (definition.minimum or 0):
        raise Invalid("amount-too-small", minimum=f"{(definition.minimum or 0) // 1000:,}")
    maximum = definition.maximum or _LARGEST
    if baisa > maximum:
        raise Invalid("amount-too-large", maximum=f"{maximum // 1000:,}")
    return baisa


def _describe(_: FieldDefinition, answer: Answer, language: Language, __: Situation) -> str:
    return formats.money(answer, language)


def _as_input(_: FieldDefinition, answer: Answer) -> Answer:
    if isinstance(answer, int):
        return f"{answer // 1000}.{answer % 1000:03d}"
    return answer


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Line",
    keyboard="decimal",
    as_input=_as_input,
    compares=int,
    takes=frozenset({"maximum", "minimum"}),
)
