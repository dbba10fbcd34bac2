"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.settings import SIMULATION, settings_from

__all__ = [
    "SIMULATION",
    "CentralKeys",
    "ConfigFile",
    "Json",
    "Simulated",
    "StateDirectory",
    "settings_from",
]

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Settings of the terminal (TOML).", envvar="MANFADH_CONFIG"),
]
CentralKeys = Annotated[
    Path | None,
    typer.Option("--keys", help="File of the API's own keys; needed with PostgreSQL."),
]
StateDirectory = Annotated[
    Path | None,
    typer.Option("--state-directory", help="Where outbox, journal and keys are kept."),
]
Simulated = Annotated[
    bool,
    typer.Option("--simulated", help="The terminal of `kiosk run --simulate`, not the real one."),
]


def never_made(path: Path, what: str) -> str:
    """What to say of a file that a terminal makes and that is not there."""
    return (
        f"{path}: there is no {what}. The terminal makes it at its first start; "
        "--simulated shows that of `kiosk run --simulate`"
    )
