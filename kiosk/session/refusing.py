"""A card that cannot be used: what was known of its holder is wiped before the reason is said."""

from __future__ import annotations

from dataclasses import replace

from kiosk.devices import can_take_finger
from kiosk.session.effects import AskFinger, ClearPin, Effect, Record, StopFinger
from kiosk.session.page_table import Page
from kiosk.session.state import CardProblem, State, Visit
from kiosk.session.step import Step


def card_refused(state: State, problem: CardProblem) -> Step:
    """Nothing that relies on this card is offered any more."""
    refused = Record("card.refused", (("problem", problem.value),))
    visit = state.visit
    remains = Visit(
        page=Page.CARD_PROBLEM,
        language=visit.language,
        text_size=visit.text_size,
        high_contrast=visit.high_contrast,
        card_present=True,
        card_problem=problem,
    )
    changed = replace(state, visit=remains)
    effects: tuple[Effect, ...] = (ClearPin(), refused)
    if visit.page is Page.FINGER:
        effects += (StopFinger(),)
    if problem is CardProblem.PIN_BLOCKED and can_take_finger(state.terminal):
        effects += (AskFinger(),)
    return Step(changed, effects)
