"""A measured process: a whole terminal that is used by touch, visit after visit.

Arguments: what :mod:`tools.bench.surroundings` said, as JSON, and what to do: ``touches N`` visits
in which every touch is measured; ``receipts N`` visits from COMMIT to the printer; ``names N``
slow cards from the slot to the cardholder's name; or ``visits N``, which stops at every tenth visit
until the parent has looked at the process and said so.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from cardreader.trust import TrustStore
from kiosk.app import Devices, Kiosk
from kiosk.config import ConfigError, load_settings
from kiosk.devices import DeviceState, can_serve, is_online
from kiosk.enrolment.terminal_identity import load_identity
from kiosk.journal import configure_logging
from kiosk.loop.memory import keep_what_is_loaded
from kiosk.session import events as ev
from printer.escpos import NUL_FLUSH
from printer.transport import NetworkTransport
from tools.bench.child import say
from tools.bench.far_reader import FarReaders
from tools.bench.finger import Finger
from tools.bench.person import Person, Samples
from ui.app import make_application

LOOK_EVERY = 10
_DIGIT_MS = 100
"""Nobody types a PIN quicker than that; without it the card signs 30 ms after the first digit."""


class _Timed(NetworkTransport):
    """Notes when the first byte of each receipt, and of its picture, goes to the printer."""

    first: float = 0.0
    picture: float = 0.0

    def write(self, data: bytes, timeout: float) -> None:
        now = time.perf_counter()
        if data.startswith(NUL_FLUSH):
            _Timed.first, _Timed.picture = now, 0.0
        elif _RASTER in data and not _Timed.picture:
            _Timed.picture = now
        super().write(data, timeout)


_RASTER = b"\x1dv0"


def main() -> None:
    """Do what the arguments say."""
    about = json.loads(sys.argv[1])
    task, count = sys.argv[2], int(sys.argv[3])
    settings = load_settings(Path(about["config"]))
    if settings.reader.trust is None:
        raise ConfigError("reader.trust: is not set")
    configure_logging(settings.log.level, settings.log.file)
    application = make_application()
    readers = FarReaders(about["reader"])
    devices = Devices(
        readers=readers,
        trust=TrustStore.load(settings.reader.trust),
        printer=lambda: _Timed(settings.printer.host, settings.printer.port),
        chime=lambda _sound: None,
    )
    kiosk = Kiosk(settings, load_identity(settings.state_directory), devices)
    kiosk.start()
    try:
        finger = Finger(kiosk.window)
        finger.wait(lambda: can_serve(kiosk.runner.state.terminal), "a terminal that serves")
        finger.wait(lambda: is_online(kiosk.runner.state.terminal), "the network")
        keep_what_is_loaded()
        if task == "touches":
            _touches(kiosk, readers, about["pin"], count)
        elif task == "receipts":
            _receipts(kiosk, readers, about["pin"], count)
        elif task == "names":
            person = Person(kiosk, readers, about["pin"])
            person.see_own_name()  # every page has been open once
            say(names=[person.see_own_name() for _ in range(count)])
        else:
            _visits(kiosk, readers, about["pin"], count)
    finally:
        kiosk.stop()
    del application


def _touches(kiosk: Kiosk, readers: FarReaders, pin: str, count: int) -> None:
    Person(kiosk, readers, pin).file_a_complaint()  # every page has been open once
    samples: Samples = []
    person = Person(kiosk, readers, pin, samples)
    for _ in range(count):
        person.file_a_complaint()
    say(touches=[{"kind": kind, "where": where} | asdict(touch) for kind, where, touch in samples])


def _receipts(kiosk: Kiosk, readers: FarReaders, pin: str, count: int) -> None:
    committed: list[float] = []
    enqueue = kiosk.outbox.enqueue

    def watched(*arguments: Any) -> Any:
        kept = enqueue(*arguments)
        committed.append(time.perf_counter())
        return kept

    kiosk.outbox.enqueue = watched  # type: ignore[method-assign] # a clock beside it

    def network(state: DeviceState) -> None:
        now = replace(kiosk.runner.state.terminal, central=state)
        kiosk.runner.handle(ev.TerminalChanged(now))

    def network_gone() -> None:
        # With a network the receipt waits for the office's number, up to three seconds.
        network(DeviceState.OFFLINE)

    person = Person(kiosk, readers, pin, digit_ms=_DIGIT_MS)
    found = []
    for _ in range(count + 1):
        network(DeviceState.ONLINE)
        person.file_a_complaint(network_gone)
        found.append([_Timed.first - committed[-1], _Timed.picture - committed[-1]])
    say(receipts=found[1:])  # in the first visit every page is made


def _visits(kiosk: Kiosk, readers: FarReaders, pin: str, count: int) -> None:
    # Fades take most of a visit's time and none of its memory.
    kiosk.window.window.setProperty("reducedMotion", True)
    person = Person(kiosk, readers, pin)
    for number in range(1, count + 1):
        person.file_a_complaint()
        if number in (1, count) or number % LOOK_EVERY == 0:
            say(visit=number)
            sys.stdin.readline()


if __name__ == "__main__":
    main()
