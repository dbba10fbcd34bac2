"""``kiosk simulate gateway | card-terminal``: whoever takes the money, as programs of their own."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from backend_stub.peers.gateway import GatewayServer, load_keys
from kiosk.simulation.card_terminal import SimulatedCardTerminal

Vice = Annotated[
    list[str] | None,
    typer.Option("--vice", metavar="NAME[=VALUE]", help="What is wrong with it; may be repeated."),
]


def gateway(
    database: Annotated[Path, typer.Option(help="Its own SQLite file.")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8090,
    keys: Annotated[
        Path | None,
        typer.Option(help="What it shares with the merchant (JSON); made when missing."),
    ] = None,
    callback: Annotated[
        str, typer.Option(metavar="URL", help="Where callbacks go: …/v1/payments/callback.")
    ] = "",
    vice: Vice = None,
) -> None:
    """A payment gateway on 127.0.0.1 until interrupted; PUT /vices changes what is wrong."""
    path = keys or database.with_name(f"{database.name}.keys.json")
    server = GatewayServer(database, load_keys(path), callback, port)
    url = server.start()
    try:
        _switch(server.switch, vice)
        typer.echo(f"The gateway listens on {url}, keys in {path}. Ctrl-C ends.", err=True)
        _until_interrupted()
    finally:
        server.stop()


def card_terminal(
    database: Annotated[Path, typer.Option(help="Its own SQLite file.")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8091,
    vice: Vice = None,
) -> None:
    """A card terminal on 127.0.0.1 that speaks nexo Retailer in JSON, until interrupted."""
    device = SimulatedCardTerminal(database, port)
    url = device.start()
    try:
        _switch(device.switch, vice)
        typer.echo(f"The card terminal listens on {url}. Ctrl-C ends.", err=True)
        _until_interrupted()
    finally:
        device.stop()


def _switch(switch: Callable[..., object], vices: list[str] | None) -> None:
    changes: dict[str, Any] = {}
    for vice in vices or ():
        name, _, value = vice.partition("=")
        changes[name.replace("-", "_")] = _value(value)
    try:
        switch(**changes)
    except TypeError:
        raise typer.BadParameter("there is no such vice") from None


def _value(text: str) -> bool | int | float | str:
    if text in ("", "true"):
        return True
    if text == "false":
        return False
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _until_interrupted() -> None:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
