"""The errors of the card layer: drawn completely, and with advice where there is any."""

from __future__ import annotations

import inspect

import pytest

from cardreader import authority, errors, mrz, tlv
from cardreader.errors import CardBusy, CardError, CardMute
from kiosk.cli.errors import is_expected, sentence_of

KINDS = [
    kind
    for module in (errors, authority, mrz, tlv)
    for kind in vars(module).values()
    if inspect.isclass(kind) and issubclass(kind, CardError)
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_error_is_in_the_drawing(kind: type[CardError]) -> None:
    assert kind.__name__ in (errors.__doc__ or "")
    assert kind.advice == "" or kind.advice.endswith(".")


@pytest.mark.parametrize("kind", [CardBusy, CardMute])
def test_the_command_line_passes_the_advice_on(kind: type[CardError]) -> None:
    error = kind("it does not work")
    assert is_expected(error)
    assert sentence_of(error) == f"it does not work. {kind.advice}"
