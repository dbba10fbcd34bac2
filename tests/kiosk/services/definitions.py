"""Definitions for tests: one that is sound, and what becomes of it with a change."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from kiosk.services import CatalogueError, load_catalogue
from kiosk.services.reading import DefinitionFault, Published, read_definition

NOW = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
TODAY = date(2026, 11, 28)
SOUND = Path(__file__).with_name("sound.toml").read_text("utf-8")


def changed(old: str, new: str) -> str:
    """The sound definition with the first occurrence of a text replaced."""
    assert old in SOUND, old
    return SOUND.replace(old, new, 1)


def read(text: str | bytes) -> Published:
    """Read as the catalogue does that comes with the program."""
    catalogue = load_catalogue()
    content = text if isinstance(text, bytes) else text.encode()
    shelves = [shelf.id for shelf in catalogue.shelves]
    return read_definition(content, "library-card.toml", shelves, catalogue.problem_texts)


def faults(text: str | bytes) -> tuple[DefinitionFault, ...]:
    """Everything that is wrong with a definition."""
    try:
        read(text)
    except CatalogueError as error:
        return error.faults
    return ()
