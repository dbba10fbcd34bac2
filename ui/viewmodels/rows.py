"""A list to choose from that comes from a registry: 1 to 2,000 rows, a page of them at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Language
from kiosk.services.facts import Fact, Row
from kiosk.services.formats import money
from ui.viewmodels.seam import QVariantList

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1

PER_PAGE = 6
"""Rows on one page: so many fit above the dock in large letters too."""


@QmlElement
class RowsViewModel(QObject):
    """Search, pages, groups and choice. ``listed`` fires when other rows are shown."""

    listed = Signal()
    changed = Signal()

    def __init__(self, choose: Callable[[list[str]], None], parent: QObject) -> None:
        super().__init__(parent)
        self._choose = choose
        self._fact: Fact | None = None
        self._language: Language = "ar"
        self._found: tuple[Row, ...] = ()
        self._words: dict[str, str] = {}
        self._chosen: list[str] = []
        self._query = ""
        self._page = 0
        self._one = False
        self._waiting = False
        self._unavailable = ""

    def show(
        self,
        fact: Fact | None,
        chosen: list[str],
        language: Language,
        *,
        one: bool,
        waiting: bool,
        unavailable: str,
    ) -> None:
        """Take over the rows, what is chosen of them, and whether they are still to come."""
        other = fact is not self._fact or language != self._language
        if other:
            self._fact, self._language = fact, language
            rows = fact.rows if fact else ()
            self._words = {row.id: self._searched(row) for row in rows}
            self._page = 0
            self._find()
        moved = (chosen, one, waiting, unavailable) != (
            self._chosen,
            self._one,
            self._waiting,
            self._unavailable,
        )
        self._chosen, self._one = chosen, one
        self._waiting, self._unavailable = waiting, unavailable
        if other or moved:
            self.listed.emit()
            self.changed.emit()

    def forget(self) -> None:
        """Nothing of the last visit stays."""
        self._fact, self._found, self._words, self._chosen = None, (), {}, []
        self._query, self._page, self._waiting, self._unavailable = "", 0, False, ""
        self.listed.emit()
        self.changed.emit()

    @Property(QVariantList, notify=listed)
    def rows(self) -> list[dict[str, Any]]:
        """``id, title, lines, chips (text, tone), amount, blocked, chosen`` of this page."""
        first = self._page * PER_PAGE
        return [self._row(row) for row in self._found[first : first + PER_PAGE]]

    @Property(QVariantList, notify=listed)
    def groups(self) -> list[dict[str, Any]]:
        """``id, text, count, chosen``: rows that can be chosen with one touch."""
        fact = self._fact
        if fact is None or self._one:
            return []
        chosen = set(self._chosen)
        found = []
        for group, text in fact.groups.items():
            ids = self._of_group(group)
            if ids:
                found.append(
                    {
                        "id": group,
                        "text": text.in_language(self._language),
                        "count": len(ids),
                        "chosen": chosen >= set(ids),
                    }
                )
        return found

    @Property(int, notify=listed)
    def page(self) -> int:
        """From 1."""
        return self._page + 1

    @Property(int, notify=listed)
    def pageCount(self) -> int:
        return max(1, -(-len(self._found) // PER_PAGE))

    @Property(int, notify=listed)
    def count(self) -> int:
        """How many rows there are in all."""
        return len(self._fact.rows) if self._fact else 0

    @Property(int, notify=listed)
    def foundCount(self) -> int:
        return len(self._found)

    @Property(int, notify=listed)
    def chosenCount(self) -> int:
        return len(self._chosen)

    @Property(str, notify=listed)
    def chosenAmount(self) -> str:
        """What the chosen rows cost together, or empty where rows have no amount."""
        fact = self._fact
        if fact is None or not self._chosen:
            return ""
        chosen = set(self._chosen)
        amounts = [row.amount_baisa for row in fact.rows if row.id in chosen]
        total = sum(amount for amount in amounts if amount is not None)
        return money(total, self._language) if any(a is not None for a in amounts) else ""

    @Property(str, notify=changed)
    def query(self) -> str:
        return self._query

    @Property(bool, notify=changed)
    def waiting(self) -> bool:
        """The registry was asked and has not answered yet."""
        return self._waiting

    @Property(str, notify=changed)
    def unavailable(self) -> str:
        """What to say when the rows cannot be had; empty: they can."""
        return self._unavailable

    @Slot(str)
    def search(self, query: str) -> None:
        if query != self._query:
            self._query, self._page = query, 0
            self._find()
            self.listed.emit()
            self.changed.emit()

    @Slot(int)
    def turn(self, pages: int) -> None:
        """Forward or back."""
        self._page = min(max(0, self._page + pages), self.pages() - 1)
        self.listed.emit()

    @Slot(str)
    def pick(self, row_id: str) -> None:
        if self._one:
            self._choose([row_id])
        elif row_id in self._chosen:
            self._choose([each for each in self._chosen if each != row_id])
        else:
            self._choose([*self._chosen, row_id])

    @Slot(str)
    def pickGroup(self, group: str) -> None:
        """All of a group, or none of it when all are chosen already."""
        ids = self._of_group(group)
        others = [each for each in self._chosen if each not in set(ids)]
        self._choose(others if set(ids) <= set(self._chosen) else [*others, *ids])

    def pages(self) -> int:
        """How many pages the found rows fill."""
        return max(1, -(-len(self._found) // PER_PAGE))

    def _find(self) -> None:
        words = self._query.casefold().split()
        rows = self._fact.rows if self._fact else ()
        self._found = tuple(
            row for row in rows if all(word in self._words[row.id] for word in words)
        )

    def _searched(self, row: Row) -> str:
        sentences = [text for part in (row.title, *row.lines) for _, text in part.each()]
        return " ".join([row.id, *sentences]).casefold()

    def _of_group(self, group: str) -> list[str]:
        rows = self._fact.rows if self._fact else ()
        return [row.id for row in rows if row.group == group and row.blocked is None]

    def _row(self, row: Row) -> dict[str, Any]:
        language = self._language
        return {
            "id": row.id,
            "title": row.title.in_language(language),
            "lines": " · ".join(line.in_language(language) for line in row.lines),
            "chips": [
                {"text": chip.text.in_language(language), "tone": chip.tone.value}
                for chip in row.chips
            ],
            "amount": "" if row.amount_baisa is None else money(row.amount_baisa, language),
            "blocked": row.blocked.in_language(language) if row.blocked else "",
            "chosen": row.id in self._chosen,
        }
