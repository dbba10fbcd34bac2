"""What a check of an outbox can find."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Code(enum.StrEnum):
    """What is wrong, for programs."""

    UNREADABLE = "unreadable"
    EDITED = "edited"
    REMOVED = "removed"
    REORDERED = "reordered"
    TAIL_CUT = "tail-cut"
    ROLLED_BACK = "rolled-back"
    FORKED = "forked"
    HEAD_FORGED = "head-forged"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: ``sentence`` for people, ``code`` for programs."""

    code: Code
    seq: int | None
    sentence: str
