"""A line that misbehaves: an asyncio proxy between a terminal and the central API.

Reads one request, decides by a plan what becomes of it, and closes or keeps the connection. Runs
in a thread (``FaultProxy``) or as a process: ``python -m tests.offline_queue.fault_proxy URL``
prints its own address, then misbehaves at random.
"""

from __future__ import annotations

import asyncio
import contextlib
import enum
import itertools
import random
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterator

PORTAL = b"<html><title>Welcome</title>Please accept our terms</html>"


class Fault(enum.Enum):
    """What becomes of a request and its answer."""

    PASS = "pass"
    REFUSE = "refuse"
    """Hang up before the request was read."""
    CUT_REQUEST = "cut-request"
    """Half of the request reaches the central API."""
    LOSE_ANSWER = "lose-answer"
    """The central API did it; the terminal hears nothing."""
    TRUNCATE_ANSWER = "truncate-answer"
    RESET = "reset"
    """The answer ends in a reset."""
    ERROR_500 = "error-500"
    """The central API did it and somebody says 500."""
    PORTAL = "portal"
    """A page with 200 and nothing of it reaches the central API."""
    TWICE = "twice"
    """The request reaches the central API twice."""
    DELAY = "delay"
    """As long as the plan says."""
    SLOW_LORIS = "slow-loris"
    """One byte of the answer at a time, as long apart as the plan says."""


Plan = Callable[[bytes], Fault]


def random_plan(rng: random.Random, faulty: float = 0.5) -> Plan:
    """Let every ``faulty``-th request meet a fault."""
    faults = [fault for fault in Fault if fault is not Fault.PASS]
    return lambda _request: rng.choice(faults) if rng.random() < faulty else Fault.PASS


def planned(*faults: Fault) -> Plan:
    """Let the first requests meet ``faults``, and all later ones none."""
    order: Iterator[Fault] = itertools.chain(faults, itertools.repeat(Fault.PASS))
    return lambda _request: next(order)


class Line:
    """The proxy's own work, on any event loop. ``pause_s`` is how long one delay takes."""

    def __init__(self, upstream: str, plan: Plan, pause_s: float = 0.01) -> None:
        parts = urllib.parse.urlsplit(upstream)
        self.upstream = (parts.hostname, parts.port)
        self.plan = plan
        self.pause_s = pause_s
        self.met: list[Fault] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Handle one connection from the terminal."""
        try:
            while request := await _read_message(reader):
                fault = self.plan(request)
                self.met.append(fault)
                if not await self._handle(fault, request, writer):
                    return
        except (OSError, asyncio.IncompleteReadError, ValueError):
            pass
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _handle(self, fault: Fault, request: bytes, writer: asyncio.StreamWriter) -> bool:
        match fault:
            case Fault.REFUSE:
                return False
            case Fault.CUT_REQUEST:
                await self._ask(request[: len(request) // 2], answered=False)
                return False
            case Fault.PORTAL:
                writer.write(_response(200, "text/html", PORTAL))
                await writer.drain()
                return False
            case Fault.TWICE:
                await self._ask(request)
            case Fault.DELAY:
                await asyncio.sleep(self.pause_s)
        answer = await self._ask(request)
        match fault:
            case Fault.LOSE_ANSWER:
                return False
            case Fault.ERROR_500:
                writer.write(_response(500, "text/plain", b"oops"))
            case Fault.TRUNCATE_ANSWER:
                writer.write(answer[: len(answer) * 3 // 4])
            case Fault.RESET:
                writer.write(answer[: len(answer) // 2])
                await writer.drain()
                writer.transport.abort()
            case Fault.SLOW_LORIS:
                for byte in answer:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(self.pause_s / 100)
            case _:
                writer.write(answer)
        await writer.drain()
        return fault in (Fault.PASS, Fault.DELAY, Fault.TWICE)

    async def _ask(self, request: bytes, *, answered: bool = True) -> bytes:
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(request)
            await writer.drain()
            return await _read_message(reader) if answered else b""
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


class FaultProxy:
    """The line in a thread of this process."""

    def __init__(self, upstream: str, plan: Plan, pause_s: float = 0.01) -> None:
        self.line = Line(upstream, plan, pause_s)
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="fault-proxy")

    def __enter__(self) -> FaultProxy:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())
        self._loop.close()

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        server = await asyncio.start_server(self.line.serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        await self._stop.wait()
        server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read_message(reader: asyncio.StreamReader) -> bytes:
    """Read one HTTP/1.1 message with a Content-Length or none; empty at the end of the line."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            length = int(value)
    return head + await reader.readexactly(length)


def _response(status: int, media_type: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} X\r\nContent-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body


async def _main(upstream: str, seed: int) -> None:
    line = Line(upstream, random_plan(random.Random(seed)))
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2])))
