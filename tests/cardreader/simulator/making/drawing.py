"""A canvas for flat illustrations: smooth outlines, even strokes, soft shade.

One unit is one pixel of the finished picture; everything is drawn at three times that size.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from PIL import Image, ImageChops, ImageDraw, ImageFilter

SCALE = 3

Point = tuple[float, float]
Colour = tuple[int, int, int]


class Canvas:
    """A picture of ``width`` by ``height`` units on a plain ground."""

    def __init__(self, width: int, height: int, ground: Colour) -> None:
        self.size = (width, height)
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), ground)
        self.pen = ImageDraw.Draw(self.image)

    def finished(self) -> Image.Image:
        """The picture at its final size."""
        return self.image.resize(self.size, Image.Resampling.LANCZOS)

    def shape(self, points: Sequence[Point], fill: Colour) -> None:
        """A smooth closed outline through ``points``."""
        self.pen.polygon(scaled(smooth(points)), fill=fill)

    def oval(self, x: float, y: float, rx: float, ry: float, fill: Colour) -> None:
        """An ellipse around a centre."""
        box = [(x - rx) * SCALE, (y - ry) * SCALE, (x + rx) * SCALE, (y + ry) * SCALE]
        self.pen.ellipse(box, fill=fill)

    def stroke(self, points: Sequence[Point], width: float, fill: Colour) -> None:
        """A smooth open line with round ends, as one outline so that its edges are even."""
        path = smooth(points, closed=False)
        half = width / 2
        left: list[Point] = []
        right: list[Point] = []
        for index, (x, y) in enumerate(path):
            ahead, behind = path[min(index + 1, len(path) - 1)], path[max(index - 1, 0)]
            dx, dy = ahead[0] - behind[0], ahead[1] - behind[1]
            length = math.hypot(dx, dy) or 1.0
            nx, ny = -dy / length * half, dx / length * half
            left.append((x + nx, y + ny))
            right.append((x - nx, y - ny))
        self.pen.polygon(scaled([*left, *reversed(right)]), fill=fill)
        for x, y in (path[0], path[-1]):
            self.oval(x, y, half, half, fill)

    def shade(
        self,
        paint: Callable[[ImageDraw.ImageDraw], None],
        within: Sequence[Point],
        strength: int,
        blur: float,
    ) -> None:
        """Darken softly where ``paint`` paints white, inside the outline ``within`` only."""
        mask = Image.new("L", self.image.size, 0)
        paint(ImageDraw.Draw(mask))
        mask = mask.filter(ImageFilter.GaussianBlur(blur * SCALE)).point(
            [value * strength // 255 for value in range(256)]
        )
        within_mask = Image.new("L", self.image.size, 0)
        ImageDraw.Draw(within_mask).polygon(scaled(smooth(within)), fill=255)
        mask = ImageChops.multiply(mask, within_mask)
        self.image.paste((34, 26, 34), mask=mask)
        self.pen = ImageDraw.Draw(self.image)


def smooth(points: Sequence[Point], *, closed: bool = True, steps: int = 14) -> list[Point]:
    """A Catmull-Rom curve through the points."""
    count = len(points)
    curve: list[Point] = []
    for index in range(count if closed else count - 1):
        if closed:
            around = [points[(index + shift) % count] for shift in (-1, 0, 1, 2)]
        else:
            around = [points[min(max(index + shift, 0), count - 1)] for shift in (-1, 0, 1, 2)]
        for step in range(steps):
            t = step / steps
            curve.append((_spline(t, [p[0] for p in around]), _spline(t, [p[1] for p in around])))
    if not closed:
        curve.append(points[-1])
    return curve


def _spline(t: float, p: Sequence[float]) -> float:
    return 0.5 * (
        2 * p[1]
        + (p[2] - p[0]) * t
        + (2 * p[0] - 5 * p[1] + 4 * p[2] - p[3]) * t**2
        + (3 * p[1] - p[0] - 3 * p[2] + p[3]) * t**3
    )


def scaled(points: Sequence[Point]) -> list[Point]:
    """Units to pixels of the large picture."""
    return [(x * SCALE, y * SCALE) for x, y in points]


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """``share`` of the second colour in the first."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue
