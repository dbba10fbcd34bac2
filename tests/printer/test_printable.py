"""Whatever stands in a text, the receipt comes out: the rest is printed, the odd is replaced."""

import dataclasses
import sys
import unicodedata

import pytest
import structlog

from printer import fonts
from printer.layout import Drawn, draw_ahead, render
from printer.printable import SUBSTITUTE, printable, printable_receipt
from printer.receipt import Badge, BadgeKind, Bilingual, Receipt, Row
from tests.printer.receipt_samples import complaint

ODD = {
    "telephone sign": "☎",
    "emoji": "😀",
    "family of emoji": "👩\u200d👩\u200d👧",
    "emoji with a skin": "👍🏽",
    "Bengali": "ঢাকা",
    "Hindi": "मस्कट",
    "Chinese": "名",
    "rial sign of Unicode 18": "\u20c1",
    "unassigned": "\u0378",
    "unassigned beyond the BMP": "\U0001fbfe",
    "private use": "\ue000",
    "private use plane": "\U0010ff00",
    "noncharacter": "\ufffe",
    "noncharacter of the Arabic block": "\ufdd0",
    "lone surrogate": "\ud83d",
    "control": "\x07",
    "NUL": "\x00",
    "escape to the printer": "\x1b@",
    "next line": "\x85",
    "tag character": "\U000e0041",
    "override": "\u202e450",
    "embedding": "\u202b450\u202c",
    "isolate left open": "\u2067450",
    "isolate closed twice": "450\u2069\u2069",
    "byte order mark": "\ufeff",
    "variation selector": "☎\ufe0f",
    "keycap": "1\ufe0f\u20e3",
    "Hangul filler": "\u3164",
    "line break": "\n",
    "line break of Windows": "\r\n",
    "tab": "\t",
    "paragraph separator": "\u2029",
    "mark alone": "\u0301",
    "foreign mark": "a\u0ac7",
}


def with_text(text: str) -> Receipt:
    """A receipt that says it everywhere."""
    both = Bilingual(text, text)
    return Receipt(
        title=both,
        authority=both,
        badge=Badge(both, BadgeKind.DONE),
        rows=(Row(both, text), Row(both, text, text), dataclasses.replace(complaint().rows[0])),
        next_steps=(both,),
        qr_text="",
        next_steps_title=both,
        qr_caption=both,
    )


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_one_odd_character_never_costs_the_receipt(odd, width):
    receipt = with_text(f"مبنى 12 {odd} الطابق Floor 2")
    bitmap = render(receipt, width)
    assert bitmap == render(receipt, width, Drawn())
    assert len(list(draw_ahead(receipt, width, Drawn()))) > 0
    assert bitmap != render(with_text(""), width)


def every_class() -> str:
    """The first and the last character of every category, and of every block of 256."""
    by_category: dict[str, str] = {}
    ends = []
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        if category not in by_category:
            ends.append(character)
        by_category[category] = character
        if code % 256 in (0, 255):
            ends.append(character)
    return "".join((*ends, *by_category.values()))


def test_every_class_of_character_through_a_whole_receipt():
    text = every_class()
    clean, _ = printable(text)
    fonts.check_coverage(clean)
    receipt = dataclasses.replace(
        complaint("both"),
        rows=tuple(
            Row(Bilingual("العنوان", "Address"), text[at : at + 40])
            for at in range(0, len(text), 400)
        ),
    )
    render(receipt, 576)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("مبنى 12\nالطابق الثاني ☎ 24000001", "مبنى 12\u2028الطابق الثاني \ufffd 24000001"),
        ("Building 12\r\nSecond floor", "Building 12\u2028Second floor"),
        ("a\tb", "a b"),
        ("👩\u200d👩\u200d👧 Ahmed", "\ufffd Ahmed"),
        ("👍🏽!", "\ufffd!"),
        ("☎\ufe0f 24", "\ufffd 24"),
        ("1\ufe0f\u20e3", "1\ufffd"),
        ("100\u202e005", "100005"),
        ("100\u2067005", "100\u2067005\u2069"),
        ("100\u2069005", "100005"),
        ("\u2068شركة\u2069 OMR", "\u2068شركة\u2069 OMR"),
        ("من\u200cذ", "من\u200cذ"),
        ("M\U000e0041uscat", "Muscat"),
        ("名 \ud83d \ufffe \x00", "\ufffd \ufffd \ufffd \ufffd"),
    ],
)
def test_what_is_printed_instead(text, wanted):
    clean, replaced = printable(text)
    assert clean == wanted
    assert bool(replaced) is (SUBSTITUTE in wanted)


def test_what_our_fonts_have_is_left_alone():
    receipt = complaint("both")
    assert printable_receipt(receipt) == (receipt, "")


def test_a_replaced_character_is_an_event_that_does_not_repeat_the_text():
    receipt = dataclasses.replace(complaint(), title=Bilingual("الرسوم \u20c1 5 名", "Fee"))
    with structlog.testing.capture_logs() as log:
        render(receipt)
        render(complaint())
    assert log == [
        {
            "event": "receipt.characters_replaced",
            "characters": 2,
            "first": "U+20C1",
            "log_level": "warning",
        }
    ]
