"""The plain way to print the same receipt: Pillow with raqm, python-escpos ``image()``.

What the benchmark compares with: the same fonts, sizes, texts, line breaks by width, the same QR
code, in the usual straight code for it. It has no emblem, icons and rules, which is in its favour.
"""

from __future__ import annotations

from functools import cache

import fontpkg_ibm_plex_sans_arabic
import qrcode
from escpos.printer import Dummy
from PIL import Image, ImageDraw, ImageFont, features
from qrcode.constants import ERROR_CORRECT_M

from printer.receipt import Bilingual, Emphasis, Receipt

_FILES = fontpkg_ibm_plex_sans_arabic.ROOT / "files"
_EDGE = 12


def usable() -> bool:
    """Whether Pillow shapes Arabic here."""
    return bool(features.check("raqm"))


@cache
def font(size: int, weight: str) -> ImageFont.FreeTypeFont:
    file = str(_FILES / f"IBMPlexSansArabic-{weight}.ttf")
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.RAQM)


class _Sheet:
    def __init__(self, width: int) -> None:
        self.width = width
        self.image = Image.new("L", (width, 6000), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.y = 16

    def text(self, words: str, size: int, weight: str, align: str, *, rtl: bool) -> None:
        """Words broken at the width, each line at its edge."""
        room = self.width - 2 * _EDGE
        options = {"font": font(size, weight), "direction": "rtl" if rtl else "ltr"}
        line = ""
        lines = []
        for word in words.split(" "):
            longer = f"{line} {word}".strip()
            if line and self.draw.textlength(longer, **options) > room:
                lines.append(line)
                line = word
            else:
                line = longer
        for content in [*lines, line]:
            length = self.draw.textlength(content, **options)
            x = {"left": _EDGE, "centre": (self.width - length) / 2, "right": room - length + _EDGE}
            self.draw.text((x[align], self.y), content, fill=0, **options)
            self.y += round(size * 1.45)

    def both(self, words: Bilingual, size: int, weight: str, align: str, languages: str) -> None:
        if languages != "en":
            side = "right" if align == "start" else align
            self.text(words.ar, size, weight, side, rtl=True)
        if languages != "ar":
            side = "left" if align == "start" else align
            self.text(words.en, size, weight, side, rtl=False)


def lay_out(receipt: Receipt, width: int = 576) -> Image.Image:
    """The receipt as a picture in shades of grey."""
    sheet, languages = _Sheet(width), receipt.languages
    sheet.both(receipt.authority, 27, "Medium", "centre", languages)
    sheet.both(receipt.title, 40, "Bold", "centre", languages)
    sheet.both(receipt.badge.text, 28, "Bold", "start", languages)
    for row in receipt.rows:
        size = 62 if row.emphasis is Emphasis.HERO else 25
        sheet.both(row.label, 20, "Regular", "start", languages)
        if row.value_en is None:
            sheet.text(row.value_ar, size, "SemiBold", "centre", rtl=False)
        else:
            value = Bilingual(row.value_ar, row.value_en)
            sheet.both(value, size, "SemiBold", "start", languages)
    for title in (receipt.next_steps_title, *receipt.next_steps):
        sheet.both(title, 23, "Regular", "start", languages)
    if receipt.qr_text:
        sheet.both(receipt.qr_caption, 22, "Medium", "centre", languages)
        code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, box_size=6, border=4)
        code.add_data(receipt.qr_text)
        picture = code.make_image().get_image()
        sheet.image.paste(picture.convert("L"), ((width - picture.width) // 2, sheet.y))
        sheet.y += picture.height
    return sheet.image.crop((0, 0, width, sheet.y))


def encode(image: Image.Image) -> bytes:
    """As python-escpos sends it, with a cut."""
    printer = Dummy()
    printer.image(image, impl="bitImageRaster", high_density_horizontal=True)
    printer.cut()
    return bytes(printer.output)
