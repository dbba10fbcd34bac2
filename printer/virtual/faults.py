"""The switches for what goes wrong with a printer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict


@dataclass(frozen=True, slots=True)
class Faults:
    """The switches. All off is a healthy printer."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_jam: bool = False
    """Shows when the next cut is tried."""
    offline: bool = False
    silent: bool = False
    """Prints, but answers nothing: a one-way cable."""
    hold_replies: bool = False
    """Answers come late: when this is switched off again."""
    stalled: bool = False
    """Hangs: takes nothing, prints nothing, answers nothing."""
    stall_after_bytes: int | None = None
    """Takes this many more bytes from the line, then hangs."""


class FaultChanges(TypedDict, total=False):
    """Any of :class:`Faults`."""

    paper_out: bool
    paper_low: bool
    cover_open: bool
    cutter_jam: bool
    offline: bool
    silent: bool
    hold_replies: bool
    stalled: bool
    stall_after_bytes: int | None
