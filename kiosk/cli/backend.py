"""``kiosk backend``: the central API."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from backend_stub import EnrolmentCode, Settings, serve
from cardreader.simulator import TRUST as SIMULATED_TRUST
from kiosk.cli.options import ConfigFile, settings_from
from kiosk.journal import configure_logging

app = typer.Typer(help="The central API.", no_args_is_help=True)


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
    keys: Annotated[
        Path | None, typer.Option(help="File of the API's own keys; needed with PostgreSQL.")
    ] = None,
    trust: Annotated[
        Path | None, typer.Option(help="Trust anchors of the cards; default: the simulated state.")
    ] = None,
    codes_stdin: Annotated[
        bool, typer.Option("--codes-stdin", help="Read one-time enrolment codes, one per line.")
    ] = False,
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
    codes = tuple(EnrolmentCode(line.strip()) for line in sys.stdin) if codes_stdin else ()
    typer.echo(f"The central API listens on http://{host}:{port}, docs at /docs.", err=True)
    serve(
        Settings(
            database_url=database,
            trust_directory=trust or SIMULATED_TRUST,
            key_file=keys,
            enrolment_codes=codes,
            development=development,
        ),
        host,
        port,
    )
