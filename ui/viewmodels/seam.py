"""What the view-models share: the way to send intents, a place for pictures, types of lists."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, cast

from kiosk.session.intents import Intent

Send = Callable[[Intent], None]

# Types of properties by their C++ names: PySide takes a string where its stubs want a class, and
# the tool that describes these classes to qmllint reads the name.
QVariantList = cast(type, "QVariantList")
QStringList = cast(type, "QStringList")


class Pictures(Protocol):
    """Holds the pictures of one visit and gives each an address that QML can load."""

    def put(self, name: str, encoded: bytes) -> str:
        """Keep a PNG or JPEG; its new address, empty for what is no picture."""

    def put_small(self, name: str, encoded: bytes, longest: int) -> str:
        """Keep a small copy, its longer side ``longest`` pixels; its new address, or empty."""

    def put_qr(self, name: str, text: str) -> str:
        """Keep the QR code of a text; its new address."""

    def drop(self, name: str) -> None:
        """Forget it."""
