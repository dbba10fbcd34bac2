"""The gateway's page, the payer's and the office's in a real browser: telephone size, no script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from backend_stub.payments.states import State

from .office import Office
from .test_http import eventually

PHONE = {"width": 390, "height": 844}
LEAST_TARGET = 48


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("NO CHROMIUM: the pages about payment are not tested in a real browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.fixture
def database_url(tmp_path: object) -> str:
    # The pages are the same on every database.
    return f"sqlite:///{tmp_path}/central.sqlite3"


def fits(page: Page, language: str) -> None:
    """Nothing is wider than the telephone; what is touched is large enough; right to left."""
    html = page.locator("html")
    assert html.get_attribute("dir") == ("rtl" if language == "ar" else "ltr")
    for element in page.locator("body *:visible").all():
        box = element.bounding_box()
        assert box is None or (box["x"] >= -1 and box["x"] + box["width"] <= PHONE["width"] + 1)
    for target in page.locator("button, a.button").all():
        box = target.bounding_box()
        assert box is not None and box["height"] >= LEAST_TARGET


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_payer_pays_at_home_without_script(office: Office, page: Page, language: str) -> None:
    office.order("order-1", w1=1500)
    page.goto(f"{office.link()}?lang={language}")
    fits(page, language)
    assert page.locator(".amount").inner_text().startswith("1.500")
    page.locator("button").click()
    fits(page, language)
    page.locator("a.button").click()
    assert page.url.startswith(office.gateway.url)
    fits(page, language)
    assert page.locator(".amount").inner_text().startswith("1.500")
    page.locator("button.first").click()
    assert page.locator(".paid").is_visible()
    fits(page, language)
    attempt = next(iter(office.book().attempts))
    eventually(lambda: office.book().attempts[attempt].state is State.CAPTURED)
    page.goto(f"{office.link()}?lang={language}")
    fits(page, language)
    assert page.locator("em.renewed").count() == 1
    assert page.locator("button").count() == 0


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_offices_pages(office: Office, page: Page, language: str) -> None:
    office.order("order-1", w1=1500)
    office.gateway.switch(silent=True)
    office.post("/orders/order-1/attempts", {"way": "gateway"})
    office.clock.advance(hours=2)
    page.goto(f"{office.url}/payments?lang={language}")
    row = page.locator("tbody tr")
    assert row.count() == 1
    fits(page, language)
    assert "1.500" in row.inner_text()
    row.locator("a").click()
    assert "1.500" in page.locator(".amount").inner_text()
    assert page.locator("ol li").count() >= 3
    fits(page, language)
