"""Every event that log and journal may hold: one file, ``events.toml``, and nothing else passes."""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter

from kiosk.services import Text


class Disposition(enum.StrEnum):
    """What an event means for those who run the terminal."""

    NORMAL = "normal"
    DEGRADED = "degraded"
    """The terminal serves, but not everything or not at once."""
    ALERT = "alert"
    """Somebody has to come, or to look."""


class EventDefinition(BaseModel):
    """One entry of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    level: Annotated[str, StringConstraints(pattern=r"^(debug|info|warning|error)$")]
    disposition: Disposition
    sentence: Text
    fields: tuple[str, ...] = ()
    """Names of the values it may carry; none of them may hold personal data."""
    journal: bool = False
    """Also kept in the hash-chained journal."""


@cache
def load_events() -> Mapping[str, EventDefinition]:
    """The catalogue by event id."""
    raw = tomllib.loads((files("kiosk.journal") / "events.toml").read_text("utf-8"))
    flat = {
        f"{group}.{name}": entry for group, names in raw.items() for name, entry in names.items()
    }
    return TypeAdapter(dict[str, EventDefinition]).validate_python(flat)
