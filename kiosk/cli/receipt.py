"""``kiosk receipt``: is this receipt genuine?"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from kiosk.central.client import CentralClient
from kiosk.cli.options import SIMULATION, ConfigFile, Json, StateDirectory, settings_from
from kiosk.cli.outcome import answer, refuse
from kiosk.contract.application import reference_of, rfc3339
from kiosk.contract.visits import ReceiptKey
from kiosk.papers.receipt_keys import RING_FILE, public_keys, read_ring, revoked_ids
from kiosk.services import formats
from printer.errors import ReceiptInvalid
from printer.proof import signing_key_id, verify_receipt

app = typer.Typer(help="Receipts of this and other terminals.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Receipts of this and other terminals."""


@app.command()
def verify(
    text: Annotated[str, typer.Argument(help="The text of the QR code, or - for standard input.")],
    keys: Annotated[
        Path | None,
        typer.Option(help="Public keys, as the central API's /v1/receipt-keys answers them."),
    ] = None,
    central: Annotated[
        str, typer.Option(help="Ask this central API for the keys instead of the key ring.")
    ] = "",
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    as_json: Json = False,
) -> None:
    """Check a receipt's signature; without --central nothing but local files is needed.

    The key ring holds the keys of the terminals on this machine, the simulated ones too.
    """
    settings = settings_from(config, state_directory)
    real = read_ring(keys or settings.state_directory / RING_FILE)
    simulated: tuple[ReceiptKey, ...] = ()
    if central:
        client = CentralClient(central, ca_file=settings.central.ca_file)
        try:
            real = tuple(client.receipt_keys().keys)
        finally:
            client.close()
    elif keys is None:
        simulated = read_ring(settings.state_directory / SIMULATION / RING_FILE)
    wanted = sys.stdin.read().strip() if text == "-" else text.strip()
    try:
        ring = simulated + real
        claims = verify_receipt(wanted, public_keys(ring), revoked_ids(ring))
    except ReceiptInvalid as error:
        value = {"valid": False, "reason": error.reason.value}
        refuse(value, as_json=as_json, text=f"Not valid: {error}.")
    # Who signed says whether it is a real terminal's; what the receipt claims says nothing.
    only_simulated = signing_key_id(wanted) not in {key.key_id for key in real}
    result = {
        "valid": True,
        "simulated": only_simulated,
        "tx_id": claims.tx_id,
        "reference": reference_of(claims.tx_id),
        "service": claims.service,
        "issued_at": rfc3339(claims.issued_at),
        "kiosk": claims.kiosk,
        "state": claims.state.value,
        "fee_baisa": claims.fee_baisa,
        "chain_head": claims.chain_head.hex(),
    }
    note = " The terminal is a simulated one." if only_simulated else ""
    fee = formats.money(claims.fee_baisa, "en")
    summary = (
        f"Valid: {claims.service}, {reference_of(claims.tx_id)}, {rfc3339(claims.issued_at)}, "
        f"terminal {claims.kiosk}, {claims.state.value}, fee {fee}."
    )
    answer(result, as_json=as_json, text=summary + note)
