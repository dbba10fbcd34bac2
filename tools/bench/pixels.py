"""What is really in the window."""

from __future__ import annotations

from PySide6.QtQuick import QQuickWindow

_GRID = 60


def colours(window: QQuickWindow) -> int:
    """How many colours a grid of 60 × 60 points of the picture has: 1 is an empty window."""
    picture = window.grabWindow()
    across, down = picture.width() // _GRID, picture.height() // _GRID
    return len({picture.pixel(x * across, y * down) for x in range(_GRID) for y in range(_GRID)})
