"""``kiosk card verify-pin``, ``change-pin``, ``unblock-pin``: a PIN is never an argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated

import typer

from cardreader.activation import VENDOR_PIN
from cardreader.channel import wipe
from cardreader.errors import (
    CardError,
    CardNotGenuine,
    CardProtocolError,
    CardRemoved,
    CardTimeout,
    PinError,
    PukError,
    ReaderUnavailable,
)
from cardreader.national_id import NationalIdCard
from cardreader.pin import pin_weakness
from cardreader.pinpad import NoPinPad, verify_on_pad
from kiosk.cli.card_options import (
    NotActivated,
    PinStdin,
    Place,
    Reader,
    Trust,
    refuse_because,
    require_activated,
)
from kiosk.cli.options import ConfigFile, Json
from kiosk.cli.outcome import REFUSED, answer, read_pin


def verify_pin(
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    at_reader: Annotated[
        bool, typer.Option("--at-reader", help="Enter the PIN on the reader's own keys.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Present the PIN to the card, once."""
    place = Place(reader, trust, config)
    with _refusals("verified", as_json=as_json):
        if at_reader:
            place.with_connection(verify_on_pad)
        else:
            pin = read_pin(pin_stdin)
            try:

                def present(card: NationalIdCard) -> None:
                    require_activated(card)
                    card.verify_pin(pin)

                place.with_card(present)
            finally:
                wipe(pin)
    answer({"verified": True}, as_json=as_json, text="The PIN is right.")


def change_pin(
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Replace the PIN. Asks for the present one, then for the new one twice.

    From standard input the new one is read once; a second time only if there is another line.
    """
    _replace_pin(_BY_PIN, Place(reader, trust, config), pin_stdin, as_json=as_json)


def unblock_pin(
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Set a new PIN with the unblocking key. Asks for the PUK, then for the new PIN twice.

    From standard input the new one is read once; a second time only if there is another line.
    """
    _replace_pin(_BY_PUK, Place(reader, trust, config), pin_stdin, as_json=as_json)


def new_pin(from_stdin: bool, *, may_follow_vendor_pin: bool = False) -> bytearray:
    """The new PIN, typed twice. Raises :class:`typer.Exit` when the two differ."""
    new = read_pin(from_stdin, "New PIN: ")
    again = read_pin(from_stdin, "New PIN again: ")
    if from_stdin and may_follow_vendor_pin and new == VENDOR_PIN and again:
        return again
    same = new == again or (from_stdin and not again)
    wipe(again)
    if not same:
        wipe(new)
        typer.echo("The two new PINs differ.", err=True)
        raise typer.Exit(REFUSED)
    return new


def require_good(new: bytearray, card: NationalIdCard) -> None:
    """The same rules as at the window. Raises :class:`ValueError`; the card was not asked."""
    if card.has_identity:
        holder = card.identity()
        weakness = pin_weakness(
            new, birth_date=holder.full_birth_date, civil_number=holder.civil_number
        )
    else:
        weakness = pin_weakness(new)
    if weakness is not None:
        raise ValueError(f"the new PIN may not be chosen: {weakness.value}")


class PinMayHaveChanged(CardError):
    """The card's answer did not arrive: it has the new PIN or still the one before."""

    advice = (
        "The PIN may have changed: try the new one once with kiosk card verify-pin; "
        "if it is wrong, the one before still holds."
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to another PIN: what has to be presented for it, and which command takes both."""

    prompt: str
    present: Callable[[NationalIdCard, bytearray, bytearray], None]
    done: str
    """The answer's key."""
    text: str


_BY_PIN = _Way("Present PIN: ", NationalIdCard.change_pin, "changed", "The PIN was changed.")
_BY_PUK = _Way(
    "PUK: ", NationalIdCard.unblock_pin, "unblocked", "The PIN was set and has all its tries."
)


def _replace_pin(way: _Way, place: Place, from_stdin: bool, *, as_json: bool) -> None:
    secret, new = read_pin(from_stdin, way.prompt), bytearray()
    try:
        new = new_pin(from_stdin)

        def act(card: NationalIdCard) -> None:
            require_activated(card)
            require_good(new, card)
            try:
                way.present(card, secret, new)
            except (CardRemoved, CardTimeout, ReaderUnavailable, CardProtocolError) as error:
                raise PinMayHaveChanged(str(error)) from error

        with _refusals(way.done, as_json=as_json):
            place.with_card(act)
    finally:
        wipe(secret)
        wipe(new)
    answer({way.done: True}, as_json=as_json, text=way.text)


@contextmanager
def _refusals(what: str, *, as_json: bool) -> Iterator[None]:
    """End the command with an answer when ``what`` was refused."""
    try:
        yield
    except (NotActivated, PinError, PukError, CardNotGenuine, NoPinPad, ValueError) as error:
        refuse_because(error, what, as_json=as_json)
