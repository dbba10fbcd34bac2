"""What every part of the reducer works with: the world it may look at and the step it returns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kiosk.services import Catalogue, Language
from kiosk.services.oman_time import MUSCAT
from kiosk.session.effects import Effect
from kiosk.session.state import State


@dataclass(frozen=True, slots=True)
class TimerSettings:
    """How long a visit waits, in seconds (shared figures: VVSG, WCAG 2.2.1)."""

    idle_before_pin: float = 60.0
    idle_after_pin: float = 120.0
    countdown: float = 45.0
    accessible_factor: float = 2.0
    """Everything waits this much longer with large text or high contrast."""
    card_left_gentle: float = 5.0
    card_left_loud: float = 20.0
    card_left_alert: float = 45.0
    ended_page: float = 6.0
    answer: float = 3.0


@dataclass(frozen=True, slots=True)
class World:
    """What a step may look at besides state and event; it never changes during one."""

    catalogue: Catalogue
    now: datetime
    """Aware, any zone."""
    timers: TimerSettings = TimerSettings()
    language: Language = "ar"
    """The language of the terminal while nobody has chosen one."""

    @property
    def today(self) -> date:
        """The date in Oman."""
        return self.now.astimezone(MUSCAT).date()


@dataclass(frozen=True, slots=True)
class Step:
    """The state after an event, and what is to be done about it."""

    state: State
    effects: tuple[Effect, ...] = ()

    def then(self, *effects: Effect) -> Step:
        """The same step with more effects at its end."""
        return Step(self.state, self.effects + effects)


def stay(state: State) -> Step:
    """Nothing changes."""
    return Step(state)


def with_visit(state: State, **changes: Any) -> State:
    """The state with some fields of its visit replaced."""
    return replace(state, visit=replace(state.visit, **changes))
