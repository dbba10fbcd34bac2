"""The terminal's face: window, catalogue and PIN pad, on screen before the rest is loaded.

A person sees the attract page after a fraction of the time that card, queue, printer and network
need to be imported. :class:`kiosk.app.Kiosk` takes the front over and answers what is touched.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from kiosk.config import Settings
from kiosk.devices import Terminal
from kiosk.loop.memory import return_memory_early
from kiosk.loop.pin_buffer import PinBuffer
from kiosk.publication.editions import Editions
from kiosk.services import load_catalogue
from kiosk.services.oman_time import MUSCAT
from kiosk.session.card_task import PIN_LENGTH
from kiosk.session.intents import Intent, PinDigitsChanged
from kiosk.session.state import State, Visit
from ui.app import KioskWindow


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class Front:
    """What a person sees and touches. Made and used in the UI thread."""

    def __init__(self, settings: Settings, now: Callable[[], datetime] = utc_now) -> None:
        """Opens the window. Raises :class:`ui.app.WindowFailed`, ``CatalogueError``."""
        return_memory_early()
        self._handle: Callable[[Intent], None] | None = None
        self.catalogue = load_catalogue().copy()
        if settings.catalogue.root is not None:
            editions = Editions(settings.state_directory / "catalogue")
            self.catalogue.become(editions.load())
        self.state = State(Terminal(), Visit(language=settings.screen.language))
        """What the window shows at first."""
        self._digits_wanted = PIN_LENGTH
        self.pin = PinBuffer(
            lambda digits: self._send(PinDigitsChanged(digits)), lambda: self._digits_wanted
        )
        self.window = KioskWindow(
            self.catalogue,
            self._send,
            self.pin,
            size=(settings.screen.width, settings.screen.height),
            fullscreen=settings.screen.fullscreen,
            state=self.state,
            today=lambda: now().astimezone(MUSCAT).date(),
        )

    def show(self, state: State) -> None:
        """Show a state; the pad takes as many digits as its page wants."""
        self._digits_wanted = state.visit.pin.length
        self.window.show(state)

    def answer_with(self, handle: Callable[[Intent], None]) -> None:
        """From now on ``handle`` gets every intent; before, the page is only looked at."""
        self._handle = handle

    def _send(self, intent: Intent) -> None:
        if self._handle is not None:
            self._handle(intent)
