"""The printer itself: connections, receive buffer, mechanism, status replies, faults."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Unpack

from printer.bitmap import DOTS_PER_INCH, ReceiptBitmap
from printer.virtual.faults import FaultChanges, Faults
from printer.virtual.interpreter import Command, next_command
from printer.virtual.link import Link, PtyLink, TcpListener
from printer.virtual.paper import Paper

OnReceipt = Callable[[bytes, bytes], None]
"""Gets the picture as a PNG and the bytes that made it, from the printer's own thread."""


class VirtualPrinter:
    """A receipt printer of ``width`` dots per line. All methods from any thread.

    Finished receipts go to ``on_receipt`` and, with ``directory``, to ``receipt-0001.png`` and
    ``.bin`` there. Paper that ran out or a cover that was opened stops the mechanism as in a real
    one: what waits in the buffer is printed when the fault ends, unless it was cleared before.
    """

    def __init__(
        self,
        width: int = 576,
        *,
        on_receipt: OnReceipt | None = None,
        directory: Path | None = None,
    ) -> None:
        self._on_receipt = on_receipt
        self._directory = directory
        self._paper = Paper(width)
        self._changed = threading.Condition(threading.RLock())
        self._faults = Faults()
        self._inbox = bytearray()
        self._tail = b""
        self._receipt = bytearray()
        self._receipts = 0
        self._consumed = 0
        self._triggers: list[tuple[int, Callable[[], None]]] = []
        self._cutter_failed = False
        self._push = False
        self._pushed = b""
        self._held: list[bytes] = []
        self._margin = 0
        self._units = (DOTS_PER_INCH, DOTS_PER_INCH)
        self._line = ""
        self._stopping = False
        self._link: Link | None = None
        self._listener: TcpListener | None = None
        self._pty: PtyLink | None = None
        self._threads: list[threading.Thread] = []

    # Running

    def start(self, host: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Listen on TCP (port 0: a free one) and return the address. Raises ``OSError``."""
        self._listener = TcpListener(host, port)
        self._run(self._accept)
        return self._listener.address

    def start_pty(self) -> str:
        """Serve a pseudo terminal and return the device path to print to. Raises ``OSError``."""
        link = self._pty = PtyLink()
        self._run(lambda: self._serve(link))
        return link.path

    def serve(self, host: str = "127.0.0.1", port: int = 9100) -> None:
        """Listen on TCP until :meth:`stop` is called. Raises ``OSError``."""
        self.start(host, port)
        with self._changed:
            self._changed.wait_for(lambda: self._stopping)

    def stop(self) -> None:
        """Close every connection and end the threads. A second call does nothing."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
            link, listener = self._link, self._listener
        if listener is not None:
            listener.close()
        if link is not None:
            link.close()
        for thread in self._threads:
            thread.join()
        if self._pty is not None:
            self._pty.release()
            self._pty = None

    def _run(self, line: Callable[[], None]) -> None:
        if self._threads:
            raise RuntimeError("a virtual printer is started once")
        for body in (line, self._mechanism):
            thread = threading.Thread(target=body, name="virtual-printer", daemon=True)
            self._threads.append(thread)
            thread.start()

    # Faults

    @property
    def faults(self) -> Faults:
        """The switches as they are."""
        with self._changed:
            return self._faults

    @property
    def receipts(self) -> int:
        """How many receipts came out."""
        with self._changed:
            return self._receipts

    @property
    def consumed(self) -> int:
        """How many bytes the mechanism has taken from the buffer in all.

        Without real-time commands, which were carried out on arrival: how often a host asks is a
        matter of time, where in a receipt the mechanism is must not be.
        """
        with self._changed:
            return self._consumed

    @property
    def idle(self) -> bool:
        """Nothing waits in the receive buffer and nothing is on the paper that is not cut off."""
        with self._changed:
            return not self._inbox and self._paper.rows == 0

    def set_faults(self, **changes: Unpack[FaultChanges]) -> None:
        """Turn switches, at once: ``set_faults(paper_out=True)``."""
        with self._changed:
            self._faults = replace(self._faults, **changes)
            if changes.get("cutter_jam") is False:
                self._cutter_failed = False
            if not self._faults.hold_replies:
                held, self._held = self._held, []
                for reply in held:
                    self._reply(reply)
            self._push_status()
            self._changed.notify_all()

    def set_faults_at(self, consumed: int, **changes: Unpack[FaultChanges]) -> None:
        """Turn switches as soon as ``consumed`` bytes in all went to the mechanism: mid-print."""
        with self._changed:
            self._triggers.append((consumed, lambda: self.set_faults(**changes)))

    def call_at(self, consumed: int, action: Callable[[], None]) -> None:
        """Do something then, such as :meth:`power_cycle` or :meth:`unplug`; it must be quick."""
        with self._changed:
            self._triggers.append((consumed, action))

    def power_cycle(self) -> None:
        """Off and on: network connection, buffer and settings are gone, half a receipt stays.

        A serial line is not told: only the answers are missing.
        """
        with self._changed:
            self._inbox.clear()
            self._tail = b""
            self._push = False
            self._held.clear()
            self._cutter_failed = False
            self._reset()
            link = self._link
            if link is not None and link.needs_power:
                self._link = None
                link.close()

    def unplug(self) -> None:
        """Pull the cable: the connection ends; over the network another one can be made."""
        with self._changed:
            link = self._link
        if link is not None:
            link.close()

    # Line → buffer

    def _accept(self) -> None:
        assert self._listener is not None  # noqa: S101 - set by start() before this thread runs
        while (link := self._listener.accept()) is not None:
            self._serve(link)

    def _serve(self, link: Link) -> None:
        with self._changed:
            if self._stopping:
                link.close()
                return
            self._link = link
            self._push = False
        while data := link.receive():
            with self._changed:
                if self._link is not link:
                    break  # power went before this was in the printer's memory
                limit = self._faults.stall_after_bytes
                if limit is not None:
                    taken, data = data[:limit], data[limit:]
                    self._take(taken)
                    left = limit - len(taken)
                    self._faults = replace(self._faults, stall_after_bytes=left)
                self._changed.wait_for(lambda: self._stopping or not self._hung())
                self._take(data)
        with self._changed:
            self._link = None
        link.close()

    def _hung(self) -> bool:
        return self._faults.stalled or self._faults.stall_after_bytes == 0

    def _take(self, data: bytes) -> None:
        """Put bytes into the receive buffer; real-time commands are carried out on arrival."""
        window = self._tail + data
        start, done = 0, 0
        while (found := _realtime(window, start)) is not None:
            start = found[0] + found[1]
            arrived = start - len(self._tail)
            self._inbox += data[done:arrived]
            done = arrived
            self._realtime(window[found[0] : start])
        self._inbox += data[done:]
        # An unfinished command may go on in the next piece; the longest has ten bytes.
        self._tail = window[max(start, len(window) - 9) :]
        self._changed.notify_all()

    def _realtime(self, command: bytes) -> None:
        if command[1] == 0x04:
            self._reply(bytes((self._realtime_status(command[2]),)))
        elif command[1] == 0x14:
            self._inbox.clear()
            self._line = ""
            self._cutter_failed = False
            self._reply(b"\x37\x25\x00")
        elif command[2] == 2:
            self._inbox.clear()
            self._cutter_failed = False

    # Buffer → paper

    def _mechanism(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or self._ready())
                if self._stopping:
                    return
                command = next_command(self._inbox)
                if command is None:
                    self._changed.wait()
                    continue
                done = self._carry_out(command)
                if not done:
                    continue
                del self._inbox[: len(command.raw)]
                if not command.name.startswith("DLE"):
                    self._consumed += len(command.raw)
                self._pull_triggers()
                finished = self._finish(command)
            if finished is not None:
                self._deliver(*finished)

    def _ready(self) -> bool:
        faults = self._faults
        halted = faults.paper_out or faults.cover_open or faults.offline or self._cutter_failed
        return bool(self._inbox) and not halted and not self._hung()

    def _pull_triggers(self) -> None:
        due = [entry for entry in self._triggers if entry[0] <= self._consumed]
        self._triggers = [entry for entry in self._triggers if entry[0] > self._consumed]
        for _, action in due:
            action()

    def _finish(self, command: Command) -> tuple[ReceiptBitmap, bytes] | None:
        self._receipt += command.raw
        if command.name != "GS V":
            return None
        raw, self._receipt = bytes(self._receipt), bytearray()
        bitmap = self._paper.cut()
        if bitmap is None:
            return None
        self._receipts += 1
        return bitmap, raw

    def _deliver(self, bitmap: ReceiptBitmap, raw: bytes) -> None:
        png = bitmap.png()
        if self._directory is not None:
            self._directory.mkdir(parents=True, exist_ok=True)
            stem = self._directory / f"receipt-{self._receipts:04d}"
            stem.with_suffix(".png").write_bytes(png)
            stem.with_suffix(".bin").write_bytes(raw)
        if self._on_receipt is not None:
            self._on_receipt(png, raw)

    def _carry_out(self, command: Command) -> bool:
        """Do one command; false when the mechanism failed at it and it stays in the buffer."""
        given = command.parameters
        match command.name:
            case "ESC @":
                self._reset()
            case "GS P":
                self._units = (given[0] or DOTS_PER_INCH, given[1] or DOTS_PER_INCH)
            case "GS L":
                self._margin = self._across(int.from_bytes(given, "little"))
            case "GS v 0":
                stride = int.from_bytes(given[1:3], "little")
                self._paper.raster(self._margin, stride, given[5:], mode=given[0] & 3)
            case "ESC J":
                self._flush_line()
                self._paper.feed(self._along(given[0]))
            case "ESC d":
                self._flush_line()
                self._paper.feed(30 * given[0])
            case "text":
                self._line += given.decode("ascii", "replace")
            case "LF":
                self._paper.text(self._line)
                self._line = ""
            case "GS V":
                if self._faults.cutter_jam:
                    self._cutter_failed = True
                    self._push_status()
                    return False
                self._flush_line()
            case "GS a":
                self._push = given[0] != 0
                self._pushed = b""
                self._push_status()
            case "GS r":
                self._reply(bytes((self._paper_status(),)))
            case "GS ( H" if given[2:4] == b"00" and len(given) == 8:
                self._reply(b"\x37\x22" + given[4:8] + b"\x00")
        return True

    def _flush_line(self) -> None:
        if self._line:
            self._paper.text(self._line)
            self._line = ""

    def _reset(self) -> None:
        self._margin = 0
        self._units = (DOTS_PER_INCH, DOTS_PER_INCH)
        self._line = ""

    def _across(self, units: int) -> int:
        return round(units * DOTS_PER_INCH / self._units[0])

    def _along(self, units: int) -> int:
        return round(units * DOTS_PER_INCH / self._units[1])

    # Status

    def _reply(self, data: bytes) -> None:
        if self._faults.silent or self._hung():
            return
        if self._faults.hold_replies:
            self._held.append(data)
        elif self._link is not None:
            # A host that has gone misses its answer; the printer prints on.
            with contextlib.suppress(OSError):
                self._link.send(data)

    def _offline(self) -> bool:
        faults = self._faults
        return faults.paper_out or faults.cover_open or faults.offline or self._cutter_failed

    def _realtime_status(self, n: int) -> int:
        faults = self._faults
        bits = {
            1: 0x08 * self._offline(),
            2: 0x04 * faults.cover_open | 0x20 * faults.paper_out | 0x40 * self._cutter_failed,
            3: 0x08 * self._cutter_failed,
            4: 0x0C * (faults.paper_low or faults.paper_out) | 0x60 * faults.paper_out,
        }
        return 0x12 | bits.get(n, 0)

    def _paper_status(self) -> int:
        faults = self._faults
        return 0x03 * (faults.paper_low or faults.paper_out) | 0x0C * faults.paper_out

    def _push_status(self) -> None:
        if not self._push:
            return
        first = 0x10 | 0x08 * self._offline() | 0x20 * self._faults.cover_open
        status = bytes((first, 0x08 * self._cutter_failed, self._paper_status(), 0))
        if status != self._pushed:
            self._pushed = status
            self._reply(status)


def _realtime(data: bytes, start: int) -> tuple[int, int] | None:
    """Find the next real-time command: (offset, length). They count anywhere in the stream."""
    at = data.find(b"\x10", start)
    while at >= 0:
        head = data[at + 1 : at + 3]
        if len(head) == 2 and head[0] == 0x04 and 1 <= head[1] <= 4:
            return at, 3
        if len(head) == 2 and head[0] == 0x05 and head[1] in (1, 2):
            return at, 3
        if data[at + 1 : at + 10] == b"\x14\x08\x01\x03\x14\x01\x06\x02\x08":
            return at, 10
        at = data.find(b"\x10", at + 1)
    return None
