"""What the kinds that are chosen have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.services.facts import Row
from kiosk.services.fields.kind import Answer, Choice, Invalid, Situation

if TYPE_CHECKING:
    from kiosk.services.definition import FieldDefinition


def options(definition: FieldDefinition, _: Situation) -> tuple[Choice, ...]:
    """The definition's own options."""
    return tuple(Choice(each.code, each.text, each.icon) for each in definition.options)


def row_ids(raw: Answer) -> list[str]:
    """Ids of chosen rows, each once. Raises :class:`Invalid`."""
    if not isinstance(raw, list | tuple) or not all(isinstance(each, str) for each in raw):
        raise Invalid("wrong-type")
    if not all(0 < len(each) <= 64 and each.isprintable() for each in raw):
        raise Invalid("unknown-choice")
    return list(dict.fromkeys(raw))


def check_row(row_id: str, rows: tuple[Row, ...] | None) -> None:
    """Raise :class:`Invalid` for a row that is not there or cannot be chosen.

    While the rows are not known (no network) any id may be; the centre checks it again.
    """
    if rows is None:
        return
    row = next((each for each in rows if each.id == row_id), None)
    if row is None:
        raise Invalid("unknown-choice")
    if row.blocked is not None:
        raise Invalid("blocked-choice")
