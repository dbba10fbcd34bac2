"""A whole fleet comes back at once after an outage: every transaction once, soon, politely.

``python -m tests.backend_stub.storm`` starts a PostgreSQL server and a central API of its own on
127.0.0.1, lets ``--kiosks`` terminals deliver ``--each`` waiting transactions, loses 5 % of the
answers, kills the central API in the middle, and prints how far it is and what came of it. Exit
code 0 only when every transaction is there exactly once.

The terminals are light stand-ins that speak the protocol: real keys, signatures, seals, chains and
request signatures, slots and full jitter as the syncer has them, but no outbox on a disk (that one
is measured by ``tests.offline_queue.bench``). What waits at them is signed and sealed before the
clock starts. Terminals, central API and PostgreSQL share this machine's cores; the table says how
much of them each took.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import gzip
import hashlib
import json
import multiprocessing
import os
import random
import resource
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uuid_utils
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from sqlalchemy import create_engine, text

from backend_stub.keys import load_or_create
from offline_queue.chain import GENESIS, b64url, record_hash, sign_record
from offline_queue.sealing import associated_data, seal
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import BATCH_MAX_ITEMS, ChainRecord

from .cards import Card, Issuer
from .postgres import Postgres
from .terminal import ANSWERS

BACKOFF_BASE_S, BACKOFF_CAP_S = 2.0, 900.0
SILENCE_S = 30.0
PROGRESS_S = 15.0
CARDS = 64

SERVE = """
import logging, sys
from pathlib import Path
import structlog
from backend_stub import EnrolmentCode, Settings, serve
from backend_stub.limits import Rate, Rates
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
directory = Path(sys.argv[1])
serve(
    Settings(
        sys.argv[2],
        directory,
        key_file=directory / "keys.json",
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True),),
        # The whole fleet has one address here.
        rates=Rates(enrolments=Rate(1e6, 10**6)),
    ),
    port=int(sys.argv[3]),
)
"""


# Making what waits at the terminals.


def es256(key: ec.EllipticCurvePrivateKey, message: bytes) -> str:
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256())))
    return b64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


@dataclass
class Signer:
    """A card that signs quickly: its header is encoded once."""

    civil_number: str
    key: ec.EllipticCurvePrivateKey
    header: str

    @classmethod
    def of(cls, card: Card) -> Signer:
        key, certificate = card.signature
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        x5c = base64.b64encode(certificate.public_bytes(serialization.Encoding.DER)).decode()
        header = json.dumps({"alg": "ES256", "x5c": [x5c]}).encode()
        return cls(card.civil_number, key, b64url(header))

    def sign(self, payload: dict[str, Any]) -> bytes:
        content = json.dumps(
            payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        ).encode()
        message = f"{self.header}.{b64url(content)}".encode()
        return message + b"." + es256(self.key, message).encode()


GOVERNORATES = (
    ("muscat", "seeb"),
    ("dhofar", "salalah"),
    ("ad-dakhiliyah", "samail"),
    ("ad-dakhiliyah", "nizwa"),
)
_signers: list[Signer] = []


def write_kiosk(work: tuple[str, int, Path, bytes, str]) -> str:
    """Make one terminal's batches into its file; returns the terminal's public key."""
    kiosk, each, directory, sealing_key, sealing_key_id = work
    rng = random.Random(kiosk)
    device_key = ec.generate_private_key(ec.SECP256R1())
    head = GENESIS
    with (directory / kiosk).open("wb") as file:
        for first in range(1, each + 1, BATCH_MAX_ITEMS):
            items = []
            for seq in range(first, min(first + BATCH_MAX_ITEMS, each + 1)):
                item, head = make_item(kiosk, seq, head, device_key, sealing_key, rng)
                items.append(item | {"key_id": sealing_key_id})
            document = json.dumps({"kiosk": kiosk, "epoch": 1, "items": items}).encode()
            body = gzip.compress(document, compresslevel=1, mtime=0)
            file.write(struct.pack(">II", len(items), len(body)) + body)
    (directory / f"{kiosk}.pem").write_bytes(
        device_key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return (
        device_key.public_key()
        .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        .decode()
    )


def read_signer(directory: Path, kiosk: str) -> RequestSigner:
    key = serialization.load_pem_private_key((directory / f"{kiosk}.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return RequestSigner(kiosk, 1, key)


def make_item(
    kiosk: str,
    seq: int,
    prev: str,
    device_key: ec.EllipticCurvePrivateKey,
    sealing_key: bytes,
    rng: random.Random,
) -> tuple[dict[str, Any], str]:
    tx_id = str(uuid.UUID(bytes=uuid_utils.uuid7().bytes))
    signer = rng.choice(_signers)
    governorate, wilayat = rng.choice(GOVERNORATES)
    document = signer.sign(
        {
            "v": 1,
            "tx_id": tx_id,
            "kiosk": kiosk,
            "service": "complaint",
            "catalogue": "2026-11-01",
            "language": "ar",
            "applicant": {"civil_number": signer.civil_number},
            "answers": ANSWERS | {"governorate": governorate, "wilayat": wilayat},
            "confirmed_at": "2026-06-01T06:30:00Z",
        }
    )
    envelope = seal(sealing_key, document, associated_data(kiosk, 1, seq, tx_id, 1))
    record = ChainRecord(
        kiosk=kiosk,
        epoch=1,
        seq=seq,
        tx_id=tx_id,
        prev=prev,
        sha256=hashlib.sha256(envelope).hexdigest(),
    )
    item = {
        "record": record.plain(),
        "signature": sign_record(device_key, record),
        "case_ref": hashlib.sha256(tx_id.encode()).hexdigest(),
        "case_seq": 1,
        "schema_version": 1,
        "envelope": b64url(envelope),
        "confirmed_at": "2026-06-01T06:30:00Z",
    }
    return item, record_hash(record)


def read_batches(path: Path) -> Iterator[tuple[int, bytes]]:
    with path.open("rb") as file:
        while header := file.read(8):
            count, length = struct.unpack(">II", header)
            yield count, file.read(length)


# The terminals.


class NoAnswer(Exception):
    """The line broke, or nothing came in time."""


class Unreachable(Exception):
    """No connection: nothing was sent."""


@dataclass
class Line:
    """A kept-alive HTTP/1.1 connection."""

    port: int
    signer: RequestSigner | None = None
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(
        self, method: str, path: str, body: bytes = b"", encoding: str = "identity"
    ) -> tuple[int, dict[str, str], bytes]:
        try:
            async with asyncio.timeout(SILENCE_S):
                if self.streams is not None and self.streams[0].at_eof():
                    # The server ends connections that rest, as any does.
                    self.close()
                if self.streams is None:
                    await self._connect()
                return await self._exchange(method, path, body, encoding)
        except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
            self.close()
            raise NoAnswer from error

    async def _connect(self) -> None:
        try:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError as error:
            raise Unreachable from error

    async def _exchange(
        self, method: str, path: str, body: bytes, encoding: str
    ) -> tuple[int, dict[str, str], bytes]:
        assert self.streams is not None
        reader, writer = self.streams
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"Content-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n"
        )
        if self.signer is not None:
            signed = self.signer.headers(method, path, body)
            head += "".join(f"{name}: {value}\r\n" for name, value in signed.items())
        head += "\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = {
            name.lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines[1:] if line)
        }
        content = await reader.readexactly(int(headers.get("content-length", "0")))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return int(lines[0].split(" ")[1]), headers, content

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


@dataclass
class Storm:
    port: int
    directory: Path
    total: int
    lost: float
    rng: random.Random
    tally: Counter[str] = field(default_factory=Counter)
    settled: int = 0
    half_way: asyncio.Event = field(default_factory=asyncio.Event)

    async def kiosk(self, name: str, within: float) -> None:
        """One terminal: asks for its head, then sends its batches in order, as the syncer does."""
        await asyncio.sleep(self.rng.uniform(0, within))
        line = Line(self.port, read_signer(self.directory, name))
        try:
            answer = await self._until_answered(line, "GET", f"/v1/kiosks/{name}/head", b"", 0)
            await asyncio.sleep(answer.get("next_sync_in_s") or 0)
            for count, body in read_batches(self.directory / name):
                self.tally["needed"] += 1
                answer = await self._until_answered(line, "POST", "/v1/batches", body, count)
                await asyncio.sleep(answer.get("next_sync_in_s") or 0)
        finally:
            line.close()

    async def _until_answered(
        self, line: Line, method: str, path: str, body: bytes, count: int
    ) -> dict[str, Any]:
        failures = 0
        while True:
            demanded = 0.0
            try:
                encoding = "gzip" if body else "identity"
                status, headers, content = await line.ask(method, path, body, encoding)
                if method == "POST" and status == 200 and self.rng.random() < self.lost:
                    self.tally["answers lost"] += 1
                    line.close()
                    raise NoAnswer
            except Unreachable:
                self.tally["unreachable"] += 1
            except NoAnswer:
                self.tally[method] += 1
                self.tally["no answer"] += 1
            else:
                self.tally[method] += 1
                if status == 200:
                    answer: dict[str, Any] = json.loads(content)
                    self._count(answer, count)
                    if "retry-after" in headers:
                        self.tally["given a first time"] += 1
                        answer["next_sync_in_s"] = float(headers["retry-after"])
                    return answer
                self.tally[f"status {status}"] += 1
                if status not in (429, 503):
                    raise RuntimeError(f"status {status}: {content[:300]!r}")
                demanded = float(headers.get("retry-after", "0"))
            limit = min(BACKOFF_CAP_S, BACKOFF_BASE_S * 2.0**failures)
            failures += 1
            await asyncio.sleep(demanded + self.rng.uniform(0, limit))

    def _count(self, answer: dict[str, Any], count: int) -> None:
        outcomes = Counter(each["outcome"] for each in answer.get("answers", ()))
        for outcome, number in outcomes.items():
            self.tally[outcome] += number
        if set(outcomes) - {"accepted", "duplicate"}:
            raise RuntimeError(f"a transaction was not taken: {outcomes}")
        self.settled += count
        if self.settled >= self.total / 2:
            self.half_way.set()


async def enrol_all(port: int, keys: dict[str, str]) -> None:
    line = Line(port)
    for kiosk, pem in keys.items():
        body = json.dumps({"code": "MULTI-USE", "device_public_key": pem}).encode()
        status, _, content = await line.ask("POST", f"/v1/kiosks/{kiosk}/enrolment", body)
        assert status == 200, content
    line.close()


async def rage(storm: Storm, server: Server, kiosks: list[str], args: argparse.Namespace) -> None:
    async def kill_half_way() -> None:
        await storm.half_way.wait()
        await asyncio.to_thread(server.kill_and_restart)
        storm.tally["server killed"] += 1

    async def tell() -> None:
        begun = time.monotonic()
        while True:
            await asyncio.sleep(PROGRESS_S)
            seconds = time.monotonic() - begun
            print(
                f"{seconds:6.0f} s: {storm.settled:,} of {storm.total:,} settled, "
                f"{storm.settled / seconds:,.0f} per second",
                flush=True,
            )

    telling = asyncio.create_task(tell())
    try:
        async with asyncio.timeout(args.limit), asyncio.TaskGroup() as group:
            if not args.no_kill:
                group.create_task(kill_half_way())
            for kiosk in kiosks:
                group.create_task(storm.kiosk(kiosk, args.within))
    except TimeoutError:
        print(f"Given up after {args.limit:,.0f} s.")
    finally:
        telling.cancel()


def cpu_seconds(pid: int) -> float:
    """What a process and its children used of the cores, those that ended included."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything; proc(5) counts from behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now
        if entry.name == str(pid):
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == str(pid):
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    directory: Path
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None
    ended_cpu_s: float = 0.0

    def cpu_s(self) -> float:
        """CPU seconds of all its lives."""
        return self.ended_cpu_s + (cpu_seconds(self.process.pid) if self.process else 0.0)

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE, str(self.directory), self.database_url]
        self.process = subprocess.Popen([*command, str(self.port)])
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)  # another program's start has nothing to wait on
            else:
                return
        raise RuntimeError("the central API did not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.ended_cpu_s += cpu_seconds(self.process.pid)
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None

    def kill_and_restart(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()


def judge(database_url: str, total: int, each: int) -> dict[str, tuple[object, object]]:
    """What the database says: name → (found, wanted)."""
    engine = create_engine(database_url)
    queries = {
        "transactions": ("SELECT count(*) FROM transactions WHERE outcome = 'accepted'", total),
        "other outcomes": ("SELECT count(*) FROM transactions WHERE outcome <> 'accepted'", 0),
        "complaints": ("SELECT count(*) FROM complaint", total),
        "complaints' transactions": ("SELECT count(DISTINCT tx_id) FROM complaint", total),
        "highest number": ("SELECT max(value) FROM counter WHERE name LIKE 'complaint-%'", total),
        "notices": ("SELECT count(DISTINCT about) FROM notification", total),
        "hash conflicts": ("SELECT count(*) FROM conflicting_item", 0),
        "frozen epochs": ("SELECT count(*) FROM kiosk_epoch WHERE frozen_at IS NOT NULL", 0),
        "shortest chain held": ("SELECT min(ack_seq) FROM kiosk_epoch", each),
    }
    with engine.connect() as connection:
        found = {
            name: (connection.execute(text(query)).scalar_one(), wanted)
            for name, (query, wanted) in queries.items()
        }
    engine.dispose()
    return found


def run(args: argparse.Namespace) -> bool:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    directory = Path(tempfile.mkdtemp(prefix="storm-", dir=args.directory))
    postgres = Postgres(durable=True)
    server: Server | None = None
    try:
        (directory / "issuers").mkdir()
        (directory / "batches").mkdir()
        issuer = Issuer.make("Issuing CA of the storm")
        (directory / "issuers" / "ca.pem").write_bytes(issuer.pem())
        _signers[:] = [Signer.of(Card.make(issuer, f"{99000000 + n}")) for n in range(CARDS)]
        keys = load_or_create(directory / "keys.json")
        kiosks = [f"MCT-{number:05d}" for number in range(args.kiosks)]
        work = [
            (
                kiosk,
                args.each,
                directory / "batches",
                keys.sealing_public_key,
                keys.sealing_key_id,
            )
            for kiosk in kiosks
        ]
        begun = time.monotonic()
        # fork: the workers inherit the cards.
        with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
            public_keys = dict(zip(kiosks, pool.map(write_kiosk, work, chunksize=8), strict=True))
        total = args.kiosks * args.each
        print(f"{total:,} transactions signed and sealed in {time.monotonic() - begun:.0f} s")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = Server(directory, postgres.new_database(), port)
        server.start()
        asyncio.run(enrol_all(port, public_keys))
        storm = Storm(port, directory / "batches", total, args.lost, random.Random(args.seed))
        used = {
            "terminals": time.process_time,
            "central API": server.cpu_s,
            "PostgreSQL": lambda: cpu_seconds(postgres.pid),
        }
        before = {name: clock() for name, clock in used.items()}
        begun = time.monotonic()
        asyncio.run(rage(storm, server, kiosks, args))
        seconds = time.monotonic() - begun
        cpu = {name: clock() - before[name] for name, clock in used.items()}
        found = judge(server.database_url, total, args.each)
        report(args, storm, seconds, cpu, found)
        return all(value == wanted for value, wanted in found.values())
    finally:
        if server is not None:
            server.stop()
        postgres.stop()
        shutil.rmtree(directory)


def report(
    args: argparse.Namespace,
    storm: Storm,
    seconds: float,
    cpu: dict[str, float],
    found: dict[str, tuple[object, object]],
) -> None:
    tally = storm.tally
    rows: list[tuple[str, str]] = [
        ("terminals × transactions", f"{args.kiosks:,} × {args.each:,} = {storm.total:,}"),
        ("came back within", f"{args.within:g} s"),
        ("answers lost on the way", f"{tally['answers lost']:,}"),
        ("central API killed", "no" if args.no_kill else "once, half-way"),
        ("drained in", f"{seconds:.1f} s, {storm.total / seconds:,.0f} per second"),
        *(
            (f"CPU of the {name}", f"{used:,.0f} s, {used * 1000 / storm.total:.2f} ms each")
            for name, used in cpu.items()
        ),
        ("batches needed", f"{tally['needed']:,}"),
        ("batches sent", f"{tally['POST']:,} = {tally['POST'] / tally['needed']:.2f} × needed"),
        ("heads asked", f"{tally['GET']:,}"),
        ("of these given a time for the first batch", f"{tally['given a first time']:,}"),
        ("told to come later (503)", f"{tally['status 503']:,}"),
        ("no connection while it was down", f"{tally['unreachable']:,}"),
        ("no answer (lost, killed, late)", f"{tally['no answer']:,}"),
        *(
            (name, f"{value:,}" + ("" if value == wanted else f"  WRONG, wanted {wanted:,}"))
            for name, (value, wanted) in found.items()
        ),
    ]
    print("\n| | |\n|---|---|")
    for name, value in rows:
        print(f"| {name} | {value} |")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kiosks", type=int, default=2000)
    parser.add_argument("--each", type=int, default=20, help="500 is the whole outage of 24 h")
    parser.add_argument("--lost", type=float, default=0.05, help="share of answers that get lost")
    parser.add_argument("--within", type=float, default=2.0, help="seconds in which all come back")
    parser.add_argument("--limit", type=float, default=3600, help="seconds before it is given up")
    parser.add_argument("--no-kill", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--directory", help="where to put batches; about 1.3 KB a transaction")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(0 if run(arguments()) else 1)
