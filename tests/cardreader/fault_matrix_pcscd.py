"""The fault matrix through the real pcscd: ``python -m tests.cardreader.fault_matrix_pcscd``.

At every command of every operation the service is killed, the card is pulled before or after it is
carried out, another card with the same ATR takes its place, the reply is damaged, or none comes.
After each the same is asked as in :mod:`tests.cardreader.fault_matrix`.

The reader goes away together with the service, which comes back without it and then with it. While
pcscd runs its virtual reader stays (tried with pcsc-lite 1.9.9, vpcd 3.3): vpcd calls a closed
socket an empty slot and no lost reader; pcscd built with libudev does nothing on SIGUSR1 or
``--hotplug``, and other builds refuse a configuration that has changed; and a USB reader cannot be
played without a kernel module. A reader that is pulled out while the service stays is in the other
matrix.
"""

from __future__ import annotations

import argparse
import enum
import logging
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from cardreader import (
    CardRemoved,
    CardServiceUnavailable,
    ReaderUnavailable,
)
from cardreader.pcsc import PcscReaders
from cardreader.simulator.card import InsertableCard
from tests.cardreader.fault_matrix import (
    commands,
    length,
    require_activation_goes_on,
    require_unverified,
    tried,
)
from tests.cardreader.opening import any_card
from tests.cardreader.operations import KINDS, OPERATIONS, Kind, memory_for, office
from tests.cardreader.virtual_reader import connected, emptied, in_virtual_reader, watched
from tests.pcscd import Pcscd, running

NOTICED_WITHIN = 2.0
USABLE_WITHIN = 2.0 + NOTICED_WITHIN
"""Seconds: two, and as long as vpcd takes to notice a card that comes back: it stays away for one,
because vpcd loses a card that is back at once."""
CALL_TIMEOUT = 1.0
READER = "Virtual PCD 00 00"


class Fault(enum.StrEnum):
    """What happens at one command."""

    KILLED = "pcscd killed"
    GONE = "reader gone"
    """With the service, which is back without the reader at first."""
    REMOVED = "card removed"
    REMOVED_AFTER = "removed after"
    SWAPPED = "same-ATR swap"
    GARBLED = "garbled reply"
    TIMED_OUT = "time-out"


class Breaking:
    """A card in the virtual reader to which ``fault`` happens at its ``at``-th command, once."""

    def __init__(
        self, card: InsertableCard, fault: Fault, at: int, daemon: Pcscd, twin: InsertableCard
    ) -> None:
        self._card, self._fault, self._at = card, fault, at
        self._daemon, self._twin, self._own = daemon, twin, card
        self.count = 0
        self.struck = threading.Event()
        self.let_go = threading.Event()

    @property
    def atr(self) -> bytes | None:
        return self._card.atr

    @property
    def protocol(self):
        return self._card.protocol

    @property
    def is_mute(self) -> bool:
        return False

    @property
    def is_powered(self) -> bool:
        return self._card.is_powered

    def power_on(self) -> bytes:
        return self._card.power_on()

    def power_off(self) -> None:
        self._card.power_off()

    def own_again(self) -> None:
        """The card that was swapped comes back."""
        self._card.power_off()
        self._card = self._own

    def transmit(self, raw: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count != self._at:
            return self._card.transmit(raw)
        try:
            match self._fault:
                case Fault.KILLED | Fault.GONE:
                    self._daemon.stop()
                case Fault.REMOVED:
                    raise CardRemoved("pulled")
                case Fault.REMOVED_AFTER:
                    self._card.transmit(raw)
                    raise CardRemoved("pulled")
                case Fault.SWAPPED:
                    self._card.power_off()
                    self._card = self._twin
                    raise CardRemoved("pulled")
                case Fault.GARBLED:
                    return bytes(byte ^ 0x5A for byte in self._card.transmit(raw))
                case Fault.TIMED_OUT:
                    self.struck.set()
                    self.let_go.wait(10)
        finally:
            self.struck.set()
        return self._card.transmit(raw)


@dataclass(frozen=True)
class Cell:
    """One fault at one command of one operation, and what came of it."""

    kind: str
    operation: str
    fault: Fault
    at: int
    outcome: str
    usable_after: float
    """Seconds from when the daemon, where it was killed, answered again."""


def strike(
    readers: PcscReaders, daemon: Pcscd, kind: Kind, operation: str, fault: Fault, at: int
) -> Cell:
    """Let it happen, put everything right, and see. Raises AssertionError."""
    memory, authority = memory_for(operation, kind), office(kind)
    twin = kind.make(kind.active(), operation)
    card = Breaking(kind.make(memory, operation), fault, at, daemon, twin)
    secrets: list[bytearray] = []
    with in_virtual_reader(card):
        connection = connected(readers)
        outcome = tried(operation, connection, authority, secrets)
        assert card.struck.wait(10), "the fault did not happen"
        card.let_go.set()
        assert not any(map(any, secrets)), "a secret was left in its buffer"
        connection.disconnect()
        if fault is Fault.SWAPPED:
            card.own_again()
        if fault is Fault.GONE:
            daemon.start_without_readers()
            require_gone(readers)
            daemon.stop()
        if fault in (Fault.KILLED, Fault.GONE):
            daemon.start()
        began = time.monotonic()
        again = connected(readers)
        present = any_card(again)
        usable_after = time.monotonic() - began
        assert usable_after < USABLE_WITHIN, f"usable after {usable_after:.1f} s"
        require_unverified(present)
        if operation == "activate" and kind.activates:
            again.disconnect()
            again = connected(readers)
            require_activation_goes_on(again, authority)
        again.disconnect()
    emptied(readers)
    return Cell(kind.name, operation, fault, at, outcome, usable_after)


def require_gone(readers: PcscReaders) -> None:
    """Raise AssertionError unless it is noticed in time that there is a service and no reader."""
    deadline = time.monotonic() + NOTICED_WITHIN
    while time.monotonic() < deadline:
        try:
            connection = readers.connect(READER)
        except ReaderUnavailable:
            if not readers.readers():
                return
        except CardServiceUnavailable:
            pass  # it is only just coming up
        else:
            connection.disconnect()
        threading.Event().wait(0.02)
    raise AssertionError("the reader is still there")


@contextmanager
def service() -> Iterator[tuple[PcscReaders, Pcscd]]:
    """The readers of a running pcscd that may be killed."""
    with running() as daemon, watched(call_timeout=CALL_TIMEOUT) as readers:
        yield readers, daemon


def cells(
    kinds: Iterable[Kind], faults: Iterable[Fault], operations: Iterable[str]
) -> Iterator[tuple[Kind, str, Fault, int]]:
    """What there is to try."""
    for kind in kinds:
        for operation in operations:
            for at in commands(operation, length(kind, operation)):
                for fault in faults:
                    yield kind, operation, fault, at


def main() -> int:
    """Print the table; 1 when a cell failed."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--kind", choices=[kind.name for kind in KINDS], help="only this kind")
    parser.add_argument("--fault", choices=list(Fault), help="only this fault")
    parser.add_argument("--operation", choices=list(OPERATIONS), help="only this operation")
    wanted = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    kinds = [kind for kind in KINDS if wanted.kind in (None, kind.name)]
    faults = [fault for fault in Fault if wanted.fault in (None, fault.value)]
    operations = [name for name in OPERATIONS if wanted.operation in (None, name)]
    began = time.monotonic()
    failed: list[str] = []
    total = 0
    print(f"{'card':16} {'operation':13} {'fault':17} commands  usable s  outcomes")
    with service() as (readers, daemon):
        rows: dict[tuple[str, str, Fault], list[Cell]] = {}
        for kind, operation, fault, at in cells(kinds, faults, operations):
            total += 1
            row = rows.setdefault((kind.name, operation, fault), [])
            try:
                row.append(strike(readers, daemon, kind, operation, fault, at))
            except AssertionError as error:
                failed.append(f"{kind.name} {operation} {fault} at {at}: {error}")
                daemon.stop()
                daemon.start()
            if at == list(commands(operation, length(kind, operation)))[-1] and row:
                outcomes = Counter(cell.outcome for cell in row)
                told = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
                slowest = max(cell.usable_after for cell in row)
                print(
                    f"{kind.name:16} {operation:13} {fault.value:17} {len(row):8} {slowest:9.2f}"
                    f"  {told}",
                    flush=True,
                )
    print(f"{total} faults in {time.monotonic() - began:.0f} s, {len(failed)} failed")
    for line in failed:
        print(f"FAILED: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
