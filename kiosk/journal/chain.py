"""The audit journal: append-only lines, each fixing all before it by its hash.

A line is canonical JSON (RFC 8785) with the SHA-256 of the previous line's bytes in ``prev``. An
edit, a removal or a reordering breaks every hash after it.

A line is written whole or not at all. What a power cut or an older release left unfinished at the
end is moved to ``<name>.torn`` when the journal is opened, and ``set_aside`` says so.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import rfc8785

from kiosk.journal.catalogue import load_events

GENESIS = "0" * 64
"""``prev`` of the first line."""

_LONGEST_TAIL = 64 * 1024
"""More than two lines can be long, in bytes: a journal of years is opened as fast as a new one."""


class JournalError(Exception):
    """The journal cannot be opened or written."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the journal."""

    number: int
    time: str
    event: str
    visit: str
    details: Mapping[str, str]
    prev: str

    def line(self) -> bytes:
        """The canonical bytes, without the line feed."""
        return rfc8785.dumps(
            {
                "n": self.number,
                "t": self.time,
                "event": self.event,
                "visit": self.visit,
                "details": dict(self.details),
                "prev": self.prev,
            }
        )


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold, and why."""

    line: int
    reason: str


class Journal:
    """The open journal of one terminal. Any thread may append."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        """Open or create the file; what is no entry at its end is set aside.

        Raises :class:`JournalError` when that is more than an interruption leaves.
        """
        self._now = now
        self._lock = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._number, self._head, self.set_aside = _continue_from(path)
            self._file = path.open("ab", buffering=0)
            self._size = os.fstat(self._file.fileno()).st_size
        except OSError as error:
            raise JournalError(f"{path}: {error.strerror}") from error

    def append(self, event: str, visit: str = "", details: Mapping[str, str] | None = None) -> None:
        """Add one event of the catalogue and flush it to the disk.

        Raises ``KeyError`` for an event that the catalogue does not have, :class:`JournalError`
        when the disk refuses.
        """
        definition = load_events()[event]
        kept = {k: v for k, v in (details or {}).items() if k in definition.fields}
        with self._lock:
            time = self._now().isoformat(timespec="milliseconds")
            line = Entry(self._number + 1, time, event, visit, kept, self._head).line()
            try:
                self._write(line + b"\n")
            except OSError as error:
                raise JournalError(f"the journal cannot be written: {error.strerror}") from error
            self._number += 1
            self._head = hashlib.sha256(line).hexdigest()

    def _write(self, line: bytes) -> None:
        descriptor = self._file.fileno()
        try:
            if os.fstat(descriptor).st_size > self._size:
                os.ftruncate(descriptor, self._size)  # what could not be taken back the last time
            # A full disk may take the beginning of a line, and says nothing.
            if self._file.write(line) != len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fdatasync(descriptor)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(descriptor, self._size)
            raise
        self._size += len(line)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def read_journal(path: Path) -> Iterator[Entry]:
    """Every entry in order; a line that is no entry raises :class:`JournalError`."""
    with path.open("rb") as file:
        for position, line in enumerate(file, start=1):
            entry = _parse(line)
            if entry is None:
                raise JournalError(f"line {position} is not a journal entry")
            yield entry


def verify_journal(path: Path) -> list[Break]:
    """Re-compute the chain; an empty list means that it holds."""
    breaks: list[Break] = []
    head, number = GENESIS, 0
    with path.open("rb") as file:
        for position, line in enumerate(file, start=1):
            entry = _parse(line)
            if entry is None:
                breaks.append(Break(position, "the line is not a journal entry"))
                continue
            if entry.number != number + 1:
                breaks.append(Break(position, f"entry {number + 1} expected, {entry.number} found"))
            if entry.prev != head:
                breaks.append(Break(position, "what stood before this line was changed"))
            number, head = entry.number, hashlib.sha256(line.rstrip(b"\n")).hexdigest()
    return breaks


def _parse(line: bytes) -> Entry | None:
    try:
        raw = json.loads(line)
        entry = Entry(raw["n"], raw["t"], raw["event"], raw["visit"], raw["details"], raw["prev"])
        return entry if entry.line() == line.rstrip(b"\n") else None
    except (ValueError, KeyError, TypeError, AttributeError, rfc8785.CanonicalizationError):
        return None


def _continue_from(path: Path) -> tuple[int, str, int]:
    """Number and hash of the last entry, and how many bytes behind it were set aside."""
    if not path.exists():
        return 0, GENESIS, 0
    size = path.stat().st_size
    with path.open("rb") as file:
        file.seek(max(0, size - _LONGEST_TAIL))
        tail = file.read()
    end = len(tail)
    number, head = 0, GENESIS
    while end:
        # The last line feed up to here ends the candidate; what follows it is no entry.
        end = tail.rfind(b"\n", 0, end) + 1
        start = tail.rfind(b"\n", 0, max(0, end - 1)) + 1
        entry = _parse(tail[start:end]) if end else None
        if entry is not None:
            number, head = entry.number, hashlib.sha256(tail[start : end - 1]).hexdigest()
            break
        end = max(0, end - 1)
    if not end and size > len(tail):
        raise JournalError(f"{path}: nothing at its end is a journal entry")
    torn = tail[end:]
    if torn:
        _set_aside(path, torn)
        os.truncate(path, size - len(torn))
    return number, head, len(torn)


def _set_aside(path: Path, torn: bytes) -> None:
    try:
        with path.with_name(f"{path.name}.torn").open("ab") as file:
            file.write(torn.rstrip(b"\n") + b"\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        # On a full disk the terminal starts all the same: half a line is worth less than that.
        if b"\n" in torn:
            raise
