"""Every page has its row, its handler and its screen; what a row says, the visit does."""

from __future__ import annotations

import pytest

from kiosk.session.page_table import PAGES, Page, Stage
from kiosk.session.reducer import HANDLERS
from ui.app import QML
from ui.screens import SCREENS


def test_every_page_has_a_row_and_a_screen() -> None:
    assert list(PAGES) == list(SCREENS) == list(Page)


def test_only_pages_that_a_timer_or_a_device_leads_on_from_have_no_handler() -> None:
    without = {page for page in Page if page not in HANDLERS}
    assert without == {Page.OUT_OF_SERVICE, Page.TAKE_CARD, Page.ENDED}


@pytest.mark.parametrize("page", Page)
def test_the_screen_of_a_page_is_there(page: Page) -> None:
    assert (QML / "Manfadh" / "Pages" / f"{SCREENS[page].file}.qml").is_file()


@pytest.mark.parametrize("page", Page)
def test_nobody_can_cancel_where_nothing_was_begun_or_all_is_done(page: Page) -> None:
    row = PAGES[page]
    if row.stage in (Stage.RESTING, Stage.FINISHED, Stage.LEAVING):
        assert not row.cancel
        assert not row.back


def test_the_window_names_no_page() -> None:
    """A page is shown by its row alone."""
    main = (QML / "Manfadh" / "App" / "Main.qml").read_text("utf-8")
    assert not [page for page in Page if f'"{page.value}"' in main]
