"""Pictures of one visit for QML: the cardholder's photo, the receipt, a QR code. In memory only."""

from __future__ import annotations

from itertools import count

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQuick import QQuickImageProvider

PROVIDER = "visit"
_WHITE, _BLACK = 0xFFFFFFFF, 0xFF000000
QUIET_ZONE = 4
"""Modules of white around a QR code (ISO/IEC 18004, clause 5.3.8)."""


class VisitPictures(QQuickImageProvider):
    """Gives each picture a new address, so that QML never shows one of an earlier visit."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._images: dict[str, QImage] = {}
        self._serial = count(1)

    def put(self, name: str, encoded: bytes) -> str:
        """Keep a PNG or JPEG; its address, empty for what is no picture."""
        image = QImage.fromData(QByteArray(encoded))
        if image.isNull():
            self.drop(name)
            return ""
        return self._keep(name, image)

    def put_small(self, name: str, encoded: bytes, longest: int) -> str:
        """Keep a small copy of a PNG or JPEG; its address, empty for what is no picture.

        It is decoded small: a whole scanned sheet would be fifteen megabytes.
        """
        content = QByteArray(encoded)
        buffer = QBuffer(content)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer)
        size = reader.size()
        reader.setScaledSize(size.scaled(longest, longest, Qt.AspectRatioMode.KeepAspectRatio))
        image = reader.read()
        if image.isNull():
            self.drop(name)
            return ""
        return self._keep(name, image)

    def put_qr(self, name: str, text: str) -> str:
        """Keep the QR code of ``text``, one pixel a module; its address."""
        # Late: it brings an imaging library with it, and the attract page has no QR code.
        import qrcode
        from qrcode.constants import ERROR_CORRECT_M

        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=QUIET_ZONE)
        code.add_data(text)
        rows = code.get_matrix()
        image = QImage(len(rows), len(rows), QImage.Format.Format_RGB32)
        image.fill(_WHITE)
        for y, row in enumerate(rows):
            for x, dark in enumerate(row):
                if dark:
                    image.setPixel(x, y, _BLACK)
        return self._keep(name, image)

    def drop(self, name: str) -> None:
        """Forget a picture."""
        self._images = {
            key: image for key, image in self._images.items() if not key.startswith(f"{name}/")
        }

    def requestImage(self, id: str, size: QSize, requested_size: QSize) -> QImage:  # noqa: ARG002 (Qt's signature)
        """Qt's call: the picture at an address; empty when it was dropped."""
        return self._images.get(id, QImage())

    def _keep(self, name: str, image: QImage) -> str:
        self.drop(name)
        key = f"{name}/{next(self._serial)}"
        self._images[key] = image
        return f"image://{PROVIDER}/{key}"
