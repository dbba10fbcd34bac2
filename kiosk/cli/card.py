"""``kiosk card``: look at and use the card in a PC/SC reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from cardreader.activation import VENDOR_PIN, activate
from cardreader.apdu import CardConnection
from cardreader.authority import ActivationRefused, RefusalReason
from cardreader.channel import wipe
from cardreader.cms import sign_cms
from cardreader.errors import (
    CardNotGenuine,
    ObjectNotFound,
    PinError,
    PinWrong,
    PukError,
    ReaderUnavailable,
)
from cardreader.jws import sign_compact
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pcsc import PcscReaders
from cardreader.pin import pin_weakness
from cardreader.pki import KeyPurpose
from cardreader.readers import ReaderStatus
from cardreader.simulator import TRUST as SIMULATED_TRUST
from cardreader.trust import TrustStore
from kiosk.central.client import CentralClient, CentralRefused
from kiosk.central.issuing import CodeRefused, HttpCardAuthority
from kiosk.cli.options import ConfigFile, Json, settings_from
from kiosk.cli.outcome import REFUSED, answer, read_pin, refuse, sentence_of
from kiosk.services.wording import mask_civil_number

app = typer.Typer(help="The national ID card in a PC/SC reader.", no_args_is_help=True)

Reader = Annotated[str, typer.Option(help="Part of the reader's name; empty takes the first.")]
Trust = Annotated[
    Path | None,
    typer.Option(help="Directory of trust anchors; default: the configured or the simulated one."),
]
PinStdin = Annotated[
    bool, typer.Option("--pin-stdin", help="Read the PIN from standard input, not the prompt.")
]

_PATIENCE_S = 3.0
"""How long a reader and a card are waited for: pcscd may just be starting."""

T = TypeVar("T")


class Format(StrEnum):
    """What ``sign`` writes."""

    RAW = "raw"
    JWS = "jws"
    CMS = "cms"


@app.command("list")
def list_readers(as_json: Json = False) -> None:
    """The readers and what is in them."""
    with _watched() as readers:
        found = _wait(lambda: readers.readers() or None) or []
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
    answer(value, as_json=as_json, text="\n".join(lines) or "No reader is attached.")


@app.command()
def inspect(
    reader: Reader = "", trust: Trust = None, config: ConfigFile = None, as_json: Json = False
) -> None:
    """Who the card says it is, whether that holds, its certificates and its PIN's tries.

    The civil number is masked and no photograph is printed.
    """

    def look(card: NationalIdCard) -> dict[str, Any]:
        value: dict[str, Any] = {"profile": card.profile, "serial": card.serial}
        if card.has_identity:
            try:
                value |= {"genuine": True, **_identity(card)}
            except CardNotGenuine as error:
                return {**value, "genuine": False, "reason": error.reason.value}
        else:
            # A card of another maker: there is nothing that could be genuine or not.
            value["genuine"] = None
        pin = card.pin_info()
        value["pin"] = {
            "tries_left": pin.tries_left,
            "blocked": pin.blocked,
            "to_be_chosen": pin.transport,
        }
        value["certificates"] = {
            purpose.value: _certificate(card, purpose) for purpose in KeyPurpose
        }
        return value | {"exchanges": card.exchanges}

    value = _with_card(reader, _trust(trust, config), look)
    text = "\n".join(f"{name}: {content}" for name, content in value.items())
    if value["genuine"] is not False:
        answer(value, as_json=as_json, text=text)
    else:
        refuse(value, as_json=as_json, text=text)


@app.command("verify-pin")
def verify_pin(
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Present the PIN to the card, once."""
    pin = read_pin(pin_stdin)
    try:
        _with_card(reader, _trust(trust, config), lambda card: card.verify_pin(pin))
    except (PinError, ValueError) as error:
        tries = getattr(error, "tries_left", None)
        refuse({"verified": False, "tries_left": tries}, as_json=as_json, text=f"{error}.")
    answer({"verified": True}, as_json=as_json, text="The PIN is right.")


@app.command("change-pin")
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
    new = _new_pin(pin_stdin)

    def act(card: NationalIdCard) -> None:
        _require_good(new, card)
        card.change_pin(old, new)

    _change("changed", reader, _trust(trust, config), act, (old, new), as_json=as_json)
    answer({"changed": True}, as_json=as_json, text="The PIN was changed.")


@app.command("unblock-pin")
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
    new = _new_pin(pin_stdin)

    def act(card: NationalIdCard) -> None:
        _require_good(new, card)
        card.unblock_pin(puk, new)

    _change("unblocked", reader, _trust(trust, config), act, (puk, new), as_json=as_json)
    answer({"unblocked": True}, as_json=as_json, text="The PIN was set and has all its tries.")


@app.command("activate")
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
    the two lines may be that one and the new one.
    """
    client = CentralClient(central)
    authority = HttpCardAuthority(client)

    def act(card: NationalIdCard) -> dict[str, Any]:
        _ensure_approved(card, authority, pin_stdin)
        new = _new_pin(pin_stdin, may_follow_vendor_pin=not card.has_identity)
        try:
            _require_good(new, card)
            done = activate(card, authority, new)
        finally:
            wipe(new)
        return {
            "activated": True,
            "was_active": done.was_active,
            "serial": card.serial,
            "certificates": {
                purpose.value: certificate.fingerprint(hashes.SHA256()).hex()
                for purpose, certificate in done.certificates.items()
            },
        }

    try:
        value = _with_card(reader, _trust(trust, config), act)
    except (ActivationRefused, PinError, CodeRefused, CentralRefused, ValueError) as error:
        refused: dict[str, Any] = {"activated": False, "reason": _reason(error)}
        if isinstance(error, PinWrong | CodeRefused):
            refused["tries_left"] = error.tries_left
        refuse(refused, as_json=as_json, text=sentence_of(error))
    finally:
        client.close()
    text = "The card had been activated before." if value["was_active"] else "The card is active."
    answer(value, as_json=as_json, text=text)


@app.command()
def sign(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="What to sign.")],
    out: Annotated[Path, typer.Option(help="Where the signature goes.")],
    form: Annotated[Format, typer.Option("--format")] = Format.JWS,
    reader: Reader = "",
    trust: Trust = None,
    config: ConfigFile = None,
    pin_stdin: PinStdin = False,
    as_json: Json = False,
) -> None:
    """Sign a file with the card's signature key.

    raw: the bare signature (ECDSA as r || s). jws: compact, the file inside. cms: SignedData in
    DER, the file inside; `openssl cms -verify -inform DER` reads it.
    """
    message = file.read_bytes()
    pin = read_pin(pin_stdin)

    def act(card: NationalIdCard) -> tuple[str, bytes]:
        if form is Format.RAW:
            signature = card.sign(KeyPurpose.SIGNATURE, message, pin)
            return signature.algorithm.value, signature.value
        if form is Format.CMS:
            now = datetime.now(UTC)
            return "cms", sign_cms(card, KeyPurpose.SIGNATURE, message, pin, now)
        jws = sign_compact(card, KeyPurpose.SIGNATURE, message, pin, "JOSE")
        return "jws", jws.encode("ascii")

    try:
        algorithm, signature = _with_card(reader, _trust(trust, config), act)
    except (PinError, ValueError) as error:
        tries = getattr(error, "tries_left", None)
        refuse({"signed": False, "tries_left": tries}, as_json=as_json, text=f"{error}.")
    out.write_bytes(signature)
    value = {"signed": True, "algorithm": algorithm, "bytes": len(signature)}
    answer(value, as_json=as_json, text=f"{out}: {algorithm}, {len(signature)} bytes.")


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
        case ActivationRefused():
            return error.reason.value
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


def _new_pin(from_stdin: bool, *, may_follow_vendor_pin: bool = False) -> bytearray:
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


def _require_good(new: bytearray, card: NationalIdCard) -> None:
    """The same rules as at the window. Raises :class:`ValueError`; the card was not asked."""
    if card.has_identity:
        holder = card.identity()
        weakness = pin_weakness(new, birth_date=holder.birth_date, civil_number=holder.civil_number)
    else:
        weakness = pin_weakness(new)
    if weakness is not None:
        raise ValueError(f"the new PIN may not be chosen: {weakness.value}")


def _change(
    what: str,
    reader: str,
    trust: TrustStore,
    act: Callable[[NationalIdCard], None],
    secrets: tuple[bytearray, ...],
    *,
    as_json: bool,
) -> None:
    try:
        _with_card(reader, trust, act)
    except (PinError, PukError, ValueError) as error:
        tries = getattr(error, "tries_left", None)
        refuse({what: False, "tries_left": tries}, as_json=as_json, text=f"{error}.")
    finally:
        for secret in secrets:
            wipe(secret)


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
    return {
        "present": True,
        "valid": True,
        "issuer": certificate.issuer.rfc4514_string({x509.NameOID.COMMON_NAME: "CN"}),
        "not_after": certificate.not_valid_after_utc.isoformat(),
        "sha256": certificate.fingerprint(hashes.SHA256()).hex(),
    }


def _trust(directory: Path | None, config: Path | None) -> TrustStore:
    if directory is None:
        directory = settings_from(config).reader.trust or SIMULATED_TRUST
    return TrustStore.load(directory)


@contextmanager
def _watched() -> Iterator[PcscReaders]:
    readers = PcscReaders()
    readers.start(lambda _event: None)
    try:
        yield readers
    finally:
        readers.stop()


def _wait(look: Callable[[], T | None]) -> T | None:
    deadline = time.monotonic() + _PATIENCE_S
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def _with_card(name: str, trust: TrustStore, act: Callable[[NationalIdCard], T]) -> T:
    def seat(readers: PcscReaders) -> ReaderStatus | None:
        return next((r for r in readers.readers() if name in r.reader and r.slot != "empty"), None)

    with _watched() as readers:
        found = _wait(lambda: seat(readers))
        if found is None:
            raise ReaderUnavailable("no card is in a reader" + (f" named {name}" if name else ""))
        connection: CardConnection = readers.connect(found.reader)
        try:
            card = open_card(connection, trust, lambda: datetime.now(UTC), identity_required=False)
            return act(card)
        finally:
            connection.disconnect(reset=True)
