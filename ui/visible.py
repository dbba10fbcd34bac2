"""What of a window a person could see and touch: for the tour, the bench and tests."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQuick import QQuickItem


def visible_items(item: QQuickItem) -> Iterator[QQuickItem]:
    """Everything visible and enabled below an item; ``findChild`` misses delegates."""
    for child in item.childItems():
        if child.isVisible() and child.isEnabled():
            yield child
            yield from visible_items(child)


def in_view(item: QQuickItem) -> bool:
    """Whether the centre of an item is inside every clipping ancestor."""
    centre = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
    ancestor: QQuickItem | None = item.parentItem()
    while ancestor is not None:
        if ancestor.clip():
            seen = ancestor.mapRectToScene(QRectF(0, 0, ancestor.width(), ancestor.height()))
            if not seen.contains(centre):
                return False
        ancestor = ancestor.parentItem()
    return True
