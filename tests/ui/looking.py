"""Looks at what is really on the screen: items, texts and their places."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtQml import QQmlExpression, qmlContext
from PySide6.QtQuick import QQuickItem, QQuickWindow

LEFT, RIGHT, CENTRE = 1, 2, 4
"""Text.AlignLeft, AlignRight, AlignHCenter."""


def walk(item: QQuickItem) -> Iterator[QQuickItem]:
    """Every visible item below one, delegates of repeaters included."""
    for child in item.childItems():
        if child.isVisible() and child.opacity() > 0:
            yield child
            yield from walk(child)


def items(window: QQuickWindow) -> list[QQuickItem]:
    """Every visible item of the window."""
    return list(walk(window.contentItem()))


def find(window: QQuickWindow, name: str) -> QQuickItem:
    """The visible item with this ``objectName``."""
    found = [item for item in items(window) if item.objectName() == name]
    assert len(found) == 1, f"{len(found)} items are called {name}"
    return found[0]


def has(window: QQuickWindow, name: str) -> bool:
    """Whether an item with this ``objectName`` is visible."""
    return any(item.objectName() == name for item in items(window))


def text(window: QQuickWindow, name: str) -> str:
    """The text of an item."""
    return str(find(window, name).property("text"))


def centre(item: QQuickItem) -> QPointF:
    """Where a finger goes."""
    return item.mapToScene(QPointF(item.width() / 2, item.height() / 2))


def on_screen(item: QQuickItem, rect: QRectF | None = None) -> QRectF:
    """What of an item can be seen: its rectangle, cut by every clipping ancestor."""
    seen = item.mapRectToScene(rect if rect is not None else item.boundingRect())
    ancestor = item.parentItem()
    while ancestor is not None:
        if ancestor.clip():
            seen = seen.intersected(ancestor.mapRectToScene(ancestor.boundingRect()))
        ancestor = ancestor.parentItem()
    return seen


def texts(window: QQuickWindow) -> list[QQuickItem]:
    """Every visible text that says something."""
    return [item for item in items(window) if item.inherits("QQuickText") and item.property("text")]


def alignment(item: QQuickItem) -> int:
    """Where the lines of a text start, mirroring included: LEFT, RIGHT or CENTRE."""
    expression = QQmlExpression(qmlContext(item), item, "effectiveHorizontalAlignment")
    value, _ = expression.evaluate()
    return int(value)


def painted(item: QQuickItem) -> QRectF:
    """The rectangle that the letters of a text take, in the item's own coordinates."""
    width, height = float(item.property("contentWidth")), float(item.property("contentHeight"))
    left = {
        LEFT: 0.0,
        RIGHT: item.width() - width,
        CENTRE: (item.width() - width) / 2,
    }.get(alignment(item), 0.0)
    return QRectF(left, (item.height() - height) / 2, width, height)


def buttons(window: QQuickWindow) -> list[QQuickItem]:
    """Everything that can be touched."""
    return [item for item in items(window) if item.inherits("QQuickAbstractButton")]
