"""Up to where a terminal may forget: never beyond what the backup is sure to hold, never stuck."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from backend_stub import Settings
from backend_stub.cases import backups
from backend_stub.console.fleet_office import backup_done
from backend_stub.ingest import batch as ingesting

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal


def horizon(central: RunningCentral, terminal: Terminal) -> int:
    head = central.get(f"/v1/kiosks/{terminal.kiosk}/head").json()
    return int(head["statement"]["backed_up_seq"])


def test_a_batch_that_comes_while_the_horizon_is_reckoned_is_not_below_it(
    settings: Settings,
    central: RunningCentral,
    card: Card,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    terminal = central.terminal()
    terminal.send(terminal.complaint(card))
    central.clock.advance(minutes=10)
    begun = central.clock()
    central.clock.advance(minutes=10)
    late = terminal.complaint(card)
    senders = []
    reckon = backups._first_unsure

    def meanwhile(*how: Any) -> Any:
        found = reckon(*how)
        sender = threading.Thread(target=terminal.post, args=(late,))
        senders.append(sender)
        sender.start()
        sender.join(0.5)  # as long as it may take; it waits where the rows are locked
        return found

    monkeypatch.setattr(backups, "_first_unsure", meanwhile)
    backup_done(settings, begun, clock=central.clock)
    for sender in senders:
        sender.join()
    [answer] = terminal.send(late)
    assert answer["outcome"] == "duplicate"
    assert horizon(central, terminal) == 1


def test_a_rejected_transaction_whose_paper_never_comes_does_not_hold_the_horizon(
    settings: Settings, central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    rejected = terminal.item("no application", attachments=(b"never uploaded",))
    [answer] = terminal.send(rejected)
    assert answer["outcome"] == "rejected"
    terminal.send(terminal.complaint(card))
    central.clock.advance(minutes=10)
    backup_done(settings, central.clock(), clock=central.clock)
    assert horizon(central, terminal) == 2


def test_what_could_not_be_committed_in_time_is_not_committed(
    settings: Settings, central: RunningCentral, card: Card, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The horizon trusts that a row is there a minute after the time it carries."""
    terminal = central.terminal()
    late = terminal.complaint(card)
    decide = ingesting.decide

    def slow(*how: Any) -> Any:
        answers = decide(*how)
        central.clock.advance(seconds=61)
        return answers

    with monkeypatch.context() as loaded:
        loaded.setattr(ingesting, "decide", slow)
        assert terminal.post(late).status_code == 503
    [answer] = terminal.send(late)
    assert answer["outcome"] == "accepted"
