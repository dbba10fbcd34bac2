"""Every event that log and journal may hold: one file, ``events.toml``, and nothing else passes."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Literal

import msgspec

from kiosk.services.texts import Text, build_decoders, convert


class Disposition(enum.StrEnum):
    """What an event means for those who run the terminal."""

    NORMAL = "normal"
    DEGRADED = "degraded"
    """The terminal serves, but not everything or not at once."""
    ALERT = "alert"
    """Somebody has to come, or to look."""


class EventDefinition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One entry of the catalogue."""

    level: Literal["debug", "info", "warning", "error"]
    disposition: Disposition
    sentence: Text
    fields: tuple[str, ...] = ()
    """Names of the values it may carry; none of them may hold personal data."""
    journal: bool = False
    """Also kept in the hash-chained journal."""


build_decoders(dict[str, EventDefinition])


@cache
def load_events() -> Mapping[str, EventDefinition]:
    """The catalogue by event id."""
    raw = tomllib.loads((files("kiosk.journal") / "events.toml").read_text("utf-8"))
    flat = {
        f"{group}.{name}": entry for group, names in raw.items() for name, entry in names.items()
    }
    return convert(flat, dict[str, EventDefinition])
