"""Every operation, every command in it, every fault: ``python -m tests.cardreader.fault_matrix``.

After each fault the reader and the card are put right and four things have to hold: the operation
ended in a result or a typed error; the card can be used again within two seconds; no PIN is left
verified on it; and activation, started again, ends with one certificate for each key.
"""

from __future__ import annotations

import argparse
import contextlib
import enum
import logging
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import structlog

from cardreader import (
    CardConnection,
    CardError,
    CardReleased,
    CardTimeout,
    KeyPurpose,
    NationalIdCard,
    SecurityStatusNotSatisfied,
)
from cardreader.simulator import READER, SimulatedReaders
from cardreader.simulator.authority import SimulatedAuthority
from cardreader.simulator.card import InsertableCard
from tests.cardreader.opening import any_card
from tests.cardreader.operations import (
    KINDS,
    MAKERS,
    NEW_PIN,
    OPERATIONS,
    Kind,
    memory_for,
    office,
)

ALL = KINDS + MAKERS
USABLE_WITHIN = 2.0


class Fault(enum.StrEnum):
    """What happens at one command."""

    REMOVED = "card removed"
    REMOVED_AFTER = "removed after"
    UNPLUGGED = "reader unplugged"
    GARBLED = "garbled reply"
    TIMED_OUT = "time-out"
    SWAPPED = "same-ATR swap"


class Struck:
    """A connection that the fault strikes at its ``at``-th command; 0: never."""

    def __init__(
        self, readers: SimulatedReaders, fault: Fault, at: int, twin: InsertableCard
    ) -> None:
        self._readers, self._fault, self._at, self._twin = readers, fault, at, twin
        self._inner = readers.connect(READER)
        self.reader, self.atr, self.protocol = READER, self._inner.atr, self._inner.protocol
        self.count = 0
        self._dead = False

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        if self._dead:
            # As with PC/SC: what timed out is not asked again.
            raise CardReleased("the connection has failed before")
        self.count += 1
        if self.count != self._at:
            return self._inner.transmit(apdu)
        match self._fault:
            case Fault.REMOVED:
                self._readers.remove()
            case Fault.UNPLUGGED:
                self._readers.detach()
            case Fault.SWAPPED:
                self._readers.insert_card(self._twin)
            case Fault.TIMED_OUT:
                self._dead = True
                raise CardTimeout("no answer in time")
            case Fault.GARBLED:
                return bytes(byte ^ 0x5A for byte in self._inner.transmit(apdu))
            case Fault.REMOVED_AFTER:
                self._inner.transmit(apdu)
                self._readers.remove()
        return self._inner.transmit(apdu)

    def disconnect(self, *, reset: bool = True) -> None:
        self._inner.disconnect(reset=reset)


@dataclass(frozen=True)
class Cell:
    """One fault at one command of one operation, and what came of it."""

    kind: str
    operation: str
    fault: Fault
    at: int
    outcome: str


def length(kind: Kind, operation: str) -> int:
    """How many commands the operation takes when nothing goes wrong."""
    readers = SimulatedReaders()
    readers.insert_card(kind.make(memory_for(operation, kind), operation))
    connection = Struck(readers, Fault.REMOVED, 0, kind.make(kind.active(), operation))
    # Where this kind of card cannot do it, what is left is how that is found out.
    with contextlib.suppress(CardError):
        OPERATIONS[operation](connection, office(kind), [])
    return connection.count


def strike(kind: Kind, operation: str, fault: Fault, at: int) -> Cell:
    """Let it happen, put everything right, and see. Raises AssertionError."""
    memory, authority = memory_for(operation, kind), office(kind)
    readers = SimulatedReaders()
    readers.insert_card(kind.make(memory, operation))
    connection = Struck(readers, fault, at, kind.make(kind.active(), operation))
    secrets: list[bytearray] = []
    outcome = tried(operation, connection, authority, secrets)
    assert not any(map(any, secrets)), "a secret was left in its buffer"
    connection.disconnect()
    if fault is Fault.UNPLUGGED:
        readers.attach()
    if fault in (Fault.REMOVED, Fault.REMOVED_AFTER, Fault.SWAPPED):
        readers.insert_card(kind.make(memory, operation))
    began = time.monotonic()
    again = readers.connect(READER)
    card = any_card(again)
    assert time.monotonic() - began < USABLE_WITHIN
    require_unverified(card)
    if operation == "activate" and kind.activates:
        # In a new connection, as if the card had been put back.
        again.disconnect()
        again = readers.connect(READER)
        require_activation_goes_on(again, authority)
    again.disconnect()
    return Cell(kind.name, operation, fault, at, outcome)


def tried(
    operation: str,
    connection: CardConnection,
    authority: SimulatedAuthority,
    secrets: list[bytearray],
) -> str:
    """``result``, or the error's name; the secrets used are added to those given."""
    try:
        OPERATIONS[operation](connection, authority, secrets)
    except CardError as error:
        return type(error).__name__
    return "result"


def require_activation_goes_on(connection: CardConnection, authority: SimulatedAuthority) -> None:
    """Raise AssertionError unless the card gets active with the certificates it has, and signs."""
    OPERATIONS["activate"](connection, authority, [])
    assert authority.issued == len(KeyPurpose)
    card = any_card(connection)
    for purpose in KeyPurpose:
        card.sign(purpose, b"message", bytearray(NEW_PIN))


def require_unverified(card: NationalIdCard) -> None:
    """Raise AssertionError when the card signs without a PIN."""
    try:
        card.sign(KeyPurpose.AUTHENTICATION, b"message")
    except SecurityStatusNotSatisfied:
        return
    except CardError:
        # Not activated: there is nothing that could sign.
        return
    raise AssertionError("a PIN was left verified")


def commands(operation: str, count: int) -> Iterable[int]:
    """Every command; of the portrait's fifty equal ones in the middle every eighth."""
    if operation != "photo" or count < 20:
        return range(1, count + 1)
    return [*range(1, 13), *range(13, count - 3, 8), *range(max(13, count - 3), count + 1)]


def matrix(kinds: Iterable[Kind] = KINDS) -> Iterator[Cell]:
    """All of it."""
    for kind in kinds:
        for operation in OPERATIONS:
            for at in commands(operation, length(kind, operation)):
                for fault in Fault:
                    yield strike(kind, operation, fault, at)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=[kind.name for kind in ALL], help="only this kind")
    wanted = parser.parse_args().kind
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    cells = list(matrix(kind for kind in ALL if wanted in (None, kind.name)))
    print(f"{'card':16} {'operation':13} {'fault':17} commands  outcomes")
    rows = dict.fromkeys((cell.kind, cell.operation, cell.fault) for cell in cells)
    for kind, operation, fault in rows:
        found = [
            cell
            for cell in cells
            if (cell.kind, cell.operation, cell.fault) == (kind, operation, fault)
        ]
        outcomes = Counter(cell.outcome for cell in found)
        told = ", ".join(f"{name} {count}" for name, count in outcomes.most_common())
        print(f"{kind:16} {operation:13} {fault.value:17} {len(found):8}  {told}")
    print(f"{len(cells)} faults in {time.monotonic() - began:.0f} s")
    print("Every one ended typed, every card was usable again within two seconds, none was left")
    print("verified, and every activation was finished with one certificate for each key.")


if __name__ == "__main__":
    main()
