"""The kinds of events of a case."""

from __future__ import annotations

import enum


class EventKind(enum.StrEnum):
    """What happened."""

    OPENED = "opened"
    MOVED = "moved"
    NOTICE = "notice"
    """A notice was handed to its gateway, or could not be: channel, time, and the text as sent."""
    DELIVERED = "delivered"
    """The gateway says what became of a notice."""
    DIFFERENCE = "difference"
    """The registries say something else than what the application relied on."""
    NOTE = "note"
    """An officer's remark."""
