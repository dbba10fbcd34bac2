"""How fast the card is read and signs, beside OpenSC and the bare exchange: one run, one card.

``python -m tests.cardreader.bench`` puts a simulated card into the virtual reader of the real
pcscd, in a process of its own, and measures in turn, round by round, so that a busy machine is busy
for everybody:

reading
    identity (verified) and both certificates (verified) by this driver; both certificates by
    ``pkcs15-tool``, once with ``--list-certificates`` (one run that reads both and gives none) and
    once with the two ``--read-certificate`` runs that really give them.
signing
    VERIFY and the signature, checked, by this driver; the very same commands sent bare through
    ``SCardTransmit``.

The median of the rounds counts. A simulated card takes no time for a command, a card in a reader
about 52 ms; both are shown. With no latency the bare exchange of a P-256 signature takes a fifth of
a millisecond, and what this driver adds is as long: half of that is checking the signature (OpenSSL
alone takes 50 us for it), a quarter the thread that guards against a hung reader. So of the
signatures only those measured with 52 ms decide the exit code.

``--json`` measures with T=0 only, the protocol of the national chip, and prints one line for
``make bench``.
"""

from __future__ import annotations

import argparse
import json
import logging
import multiprocessing
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from smartcard import scard

from cardreader import KeyPurpose, NationalIdCard, Protocol7816, TrustStore, open_card
from cardreader.pcsc import PcscReaders
from cardreader.simulator import CONTACT_LATENCY, TRUST, issue
from cardreader.simulator.card import InsertableCard
from cardreader.simulator.vpcd import serve
from tests.cardreader.virtual_reader import connected, seated, watched
from tests.pcscd import VPCD_PORTS, missing, running

READER = "Virtual PCD 00 00"
HALF, BARE = 0.5, 1.2
"""What is wanted: less than half of OpenSC's time, no more than 1.2 times the bare exchange."""
STORE = TrustStore.load(TRUST)
KINDS = {KeyPurpose.AUTHENTICATION: "RSA-2048", KeyPurpose.SIGNATURE: "P-256"}
"""The keys of the card that is measured."""
_PIN = b"246813"
_HOLDER = "citizen-active"


@dataclass(frozen=True)
class Result:
    """One comparison: seconds of every round, and commands where they were counted."""

    name: str
    ours: list[float]
    theirs: list[float]
    bound: float
    our_commands: int | None = None
    their_commands: int | None = None
    decides: bool = True
    """Whether this is what is asked for, or harder than that and shown beside it."""

    @property
    def ratio(self) -> float:
        """Median by median."""
        return statistics.median(self.ours) / statistics.median(self.theirs)

    def __str__(self) -> str:
        counted = ""
        if self.our_commands is not None:
            counted = f"{self.our_commands} : {self.their_commands}"
        ours, theirs = (statistics.median(found) * 1000 for found in (self.ours, self.theirs))
        held = "" if self.ratio <= self.bound else "  NOT HELD"
        return (
            f"{self.name:44} {counted:>9} {ours:9.2f} {theirs:9.2f} "
            f"{self.ratio:6.2f}  <= {self.bound}{held}"
        )


class Counted:
    """A card that counts its commands in ``count``."""

    def __init__(self, card: InsertableCard, count: multiprocessing.sharedctypes.Synchronized[int]):
        self._card, self._count = card, count
        self.atr, self.protocol, self.is_mute = card.atr, card.protocol, card.is_mute
        self.power_on, self.power_off = card.power_on, card.power_off

    @property
    def is_powered(self) -> bool:
        return self._card.is_powered

    def transmit(self, raw: bytes | bytearray) -> bytes:
        self._count.value += 1
        return self._card.transmit(raw)


def _serve(protocol, latency, count, stop) -> None:
    card = issue(_HOLDER, protocol=protocol, latency=latency)
    serve(Counted(card, count), "127.0.0.1", VPCD_PORTS[0], stop)


@contextmanager
def card_apart(protocol: Protocol7816, latency: float) -> Iterator[Callable[[], int]]:
    """A card in a process of its own; yields how many commands it got since last asked."""
    context = multiprocessing.get_context("spawn")
    count, stop = context.Value("i", 0), context.Event()
    process = context.Process(target=_serve, args=(protocol, latency, count, stop))
    process.start()

    def commands() -> int:
        seen, count.value = count.value, 0
        return seen

    try:
        yield commands
    finally:
        stop.set()
        process.join(10)


def clock() -> datetime:
    return datetime.now(UTC)


def read_it_all(readers: PcscReaders) -> None:
    """From the card being there to a verified identity and two verified certificates."""
    connection = readers.connect(READER)
    card = open_card(connection, STORE, clock)
    card.identity()
    for purpose in KeyPurpose:
        card.certificate(purpose)
    connection.disconnect()


def opensc(*arguments: str) -> None:
    """One run of pkcs15-tool."""
    subprocess.run(
        ["pkcs15-tool", *arguments],
        env={**os.environ, "OPENSC_CONF": str(Path(os.devnull))},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
        timeout=120,
    )


def timed(what: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    what()
    return time.perf_counter() - began


def reading(
    readers: PcscReaders, commands: Callable[[], int], rounds: int, *, warm: bool = True
) -> list[Result]:
    """This driver and OpenSC, in turn; ``warm``: each does it once before it counts."""

    def one_run() -> None:
        opensc("--list-certificates")

    def two_runs() -> None:
        for identifier in ("01", "02"):
            opensc("--read-certificate", identifier)

    who: list[Callable[[], None]] = [lambda: read_it_all(readers), one_run, two_runs]
    for what in who if warm else ():
        # The first time everything is cold: libraries, translations, pcscd's own look at the card.
        what()
    took: list[list[float]] = [[], [], []]
    sent = [0, 0, 0]
    for _ in range(rounds):
        for index, what in enumerate(who):
            commands()
            took[index].append(timed(what))
            sent[index] = commands()
    names = ("pkcs15-tool --list-certificates", "pkcs15-tool --read-certificate, twice")
    return [
        # The one run reads both certificates and gives none.
        Result(name, took[0], took[index], HALF, sent[0], sent[index], decides=index == 2)
        for index, name in enumerate(names, start=1)
    ]


class Recorded:
    """A connection that remembers what was sent."""

    def __init__(self, inner) -> None:
        self._inner = inner
        self.reader, self.atr, self.protocol = inner.reader, inner.atr, inner.protocol
        self.disconnect = inner.disconnect
        self.sent: list[bytes] = []

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.sent.append(bytes(apdu))
        return self._inner.transmit(apdu)


def ready_to_sign(connection, purpose: KeyPurpose) -> NationalIdCard:
    """Opened, its certificate read, the PKI application selected."""
    card = open_card(connection, STORE, clock)
    card.certificate(purpose)
    card.pki()
    return card


def signing(readers: PcscReaders, purpose: KeyPurpose, name: str, rounds: int) -> Result:
    """VERIFY and signature, and the same bytes bare, in turn on one connection."""
    connection = readers.connect(READER)
    recorder = Recorded(connection)
    card = open_card(recorder, STORE, clock)
    card.certificate(purpose)
    card.pki()
    recorder.sent.clear()
    card.sign(purpose, b"message", bytearray(_PIN))
    commands = [list(sent) for sent in recorder.sent]
    # The card is held exclusively, so the bare commands go through the handle that holds it.
    handle, pci = connection._handles._card, connection._handles._pci

    def bare() -> None:
        for command in commands:
            scard.SCardTransmit(handle, pci, command)

    def ours() -> None:
        card.sign(purpose, b"message", bytearray(_PIN))

    pairs = [(timed(ours), timed(bare)) for _ in range(rounds)]
    connection.disconnect()
    took, took_bare = ([pair[index] for pair in pairs] for index in (0, 1))
    return Result(name, took, took_bare, BARE, len(commands), len(commands))


@contextmanager
def on_the_bench(
    protocol: Protocol7816, latency: float
) -> Iterator[tuple[Callable[[], int], PcscReaders]]:
    """A card in the reader and the readers watched; pcscd must run."""
    with card_apart(protocol, latency) as commands, watched() as readers:
        seated(readers)
        connected(readers, READER).disconnect()
        yield commands, readers


def measure(protocol: Protocol7816, latency: float, rounds: int) -> list[Result]:
    """Everything on one card; pcscd must run."""
    with on_the_bench(protocol, latency) as (commands, readers):
        results = reading(readers, commands, rounds)
        # RSA in 9A, P-256 in 9C.
        for purpose, kind in (
            (KeyPurpose.AUTHENTICATION, "RSA-2048"),
            (KeyPurpose.SIGNATURE, "P-256"),
        ):
            signed = signing(readers, purpose, f"sign, {kind}", rounds * 4)
            results.append(replace(signed, decides=latency > 0))
        return results


def main() -> int:
    """The command line; 1 when a bound was not held on a card that takes its time."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument(
        "--rounds", type=int, default=15, help="at no latency; a fifth of it at 52 ms"
    )
    parser.add_argument("--json", action="store_true", help="T=0 only, one line of JSON")
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    lacking = missing()
    if lacking is None and shutil.which("pkcs15-tool") is None:
        lacking = "pkcs15-tool is not installed (apt-get install opensc)"
    if arguments.json:
        told = [] if lacking else list(measured([Protocol7816.T0], arguments.rounds))
        figures = [as_figures(latency, result) for _, latency, result in told]
        print(json.dumps({"missing": lacking, "results": figures}))
        return 0
    if lacking:
        print(lacking, file=sys.stderr)
        return 2
    held = True
    heading = None
    print(f"{'':44} {'commands':>9} {'ours ms':>9} {'theirs ms':>9} {'ratio':>6}  wanted")
    for protocol, latency, result in measured(list(Protocol7816), arguments.rounds):
        if heading != (protocol, latency):
            heading = protocol, latency
            print(f"{protocol.name}, {latency * 1000:.0f} ms for each command")
        print(f"  {result}")
        held = held and (not result.decides or result.ratio <= result.bound)
    return 0 if held else 1


def measured(
    protocols: Iterable[Protocol7816], rounds: int
) -> Iterator[tuple[Protocol7816, float, Result]]:
    """Everything, each protocol without latency and with it."""
    for protocol in protocols:
        for latency in (0.0, CONTACT_LATENCY):
            with running():
                for result in measure(
                    protocol, latency, rounds if latency == 0 else max(3, rounds // 5)
                ):
                    yield protocol, latency, result


def as_figures(latency: float, result: Result) -> dict[str, Any]:
    """One comparison for ``make bench``; times in milliseconds, each the median of the rounds."""
    return {
        "name": result.name,
        "latency_ms": round(latency * 1000),
        "ours_ms": round(statistics.median(result.ours) * 1000, 2),
        "theirs_ms": round(statistics.median(result.theirs) * 1000, 2),
        "our_commands": result.our_commands,
        "their_commands": result.their_commands,
        "ratio": round(result.ratio, 3),
        "bound": result.bound if result.decides else None,
    }


if __name__ == "__main__":
    sys.exit(main())
