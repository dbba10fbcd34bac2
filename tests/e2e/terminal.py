"""A whole terminal in the test's process, and a citizen who is as quick as the test wants.

Everything is real but the hardware. By touch it is driven as :mod:`kiosk.tour` does; where the
fingers are not what is tested, the same events go straight into the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests

from backend_stub.console.card_office import revoke_card
from cardreader.readers import CardReaders
from cardreader.simulator import persona
from cardreader.trust import TrustStore
from kiosk.app import Devices, Kiosk, utc_now
from kiosk.config import Reader, Screen, Settings
from kiosk.devices import can_serve, is_online
from kiosk.equipment.finger_sensor import FingerSensor
from kiosk.equipment.scanner import Scanner
from kiosk.services import flow
from kiosk.services.oman_time import MUSCAT
from kiosk.session import Page, events as ev
from kiosk.session.filling import filled_of
from kiosk.session.outcome import VisitEnd
from kiosk.tour.harness import Stage
from kiosk.tour.touch_driver import PATIENCE_S, Hands
from offline_queue.chain import b64url_decode
from offline_queue.verify import verify_outbox

STORY = "لم أستلم أجري منذ شهرين، وطلبت حقي مرتين دون رد."
EMPLOYER = "شركة بحر العرب للتجارة"
MOBILE = "92123456"
EMAIL = "salim.h@example.om"


def answers() -> dict[str, Any]:
    """A complaint, as it is typed."""
    long_ago = (utc_now() - timedelta(days=90)).date()
    return {
        "employer": {"cr_number": None, "name": EMPLOYER},
        "governorate": "muscat",
        "wilayat": "seeb",
        "complaint_types": ["wages", "overtime"],
        "amount_baisa": "450.500",
        "period": {"from": long_ago.isoformat(), "to": ""},
        "description": STORY,
        "evidence": ["payslips"],
        "hearing_language": "ar",
        "mobile": MOBILE,
        "email": EMAIL,
    }


class Terminal(Stage):
    """A terminal, what stands around it, and the person in front of it. A context manager.

    The same ``directory`` again is the same terminal after it was switched off.
    """

    def __init__(
        self,
        directory: Path,
        *,
        readers: Callable[[], CardReaders] | None = None,
        trust: TrustStore | None = None,
        reader: Reader | None = None,
        scanner: Scanner | None = None,
        finger: FingerSensor | None = None,
    ) -> None:
        """``readers`` and ``trust`` instead of the simulated ones; ``reader``: its settings."""
        super().__init__(directory / "seen", directory, "test", "ar", (1080, 1920))
        self._readers = readers
        self._trust = trust
        self._reader = reader or Reader()
        self._scanner = scanner
        self._finger = finger
        self.shown: list[Page] = []

    def _start(self, stack: ExitStack) -> None:
        self.settings = self.rig.settings(
            Settings(screen=Screen(width=1080, height=1920), reader=self._reader)
        )
        devices = Devices(
            self._readers() if self._readers else self.rig.readers,
            self._trust or self.rig.trust,
            self.rig.connect_printer,
            chime=lambda _sound: None,
            scanner=self._scanner,
            finger=self._finger,
        )
        self.identity = self.rig.identity(self.settings)
        self.kiosk = Kiosk(self.settings, self.identity, devices, shown=self._note)
        stack.callback(self.kiosk.stop)
        self.kiosk.start()
        self.hands = Hands(self.kiosk.window)
        self.wait(lambda: can_serve(self.devices), "a terminal that serves")
        self.wait(lambda: is_online(self.devices), "the network")
        self.wait(lambda: self.devices.printer == "online", "the printer")

    def _note(self, state: Any) -> None:
        if not self.shown or self.shown[-1] is not state.visit.page:
            self.shown.append(state.visit.page)

    # --- looking

    @property
    def devices(self) -> Any:
        """The states of the terminal's devices."""
        return self.kiosk.runner.state.terminal

    @property
    def outbox_path(self) -> Path:
        """The database of the outbox."""
        return self.settings.state_directory / "outbox.db"

    def picture(self, name: str) -> None:
        """No pictures here: only that it was seen."""
        self.story.steps.append(name)

    def wait(self, until: Callable[[], bool], what: str, patience: float = PATIENCE_S) -> None:
        """Let the terminal work until something is true. Raises ``NotSeen``."""
        self.hands.wait(until, what, patience)

    def wait_for(self, *pages: Page) -> None:
        """Let the terminal work until one of these pages is shown."""
        self.wait(lambda: self.visit.page in pages, f"page {' or '.join(pages)}")

    def received(self) -> list[dict[str, Any]]:
        """Everything that the central API has."""
        url = f"{self.rig.central_url}/v1/development/transactions"
        received: list[dict[str, Any]] = requests.get(url, timeout=(1, 5)).json()["transactions"]
        return received

    def waiting(self) -> int:
        """Transactions that have not gone yet."""
        return self.kiosk.outbox.status().waiting

    def findings(self) -> list[Any]:
        """What is wrong with the outbox."""
        return verify_outbox(
            self.outbox_path,
            self.identity.device_key.public_key(),
            b64url_decode(self.identity.enrolment.head_public_key),
            former_keys=self.identity.former_keys,
        )

    # --- doing

    def send(self, *events: ev.Event) -> None:
        """Let things happen, one after the other."""
        for event in events:
            self.kiosk.runner.handle(event)

    def press_pin(self, digits: str) -> None:
        """The keys of the PIN pad, then continue."""
        for digit in digits:
            self.kiosk._pin.press(int(digit))
        self.send(ev.ContinuePressed())

    def walk(self, persona_id: str = "citizen-active") -> Iterator[Page]:
        """A whole visit, page by page: gives each page, and goes on when asked for the next."""
        pin = persona(persona_id).pin or ""
        self.send(ev.Started())
        yield self._now(Page.LANGUAGE)
        self.send(ev.LanguageChosen("ar"))
        yield self._now(Page.INSERT_CARD)
        self.rig.readers.insert(persona_id)
        yield self._now(Page.PIN)
        self.press_pin(pin)
        yield self._now(Page.IDENTITY)
        self.send(ev.ContinuePressed())
        yield self._now(Page.SERVICES)
        self.send(ev.ServiceChosen("complaint"))
        yield self._now(Page.QUESTION)
        self.fill_in()
        yield self._now(Page.CHECK)
        self.send(ev.ContinuePressed())
        yield self._now(Page.SIGN)
        self.press_pin(pin)
        yield self._now(Page.CONFIRMATION)

    def _now(self, page: Page) -> Page:
        self.wait_for(page)
        return page

    def go_to(self, page: Page, persona_id: str = "citizen-active") -> None:
        """Walk a visit up to a page."""
        for reached in self.walk(persona_id):
            if reached is page:
                return

    def fill_in(self) -> None:
        """Answer every question."""
        self.answer_until(Page.CHECK)
        self.wait_for(Page.CHECK)

    def answer_until(self, stop: Page | str) -> None:
        """Answer page after page, with one's own words, until a page or a question comes."""
        given = answers()
        for _ in range(30):
            page = self._page_of_questions()
            if page is None or stop in [each.id for each in page.fields]:
                return
            if page.confirms:
                self.send(ev.ApartPressed())
                continue
            self.send(*(ev.InputChanged(given[each.id], each.id) for each in page.fields))
            self.send(ev.ContinuePressed())
        raise AssertionError(f"{stop} did not come")

    def _page_of_questions(self) -> flow.QuestionPage | None:
        visit = self.visit
        if visit.page is not Page.QUESTION or visit.form is None:
            return None
        catalogue = self.kiosk.catalogue
        service = catalogue.service(visit.form.service_id)
        now = utc_now()
        filled = filled_of(visit, visit.form, catalogue, now, now.astimezone(MUSCAT).date())
        return flow.page_called(service, filled, visit.form.page)

    def without_answer(self) -> None:
        """The time ran out in which the central API could have answered."""
        self.send(ev.TimerFired(ev.Timer.ANSWER))

    def network(self, *, up: bool) -> None:
        """Mend or cut the network; nobody tells the terminal."""
        if up:
            self.rig.link.mend()
        else:
            self.rig.link.cut()

    def revoke(self, persona_id: str) -> int:
        """The office does it beside the running central API; how many certificates they were."""
        database = f"sqlite:///{self.rig.directory / 'central.db'}"
        serial = persona(persona_id).card_serial
        return revoke_card(database, serial=serial, activate_again=False)

    def finish(self) -> None:
        """Let the receipt come out, finish, take the card, leave."""
        self.wait(lambda: self._receipt_done(), "the end of the receipt")
        self.send(ev.ContinuePressed())
        self.leave(VisitEnd.FINISHED)

    def leave(self, end: VisitEnd) -> None:
        """The visit is over for this reason and wiped; the card is taken and the terminal rests."""
        self.wait_for(Page.TAKE_CARD, Page.ENDED)
        assert self.visit.end is end
        self.wiped()
        self.rig.readers.remove()
        self.rest_again()

    def rest_again(self) -> None:
        """The last page had its time."""
        self.wait_for(Page.ENDED)
        self.send(ev.TimerFired(ev.Timer.ENDED_PAGE))
        self.wait_for(Page.ATTRACT)

    def _receipt_done(self) -> bool:
        submission = self.visit.submission
        return submission is not None and submission.receipt not in ("waiting", "printing")
