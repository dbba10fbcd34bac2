"""The console in a real browser: both languages, desktop and telephone, without script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from backend_stub.cases.delivery import ShownGateway, hand_over
from backend_stub.console.officers import Role
from backend_stub.http.console.texts import TEXTS

from .counter import PASSWORD, Counter, Officer

DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
LEAST_TARGET = 44


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("NO CHROMIUM: the console is not tested in a real browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    # The pages are the same on every database.
    return f"sqlite:///{tmp_path / 'central.sqlite3'}"


class Desk:
    """A browser window at the office, and the eyes of who looks at each of its pages."""

    def __init__(self, page: Page, language: str, name: str, pictures: Path) -> None:
        self.page, self.language, self.name, self.pictures = page, language, name, pictures
        self.seen = 0

    def says(self, text: str) -> str:
        return TEXTS[text].in_language(self.language)  # type: ignore[arg-type]

    def look(self) -> None:
        """Nothing overflows, what is touched is large enough, and axe finds nothing."""
        self.seen += 1
        self.page.screenshot(
            path=self.pictures / f"{self.name}-{self.language}-{self.seen}.png", full_page=True
        )
        html = self.page.locator("html")
        assert html.get_attribute("lang") == self.language
        assert html.get_attribute("dir") == ("rtl" if self.language == "ar" else "ltr")
        wide = self.page.evaluate(
            "() => [...document.querySelectorAll('main *')].filter(e => {"
            " const b = e.getBoundingClientRect();"
            " return b.width > 1 && (b.left < -1 || b.right > innerWidth + 1);"
            "}).map(e => e.outerHTML.slice(0, 120))"
        )
        assert wide == []
        for target in self.page.locator("button:visible").all():
            box = target.bounding_box()
            assert box is not None and box["height"] >= LEAST_TARGET - 0.5
        found: dict[str, Any] = Axe().run(self.page).response
        assert [(each["id"], each["nodes"][0]["html"]) for each in found["violations"]] == []

    def enter(self, officer: Officer) -> None:
        self.page.goto(f"{officer.url}/console?lang={self.language}")
        self.page.goto(f"{officer.url}/console/sign-in?lang={self.language}")
        self.look()
        self.page.get_by_label(self.says("account"), exact=True).fill(officer.account)
        self.page.get_by_label(self.says("password")).fill(PASSWORD)
        self.page.get_by_label(self.says("code"), exact=True).fill(officer.code())
        self.page.get_by_role("button", name=self.says("sign-in")).click()


@pytest.fixture(params=["desktop", "phone"])
def size(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture(params=["ar", "en"])
def desk(
    request: pytest.FixtureRequest, browser: Browser, size: str, tmp_path: Path
) -> Iterator[Desk]:
    viewport = DESKTOP if size == "desktop" else PHONE
    # No page has a script of its own; axe brings one, past the pages' policy.
    context = browser.new_context(viewport=viewport, bypass_csp=True)  # type: ignore[arg-type]
    yield Desk(context.new_page(), request.param, size, tmp_path)
    context.close()


def test_a_case_is_found_moved_and_its_notice_seen(counter: Counter, desk: Desk) -> None:
    number = counter.world.open_case().number
    for _ in range(3):
        counter.world.open_case()
    officer = counter.officer("salim", role=Role.SUPERVISOR)
    desk.enter(officer)
    desk.look()
    assert desk.page.locator("tbody tr").count() == 4
    desk.page.get_by_label(desk.says("search-label")).fill(number.lower())
    desk.page.get_by_role("button", name=desk.says("search")).click()
    desk.page.get_by_role("link", name=number).click()
    desk.look()
    move = {"ar": "تأكيد موعد الجلسة", "en": "Confirm the hearing"}[desk.language]
    desk.page.get_by_text(move, exact=True).first.click()
    desk.look()
    desk.page.get_by_role("button", name=move).click()
    set_now = {"ar": "حُدّد موعد الجلسة", "en": "Your hearing is set"}[desk.language]
    assert set_now in desk.page.get_by_role("status").inner_text()
    assert desk.page.locator(".tag.waiting").count() > 0
    hand_over(counter.world.central.database, ShownGateway(), counter.world.clock)
    desk.page.reload()
    notice = desk.page.locator("li.event-notice").first
    assert desk.says("outcome-delivered") in notice.inner_text()
    assert number in notice.locator("blockquote").inner_text()
    desk.look()
    desk.page.goto(f"{officer.url}/console/calendar?from=2026-06-07")
    assert desk.page.get_by_role("link", name=number).count() == 1
    desk.look()
    desk.page.goto(f"{officer.url}/console/audit")
    assert number in desk.page.locator("table").inner_text()
    desk.look()
    desk.page.goto(f"{officer.url}/console/cases/C-2026-999999")
    desk.look()
    assert desk.says("no-such-case") in desk.page.locator("main").inner_text()


def test_the_pages_need_no_script_and_load_nothing_from_elsewhere(
    counter: Counter, browser: Browser
) -> None:
    officer = counter.officer("salim")
    number = counter.world.open_case().number
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    asked: list[str] = []
    refused: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: refused.append(message.text))
    page.goto(f"{officer.url}/console/sign-in?lang=en")
    page.get_by_label("Account").fill("salim")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code", exact=True).fill(officer.code())
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name=number).click()
    page.get_by_text("Accept the complaint", exact=True).first.click()
    page.get_by_role("button", name="Accept the complaint").click()
    assert "The labour office has checked" in page.get_by_role("status").inner_text()
    assert counter.world.case(number).state == "vetted"
    assert counter.world.events(number)[-1].who == "salim"
    assert {url.startswith(officer.url) for url in asked} == {True}
    assert refused == []
    page.get_by_role("link", name="العربية").click()
    assert page.locator("html").get_attribute("dir") == "rtl"
    page.get_by_role("button", name=TEXTS["sign-out"].ar).click()
    assert page.url.endswith("/console/sign-in")
    context.close()
