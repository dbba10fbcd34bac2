"""The bitmap: golden pictures, refusals, threads."""

import dataclasses
import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from kiosk.papers.receipts import sample_receipts
from kiosk.services import load_catalogue
from printer import fonts
from printer.bitmap import ReceiptBitmap
from printer.errors import MissingGlyph
from printer.layout import Drawn, render
from printer.printable import printable_receipt
from printer.receipt import Badge, BadgeKind, Bilingual, Receipt, ReceiptState, Row
from printer.text_layout import Align, Style, listed, paragraph
from tests.printer.real_receipts import (
    CARD_SERVICES,
    QUEUED,
    REFUSED,
    REGISTERED,
    card_service,
    real_complaint,
)
from tests.printer.receipt_samples import complaint
from tests.printer.staff_samples import papers

GOLDEN = Path(__file__).parent / "golden"
GOLDENS = {
    f"{languages}-{width}{name}": (complaint(languages, **options), width)
    for languages in ("ar", "en", "both")
    for width in (576, 384)
    for name, options in {
        "": {},
        "-large": {"large": True},
        "-queued-copy": {"state": ReceiptState.QUEUED, "copy": 1},
    }.items()
}

GOLDENS |= {
    f"{name}-{width}": (paper, width)
    for width in (576, 384)
    for name, paper in papers(width).items()
}


GOLDENS |= {
    f"real-{languages}-{width}{name}": (real_complaint(languages, **options), width)
    for languages, name, options in (
        ("ar", "", {}),
        ("en", "", {}),
        ("both", "", {}),
        ("both", "-queued", {"submission": QUEUED}),
        ("both", "-refused", {"submission": REFUSED}),
        ("ar", "-large", {"large": True}),
    )
    for width in (576, 384)
}


GOLDENS |= {
    f"real-{service}-{width}": (card_service(service), width)
    for service in CARD_SERVICES
    for width in (576, 384)
}


@pytest.mark.parametrize("name", GOLDENS)
def test_golden(name):
    """Exactly these bits. After a wanted change: ``python -m tests.printer.test_layout``."""
    receipt, width = GOLDENS[name]
    assert render(receipt, width) == ReceiptBitmap.from_png((GOLDEN / f"{name}.png").read_bytes())


def test_parts_drawn_before_change_no_bit():
    """Whatever was drawn with the same parts: another state, another number, a copy, large."""
    drawn = Drawn()
    for width in (576, 384):
        for options in ({"state": ReceiptState.QUEUED}, {}, {"copy": 1}, {"large": True}):
            receipt = complaint("both", **options)
            assert render(receipt, width, drawn) == render(receipt, width)


def test_letters_that_reach_beyond_their_line_are_whole():
    """Parts are drawn apart; a letter's tail in the next part belongs to the picture all the same.

    The dots are the same as drawn in one, whatever stands between them.
    """
    tails = Row(Bilingual("رقم", "Number"), "ﷺ ججج ژژ", "gjpqy (|) Çģ")
    receipt = dataclasses.replace(complaint("both"), rows=(tails,) * 3)
    assert render(receipt, 576, Drawn()) == render(receipt, 576)


def test_the_same_bits_in_other_threads_at_the_same_time():
    expected = [render(*GOLDENS[name]).sha256 for name in list(GOLDENS)[:6]]
    start = threading.Barrier(4)

    def work() -> list[str]:
        start.wait(10)
        return [render(*GOLDENS[name]).sha256 for name in list(GOLDENS)[:6]]

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(work) for _ in range(4)]
        assert [future.result(60) for future in futures] == [expected] * 4


@pytest.mark.parametrize(
    "environment",
    [{"QT_SCALE_FACTOR": "2", "QT_FONT_DPI": "192"}, {"FONTCONFIG_FILE": "/dev/null"}],
    ids=["scaled", "no-fontconfig"],
)
def test_the_same_bits_whatever_the_display_and_the_fonts_of_the_machine(environment):
    program = (
        "from printer.layout import ensure_application, render\n"
        "from tests.printer.receipt_samples import complaint\n"
        "application = ensure_application()\n"
        "print(render(complaint('both'), 576).sha256)\n"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert other.stdout.strip() == render(complaint("both"), 576).sha256


def test_a_long_number_keeps_its_size_down_to_two_lines():
    """A transaction number of 36 characters fits, in one line on wide paper, in two on narrow."""
    number = dataclasses.replace(complaint().rows[0], value_ar="0192f5b0-1c2d-7abc-8def-012345")
    short = dataclasses.replace(number, value_ar="012345")
    for width in (576, 384):
        heights = [
            render(dataclasses.replace(complaint("ar"), rows=(row,)), width).height
            for row in (number, short)
        ]
        assert abs(heights[0] - heights[1]) < 80


def test_a_character_without_a_glyph_is_named_without_the_text_around_it():
    """Where our own words are checked; in a receipt it is replaced."""
    with pytest.raises(MissingGlyph) as caught:
        fonts.check_coverage("الرسوم \u20c1 5 名")
    assert caught.value.character == "\u20c1"
    assert str(caught.value) == "no font for U+20C1"


def test_every_word_of_every_service_can_be_printed():
    """A text without a glyph fails here, not in front of a citizen."""
    catalogue = load_catalogue()
    for receipt in sample_receipts(catalogue, "MCT-0042"):
        assert printable_receipt(receipt) == (receipt, "")
        for languages in ("ar", "en", "both"):
            render(dataclasses.replace(receipt, languages=languages), 384)
    for governorate in catalogue.places.governorates:
        for place in (governorate, *governorate.wilayats):
            fonts.check_coverage(place.ar + place.en)


def test_what_one_font_lacks_another_of_ours_draws():
    # U+08A0 is in Noto Sans Arabic only, U+0108 in Noto Sans only.
    fonts.check_coverage("\u08a0\u0108")
    plain, mixed = (
        render(dataclasses.replace(complaint(), title=Bilingual(arabic, latin)))
        for arabic, latin in (("", ""), ("\u08a0", "\u0108"))
    )
    assert mixed != plain


def test_values_do_not_reorder_their_surroundings():
    """A telephone number keeps its plus in front, alone in the row or beside Arabic."""
    row = Row(Bilingual("هاتف", "Phone"), "+968 8007 7000")
    arabic = complaint("ar", qr_text="")
    english = complaint("en", qr_text="")
    one, other = (
        render(dataclasses.replace(base, rows=(row,), next_steps=(), large=True))
        for base in (arabic, english)
    )
    assert _digits(one) == _digits(other)


def _digits(bitmap: ReceiptBitmap) -> bytes:
    """The value's dots, cut out of the last row of text by its ink."""
    rows = [bitmap.row(y) for y in range(bitmap.height)]
    last = max(y for y, row in enumerate(rows) if any(row))
    first = next(y for y in range(last, 0, -1) if not any(rows[y])) + 1
    columns = [
        "".join("#" if int.from_bytes(row, "big") >> x & 1 else "." for row in rows[first:last])
        for x in range(bitmap.width - 1, -1, -1)
    ]
    # The widest stretch of ink with gaps under 25 dots between its characters is the number.
    stretches: list[list[str]] = [[]]
    gap = 0
    for column in columns:
        if "#" in column:
            stretches[-1].append(column.strip("."))
            gap = 0
        elif (gap := gap + 1) == 25 and stretches[-1]:
            stretches.append([])
    return "\n".join(max(stretches, key=len)).encode()


def test_long_values_wrap_and_nothing_leaves_the_paper():
    words = "دائرة الرعاية العمالية " * 12
    receipt = Receipt(
        title=Bilingual(words, "Labour welfare " * 12),
        authority=Bilingual("م" * 200, "W" * 200),
        badge=Badge(Bilingual(words, "saved " * 40), BadgeKind.WAITING),
        rows=(
            Row(Bilingual(words, "label " * 30), words, "value " * 60),
            Row(Bilingual("", ""), ""),
        ),
        next_steps=(Bilingual(words, "step " * 60),) * 12,
        qr_text="",
        large=True,
    )
    for width in (576, 384):
        bitmap = render(receipt, width)
        edges = [row[0] & 0xC0 | row[-1] & 0x03 for row in map(bitmap.row, range(bitmap.height))]
        assert not any(edges)


def _lines(laid):
    layout = laid._layout
    lines = map(layout.lineAt, range(layout.lineCount()))
    text = layout.text().replace("\u00a0", " ")
    return [text[line.textStart() :][: line.textLength()].strip() for line in lines]


@pytest.mark.parametrize("width", range(200, 340, 10))
def test_a_list_breaks_between_its_items(width):
    """Wherever every item fits in a line."""
    for items, rtl in (
        (("Work contract,", "Messages or letters"), False),
        (("عقد العمل،", "رسائل أو مراسلات"), True),
    ):
        lines = _lines(listed(" ".join(items), Style(22), width, Align.LEFT, rtl=rtl))
        assert lines in (list(items), [" ".join(items)])


@pytest.mark.parametrize("width", range(200, 420, 10))
def test_a_comma_never_begins_a_line_and_no_day_is_broken(width):
    """Qt's own least width takes an Arabic number and the comma behind it for two words."""
    for day, clock, rtl in (
        ("22\u00a0نوفمبر\u00a02026،", "10:30\u00a0صباحًا", True),
        ("22\u00a0November\u00a02026,", "10:30\u00a0am", False),
    ):
        for break_into_lines in (paragraph, listed):
            laid = break_into_lines(f"{day} {clock}", Style(22), width, Align.LEFT, rtl=rtl)
            whole = [part.replace("\u00a0", " ") for part in (day, clock)]
            assert _lines(laid) in (whole, [" ".join(whole)])


@pytest.mark.parametrize("width", range(120, 400, 20))
def test_no_sentence_begins_with_a_short_word_at_the_end_of_a_line(width):
    for words, short, rtl in (
        ("Saved in this terminal. No need to apply again.", "No", False),
        ("تُحفظ في الجهاز. لا حاجة إلى إعادة التقديم.", "لا", True),
    ):
        lines = _lines(paragraph(words, Style(22), width, Align.LEFT, rtl=rtl))
        assert not any(line.endswith(f". {short}") or line == short for line in lines)
        # Every word is whole: the lines are the text.
        assert " ".join(lines) == words


@pytest.mark.parametrize("submission", [REGISTERED, QUEUED], ids=["registered", "queued"])
def test_a_complaint_is_shorter_than_a_hand_and_a_half(submission):
    """220 mm on wide paper, in both languages, with all three kinds of trouble and a hearing."""
    assert render(real_complaint("both", submission), 576).millimetres < 220


def test_fine_print_without_room_beside_the_code_is_rows():
    receipt = dataclasses.replace(
        complaint("both"), fine_print=(Row(Bilingual("الجهاز", "Terminal"), "MCT-0042"),)
    )
    without = dataclasses.replace(receipt, fine_print=())
    for width, code, beside in ((576, receipt.qr_text, True), (384, receipt.qr_text, False)):
        one, other = (
            render(dataclasses.replace(r, qr_text=code), width) for r in (receipt, without)
        )
        assert (one.height == other.height) is beside
        assert one != other
    bare = [render(dataclasses.replace(r, qr_text=""), 576).height for r in (receipt, without)]
    assert bare[0] > bare[1]


def test_bad_requests():
    with pytest.raises(ValueError, match="576 or 384"):
        render(complaint(), 512)
    with pytest.raises(ValueError, match="copy"):
        complaint(copy=-1)
    with pytest.raises(ValueError, match="languages"):
        complaint("fr")


def test_the_hash_covers_the_shape():
    assert ReceiptBitmap(16, 1, b"\1\2").sha256 != ReceiptBitmap(8, 2, b"\1\2").sha256
    for width, height, rows in ((12, 1, b"\0\0"), (8, 0, b""), (8, 2, b"\0")):
        with pytest.raises(ValueError):
            ReceiptBitmap(width, height, rows)
    bitmap = render(complaint("ar"), 384)
    assert ReceiptBitmap.from_png(bitmap.png()) == bitmap
    assert ReceiptBitmap.from_png(bitmap.png(margin=8)).width == 400


if __name__ == "__main__":
    from printer.layout import ensure_application

    keep = ensure_application()
    GOLDEN.mkdir(exist_ok=True)
    for golden_name, (golden_receipt, golden_width) in GOLDENS.items():
        picture = render(golden_receipt, golden_width).png()
        (GOLDEN / f"{golden_name}.png").write_bytes(picture)
