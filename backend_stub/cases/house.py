"""What the rules about cases work with, opened once."""

from __future__ import annotations

from dataclasses import dataclass

from backend_stub.cases.calendars import Calendars
from backend_stub.cases.definitions import Definitions
from backend_stub.cases.hooks import Hooks
from backend_stub.cases.offices import Offices
from kiosk.services.places import Places


@dataclass(frozen=True, slots=True)
class CaseHouse:
    """Definitions, offices, calendars, places, and what the rooms of services add."""

    definitions: Definitions
    offices: Offices
    calendars: Calendars
    places: Places
    hooks: Hooks
    public_url: str

    @property
    def link(self) -> str:
        """Where a citizen follows a request: in notices, ``{link}``."""
        return f"{self.public_url}/requests"
