"""A terminal that walks a visit and kills itself, as a power cut would, at one moment of it.

Run as ``python -m tests.e2e.doomed MOMENT online|offline`` with the surroundings as JSON on
standard input; says the transaction's id as its last words.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

from cardreader.simulator import TRUST, SimulatedReaders
from cardreader.trust import TrustStore
from kiosk.app import Devices, Kiosk
from kiosk.config import Central, Settings
from kiosk.devices import can_serve, is_online
from kiosk.enrolment.terminal_identity import load_identity
from kiosk.session import Page, State
from kiosk.tour.touch_driver import Hands
from offline_queue.http import HttpIngest
from printer.transport import NetworkTransport
from tests.e2e.terminal import Terminal
from ui.app import make_application


def die(tx_id: str) -> None:
    """Say it, and be gone without any goodbye."""
    print(f"DYING {tx_id}", flush=True)
    os.kill(os.getpid(), signal.SIGKILL)


class Doomed(Terminal):
    """The same person as ever, at a terminal whose surroundings live elsewhere."""

    def __init__(self, kiosk: Kiosk, readers: SimulatedReaders) -> None:
        super().__init__(Path(os.devnull))
        self.kiosk = kiosk
        self.hands = Hands(kiosk.window)
        self.rig = type("Elsewhere", (), {"readers": readers})()


def main() -> None:
    """Walk the visit."""
    moment, network = sys.argv[1:]
    around = json.loads(sys.stdin.read())
    settings = Settings(
        state_directory=Path(around["state"]),
        central=Central(url=around["central"], health_interval_s=1.0),
    )
    application = make_application()
    readers = SimulatedReaders(state_folder=Path(around["cards"]))

    def shown(state: State) -> None:
        submission = state.visit.submission
        if moment == "confirmation" and state.visit.page is Page.CONFIRMATION and submission:
            die(submission.tx_id)

    devices = Devices(
        readers,
        TrustStore.load(TRUST),
        lambda: NetworkTransport(*around["printer"]),
        chime=lambda _sound: None,
    )
    kiosk = Kiosk(settings, load_identity(settings.state_directory), devices, shown=shown)
    kiosk.start()
    doomed = Doomed(kiosk, readers)
    doomed.wait(lambda: can_serve(doomed.devices), "a terminal that serves")
    doomed.wait(lambda: is_online(doomed.devices) is (network == "online"), "the network")
    arm(kiosk, moment)
    for _ in doomed.walk():
        pass
    doomed.hands.rest(10)
    del application


def arm(kiosk: Kiosk, moment: str) -> None:
    """Set the trap for the moments that are not on the screen."""
    enqueue = kiosk.outbox.enqueue
    post = HttpIngest.post_batch

    def kept_and_dead(submission):
        if moment == "signature":
            die(submission.tx_id)
        kept = enqueue(submission)
        if moment == "commit":
            die(submission.tx_id)
        return kept

    def answered_and_dead(self, batch):
        answer = post(self, batch)
        die(batch.items[0].record.tx_id)
        return answer

    kiosk.outbox.enqueue = kept_and_dead
    if moment == "answer":
        HttpIngest.post_batch = answered_and_dead


if __name__ == "__main__":
    main()
