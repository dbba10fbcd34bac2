"""``kiosk card activate``: as the window does it, with the central API as the authority."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from cardreader.activation import activate
from cardreader.authority import (
    ActivationRefused,
    CertificateConflict,
    MakersSecretKept,
    RefusalReason,
)
from cardreader.channel import wipe
from cardreader.errors import (
    CardNotGenuine,
    CardProtocolError,
    ObjectNotFound,
    PinError,
    PinWrong,
)
from cardreader.national_id import NationalIdCard
from cardreader.pki import KeyPurpose
from kiosk.central.client import CentralClient, CentralRefused
from kiosk.central.issuing import CodeRefused, HttpCardAuthority
from kiosk.cli.card_options import PinStdin, Place, Reader, Trust
from kiosk.cli.card_pins import new_pin, require_good
from kiosk.cli.options import ConfigFile, Json, settings_from
from kiosk.cli.outcome import answer, read_pin, refuse, sentence_of


def activate_card(
    central: Annotated[str, typer.Option(help="Base URL of the central API.")],
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Activate the card as the window does: keys made on it, certificates from the central API.

    Asks for the one-time code, where the central API wants one, then for the new PIN twice. An
    interrupted activation continues with the PIN that was chosen then. From standard input the PIN
    is read a second time only if there is another line; for a card that still has its maker's PIN
    the two lines may be that one and the new one. A card whose keys its maker has made (IAS
    Classic) asks for the PIN of its letter and the new one, and not the central API.
    """
    client = CentralClient(central, ca_file=settings_from(config).central.ca_file)
    authority = HttpCardAuthority(client)

    def act(card: NationalIdCard) -> dict[str, Any]:
        if card.issuing() is None and card.pin_info().transport:
            return _replace_letter_pin(card, pin_stdin)
        if card.has_identity and (certificates := _certificates(card)) is not None:
            # It says so itself: no code is sent, and no PIN is asked for.
            return _activated(card, certificates, was_active=True)
        _ensure_approved(card, authority, pin_stdin)
        new = new_pin(pin_stdin, may_follow_vendor_pin=not card.has_identity)
        try:
            require_good(new, card)
            done = activate(card, authority, new)
        finally:
            wipe(new)
        return _activated(card, done.certificates, was_active=done.was_active)

    try:
        value = Place(reader, trust, config).with_card(act)
    except (
        ActivationRefused,
        CertificateConflict,
        MakersSecretKept,
        CardNotGenuine,
        PinError,
        CodeRefused,
        CentralRefused,
        ValueError,
    ) as error:
        refused: dict[str, Any] = {"activated": False, "reason": _reason(error)}
        if isinstance(error, PinWrong | CodeRefused):
            refused["tries_left"] = error.tries_left
        refuse(refused, as_json=as_json, text=sentence_of(error))
    finally:
        client.close()
    text = "The card had been activated before." if value["was_active"] else "The card is active."
    answer(value, as_json=as_json, text=text)


def _activated(
    card: NationalIdCard, certificates: Mapping[KeyPurpose, x509.Certificate], *, was_active: bool
) -> dict[str, Any]:
    return {
        "activated": True,
        "was_active": was_active,
        "serial": card.serial,
        "certificates": {
            purpose.value: certificate.fingerprint(hashes.SHA256()).hex()
            for purpose, certificate in certificates.items()
        },
    }


def _certificates(card: NationalIdCard) -> dict[KeyPurpose, x509.Certificate] | None:
    """Both certificates, if both hold; ``None``: there is something to be done."""
    try:
        return {purpose: card.certificate(purpose) for purpose in KeyPurpose}
    except (ObjectNotFound, CardProtocolError):
        return None


def _replace_letter_pin(card: NationalIdCard, from_stdin: bool) -> dict[str, Any]:
    letter = read_pin(from_stdin, "PIN of the letter: ")
    new = new_pin(from_stdin)
    try:
        require_good(new, card)
        card.change_pin(letter, new)
    finally:
        wipe(letter)
        wipe(new)
    return {"activated": True, "was_active": False, "serial": card.serial}


def _ensure_approved(card: NationalIdCard, authority: HttpCardAuthority, from_stdin: bool) -> None:
    """A one-time code by SMS, unless the office approved the card when it was registered."""
    try:
        authority.begin(card.serial)
    except ActivationRefused as refused:
        if refused.reason is not RefusalReason.NOT_APPROVED or not card.has_identity:
            raise
        sent_to = authority.send_code(card.serial, card.identity().civil_number)
        typer.echo(f"A code was sent to {sent_to}.", err=True)
        code = read_pin(from_stdin, "Code: ")
        authority.enter_code(card.serial, code.decode("ascii", "replace"))


def _reason(error: Exception) -> str:
    match error:
        case ActivationRefused() | CardNotGenuine():
            return error.reason.value
        case MakersSecretKept():
            return RefusalReason.MAKERS_SECRET.value
        case CertificateConflict():
            return "certificate-conflict"
        case CentralRefused():
            return error.code
        case CodeRefused():
            return "code-wrong"
        case PinWrong():
            return "pin-wrong"
        case PinError():
            return "pin-blocked"
        case _:
            return "pin-not-allowed"
