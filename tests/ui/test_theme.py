"""Contrast, tokens, texts, fonts, keyboards: what can be checked without a window."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QRawFont

from ui import fonts, lint_tokens, lint_translations
from ui.viewmodels.keyboards import FOLDER, read_layout

THEME = (Path(fonts.__file__).parent / "qml" / "Manfadh" / "Theme" / "Theme.qml").read_text("utf-8")

TEXT = [
    ("ink", "ground"),
    ("ink", "surface"),
    ("ink", "sunken"),
    ("ink", "selected"),
    ("ink", "accentGround"),
    ("inkSoft", "ground"),
    ("inkSoft", "surface"),
    ("inkSoft", "selected"),
    ("primaryInk", "primary"),
    ("dangerFillInk", "dangerFill"),
    ("danger", "ground"),
    ("danger", "dangerGround"),
    ("warningInk", "warningGround"),
    ("successInk", "successGround"),
    ("nightInk", "night"),
    ("nightInk", "nightDeep"),
    ("nightInk", "nightRaised"),
    ("nightInkSoft", "night"),
    ("callInk", "call"),
]
OUTLINES = [
    ("outline", "ground"),
    ("outline", "surface"),
    ("accent", "surface"),
    ("gold", "ground"),
    ("focus", "ground"),
    ("focus", "surface"),
    ("danger", "surface"),
    ("warning", "warningGround"),
    ("success", "successGround"),
    ("nightOutline", "night"),
    ("nightGold", "nightRaised"),
    ("nightFocus", "night"),
]


def colours(palette: str) -> dict[str, str]:
    """The colours of one palette of Theme.qml."""
    body = THEME.split(f"{palette}: Colours {{")[1].split("}")[0]
    return dict(re.findall(r'(\w+): "(#[0-9a-f]{6})"', body))


def luminance(colour: str) -> float:
    """WCAG 2.2, relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("palette", "least"), [("standardPalette", 10), ("contrastPalette", 20)])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_contrast(palette: str, least: float, ink: str, ground: str) -> None:
    named = colours(palette)
    assert contrast(named[ink], named[ground]) >= least


@pytest.mark.parametrize("palette", ["standardPalette", "contrastPalette"])
@pytest.mark.parametrize(("line", "ground"), OUTLINES)
def test_outline_contrast(palette: str, line: str, ground: str) -> None:
    named = colours(palette)
    assert contrast(named[line], named[ground]) >= 3


def test_no_literals_outside_theme() -> None:
    assert lint_tokens.main() == 0


def test_the_token_lint_sees(tmp_path: Path) -> None:
    page = tmp_path / "Bad.qml"
    page.write_text('color: "#fff"\nwidth: 12\ncolumns: 3\nspacing: 0\nborder.color: "red"\n')
    assert [number for number, _ in lint_tokens.literals(page)] == [1, 2, 5]


def test_translations_are_complete() -> None:
    assert [*lint_translations.problems("ar"), *lint_translations.problems("en")] == []


def test_an_unfinished_translation_is_found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = Path(fonts.__file__).parent / "i18n" / "manfadh_ar.ts"
    (tmp_path / "i18n").mkdir()
    (tmp_path / "qml").symlink_to(source.parent.parent / "qml")
    broken = source.read_text("utf-8").replace(
        "<translation>إلغاء<", '<translation type="unfinished"><'
    )
    broken = broken.replace("<numerusform>بقيت محاولتان</numerusform>", "<numerusform />")
    (tmp_path / "i18n" / "manfadh_ar.ts").write_text(broken, "utf-8")
    monkeypatch.setattr(lint_translations, "ROOT", tmp_path)
    found = list(lint_translations.problems("ar"))
    assert any("unfinished: Cancel" in line for line in found)
    assert any("plural forms missing: %n tries left" in line for line in found)


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_keyboards(path: Path) -> None:
    layout = read_layout(path.stem)
    does = [key.do for row in layout.rows for key in row if not isinstance(key, str)]
    assert "backspace" in does
    assert all(
        key.text or key.do != "text" for row in layout.rows for key in row if hasattr(key, "do")
    )
    letters = [key for row in layout.rows for key in row if isinstance(key, str)]
    assert len(letters) == len(set(letters))


def test_the_arabic_keyboard_writes_every_letter() -> None:
    letters = {key for row in read_layout("ar").rows for key in row if isinstance(key, str)}
    assert set("ءآأؤإئابةتثجحخدذرزسشصضطظعغفقكلمنهوىي") <= letters


def test_our_fonts_have_every_letter_of_the_screens(qapp: QGuiApplication) -> None:
    plex = next(p for p in fonts.font_files() if p.name == "IBMPlexSansArabic-Regular.ttf")
    font = QRawFont(str(plex), 32)
    sources = Path(fonts.__file__).parent.glob("i18n/*.ts")
    said = {c for source in sources for c in source.read_text("utf-8") if c.isprintable()}
    said |= {
        c
        for path in FOLDER.glob("*.json")
        for row in read_layout(path.stem).rows
        for key in row
        for c in (key if isinstance(key, str) else key.text)
    }
    # Controls of the bidirectional algorithm have no picture.
    missing = {c for c in said if not font.supportsCharacter(ord(c))} - set("\u2066\u2068\u2069")
    assert missing == set()
