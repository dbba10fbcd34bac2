"""No network at any moment of a visit, a central API that refuses, a disk that is full."""

from __future__ import annotations

import sqlite3

from kiosk.devices import can_serve, is_online
from kiosk.session import Page, events as ev
from kiosk.session.outcome import VisitEnd
from tests.e2e.disturbing import BEFORE_THE_SIGNATURE, RIGHT
from tests.e2e.terminal import Terminal


def test_the_network_cut_on_any_page_never_stops_the_journey(terminal):
    pages = [Page.LANGUAGE, Page.INSERT_CARD, *BEFORE_THE_SIGNATURE, Page.CONFIRMATION]
    kept = []
    for cut_on in pages:
        for page in terminal.walk():
            if page is cut_on:
                terminal.network(up=False)
        kept.append(terminal.visit.submission.tx_id)
        terminal.without_answer()
        terminal.finish()
        terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.waiting() == 0, "every complaint to be registered")
    received = terminal.received()
    assert sorted(t["tx_id"] for t in received) == sorted(kept)
    assert all(t["number"] for t in received)
    assert len({t["number"] for t in received}) == len(pages)
    assert terminal.findings() == []


def test_offline_the_words_on_the_screen_are_saved_and_will_be_sent(terminal):
    terminal.network(up=False)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.devices.central == "offline", "the loss of the network")
    terminal.go_to(Page.CONFIRMATION)
    submission = terminal.visit.submission
    assert not submission.waiting_for_answer
    assert submission.registered_as is None
    terminal.finish()
    assert terminal.waiting() == 1
    terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: len(terminal.received()) == 1, "the complaint")


def test_a_complaint_that_the_central_api_refuses_is_said_to_be_refused(terminal):
    """The network is away when the card is reported lost: only the central API knows of it."""
    terminal.network(up=False)
    terminal.kiosk.look_again()
    terminal.wait(lambda: not is_online(terminal.devices), "the terminal to notice")
    assert terminal.revoke("citizen-active") == 2
    terminal.go_to(Page.CONFIRMATION)
    terminal.network(up=True)
    terminal.kiosk.look_again()
    terminal.wait(lambda: terminal.visit.submission.rejected, "the refusal")
    assert terminal.visit.submission.registered_as is None
    terminal.finish()
    [refused] = terminal.received()
    assert (refused["outcome"], refused["number"]) == ("rejected", None)
    assert terminal.waiting() == 0, "a refusal is an answer: it is not sent again"


def test_a_full_disk_confirms_nothing_and_takes_the_terminal_out_of_service(terminal):
    database = terminal.kiosk.outbox._connection._db
    database.execute(f"PRAGMA max_page_count = {_pages(database)}")
    confirmed = []
    while _file_a_complaint(terminal):
        confirmed.append(terminal.visit.submission.tx_id)
        terminal.finish()
    assert terminal.visit.end in (VisitEnd.NOT_KEPT, VisitEnd.DEVICE_LOST)
    terminal.wiped()
    terminal.wait(lambda: not can_serve(terminal.devices), "the trouble to be known")
    terminal.rig.readers.remove()
    terminal.wait_for(Page.ENDED)
    terminal.send(ev.TimerFired(ev.Timer.ENDED_PAGE))
    terminal.wait_for(Page.OUT_OF_SERVICE)
    assert len(confirmed) == terminal.kiosk.outbox.status().last_seq

    # Somebody made room.
    database.execute("PRAGMA max_page_count = 100000")
    terminal.wait_for(Page.ATTRACT)
    assert _file_a_complaint(terminal)
    confirmed.append(terminal.visit.submission.tx_id)
    terminal.finish()
    terminal.wait(lambda: terminal.waiting() == 0, "every complaint to be registered")
    assert sorted(t["tx_id"] for t in terminal.received()) == sorted(confirmed)
    assert terminal.findings() == []


def _pages(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA page_count").fetchone()[0])


def _file_a_complaint(terminal: Terminal) -> bool:
    """Whether it was confirmed."""
    terminal.go_to(Page.SIGN)
    terminal.press_pin(RIGHT)
    terminal.wait_for(Page.CONFIRMATION, Page.TAKE_CARD)
    return terminal.visit.page is Page.CONFIRMATION
