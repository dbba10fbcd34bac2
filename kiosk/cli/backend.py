"""``kiosk backend``: the central API."""

from __future__ import annotations

import re
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from backend_stub import CentralUnavailable, Settings, Tls, serve
from backend_stub.console.card_office import CardRefused, add_card, revoke_card
from backend_stub.ground.settings import PUBLIC_URL
from backend_stub.issuing.management_keys import KeyType, is_well_known
from backend_stub.payments.opening import read_access
from cardreader.simulator import TRUST as SIMULATED_TRUST
from cardreader.simulator.issuing_files import (
    CARD_MASTER_KEY,
    ISSUING_CA_CERTIFICATE,
    ISSUING_CA_KEY,
)
from kiosk.cli import backend_catalogue, backend_fleet, backend_officer, backend_payments
from kiosk.cli.options import CentralKeys, ConfigFile, Json, settings_from
from kiosk.cli.outcome import answer, refuse
from kiosk.contract.issuing import CardSerial
from kiosk.contract.visits import CivilNumber
from kiosk.journal import configure_logging

app = typer.Typer(help="The central API.", no_args_is_help=True)
app.add_typer(backend_catalogue.app, name="catalogue")
app.add_typer(backend_officer.app, name="officer")
app.add_typer(backend_payments.app, name="payments")
app.command("import")(backend_fleet.import_folder)
app.command("enrolment-code")(backend_fleet.enrolment_code)
app.command("revoke-kiosk")(backend_fleet.revoke)
app.command("backup-done")(backend_fleet.note_backup)
app.command("restored")(backend_fleet.note_restored)

_PUK = re.compile(r"[0-9]{8}")
_TWO_KEYS = 16
_LEAST_TOKEN = 16


@app.callback()
def _group() -> None:
    """The central API."""


@app.command("serve")
def serve_central(
    config: ConfigFile = None,
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8080,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    database: Annotated[
        str, typer.Option(help="sqlite:///file or postgresql+psycopg://…; default: a SQLite file.")
    ] = "",
    keys: CentralKeys = None,
    trust: Annotated[
        Path | None, typer.Option(help="Trust anchors of the cards; default: the simulated state.")
    ] = None,
    issuing_ca_key: Annotated[
        Path | None,
        typer.Option(help="Key of the CA for cards; without --trust the simulated state's."),
    ] = None,
    issuing_ca_certificate: Annotated[
        Path | None, typer.Option(help="Certificate of that CA, its chain may follow.")
    ] = None,
    card_master_key: Annotated[
        Path | None,
        typer.Option(help="Master key of the state's cards; without --trust the simulated one's."),
    ] = None,
    public_url: Annotated[
        str, typer.Option(help="Where everyone reaches this API; stands in certificates.")
    ] = PUBLIC_URL,
    administrator_token: Annotated[
        Path | None,
        typer.Option(
            "--administrator-token-file",
            help="File with the fleet administrator's token, readable by nobody else; without one "
            "nobody sees /fleet and /metrics (except with --development) or revokes over HTTP.",
        ),
    ] = None,
    tls_certificate: Annotated[
        Path | None,
        typer.Option(help="Serve over HTTPS with this certificate and its chain (PEM)."),
    ] = None,
    tls_key: Annotated[
        Path | None, typer.Option(help="The certificate's private key (PEM).")
    ] = None,
    gateway: Annotated[
        str, typer.Option("--gateway", metavar="URL", help="The payment gateway, if any.")
    ] = "",
    gateway_keys: Annotated[
        Path | None,
        typer.Option("--gateway-keys", metavar="FILE", help="What it shares with us (JSON)."),
    ] = None,
    development: Annotated[
        bool, typer.Option("--development", help="Also show what arrived and the notices.")
    ] = False,
) -> None:
    """Serve the central API until interrupted; its documentation is at /docs."""
    configure_logging()
    settings = settings_from(config)
    if not database:
        settings.state_directory.mkdir(parents=True, exist_ok=True)
        database = f"sqlite:///{settings.state_directory / 'central.db'}"
    if trust is None and issuing_ca_key is None and issuing_ca_certificate is None:
        issuing_ca_key, issuing_ca_certificate = ISSUING_CA_KEY, ISSUING_CA_CERTIFICATE
    if trust is None and card_master_key is None:
        card_master_key = CARD_MASTER_KEY
    if (tls_certificate is None) != (tls_key is None):
        raise typer.BadParameter("--tls-certificate and --tls-key come together")
    if bool(gateway) != (gateway_keys is not None):
        raise typer.BadParameter("--gateway and --gateway-keys come together")
    tls = Tls(tls_certificate, tls_key) if tls_certificate and tls_key else None
    scheme = "https" if tls else "http"
    typer.echo(f"The central API listens on {scheme}://{host}:{port}, docs at /docs.", err=True)
    serve(
        Settings(
            database_url=database,
            trust_directory=trust or SIMULATED_TRUST,
            key_file=keys,
            development=development,
            administrator_token=_token(administrator_token),
            issuing_ca_key=issuing_ca_key,
            issuing_ca_certificate=issuing_ca_certificate,
            card_master_key=card_master_key,
            public_url=public_url,
            gateway=read_access(gateway, gateway_keys) if gateway_keys else None,
        ),
        host,
        port,
        tls,
    )


class KeyTypeName(StrEnum):
    """Kinds of card management key."""

    AES_128 = "aes128"
    AES_192 = "aes192"
    AES_256 = "aes256"
    TRIPLE_DES = "3des"


Database = Annotated[str, typer.Option(help="sqlite:///file or postgresql+psycopg://…")]
Serial = Annotated[
    str,
    typer.Option(help="The CHUID's GUID, or the card's own number where it has none; hexadecimal."),
]


@app.command("add-card")
def register_card(
    database: Database,
    serial: Serial,
    civil_number: Annotated[str, typer.Option(help="Who will hold the card.")],
    key_type: Annotated[KeyTypeName, typer.Option(help="Kind of the card management key, 9B.")],
    management_key_stdin: Annotated[
        bool,
        typer.Option(
            "--management-key-stdin",
            help="Read the card management key from standard input: one line, hexadecimal.",
        ),
    ],
    puk_stdin: Annotated[
        bool,
        typer.Option(
            "--puk-stdin",
            help="Read the card's present PUK as the next line of standard input: eight digits; "
            "without it the card has its maker's, 12345678.",
        ),
    ] = False,
    keys: CentralKeys = None,
    as_json: Json = False,
) -> None:
    """Register a card that another maker made, so that it can be activated.

    The office has seen the holder: the card is activated without a one-time code. The key is kept
    sealed. The same card again replaces the key, until the card is activated. Activation gives the
    card a PUK of its own, which is kept sealed too, and a new management key where this one is
    well known.
    """
    number = _parsed(CardSerial, _compact(serial), "--serial")
    holder = _parsed(CivilNumber, civil_number, "--civil-number")
    kind = next(kind for kind in KeyType if kind.label == key_type.value)
    if not management_key_stdin:
        raise typer.BadParameter("the card management key comes from standard input only")
    management_key = _management_key(kind)
    puk = _puk() if puk_stdin else None
    try:
        add_card(
            database,
            serial=number,
            civil_number=holder,
            kind=kind,
            management_key=management_key,
            puk=puk,
            keys=keys,
        )
    except CardRefused as refused:
        refuse(
            {"registered": False, "serial": number, "detail": str(refused)},
            as_json=as_json,
            text=str(refused),
        )
    well_known = is_well_known(management_key)
    text = f"The card {number} is registered and may be activated."
    if well_known:
        text += (
            " Its management key is one with which makers deliver cards: anybody can write to it."
            " Activation replaces it, or refuses the card."
        )
    answer(
        {
            "registered": True,
            "serial": number,
            "key_type": kind.label,
            "well_known_key": well_known,
        },
        as_json=as_json,
        text=text,
    )


@app.command("revoke-card")
def withdraw_card(
    database: Database,
    serial: Serial,
    activate_again: Annotated[
        bool,
        typer.Option(
            "--activate-again", help="Revoke the certificates only: the card may get new ones."
        ),
    ] = False,
    as_json: Json = False,
) -> None:
    """Revoke a card that was lost or stolen, or the certificates of one that made other keys."""
    number = _parsed(CardSerial, _compact(serial), "--serial")
    try:
        count = revoke_card(database, serial=number, activate_again=activate_again)
    except CardRefused as refused:
        refuse(
            {"revoked": False, "serial": number, "detail": str(refused)},
            as_json=as_json,
            text=str(refused),
        )
    answer(
        {"revoked": True, "serial": number, "certificates": count},
        as_json=as_json,
        text=f"{count} certificates of the card {number} are revoked.",
    )


def _token(path: Path | None) -> str | None:
    """The administrator's token. Raises :class:`CentralUnavailable` for a file not fit for one."""
    if path is None:
        return None
    if path.stat().st_mode & 0o077:
        raise CentralUnavailable(f"{path}: others may read the token; make it mode 600.")
    token = path.read_text("ascii", errors="replace").strip()
    if len(token) < _LEAST_TOKEN or not token.isascii():
        raise CentralUnavailable(f"{path}: a token is one line of at least {_LEAST_TOKEN} letters.")
    return token


def _parsed(kind: Any, text: str, option: str) -> str:
    try:
        value: str = msgspec.convert(text, kind)
    except msgspec.ValidationError as error:
        raise typer.BadParameter(f"{option} is malformed") from error
    return value


def _compact(text: str) -> str:
    """Hexadecimal as people copy it: with spaces, colons, hyphens, in small letters."""
    return "".join(text.split()).replace(":", "").replace("-", "").upper()


def _puk() -> bytes:
    puk = sys.stdin.readline().strip()
    if not _PUK.fullmatch(puk):
        raise typer.BadParameter("a PUK has eight digits")
    return puk.encode("ascii")


def _management_key(kind: KeyType) -> bytes:
    """The key on standard input. A two-key triple DES key is completed (SP 800-67r2, 2)."""
    try:
        key = bytes.fromhex(_compact(sys.stdin.readline()))
    except ValueError:
        raise typer.BadParameter("the card management key is not hexadecimal") from None
    if kind is KeyType.TRIPLE_DES and len(key) == _TWO_KEYS:
        key += key[:8]
    if len(key) != kind.length:
        raise typer.BadParameter(f"a card management key {kind.label} has {kind.length} bytes")
    return key
