"""The settings that a command works with: the file's, and what the command line says otherwise."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from kiosk.config import Settings, load_settings

SIMULATION = "simulation"
"""Folder in the state directory where everything of a simulated terminal is kept."""


def settings_from(
    config: Path | None, state_directory: Path | None = None, *, simulated: bool = False
) -> Settings:
    """The settings with the command line's own choice of state directory."""
    settings = load_settings(config)
    directory = settings.state_directory if state_directory is None else state_directory.absolute()
    if simulated:
        directory = directory / SIMULATION / "terminal"
    return replace(settings, state_directory=directory)


def size_of(text: str) -> tuple[int, int]:
    """``1080x1920`` as width and height in pixels. Raises ``ValueError`` with a sentence."""
    width, _, height = text.lower().partition("x")
    try:
        size = int(width), int(height)
    except ValueError as error:
        raise ValueError("a size is written like 1080x1920") from error
    if not all(480 <= side <= 7680 for side in size):
        raise ValueError("each side is between 480 and 7680 pixels")
    return size
