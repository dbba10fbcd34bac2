"""The terminals of the storm and their lines: slots and full jitter as the syncer has them."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from offline_queue.signed_requests import RequestSigner

from .waiting import read_batches, read_signer

BACKOFF_BASE_S, BACKOFF_CAP_S = 2.0, 900.0
SILENCE_S = 30.0


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


async def enrol_all(port: int, requests: dict[str, bytes]) -> None:
    line = Line(port)
    for kiosk, body in requests.items():
        status, _, content = await line.ask("POST", f"/v1/kiosks/{kiosk}/enrolment", body)
        assert status == 200, content
    line.close()
