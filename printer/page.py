"""The measures of one paper, and the blocks its sections are built from. Lengths are dots."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtGui import QPainter

from printer.receipt import Bilingual, Receipt
from printer.text_layout import (
    Align,
    Block,
    Style,
    Text,
    Weight,
    dashes,
    fitted,
    listed,
    space,
    text,
)

LINE_BREAK: Final = "\u2028"
WIDTHS: Final = (576, 384)
"""Dots per line of the two paper widths, 80 mm and 58 mm."""


@dataclass(frozen=True, slots=True)
class Page:
    """Measures of one receipt. ``unit`` is the vertical rhythm, ``edge`` the side margin."""

    width: int
    ar: bool
    en: bool
    scale: float
    edge: int
    unit: int

    @classmethod
    def of(cls, receipt: Receipt, width: int) -> Page:
        """The measures for a receipt on paper of ``width`` dots."""
        scale = (1.0 if width == WIDTHS[0] else 0.9) * (1.3 if receipt.large else 1.0)
        return cls(
            width=width,
            ar=receipt.languages != "en",
            en=receipt.languages != "ar",
            scale=scale,
            edge=12 if width == WIDTHS[0] else 6,
            unit=round(16 * scale),
        )

    @property
    def both(self) -> bool:
        """Whether both languages are printed."""
        return self.ar and self.en

    @property
    def roomy(self) -> bool:
        """Whether half of the width takes a sentence."""
        return self.width == WIDTHS[0] and self.scale <= 1

    @property
    def inner(self) -> int:
        """Width between the margins."""
        return self.width - 2 * self.edge

    def style(self, size: float, weight: Weight = Weight.Normal, leading: float = 1.5) -> Style:
        """A style at the scale of this paper."""
        return Style(round(size * self.scale), weight, leading)

    def languages(self, words: Bilingual) -> list[tuple[str, bool]]:
        """The texts to print, Arabic first, each with whether it runs right to left."""
        chosen = [(words.ar, True)] if self.ar else []
        return [*chosen, (words.en, False)] if self.en else chosen


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the paper from edge to edge."""

    says: Hashable
    """All that its dots depend on besides the page."""
    blocks: Callable[[], list[Block]]


def start(*, rtl: bool) -> Align:
    """The side where lines of this direction begin."""
    return Align.RIGHT if rtl else Align.LEFT


def beside(*parts: tuple[Text, float]) -> Block:
    """Paragraphs next to each other, each at its own x, with their first lines level."""

    def draw(painter: QPainter, top: float) -> None:
        for part, x in parts:
            part.draw(painter, x, top)

    return Block(max(part.height for part, _ in parts), draw)


def stack(*blocks: Block) -> Block:
    """Blocks under each other as one."""

    def draw(painter: QPainter, top: float) -> None:
        for block in blocks:
            block.draw(painter, top)
            top += block.height

    return Block(sum(block.height for block in blocks), draw)


def centred(page: Page, words: Bilingual, first: Style, second: Style) -> list[Block]:
    """Both languages under each other, the leading one in ``first``."""
    made = []
    for index, (content, rtl) in enumerate(page.languages(words)):
        style = first if index == 0 else second
        sizes = tuple(replace(style, size=round(style.size * part)) for part in (1, 0.92, 0.85))
        made.append(beside((fitted(content, sizes, page.inner, Align.CENTRE, rtl=rtl), page.edge)))
    return made


def rule_gap(page: Page) -> int:
    """White above and below a :func:`rule`."""
    return page.unit // 2


def rule(page: Page) -> list[Block]:
    """A dashed line from margin to margin, where one part of the paper ends."""
    gap = space(rule_gap(page))
    line = dashes(page.edge, page.width - page.edge, on=10, off=6, thick=2)
    return [gap, line, gap]


def mirrored(page: Page, words: Bilingual, style: Style) -> Block | None:
    """Both languages from the two edges, no line broken, where a gap is left between them."""
    arabic = text(words.ar, style, page.inner, Align.RIGHT, rtl=True)
    english = text(words.en, style, page.inner, Align.LEFT, rtl=False)
    together = arabic.natural + english.natural + page.unit
    given = words.ar.count(LINE_BREAK) + words.en.count(LINE_BREAK) + 2
    if arabic.lines + english.lines > given or together > page.inner:
        return None
    return beside((english, page.edge), (arabic, page.edge))


def halves(page: Page, words: Bilingual, style: Style) -> Block:
    """Mirrored: Arabic at the right edge, English at the left, each on its half when long."""
    if (line := mirrored(page, words, style)) is not None:
        return line
    half = (page.inner - page.unit) // 2
    arabic = listed(words.ar, style, half, Align.RIGHT, rtl=True)
    english = listed(words.en, style, half, Align.LEFT, rtl=False)
    return beside((english, page.edge), (arabic, page.edge + half + page.unit))
