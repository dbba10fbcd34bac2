"""The receipt as data: what is on the paper, in which language, and nothing about how it looks.

The caller composes every text. This package knows no service, no ministry and no citizen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Languages = Literal["ar", "en", "both"]
"""What is printed: Arabic alone, English alone, or both with Arabic first."""


class ReceiptState(StrEnum):
    """What the citizen may rely on."""

    CONFIRMED = "confirmed"
    """The central API has it."""
    QUEUED = "queued"
    """The terminal keeps it and will send it: saved while the network was away."""


class BadgeKind(StrEnum):
    """How a badge is drawn."""

    DONE = "done"
    """Solid, with a tick."""
    WAITING = "waiting"
    """Outlined, with a clock."""
    WARNING = "warning"
    """Outlined, with an exclamation mark."""


class Emphasis(StrEnum):
    """How loudly a row speaks."""

    NORMAL = "normal"
    STRONG = "strong"
    HERO = "hero"
    """Alone and in large digits: the number that a person is asked for."""


@dataclass(frozen=True, slots=True)
class Bilingual:
    """The same text in Arabic and in English."""

    ar: str
    en: str


@dataclass(frozen=True, slots=True)
class Badge:
    """Whether it is done, in words and as a kind that decides how it is drawn."""

    text: Bilingual
    kind: BadgeKind


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled value. ``value_en`` is ``None`` where both languages share it (a number)."""

    label: Bilingual
    value_ar: str
    value_en: str | None = None
    emphasis: Emphasis = Emphasis.NORMAL


@dataclass(frozen=True, slots=True)
class Receipt:
    """Everything one receipt says, top to bottom.

    Rows with ``Emphasis.HERO`` come first. ``framed`` stands in a box under them: where to be, and
    when. ``fine_print`` is for the office and stands beside the code where there is room.
    ``qr_text`` empty means no code. ``copy`` 0 is the original; 1 and more are printed as a marked
    copy. ``large`` is the large-print variant. ``head_pattern`` adds what shows a worn print head,
    for test pages.
    """

    title: Bilingual
    authority: Bilingual
    badge: Badge | None
    rows: tuple[Row, ...]
    next_steps: tuple[Bilingual, ...]
    qr_text: str
    framed: tuple[Row, ...] = ()
    fine_print: tuple[Row, ...] = ()
    copy: int = 0
    languages: Languages = "both"
    large: bool = False
    head_pattern: bool = False
    next_steps_title: Bilingual = Bilingual("ماذا بعد ذلك؟", "What happens next")
    qr_caption: Bilingual = Bilingual(
        "امسح الرمز للتحقق من هذا الإيصال", "Scan to check this receipt"
    )

    def __post_init__(self) -> None:
        if self.copy < 0:
            raise ValueError("a copy number is 0 for the original, 1 and more for copies")
        if self.languages not in ("ar", "en", "both"):
            raise ValueError("languages is ar, en or both")
