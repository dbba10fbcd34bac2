"""Revoked cards, and cards of which nobody can say it: with a network, and for too long without."""

from __future__ import annotations

import base64
import json
import sqlite3
from contextlib import closing

from cardreader.simulator import persona
from kiosk.config import Reader
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from kiosk.session.state import CardProblem
from kiosk.workers.card_revocations import REVOCATION_FILE

CITIZEN = persona("citizen-active")
NOTHING_IS_NEW_ENOUGH = Reader(revocation_max_age_h=1e-9)


def signed(terminal) -> dict:
    """What the citizen signed, as the central API keeps it; of the only transaction."""
    terminal.wait(lambda: len(terminal.received()) == 1, "the transaction")
    with closing(sqlite3.connect(terminal.rig.directory / "central.db")) as database:
        [(outcome, document)] = database.execute("SELECT outcome, document FROM transactions")
    assert outcome == "accepted"
    payload = document.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def fetched(terminal) -> bool:
    return (terminal.settings.state_directory / REVOCATION_FILE).exists()


def test_with_a_list_that_is_new_enough_nothing_is_marked(terminal):
    terminal.wait(lambda: fetched(terminal), "the revocation list")
    terminal.go_to(Page.CONFIRMATION)
    assert "stale_revocations" not in signed(terminal)


def test_too_long_without_a_list_the_signature_is_kept_and_marked(switch_on):
    terminal = switch_on(reader=NOTHING_IS_NEW_ENOUGH)
    terminal.wait(lambda: fetched(terminal), "the revocation list")
    terminal.network(up=False)
    terminal.go_to(Page.CONFIRMATION)
    assert terminal.waiting() == 1
    terminal.without_answer()
    terminal.finish()
    terminal.network(up=True)
    terminal.kiosk.look_again()
    assert signed(terminal)["stale_revocations"]["as_of"] is not None


def test_a_card_revoked_a_moment_ago_is_refused_at_the_sign_in(terminal):
    assert terminal.revoke(CITIZEN.id) == 2
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(CITIZEN.id)
    terminal.wait_for(Page.PIN, Page.CARD_PROBLEM)
    if terminal.visit.page is Page.PIN:
        terminal.press_pin(CITIZEN.pin or "")
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.REVOKED
    terminal.send(ev.ContinuePressed())
    terminal.leave(VisitEnd.CARD_REFUSED)


def test_a_card_revoked_earlier_is_refused_without_a_network_too(terminal):
    assert terminal.revoke(CITIZEN.id) == 2
    revocations = terminal.kiosk._revocations

    def is_known() -> bool:
        revocations.network_returned()
        return any(len(list(crl)) > 2 for crl in revocations.trust.crls)

    terminal.wait(is_known, "a list with the card on it")
    terminal.network(up=False)
    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert(CITIZEN.id)
    terminal.wait_for(Page.CARD_PROBLEM)
    assert terminal.visit.card_problem is CardProblem.REVOKED
