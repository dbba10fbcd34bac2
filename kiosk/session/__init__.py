"""One citizen's visit as a pure state machine: ``reducer.reduce(state, event, world) -> Step``.

``state.py`` is what the terminal knows (``form.py``, ``card_task.py`` and ``outcome.py`` are parts
of it), ``events.py`` what can happen (``intents.py`` holds what the person at the screen does),
``effects.py`` what is to be done about it. ``page_table.py`` has every page in a row;
``reducer.py`` holds what is true on every page. The pages themselves are in ``card_steps.py`` (card
to person), ``form_steps.py`` (service to application), ``finish_steps.py`` (signature to receipt),
``card_service_steps.py`` (work on the card itself) and ``ending.py``. No Qt, no input or output, no
clock, no randomness here.

Only the state is loaded with the package: the screen shows it before anything can happen.
"""

from kiosk.session.page_table import Page
from kiosk.session.state import State, Visit

__all__ = ["Page", "State", "Visit"]
