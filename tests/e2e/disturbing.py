"""What the tests of bad input share: PINs, pages, a card that tells each command, what was kept."""

from __future__ import annotations

from collections.abc import Callable

from cardreader.simulator import issue, persona
from kiosk.session import Page, events as ev
from tests.e2e.terminal import Terminal

RIGHT = persona("citizen-active").pin or ""
WRONG = "111222"
BEFORE_THE_SIGNATURE = (
    Page.PIN,
    Page.IDENTITY,
    Page.SERVICES,
    Page.QUESTION,
    Page.CHECK,
    Page.SIGN,
)


def nothing_was_kept(terminal: Terminal) -> bool:
    """Neither here nor at the central API."""
    return terminal.kiosk.outbox.status().last_seq == 0 and terminal.received() == []


class SlowedCard:
    """A card that tells before each command that it is about to carry it out."""

    def __init__(self, persona_id: str, before: Callable[[int], None]) -> None:
        self._count = 0
        self._before = before
        self.card = issue(persona_id, latency=0.001, sleep=self._tick)

    def from_now(self) -> None:
        """Count from here."""
        self._count = 0

    @property
    def commands(self) -> int:
        return self._count

    def _tick(self, _seconds: float) -> None:
        self._count += 1
        self._before(self._count)


def to_signature(terminal: Terminal) -> None:
    """From a card just put in to the PIN for the signature."""
    terminal.wait_for(Page.PIN)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.IDENTITY)
    terminal.send(ev.ContinuePressed(), ev.ServiceChosen("complaint"))
    terminal.fill_in()
    terminal.send(ev.ContinuePressed())
    terminal.wait_for(Page.SIGN)


def signing(terminal: Terminal, before: Callable[[int], None]) -> SlowedCard:
    """A visit up to the PIN of the signature; the card tells each command from there on."""
    armed: list[bool] = []
    card = SlowedCard("citizen-active", lambda count: before(count) if armed else None)
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert_card(card.card)
    to_signature(terminal)
    card.from_now()
    armed.append(True)
    terminal.press_pin(RIGHT)
    return card
