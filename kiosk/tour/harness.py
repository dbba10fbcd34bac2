"""One terminal, set up for one journey: simulated surroundings, the real window, a person."""

from __future__ import annotations

import re
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path

import requests

from cardreader.simulator import persona
from kiosk.app import Devices, Kiosk
from kiosk.config import Screen, Settings
from kiosk.devices import SheetState, can_scan, can_serve, can_take_finger, is_online
from kiosk.front import utc_now
from kiosk.services import Language
from kiosk.services.oman_time import MUSCAT
from kiosk.session import Page
from kiosk.session.form import EmployerSearch, Paper, SearchState
from kiosk.session.outcome import ReceiptStep
from kiosk.session.state import Visit
from kiosk.simulation.finger import Laid
from kiosk.simulation.rig import Rig
from kiosk.tour.touch_driver import Hands, NotSeen

_TIMEOUTS = (1.0, 5.0)

_LINK = re.compile(r"HTTPS://\S+/R#[A-Z2-7]+")
_EMPLOYER: dict[Language, str] = {"ar": "السيب", "en": "seeb"}
_STORY: dict[Language, str] = {
    "ar": "لم أستلم أجري منذ شهرين، وطلبت حقي مرتين دون رد.",
    "en": "i was not paid for two months. i asked twice and got no answer.",
}


@dataclass
class Story:
    """What a journey leaves behind."""

    steps: list[str] = field(default_factory=list)
    screenshots: list[str] = field(default_factory=list)
    receipts: list[str] = field(default_factory=list)
    tx_id: str | None = None


class Stage:
    """A terminal and the person in front of it. A context manager."""

    def __init__(
        self, out: Path, state: Path, name: str, language: Language, size: tuple[int, int]
    ) -> None:
        """``state`` is the folder in which the simulated terminal lives during the journey."""
        self._out = out
        self._state = state
        self._prefix = f"{name}-{language}-{size[0]}x{size[1]}"
        self.language = language
        self._size = size
        self.story = Story()
        self._stack = ExitStack()

    def __enter__(self) -> Stage:
        """Switch the terminal on and wait until it serves."""
        with ExitStack() as stack:
            self.rig = stack.enter_context(Rig(self._state, on_receipt=self._take_receipt))
            self._start(stack)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Switch it off."""
        self._stack.close()

    def _start(self, stack: ExitStack) -> None:
        width, height = self._size
        settings = self.rig.settings(Settings(screen=Screen(width=width, height=height)))
        # They stand there; a journey that needs one plugs it in.
        self.rig.scanner.set_faults(offline=True)
        self.rig.finger.laid = Laid.UNPLUGGED
        devices = Devices(
            self.rig.readers,
            self.rig.trust,
            self.rig.connect_printer,
            chime=lambda _sound: None,
            scanner=self.rig.scanner,
            finger=self.rig.finger,
        )
        self.kiosk = Kiosk(settings, self.rig.identity(settings), devices)
        stack.callback(self.kiosk.stop)
        self.kiosk.start()
        self.hands = Hands(self.kiosk.window)
        self.hands.wait(
            lambda: can_serve(self.kiosk.runner.state.terminal), "a terminal that serves"
        )
        self.hands.wait(lambda: is_online(self.kiosk.runner.state.terminal), "the network")

    @property
    def visit(self) -> Visit:
        """The visit as the terminal sees it."""
        return self.kiosk.runner.state.visit

    # --- what a journey is told with

    def at(self, page: Page) -> None:
        """Wait for a page and take its picture."""
        self.hands.wait(lambda: self.visit.page is page, f"page {page}")
        self.picture(page.value)

    def picture(self, name: str) -> None:
        """Take a picture of the screen as it is."""
        number = len(self.story.screenshots) + 1
        path = Path("screenshots") / f"{self._prefix}-{number:02}-{name}.png"
        self.hands.photograph(self._out / path)
        self.story.screenshots.append(str(path))
        self.story.steps.append(name)

    def begin(self, persona_id: str) -> None:
        """From the attract page to the reading of a card."""
        self.at(Page.ATTRACT)
        self.hands.tap("startArea")
        self.at(Page.LANGUAGE)
        self.hands.tap(f"language_{self.language}")
        self.at(Page.INSERT_CARD)
        self.rig.insert(persona_id)

    def enter_pin(self, digits: str) -> None:
        """Touch the digits and continue."""
        for digit in digits:
            self.hands.tap(f"pinKey_{digit}")
        self.hands.wait(lambda: self.visit.pin.digits == len(digits), "the digits")
        self.hands.tap("continueButton")

    def identify(self, persona_id: str, service: str = "complaint") -> None:
        """PIN, then "this is me", then a service."""
        self.at(Page.PIN)
        self.enter_pin(_pin(persona_id))
        self.at(Page.IDENTITY)
        self.hands.tap("continueButton")
        self.at(Page.SERVICES)
        self.hands.tap(f"service_{service}")

    def answer_questions(self) -> None:
        """Every question of the complaint, by touch; no paper is scanned."""
        self.answer_until_evidence()
        self._continue_after("evidence", "contact")
        self.answer_after_evidence()

    def answer_until_evidence(self) -> None:
        """Up to the evidence, which is chosen and not yet taken."""
        tap, hands = self.hands.tap, self.hands
        if is_online(self.kiosk.runner.state.terminal):
            hands.wait(lambda: self.visit.signed_in, "the registries")
        hands.wait(lambda: self._asks("work") or self._asks("employer"), "the first question")
        if self._asks("work"):
            self.picture("work")
        else:
            self._employer_and_workplace()
        self._continue_after("work", "complaint_types")
        tap("option_wages")
        tap("option_overtime")
        self._continue_after("complaint_types", "amount_baisa")
        hands.type("450.500")
        self._continue_after("amount_baisa", "period")
        hands.type(_some_time_ago())
        self._continue_after("period", "description")
        tap("continueButton")
        hands.wait(lambda: bool(self.visit.form and self.visit.form.problems), "a problem")
        self.picture("description-missing")
        tap("field_description")
        hands.type(_STORY[self.language])
        self._continue_after("description", "evidence")
        tap("option_payslips")

    def name_another_employer(self) -> None:
        """The question about the employer by itself, also where the registry knows the answer."""
        self.hands.wait(lambda: self.visit.signed_in, "the registries")
        self.hands.wait(lambda: self._asks("work") or self._asks("employer"), "the employer")
        if self._asks("work"):
            self.hands.tap("changeKnown")
        self._question("employer")

    def _employer_and_workplace(self) -> None:
        tap, hands = self.hands.tap, self.hands
        self._question("employer")
        tap("field_employer")
        hands.type(_EMPLOYER[self.language])
        if self.visit.signed_in:
            hands.wait(self._search_is_over, "employers of the registry")
            self.picture("employer-found")
            tap(f"employer_{self._found()[0]}")
        self._continue_after("employer", "governorate")
        tap("place_muscat")
        self._continue_after("governorate", "wilayat")
        tap("place_seeb")

    def answer_after_evidence(self) -> None:
        """Telephone and e-mail, the last page of questions."""
        form = self.visit.form
        if form is not None and not form.inputs.get("mobile"):
            self.hands.type("92123456")
        self.hands.tap("continueButton")

    def check_and_change(self) -> None:
        """Look at all answers and change one."""
        self.at(Page.CHECK)
        self.hands.tap("change_hearing_language")
        self.at(Page.QUESTION)
        self.hands.tap("option_en")
        self.hands.tap("continueButton")
        self.at(Page.CHECK)

    def sign(self, persona_id: str) -> None:
        """Sign with the PIN; ends on the confirmation page."""
        self.hands.tap("continueButton")
        self.at(Page.SIGN)
        self.enter_pin(_pin(persona_id))
        self.hands.wait(lambda: self.visit.page is Page.CONFIRMATION, "the confirmation")
        submission = self.visit.submission
        self.story.tx_id = submission.tx_id if submission else None

    def wait_for_receipt(self, step: ReceiptStep, page: Page = Page.CONFIRMATION) -> None:
        """Wait until the receipt is printed, or known not to be."""

        def done() -> bool:
            submission = self.visit.submission
            return submission is not None and submission.receipt is step

        self.hands.wait(done, f"the receipt to be {step}")
        self.at(page)

    def finish(self) -> None:
        """Finish, take the card, and see the terminal rest."""
        self.hands.tap("continueButton")
        self.at(Page.TAKE_CARD)
        self.rig.readers.remove()
        self.at(Page.ENDED)
        self.wiped()

    def wiped(self) -> None:
        """Nothing of the person is left in the session."""
        visit = self.visit
        left = (visit.cardholder, visit.form, visit.submission, visit.mobile)
        if any(value is not None for value in left):
            raise NotSeen("a wiped visit")

    def network(self, *, up: bool) -> None:
        """Mend or cut the network and wait until the terminal knows."""
        if up:
            self.rig.link.mend()
        else:
            self.rig.link.cut()
        self.kiosk.look_again()
        self.hands.wait(
            lambda: is_online(self.kiosk.runner.state.terminal) is up, f"network up: {up}"
        )

    def scanner(self, *, plugged: bool) -> None:
        """Plug the scanner in or out and wait until the terminal knows."""
        self.rig.scanner.set_faults(offline=not plugged)
        self.kiosk.look_again()
        self.hands.wait(
            lambda: can_scan(self.kiosk.runner.state.terminal) is plugged, f"scanner: {plugged}"
        )

    def finger(self, laid: Laid) -> None:
        """Choose what happens at the fingerprint sensor; wait until the terminal sees it there."""
        self.rig.finger.laid = laid
        self.kiosk.look_again()
        there = laid is not Laid.UNPLUGGED
        self.hands.wait(
            lambda: can_take_finger(self.kiosk.runner.state.terminal) is there, f"sensor: {there}"
        )

    def scan(self, sheets: int) -> None:
        """Put sheets on the scanner, one after the other; each is seen."""
        wanted = len(self.papers)
        for _ in range(sheets):
            wanted += 1
            self.hands.tap("scanButton")
            self.hands.wait(partial(self._has_papers, wanted), f"paper {wanted}")

    def _has_papers(self, count: int) -> bool:
        return len(self.papers) == count

    @property
    def sheet(self) -> SheetState | None:
        """The sheet in the scanner."""
        return self.visit.form.sheet if self.visit.form else None

    @property
    def papers(self) -> tuple[Paper, ...]:
        """What is scanned so far."""
        return self.visit.form.papers if self.visit.form else ()

    def texted_code(self) -> str:
        """The one-time code in the newest text message."""
        url = f"{self.rig.central_url}/v1/notifications"
        notices = requests.get(url, timeout=_TIMEOUTS).json()["notifications"]
        found = re.findall(r"(?<!\d)\d{6}(?!\d)", notices[-1]["text_en"]) if notices else []
        if not found:
            raise NotSeen("a text message with a code")
        return str(found[0])

    def texted_receipts(self) -> list[str]:
        """The links of receipts in the text messages."""
        url = f"{self.rig.central_url}/v1/notifications"
        notices = requests.get(url, timeout=_TIMEOUTS).json()["notifications"]
        return [found for notice in notices for found in _LINK.findall(notice["text_en"])]

    def enter(self, page: Page, digits: str) -> None:
        """Wait for a page that asks for digits, photograph it, enter them."""
        self.at(page)
        self.enter_pin(digits)

    def registered(self) -> list[str]:
        """The complaint numbers that the central API registered for this transaction."""
        url = f"{self.rig.central_url}/v1/development/transactions"
        transactions = requests.get(url, timeout=_TIMEOUTS).json()["transactions"]
        return [t["number"] for t in transactions if t["tx_id"] == self.story.tx_id and t["number"]]

    def papers_at_central(self) -> tuple[int, int]:
        """How many papers of this transaction arrived as they were signed for, and of how many."""
        url = f"{self.rig.central_url}/v1/development/transactions"
        transactions = requests.get(url, timeout=_TIMEOUTS).json()["transactions"]
        found = [t for t in transactions if t["tx_id"] == self.story.tx_id]
        return (found[0]["papers_here"], found[0]["papers"]) if found else (0, 0)

    def _asks(self, page_id: str) -> bool:
        visit = self.visit
        return visit.page is Page.QUESTION and visit.form is not None and visit.form.page == page_id

    def _question(self, field_id: str) -> None:
        self.hands.wait(partial(self._asks, field_id), f"question {field_id}")
        self.picture(field_id)

    def _continue_after(self, name: str, following: str) -> None:
        self.hands.settle()
        self.picture(f"{name}-answered")
        self.hands.tap("continueButton")
        self._question(following)

    def _search_is_over(self) -> bool:
        """What is found belongs to the whole text, not to its first letters."""
        form = self.visit.form
        search = form.search if form else EmployerSearch()
        whole = search.query.strip() == _EMPLOYER[self.language]
        return whole and search.state is SearchState.DONE and bool(search.found)

    def _found(self) -> list[str]:
        form = self.visit.form
        return [employer.cr_number for employer in form.search.found] if form else []

    def _take_receipt(self, png: bytes, raw: bytes) -> None:
        number = len(self.story.receipts) // 2 + 1
        for ending, content in (("png", png), ("bin", raw)):
            path = Path("receipts") / f"{self._prefix}-{number}.{ending}"
            (self._out / path).parent.mkdir(parents=True, exist_ok=True)
            (self._out / path).write_bytes(content)
            self.story.receipts.append(str(path))


def _pin(persona_id: str) -> str:
    return persona(persona_id).pin or ""


def _some_time_ago() -> str:
    """A day as it is typed: day, month, year. A fixed one would be in the future once."""
    day = utc_now().astimezone(MUSCAT).date() - timedelta(days=113)
    return day.strftime("%d%m%Y")
