"""Two independent readers read the code on every paper, also when the paper has suffered."""

import random
import shutil
import subprocess
import warnings

import pytest
import zxingcpp
from PIL import Image, ImageFilter

from printer import qr
from printer.bitmap import ReceiptBitmap
from printer.layout import render
from tests.printer.receipt_samples import QR_TEXT, TEMPLATES
from tests.printer.test_raster import printed

CODED = [name for name, template in TEMPLATES.items() if template.qr_text]
MODULE = 6
_MARGIN = 40


def on_paper(bitmap: ReceiptBitmap) -> Image.Image:
    """One pixel a dot, on paper that goes on beyond the print head's reach."""
    image = bitmap.image().convert("L")
    paper = Image.new("L", (image.width + 2 * _MARGIN, image.height + 2 * _MARGIN), 255)
    paper.paste(image, (_MARGIN, _MARGIN))
    return paper


def seen(paper: Image.Image, blur: float = 0.8) -> Image.Image:
    """What a camera makes of it; ``blur`` is the standard deviation of its spot in dots."""
    return paper.filter(ImageFilter.GaussianBlur(blur))


OUT_OF_FOCUS = MODULE / 3
"""An edge spreads over more than a whole module: 95 % of it over four standard deviations."""


def dropped(paper: Image.Image, part: float, seed: int = 2) -> Image.Image:
    """Dots that did not burn: each black one is missing with this probability."""
    noise = random.Random(seed).randbytes(paper.width * paper.height)
    mask = Image.frombytes("L", paper.size, noise).point(_below(round(part * 256)), "1")
    worn = paper.copy()
    worn.paste(255, mask=mask)
    return worn


def _below(limit: int) -> list[int]:
    return [255 if value < limit else 0 for value in range(256)]


def dead_column(image: Image.Image, x: int) -> Image.Image:
    """One element of the print head is broken: a white line down the whole paper."""
    worn = image.copy()
    worn.paste(255, (x, 0, x + 1, worn.height))
    return worn


def zbar(images: list[Image.Image], folder) -> list[str]:
    """What zbar reads, one text for each picture."""
    if shutil.which("zbarimg") is None:
        warnings.warn("zbarimg is missing: one reader of two checked nothing", stacklevel=1)
        pytest.skip("zbarimg (package zbar-tools) is not installed")
    names = []
    for index, image in enumerate(images):
        names.append(str(folder / f"{index}.png"))
        image.save(names[-1])
    command = ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", *names]
    read = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return read.stdout.split()


def zxing(images: list[Image.Image]) -> list[str]:
    """What zxing-cpp reads."""
    return [code.text for image in images for code in zxingcpp.read_barcodes(image)]


def wear(bitmap: ReceiptBitmap) -> list[Image.Image]:
    paper = on_paper(bitmap)
    middle = paper.width // 2
    columns = [seen(dead_column(paper, middle + offset)) for offset in (-90, 3)]
    dropouts = [seen(dropped(paper, 0.02, seed)) for seed in range(2)]
    all_at_once = seen(dropped(dead_column(paper, middle + 1), 0.02), 1.5)
    return [paper, seen(paper, OUT_OF_FOCUS), *dropouts, *columns, all_at_once]


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("template", CODED)
def test_both_readers_read_every_code(template, width, tmp_path):
    pictures = wear(render(TEMPLATES[template], width))
    assert zxing(pictures) == [QR_TEXT] * len(pictures)
    assert zbar(pictures, tmp_path) == [QR_TEXT] * len(pictures)


def test_whichever_element_of_the_print_head_is_dead(tmp_path):
    """Columns all over the code, each part of a module, each kind of pattern.

    Seen as a camera sees paper: sharper than the dots themselves, a white line through the heart of
    a finder pattern makes two patterns of it, for both readers.
    """
    paper = on_paper(render(TEMPLATES["both"], 576))
    side = len(qr.matrix(QR_TEXT, 576)) * MODULE
    left, top = _MARGIN + 12, paper.height - _MARGIN - side - 60
    code = paper.crop((left - 40, top, left + side + 40, paper.height))
    finders = [*range(0, 7 * MODULE, 4), *range(side - 7 * MODULE, side, 4)]
    columns = [*finders, *range(7 * MODULE, side - 7 * MODULE, 11)]
    worn = [seen(dead_column(code, 40 + x), OUT_OF_FOCUS) for x in columns]
    assert zxing(worn) == zbar(worn, tmp_path) == [QR_TEXT] * len(worn)


def test_both_readers_read_what_the_printer_printed(tray, tmp_path):
    paper = printed(render(TEMPLATES["both"], 576), tray)
    assert zxing([on_paper(paper)]) == zbar([on_paper(paper)], tmp_path) == [QR_TEXT]


def test_the_readers_can_fail(tmp_path):
    """What makes the code unreadable is noticed: the tests above prove something."""
    lost = dropped(on_paper(render(TEMPLATES["both"], 576)), 0.8)
    assert zxing([lost]) == zbar([lost], tmp_path) == []


@pytest.mark.parametrize("length", [1, 30, 120, 272, 400])
def test_both_readers_read_whatever_is_signed(length, tmp_path):
    """One mask for all codes: signatures of any bits, hosts of any length."""
    rng = random.Random(length)
    texts = [
        f"HTTPS://{host}/R#{''.join(rng.choices('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', k=length))}"
        for host in ("V", "10.20.30.40:8443", "VERIFY.MANFADH.EXAMPLE.OM")
        for _ in range(4)
    ]
    texts += [f"HTTPS://V.OM/R#{letter * length}" for letter in "A2Z7"]
    pictures = [seen(_picture(text)) for text in texts]
    assert zxing(pictures) == zbar(pictures, tmp_path) == texts


def _picture(text: str) -> Image.Image:
    rows = qr.matrix(text, 576)
    code = Image.new("L", (len(rows), len(rows)))
    code.putdata([0 if module == "1" else 255 for row in rows for module in row])
    side = len(rows) * MODULE
    paper = Image.new("L", (side + 2 * _MARGIN, side + 2 * _MARGIN), 255)
    paper.paste(code.resize((side, side), Image.Resampling.NEAREST), (_MARGIN, _MARGIN))
    return paper
