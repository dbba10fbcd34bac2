"""What a person can do on a page besides what it is for: cancel, go back."""

from __future__ import annotations

from kiosk.session.state import Page

CANCELLABLE = frozenset(
    {
        Page.LANGUAGE,
        Page.INSERT_CARD,
        Page.READING_CARD,
        Page.CARD_PROBLEM,
        Page.PIN,
        Page.IDENTITY,
        Page.SERVICES,
        Page.QUESTION,
        Page.CHECK,
        Page.SIGN,
        Page.ACTIVATION,
        Page.ACTIVATION_STOPPED,
        Page.CARD_STATE,
        Page.CODE,
        Page.OLD_PIN,
        Page.PUK,
        Page.NEW_PIN,
        Page.REPEAT_PIN,
    }
)

"""The visit can be cancelled from here."""

GOING_BACK = frozenset(
    {
        Page.QUESTION,
        Page.CHECK,
        Page.SIGN,
        Page.CODE,
        Page.OLD_PIN,
        Page.REPEAT_PIN,
        Page.CARD_STATE,
    }
)
"""There is a page before this one to go back to."""
