"""Options that several commands take."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kiosk.config import Settings, load_settings

SIMULATION = "simulation"
"""Folder in the state directory where everything of a simulated terminal is kept."""

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", help="Settings of the terminal (TOML).", envvar="MANFADH_CONFIG"),
]
StateDirectory = Annotated[
    Path | None,
    typer.Option("--state-directory", help="Where outbox, journal and keys are kept."),
]
Simulated = Annotated[
    bool,
    typer.Option("--simulated", help="The terminal of `kiosk run --simulate`, not the real one."),
]


def settings_from(
    config: Path | None, state_directory: Path | None = None, *, simulated: bool = False
) -> Settings:
    """The settings with the command line's own choice of state directory."""
    settings = load_settings(config)
    directory = settings.state_directory if state_directory is None else state_directory.absolute()
    if simulated:
        directory = directory / SIMULATION / "terminal"
    return settings.model_copy(update={"state_directory": directory})


def parse_size(text: str) -> tuple[int, int]:
    """``1080x1920`` as width and height in pixels."""
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError as error:
        raise typer.BadParameter("a size is written like 1080x1920") from error
    if not all(480 <= side <= 7680 for side in size):
        raise typer.BadParameter("each side is between 480 and 7680 pixels")
    return size
