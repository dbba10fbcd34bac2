"""``kiosk card``: look at the card in a PC/SC reader, and use it.

``card_pins``, ``card_activation`` and ``card_signing`` have the commands that ask for a PIN,
``card_options`` what all of them take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from cardreader.errors import (
    CardNotGenuine,
    CardNotSupported,
    CardProtocolError,
    ObjectNotFound,
)
from cardreader.national_id import NationalIdCard
from cardreader.pcsc import PcscConnection
from cardreader.pinpad import has_pin_pad
from cardreader.pki import KeyPurpose
from kiosk.cli.card_activation import activate_card
from kiosk.cli.card_options import NO_READER, Place, Reader, Trust, wait, watched
from kiosk.cli.card_pins import change_pin, unblock_pin, verify_pin
from kiosk.cli.card_signing import sign
from kiosk.cli.options import ConfigFile, Json
from kiosk.cli.outcome import answer, refuse
from kiosk.services.wording import mask_civil_number

_WORDS = {"True": "yes", "False": "no", "None": "not known"}

app = typer.Typer(help="The national ID card in a PC/SC reader.", no_args_is_help=True)


@app.command("list")
def list_readers(as_json: Json = False) -> None:
    """The readers and what is in them."""
    with watched() as readers:
        found = wait(lambda: readers.readers() or None) or []
    value = {
        "readers": [
            {
                "reader": r.reader,
                "slot": r.slot.value,
                "atr": r.atr.hex().upper() if r.atr else None,
            }
            for r in found
        ]
    }
    lines = [f"{r.reader}: {r.slot.value}" for r in found]
    answer(value, as_json=as_json, text="\n".join(lines) or f"{NO_READER.capitalize()}.")


@app.command()
def inspect(
    reader: Reader = "", trust: Trust = None, config: ConfigFile = None, as_json: Json = False
) -> None:
    """Who the card says it is, whether that holds, its certificates and its PIN's tries.

    The civil number is masked and no photograph is printed.
    """
    value = Place(reader, trust, config).with_connection(_look)
    text = "\n".join(told(value))
    if value["genuine"] is not False:
        answer(value, as_json=as_json, text=text)
    else:
        text += "\nNot to be believed: no service is offered with this card."
        refuse(value, as_json=as_json, text=text)


app.command("verify-pin")(verify_pin)
app.command("change-pin")(change_pin)
app.command("unblock-pin")(unblock_pin)
app.command("activate")(activate_card)
app.command("sign")(sign)


def told(value: Mapping[str, Any], indent: str = "") -> Iterator[str]:
    """An answer as lines, what belongs together indented below its name."""
    for name, content in value.items():
        label = f"{indent}{name.replace('_', ' ')}:"
        if isinstance(content, Mapping):
            yield label
            yield from told(content, indent + "  ")
        else:
            yield f"{label} {_WORDS.get(str(content), content)}"


def _look(connection: PcscConnection, card: NationalIdCard) -> dict[str, Any]:
    value: dict[str, Any] = {"profile": card.profile, "serial": card.serial}
    value["pin_pad"] = has_pin_pad(connection)
    if card.has_identity:
        try:
            value |= {"genuine": True, **_identity(card)}
        except CardNotGenuine as error:
            return {**value, "genuine": False, "reason": error.reason.value}
        except CardProtocolError as error:
            value |= {"genuine": None, "reason": "unreadable", "detail": str(error)}
    else:
        # A card of another maker: there is nothing that could be genuine or not.
        value["genuine"] = None
    pin = card.pin_info()
    value["pin"] = {
        "tries_left": pin.tries_left,
        "blocked": pin.blocked,
        "to_be_chosen": pin.transport,
    }
    value["certificates"] = {purpose.value: _certificate(card, purpose) for purpose in KeyPurpose}
    return value | {"exchanges": card.exchanges}


def _identity(card: NationalIdCard) -> dict[str, Any]:
    identity = card.identity()
    return {
        "name_ar": identity.name_ar,
        "name_en": identity.name_en,
        "civil_number": mask_civil_number(identity.civil_number),
        "kind": identity.kind.value,
        "nationality": identity.nationality,
        "expiry_date": identity.expiry_date.isoformat(),
        "photo_bytes": len(card.photo()),
    }


def _certificate(card: NationalIdCard, purpose: KeyPurpose) -> dict[str, Any]:
    try:
        certificate = card.certificate(purpose)
    except ObjectNotFound:
        return {"present": False}
    except CardNotGenuine as error:
        return {"present": True, "valid": False, "reason": error.reason.value}
    except (CardProtocolError, CardNotSupported) as error:
        return {"present": True, "valid": False, "reason": "unreadable", "detail": str(error)}
    as_of = card.revocations_as_of(purpose)
    return {
        "present": True,
        "valid": True,
        "issuer": certificate.issuer.rfc4514_string({x509.NameOID.COMMON_NAME: "CN"}),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "revocations_as_of": None if as_of is None else as_of.isoformat(),
        "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
    }
