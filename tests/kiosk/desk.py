"""A terminal's session under test: events in, state and effects out, time by hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from kiosk.devices import DeviceState, PaperState, Terminal
from kiosk.services import flow, load_catalogue
from kiosk.session import Page, State, events as ev
from kiosk.session.effects import Effect, StartTimer, StopTimer
from kiosk.session.filling import filled_of
from kiosk.session.reducer import reduce
from kiosk.session.state import Cardholder
from kiosk.session.step import TimerSettings, World

GOOD = Terminal(
    reader=DeviceState.ONLINE,
    printer=DeviceState.ONLINE,
    paper=PaperState.FULL,
    outbox=DeviceState.ONLINE,
    central=DeviceState.ONLINE,
)
OFFLINE = replace(GOOD, central=DeviceState.OFFLINE)
NOW = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
TX = "01938f00-0000-7000-8000-00000000abcd"

HOLDER = Cardholder(
    civil_number="12345678",
    name_ar="سالم بن حمد",
    name_en="Salim bin Hamad",
    birth_date=date(1990, 1, 1),
    expiry_date=date(2031, 1, 1),
    kind="citizen",
    nationality="OMN",
    photo=b"jpeg",
)

ANSWERS = {
    "employer": {"cr_number": "1234567", "name": "شركة البحر"},
    "governorate": "muscat",
    "wilayat": "seeb",
    "complaint_types": ["wages"],
    "amount_baisa": "450.500",
    "period": {"from": "2026-08-01", "to": ""},
    "description": "لم أستلم أجري منذ شهرين",
    "evidence": [],
    "hearing_language": "ar",
    "mobile": "92123456",
    "email": None,
}


@dataclass
class Desk:
    """Feeds events to the reducer and remembers what came out."""

    state: State = field(default_factory=lambda: State(GOOD))
    effects: list[Effect] = field(default_factory=list)
    running: dict[ev.Timer, float] = field(default_factory=dict)
    world: World = field(default_factory=lambda: World(load_catalogue(), NOW, TimerSettings()))

    def __call__(self, *events: ev.Event) -> Desk:
        self.effects = []
        for event in events:
            step = reduce(self.state, event, self.world)
            self.state = step.state
            for effect in step.effects:
                if isinstance(effect, StartTimer):
                    self.running[effect.timer] = effect.seconds
                elif isinstance(effect, StopTimer):
                    self.running.pop(effect.timer, None)
            self.effects += step.effects
        return self

    def fire(self, timer: ev.Timer) -> Desk:
        """Let a timer run out that is running."""
        assert timer in self.running, f"{timer} does not run"
        del self.running[timer]
        return self(ev.TimerFired(timer))

    def asked(self, kind: type) -> list[Effect]:
        """The effects of one kind that the last events caused."""
        return [effect for effect in self.effects if isinstance(effect, kind)]

    @property
    def page(self) -> Page:
        return self.state.visit.page

    @property
    def visit(self):
        return self.state.visit

    # Whole stretches of the way

    def to_pin(self, tries_left: int | None = 3) -> Desk:
        return self(
            ev.Started(),
            ev.LanguageChosen("ar"),
            ev.CardInserted(),
            ev.CardRead(HOLDER, tries_left),
        )

    def enter_pin(self) -> Desk:
        return self(*(ev.PinDigitsChanged(n) for n in range(1, 7)), ev.ContinuePressed())

    def to_services(self) -> Desk:
        self.to_pin().enter_pin()
        return self(ev.PinVerified(), ev.SignedIn("92123456"), ev.ContinuePressed())

    def to_check(self) -> Desk:
        self.to_services()(ev.ServiceChosen("complaint"))
        self.answer_until(Page.CHECK)
        assert self.page is Page.CHECK, (self.page, self.visit.form)
        return self

    def questions(self) -> list[str]:
        """Ids of the questions on the screen."""
        form = self.visit.form
        service = self.world.catalogue.service(form.service_id)
        filled = filled_of(self.visit, form, self.world.catalogue, NOW, self.world.today)
        page = flow.page_called(service, filled, form.page)
        return [each.id for each in page.fields]

    def answer(self) -> Desk:
        """Answer every question on the screen and go on."""
        given = [ev.InputChanged(ANSWERS[each], each) for each in self.questions()]
        return self(*given, ev.ContinuePressed())

    def answer_until(self, stop: Page | str) -> list[str]:
        """Answer page after page until a page or a question comes; the pages that were answered."""
        seen: list[str] = []
        while self.page is Page.QUESTION and stop not in self.questions():
            seen.append(self.visit.form.page)
            self.answer()
            assert len(seen) < 30, seen
        return seen

    def to_working(self) -> Desk:
        self.to_check()(ev.ContinuePressed(), ev.TriesKnown(3))
        return self.enter_pin()

    def to_confirmation(self) -> Desk:
        return self.to_working()(ev.Kept(TX, "7K3Q-9FZ2", "HTTPS://X/R#AB", NOW))
