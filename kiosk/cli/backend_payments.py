"""``kiosk backend payments reconcile | show | unknown``: for the payments desk."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from backend_stub.console.payment_office import (
    OrderUnknown,
    compare_now,
    list_unknown,
    show_order,
)
from backend_stub.payments.money import shown
from backend_stub.payments.opening import read_access
from kiosk.cli.options import ConfigFile, Json, settings_from
from kiosk.cli.outcome import answer, refuse

app = typer.Typer(help="Payments: compare, look, and what is unknown.", no_args_is_help=True)

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        help="sqlite:///file or postgresql+psycopg://…; default: that of `kiosk backend serve`.",
    ),
]
GatewayUrl = Annotated[str, typer.Option("--gateway", metavar="URL", help="The payment gateway.")]
GatewayKeyFile = Annotated[
    Path, typer.Option("--gateway-keys", metavar="FILE", help="What it shares with us (JSON).")
]


@app.command("reconcile")
def reconcile(
    gateway: GatewayUrl,
    gateway_keys: GatewayKeyFile,
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    as_json: Json = False,
) -> None:
    """Compare orders, the gateway's statement and effects. Ends with 1 when something differs."""
    access = read_access(gateway, gateway_keys)
    found = compare_now(_database(config, database), access)
    value = {
        "differences": [
            {
                "kind": each.kind.value,
                "subject": each.subject,
                "order": each.order,
                "amount_baisa": each.amount,
                "owner": each.owner,
                "since": each.since.isoformat(),
            }
            for each in found
        ]
    }
    if not found:
        answer(value, as_json=as_json, text="Orders, statement and effects agree.")
        return
    text = "\n".join(
        f"{each.kind.value}: {each.subject}, OMR {shown(each.amount)}, {each.owner}, since "
        f"{each.since:%Y-%m-%d %H:%M} UTC"
        for each in found
    )
    refuse(value, as_json=as_json, text=text)


@app.command("unknown")
def unknown(config: ConfigFile = None, database: DatabaseUrl = "", as_json: Json = False) -> None:
    """Payments that nobody can say the end of yet."""
    found = list_unknown(_database(config, database))
    now = datetime.now(UTC)
    value = {
        "unknown": [
            {
                "attempt": each.view.attempt.id,
                "order": each.order,
                "case": each.case,
                "way": each.view.attempt.way.value,
                "amount_baisa": each.view.attempt.amount,
                "since": each.view.moved_at.isoformat(),
                "asked": each.view.asked,
            }
            for each in found
        ]
    }
    text = "\n".join(
        f"{each.case} {each.view.attempt.id}: OMR {shown(each.view.attempt.amount)}, "
        f"{(now - each.view.moved_at) // timedelta(hours=1)} h, asked {each.view.asked} times"
        for each in found
    )
    answer(value, as_json=as_json, text=text or "No payment is unknown.")


@app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="ORDER", help="An order or one of its attempts.")],
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    as_json: Json = False,
) -> None:
    """Everything recorded of one order."""
    try:
        told = show_order(_database(config, database), name)
    except OrderUnknown as error:
        refuse({"found": False, "detail": str(error)}, as_json=as_json, text=f"{error}.")
    value = json.loads(json.dumps(told, default=str))
    lines = [
        f"{value['order']['case']}: OMR {shown(told['total_baisa'])}",
        *(f"{attempt}: {state}" for attempt, state in told["attempts"].items()),
        *(json.dumps(record, ensure_ascii=False) for record in value["records"]),
    ]
    answer(value, as_json=as_json, text="\n".join(lines))


def _database(config: Path | None, database: str) -> str:
    return database or f"sqlite:///{settings_from(config).state_directory / 'central.db'}"
