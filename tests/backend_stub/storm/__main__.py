"""The storm from beginning to end."""

from __future__ import annotations

import argparse
import asyncio
import random
import resource
import shutil
import socket
import sys
import tempfile
import time
from pathlib import Path

from backend_stub.ground.keys import load_or_create

from ..cards import Issuer
from ..postgres import Postgres
from . import __doc__ as about
from .server import Server, cpu_seconds
from .terminals import Storm, enrol_all
from .verdict import judge, report
from .waiting import make_all

PROGRESS_S = 15.0


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
        keys = load_or_create(directory / "keys.json")
        kiosks = [f"MCT-{number:05d}" for number in range(args.kiosks)]
        begun = time.monotonic()
        enrolments = make_all(directory / "batches", issuer, kiosks, args.each, keys)
        total = args.kiosks * args.each
        print(f"{total:,} transactions signed and sealed in {time.monotonic() - begun:.0f} s")
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        server = Server(directory, postgres.new_database(), port)
        server.start()
        asyncio.run(enrol_all(port, enrolments))
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


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.backend_stub.storm", description=about)
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
