"""Every page in both languages, both orientations, both text sizes: loads, fits, can be touched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import pytest
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtQuick import QQuickItem

from kiosk.session.page_table import Page
from kiosk.session.state import State, TextSize
from tests.ui import looking
from tests.ui.conftest import Pad, Screen
from tests.ui.visits import CATALOGUE, ONLINE, STATES, picture
from ui.app import KioskWindow

pytestmark = pytest.mark.window

PORTRAIT, LANDSCAPE = (1080, 1920), (1920, 1080)
LOOKS = [
    (language, size, text_size)
    for language in ("ar", "en")
    for size in (PORTRAIT, LANDSCAPE)
    for text_size in (TextSize.NORMAL, TextSize.LARGE)
]
SMALLEST_TARGET = 96
"""Design pixels; 12.7 mm on the smallest screen the terminal is built for (VVSG 7.2-I)."""
SMALLEST_KEY = 56
"""Keys of the keyboard, as wide as eleven in a row can be: 14 mm at 4 px/mm."""
ROLES = {
    QAccessible.Role.Button,
    QAccessible.Role.CheckBox,
    QAccessible.Role.RadioButton,
    QAccessible.Role.EditableText,
}
_ARABIC = re.compile(r"[\u0621-\u064a]")


@pytest.fixture(
    scope="module", params=LOOKS, ids=lambda look: f"{look[0]}-{look[1][0]}-{look[2].value}"
)
def look(request: pytest.FixtureRequest, qapp: QGuiApplication) -> Iterator[Screen]:
    """One window for each look; states are shown in it one after the other."""
    language, size, text_size = request.param
    kiosk = KioskWindow(
        CATALOGUE,
        lambda _: None,
        Pad(),
        size=size,
        reduced_motion=True,
        state=State(ONLINE),
        today=lambda: date(2026, 11, 22),
    )
    screen = Screen(kiosk, Pad(), [], [0.0])
    screen.show(State(ONLINE), language=language, text_size=text_size)
    yield screen
    kiosk.close()


def show(look: Screen, name: str) -> None:
    """Show a state in the look's language and size."""
    visit = look.kiosk._state.visit
    look.show(STATES[name], language=visit.language, text_size=visit.text_size)
    if name == "registered":
        look.kiosk.set_receipt(picture(576, 1200))
        look.settle()


@pytest.mark.parametrize("name", STATES)
def test_every_page_is_sound(look: Screen, name: str) -> None:
    show(look, name)

    assert look.kiosk.warnings == ()
    texts = looking.texts(look.window)
    assert texts
    everything_fits(look, texts)
    assert overlapping(texts) == []
    lines_start_where_reading_starts(look, texts)
    everything_to_touch_is_large_enough(look)
    everything_to_touch_has_a_role_and_a_name(look)


@pytest.mark.parametrize(
    ("name", "notice"),
    [
        ("pin", "pinNotice"),
        ("pin-wrong", "pinNotice"),
        ("pin-last-try", "pinNotice"),
        ("sign", "pinNotice"),
        ("old-pin-wrong", "pinNotice"),
        ("puk-wrong", "pinNotice"),
        ("new-pin-repeated", "pinNotice"),
        ("description-required", "errorSummary"),
    ],
)
def test_what_went_wrong_and_the_tries_left_are_on_the_screen(
    look: Screen, name: str, notice: str
) -> None:
    show(look, name)
    assert not looking.on_screen(looking.find(look.window, notice)).isEmpty()


@pytest.mark.parametrize("name", ["pin", "puk"])
def test_the_boxes_of_a_secret_stand_within_the_margins(look: Screen, name: str) -> None:
    show(look, name)
    boxes, pad = (looking.find(look.window, item) for item in ("pinBoxes", "pinPad"))
    assert boxes.width() <= boxes.parentItem().width()
    middle, below = (looking.on_screen(item).center().x() for item in (boxes, pad))
    assert middle == pytest.approx(below, abs=1)


def everything_fits(look: Screen, texts: list[QQuickItem]) -> None:
    whole = look.window.contentItem().boundingRect().adjusted(-1, -1, 1, 1)
    for item in texts:
        said = item.property("text")
        assert not item.property("truncated"), f"cut off: {said}"
        assert item.property("contentWidth") <= item.width() + 1, f"wider than its place: {said}"
        seen = looking.on_screen(item, looking.painted(item))
        if seen.isEmpty():
            assert looking.has(look.window, "moreButton"), f"out of reach: {said}"
        else:
            assert whole.contains(seen), f"off the screen: {said} at {seen}"


def overlapping(texts: list[QQuickItem]) -> list[tuple[str, str]]:
    """Pairs of texts whose letters lie over each other."""
    seen = [
        (str(item.property("text")), looking.on_screen(item, looking.painted(item)))
        for item in texts
    ]
    found = []
    for index, (text, rect) in enumerate(seen):
        for other, place in seen[index + 1 :]:
            common = rect.intersected(place)
            # Lines carry space above and below their letters: a quarter of it may be shared.
            if common.width() > 2 and common.height() > min(rect.height(), place.height()) / 4:
                found.append((text, other))
    return found


def lines_start_where_reading_starts(look: Screen, texts: list[QQuickItem]) -> None:
    language = look.kiosk._state.visit.language
    keys = [key for key in looking.buttons(look.window) if key.objectName().startswith("key_")]
    for item in texts:
        if item.objectName() == "heading":
            side = looking.RIGHT if language == "ar" else looking.LEFT
            assert looking.alignment(item) == side
        elif language == "ar" and _ARABIC.search(item.property("text")):
            on_key = any(key.isAncestorOf(item) for key in keys)
            assert on_key or looking.alignment(item) != looking.LEFT, item.property("text")


def everything_to_touch_is_large_enough(look: Screen) -> None:
    for button in looking.buttons(look.window):
        smallest = SMALLEST_KEY if button.objectName().startswith("key_") else SMALLEST_TARGET
        target = f"{button.objectName()} {button.width():.0f}x{button.height():.0f}"
        assert min(button.width(), button.height()) >= smallest, target


def everything_to_touch_has_a_role_and_a_name(look: Screen) -> None:
    QAccessible.setActive(True)
    for button in looking.buttons(look.window):
        node = QAccessible.queryAccessibleInterface(button)
        assert node is not None, button.objectName()
        assert node.role() in ROLES, button.objectName()
        assert node.text(QAccessible.Text.Name).strip(), button.objectName()
        assert button.objectName(), f"a button without a name for tests: {button.property('text')}"


def test_high_contrast_and_countdown_on_every_page(screen: Screen) -> None:
    for state in STATES.values():
        screen.show(state, high_contrast=True, countdown_s=45)
        assert looking.has(screen.window, "stayButton")
    assert screen.kiosk.warnings == ()


def test_the_page_behind_the_countdown_cannot_be_touched(screen: Screen) -> None:
    screen.show(STATES["governorate"], countdown_s=45)
    screen.tap("place_muscat")
    assert screen.events() == []


def test_a_page_that_is_left_keeps_nothing_of_the_person(screen: Screen) -> None:
    screen.show(STATES["identity"])
    assert screen.kiosk._pictures._images
    screen.show(STATES["check"])
    screen.show(STATES["saved-no-paper"])
    screen.kiosk.set_receipt(picture())
    screen.show(State(ONLINE))

    assert screen.kiosk._pictures._images == {}
    for view in screen.kiosk._views:
        meta = view.metaObject()
        for index in range(meta.propertyCount()):
            value = str(meta.property(index).read(view))
            for secret in ("سالم", "SALIM", "907", "7QK4", "91234567", "النخيل"):
                assert secret not in value, f"{type(view).__name__}.{meta.property(index).name()}"


def test_the_window_shrinks_with_its_content(make_screen: object) -> None:
    screen = make_screen((540, 960))
    screen.show(STATES["pin"])
    key = looking.find(screen.window, "pinKey_5")
    seen = looking.on_screen(key)
    assert seen.width() == pytest.approx(key.width() / 2)
    screen.tap("pinKey_5")
    assert screen.pad.pressed == [5]


def test_states_name_every_page() -> None:
    pages = {state.visit.page for state in STATES.values()}
    assert pages == set(Page)
