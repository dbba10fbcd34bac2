"""The loop of the terminal: one event after another through the reducer, effects out, state shown.

It lives in the thread of the user interface and knows no toolkit. Answers of workers carry the
number of the visit that asked; when that visit is over they are dropped here, so that nothing of
one citizen ever reaches the next.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from kiosk.session import State
from kiosk.session.effects import BeginVisit, Effect, Wipe
from kiosk.session.events import Event
from kiosk.session.reducer import reduce
from kiosk.session.step import World

Perform = Callable[[Effect, int], None]
"""Carries out an effect for the visit with this number; must not block."""


class Runner:
    """Owns the state. Every method belongs to the loop's thread."""

    def __init__(
        self,
        state: State,
        *,
        world: Callable[[], World],
        perform: Perform,
        show: Callable[[State], None],
    ) -> None:
        self.state = state
        self._world = world
        self._perform = perform
        self._show = show
        self._visit = 0
        self._waiting: deque[tuple[Event, int | None]] = deque()
        self._busy = False

    def handle(self, event: Event, visit: int | None = None) -> None:
        """Take one event; ``visit`` is set on the answer to an effect of that visit."""
        self._waiting.append((event, visit))
        if self._busy:
            # An effect answered at once: its event waits until this step is complete.
            return
        self._busy = True
        try:
            while self._waiting:
                next_event, asked_by = self._waiting.popleft()
                if asked_by is None or self.is_current(asked_by):
                    self._step(next_event)
        finally:
            self._busy = False

    def is_current(self, visit: int) -> bool:
        """Whether this visit is still the one at the screen."""
        return visit == self._visit

    def _step(self, event: Event) -> None:
        step = reduce(self.state, event, self._world())
        changed = step.state != self.state
        self.state = step.state
        for effect in step.effects:
            if isinstance(effect, BeginVisit | Wipe):
                self._visit += 1
            self._perform(effect, self._visit)
        if changed:
            self._show(self.state)
