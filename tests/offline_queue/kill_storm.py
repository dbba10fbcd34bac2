"""A terminal that is killed again and again while it keeps and sends, on a line full of faults.

``python -m tests.offline_queue.kill_storm --kills 1000`` prints one JSON object. Each life is a
forked process that opens the outbox, enqueues signed complaints, says through a pipe what it could
confirm, and sends it through the fault proxy to a real central API in a process of its own; SIGKILL
ends it at a random moment. In the end all is sent over a clean line, and three lists are compared:
what was confirmed, what the outbox holds, what took effect at the central API.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from offline_queue import HttpIngest, Outbox, Submission, Syncer, Timeouts, case_ref, new_tx_id
from offline_queue.chain import sign_enrolment
from offline_queue.records import State
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import Enrolment
from tests.backend_stub.cards import Card, Issuer
from tests.backend_stub.terminal import ANSWERS

ROOT = Path(__file__).parents[2]
KIOSK = "MCT-0001"
SECRET = b"a secret of this terminal only"
EFFECTS = "SELECT t.tx_id FROM case_file AS c JOIN transactions AS t ON t.id = c.transaction_id"
SERVE = """
import sys
from pathlib import Path
from backend_stub import EnrolmentCode, Settings, serve
folder = Path(sys.argv[1])
serve(
    Settings(f"sqlite:///{folder}/central.sqlite3", folder,
             enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),)),
    port=int(sys.argv[2]),
)
"""


@dataclass(frozen=True, slots=True)
class Storm:
    """What all lives share."""

    folder: Path
    central: str
    line: str
    enrolment: Enrolment
    device_key: ec.EllipticCurvePrivateKey
    card: Card

    def outbox(self) -> Outbox:
        return Outbox.open(
            self.folder / "outbox.db",
            enrolment=self.enrolment,
            device_key=self.device_key,
            secret=SECRET,
        )

    def ingest(self, url: str, timeouts: Timeouts | None = None) -> HttpIngest:
        signer = RequestSigner(KIOSK, self.enrolment.epoch, self.device_key)
        return HttpIngest(url, signer=signer, timeouts=timeouts)


@contextlib.contextmanager
def process(*arguments: str, told: bool = False) -> Iterator[subprocess.Popen[bytes]]:
    """Run a Python process of the storm and end it; ``told`` when its output is read."""
    running = subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        # A pipe that nobody reads fills with the server's log, and the server stands still.
        stdout=subprocess.PIPE if told else subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield running
    finally:
        running.kill()
        running.wait(timeout=20)
        if running.stdout is not None:
            running.stdout.close()


@contextlib.contextmanager
def storm(folder: Path, seed: int) -> Iterator[Storm]:
    """Start a central API and a bad line to it, and enrol a terminal."""
    issuer = Issuer.make("Issuing CA of the storm")
    (folder / "issuers").mkdir()
    (folder / "issuers" / "ca.pem").write_bytes(issuer.pem())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    device_key = ec.generate_private_key(ec.SECP256R1())
    with (
        process("-c", SERVE, str(folder), str(port)),
        process("-m", "tests.offline_queue.fault_proxy", url, str(seed), told=True) as proxy,
        requests.Session() as http,
    ):
        http.mount("http://", HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.1)))
        body = sign_enrolment(KIOSK, "MULTI-USE", device_key).plain()
        reply = http.post(f"{url}/v1/kiosks/{KIOSK}/enrolment", json=body, timeout=20)
        reply.raise_for_status()
        assert proxy.stdout is not None
        line = proxy.stdout.readline().decode().strip()
        enrolment = Enrolment.parse(reply.json())
        yield Storm(folder, url, line, enrolment, device_key, Card.make(issuer))


def life(storm: Storm, confirmations: int) -> None:
    """Keep and send until somebody kills this process."""
    outbox = storm.outbox()
    timeouts = Timeouts(connect_s=1, silence_s=1, whole_s=4)
    # Impatient, so that a short life holds several rounds.
    syncer = Syncer(outbox, storm.ingest(storm.line, timeouts), rng=Impatient())
    syncer.start()
    while True:
        tx_id = new_tx_id()
        confirmed_at = datetime.now(UTC)
        application = {
            "v": 1,
            "tx_id": tx_id,
            "kiosk": KIOSK,
            "service": "complaint",
            "catalogue": "2026-11-01",
            "language": "ar",
            "applicant": {"civil_number": storm.card.civil_number},
            "answers": ANSWERS,
            "confirmed_at": confirmed_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        outbox.enqueue(
            Submission(
                tx_id=tx_id,
                case_ref=case_ref(SECRET, tx_id),
                schema_version=1,
                payload=storm.card.sign(application).encode(),
                confirmed_at=confirmed_at,
            )
        )
        os.write(confirmations, f"{tx_id}\n".encode())
        syncer.wake()
        time.sleep(0.01)


class Impatient(random.Random):
    """Draws waits of at most a twentieth of a second."""

    def uniform(self, a: float, b: float) -> float:
        return min(0.05, super().uniform(a, b))


LEAST_CONFIRMED = 3
"""What each life of which something is awaited has confirmed before it is killed."""


def live_and_die(storm: Storm, rng: random.Random, number: int) -> list[str]:
    """Run one life and kill it; returns what it confirmed.

    Every other life is killed at any moment at all. However slow the machine is, the others get so
    far as to keep something, and every tenth so far that something new has taken effect: without
    them, a busy machine would kill nothing but starts.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        # Nothing of the parent's is to run in the child but this.
        with contextlib.suppress(BaseException):
            os.close(reading)
            life(storm, writing)
        os._exit(1)
    os.close(writing)
    try:
        told = b""
        if number % 2:
            told = _read_lines(reading, rng.randint(LEAST_CONFIRMED, 12))
        if number % 10 == 9:
            _await_effect(storm)
        time.sleep(rng.uniform(0.005, 0.25))
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        with os.fdopen(reading, "rb") as rest:
            told += rest.read()
    if not os.WIFSIGNALED(status):
        raise RuntimeError("a life ended by itself")
    return told.decode().split()


def _read_lines(descriptor: int, count: int) -> bytes:
    """So many lines from a living process; ends early when it ends."""
    told = b""
    while told.count(b"\n") < count and (more := os.read(descriptor, 4096)):
        told += more
    return told


def _await_effect(storm: Storm) -> None:
    """Wait until the central API has given effect to one more transaction."""
    before = _effects(storm)
    until = time.monotonic() + 60
    while _effects(storm) == before:
        if time.monotonic() > until:
            raise RuntimeError("nothing takes effect any more")
        time.sleep(0.02)  # another process's database has nothing to wait on


def _effects(storm: Storm) -> int:
    return len(_column(storm.folder / "central.sqlite3", EFFECTS))


def drain(storm: Storm) -> Counter[State]:
    """Send all that is left over a clean line."""
    with storm.outbox() as outbox:
        ingest = storm.ingest(storm.central)
        syncer = Syncer(outbox, ingest, rng=Impatient())
        deadline = time.monotonic() + 120
        while (delay := syncer.step()) is not None and time.monotonic() < deadline:
            time.sleep(min(delay, 0.2))
        ingest.close()
        return Counter(outbox.status().counts)


def run(kills: int, seed: int) -> dict[str, object]:
    """Run the storm; the result says what was lost and what was doubled."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as name, storm(Path(name), seed) as running:
        confirmed = [
            tx_id for number in range(kills) for tx_id in live_and_die(running, rng, number)
        ]
        during = len(_column(Path(name, "central.sqlite3"), EFFECTS))
        counts = drain(running)
        local = _column(Path(name, "outbox.db"), "SELECT tx_id FROM outbox")
        central = Path(name, "central.sqlite3")
        taken = _column(central, "SELECT tx_id FROM transactions WHERE outcome = 'accepted'")
        effects = Counter(_column(central, EFFECTS))
    return {
        "kills": kills,
        "confirmed": len(confirmed),
        "kept": len(local),
        "effects_during_the_storm": during,
        "effects": sum(effects.values()),
        "lost": len(set(confirmed) - set(effects)),
        "kept_without_effect": len(set(local) - set(effects)),
        "doubled": sum(count - 1 for count in effects.values())
        + sum(count - 1 for count in Counter(taken).values()),
        "of_nobody": len(set(effects) - set(local)),
        "states": {state.value: count for state, count in counts.items() if count},
    }


def _column(path: Path, query: str) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute(query)]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=4)
    given = parser.parse_args()
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    print(json.dumps(run(given.kills, given.seed)))


if __name__ == "__main__":
    main()
