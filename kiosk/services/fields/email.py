"""An e-mail address (RFC 5321, 4.5.3.1; RFC 5890 for names of other scripts)."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.entering import text_of
from kiosk.services.fields.kind import Answer, FieldKind, Invalid, Situation
from kiosk.services.languages import Language

_LONGEST = 254  # RFC 5321, 4.5.3.1.3


def _parse(_: FieldDefinition, raw: Answer, __: Situation) -> Answer:
    address = text_of(raw, _LONGEST)
    # Late: it is not needed for the first picture of the terminal.
    from email_validator import EmailNotValidError, validate_email

    try:
        checked = validate_email(
            address, check_deliverability=False, allow_smtputf8=False, strict=True
        )
    except EmailNotValidError as error:
        raise Invalid("bad-email") from error
    if checked.ascii_email is None:
        raise Invalid("bad-email")
    return checked.ascii_email


def _describe(_: FieldDefinition, answer: Answer, __: Language, ___: Situation) -> str:
    return f"\u2066{answer}\u2069"


KIND = FieldKind(parse=_parse, describe=_describe, editor="Line", keyboard="email")
