"""A bank account in Oman (ISO 13616: OM, 2 check digits, 3 of the bank, 16 of the account)."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import to_western_digits
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    from stdnum import iban
    from stdnum.exceptions import ValidationError

    typed = to_western_digits(raw).strip()
    try:
        # Oman's own layout is checked here: the library knows it only since the registry does.
        number = iban.validate(typed, check_country=False)
    except ValidationError as error:
        raise Invalid("bad-iban") from error
    if not (number.startswith("OM") and len(number) == 23 and number[2:7].isdecimal()):
        raise Invalid("bad-iban")
    return number


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    number = str(answer)
    groups = " ".join(number[at : at + 4] for at in range(0, len(number), 4))
    return f"\u2066{groups}\u2069"


KIND = FieldKind(parse=_parse, describe=_describe, editor="Line", keyboard="en")
