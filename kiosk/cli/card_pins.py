"""``kiosk card verify-pin``, ``change-pin``, ``unblock-pin``: a PIN is never an argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import typer

from cardreader.activation import VENDOR_PIN
from cardreader.channel import wipe
from cardreader.errors import CardNotGenuine, PinError, PukError
from cardreader.national_id import NationalIdCard
from cardreader.pin import pin_weakness
from cardreader.pinpad import NoPinPad, verify_on_pad
from kiosk.cli.card_options import PinStdin, Place, Reader, Trust, refuse_because
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
    if at_reader:
        try:
            place.with_connection(verify_on_pad)
        except (PinError, CardNotGenuine, NoPinPad, ValueError) as error:
            refuse_because(error, "verified", as_json=as_json)
    else:
        pin = read_pin(pin_stdin)
        _on_card(place, "verified", lambda card: card.verify_pin(pin), (pin,), as_json=as_json)
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
    old = read_pin(pin_stdin, "Present PIN: ")
    new = new_pin(pin_stdin)

    def act(card: NationalIdCard) -> None:
        require_good(new, card)
        card.change_pin(old, new)

    _on_card(Place(reader, trust, config), "changed", act, (old, new), as_json=as_json)
    answer({"changed": True}, as_json=as_json, text="The PIN was changed.")


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
    puk = read_pin(pin_stdin, "PUK: ")
    new = new_pin(pin_stdin)

    def act(card: NationalIdCard) -> None:
        require_good(new, card)
        card.unblock_pin(puk, new)

    _on_card(Place(reader, trust, config), "unblocked", act, (puk, new), as_json=as_json)
    answer({"unblocked": True}, as_json=as_json, text="The PIN was set and has all its tries.")


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
        weakness = pin_weakness(new, birth_date=holder.birth_date, civil_number=holder.civil_number)
    else:
        weakness = pin_weakness(new)
    if weakness is not None:
        raise ValueError(f"the new PIN may not be chosen: {weakness.value}")


def _on_card(
    place: Place,
    what: str,
    act: Callable[[NationalIdCard], None],
    secrets: tuple[bytearray, ...],
    *,
    as_json: bool,
) -> None:
    try:
        place.with_card(act)
    except (PinError, PukError, CardNotGenuine, ValueError) as error:
        refuse_because(error, what, as_json=as_json)
    finally:
        for secret in secrets:
            wipe(secret)
