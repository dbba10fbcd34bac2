"""What a power cut may leave on a disk, worked out from a record of writes and syncs.

A sync makes everything lasting that was written to the file before it. Of what was written since,
the disk may have kept any part: none, all, some in any order, one of them torn at a sector. A file
that was never synced may be missing, and so may the effect of an unsynced delete.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.offline_queue.recording_disk import Kind, Operation

SECTOR = 512
FILES = ("db", "wal", "journal")


@dataclass(frozen=True, slots=True)
class CrashState:
    """The files after a cut; ``at`` is how many operations the outbox had asked for by then."""

    at: int
    files: tuple[tuple[str, bytes], ...]

    @property
    def digest(self) -> bytes:
        """Tells states apart by content."""
        text = hashlib.sha256()
        for name, content in self.files:
            text.update(f"{name}:{len(content)}:".encode() + content)
        return text.digest()


class _Lasting:
    """What surely is on the disk, and what may be."""

    def __init__(self) -> None:
        self.files: dict[str, bytearray | None] = dict.fromkeys(FILES)
        self.pending: dict[str, list[Operation]] = {name: [] for name in FILES}

    def take(self, operation: Operation) -> None:
        pending = self.pending[operation.file]
        if operation.kind is Kind.SYNC:
            if self.files[operation.file] is None:
                self._sync_directory()
            self.files[operation.file] = _apply(self.files[operation.file], pending)
            pending.clear()
        else:
            pending.append(operation)

    def _sync_directory(self) -> None:
        """The first sync of a new file also syncs its folder: deletes before it are lasting."""
        for name, pending in self.pending.items():
            deletes = [n for n, each in enumerate(pending) if each.kind is Kind.DELETE]
            if deletes:
                self.files[name] = None
                del pending[: deletes[-1] + 1]


def crash_states(
    operations: Sequence[Operation], rng: random.Random, wanted: int
) -> Iterator[CrashState]:
    """Yield distinct states: at every operation nothing, all and random parts of the unsynced.

    Goes over the record as often as it takes to find ``wanted``; gives up when a whole turn
    brings nothing new.
    """
    seen: set[bytes] = set()
    turn = 0
    while len(seen) < wanted:
        before = len(seen)
        lasting = _Lasting()
        for at, operation in enumerate(operations):
            for state in _at(lasting, at, turn, rng):
                if state.digest not in seen:
                    seen.add(state.digest)
                    yield state
            lasting.take(operation)
        if len(seen) == before:
            return
        turn += 1


def _at(lasting: _Lasting, at: int, turn: int, rng: random.Random) -> Iterator[CrashState]:
    if turn == 0:
        yield _state(lasting, at, {name: [] for name in lasting.files})
        yield _state(lasting, at, lasting.pending)
    parts = {name: _part(pending, rng) for name, pending in lasting.pending.items()}
    if any(parts.values()):
        yield _state(lasting, at, parts)


def _part(pending: Sequence[Operation], rng: random.Random) -> list[Operation]:
    kept = [operation for operation in pending if rng.random() < 0.5]
    # Another order matters only where two of them overlap; then either may be the last.
    if rng.random() < 0.5:
        rng.shuffle(kept)
    torn = rng.randrange(len(kept)) if kept and rng.random() < 0.7 else None
    if torn is not None and kept[torn].kind is Kind.WRITE:
        kept[torn] = _tear(kept[torn], rng)
    return kept


def _tear(write: Operation, rng: random.Random) -> Operation:
    """Keep some sectors of a write, from the front or from the back; a short one in the middle."""
    sectors = len(write.data) // SECTOR
    cut = rng.randrange(1, sectors) * SECTOR if sectors > 1 else rng.randrange(len(write.data))
    if rng.random() < 0.5:
        return Operation(Kind.WRITE, write.file, write.offset, write.data[:cut])
    return Operation(Kind.WRITE, write.file, write.offset + cut, write.data[cut:])


def _state(lasting: _Lasting, at: int, kept: dict[str, list[Operation]]) -> CrashState:
    files = {name: _apply(content, kept[name]) for name, content in lasting.files.items()}
    return CrashState(
        at,
        tuple((name, bytes(content)) for name, content in files.items() if content is not None),
    )


def _apply(content: bytearray | None, operations: Sequence[Operation]) -> bytearray | None:
    result = None if content is None else bytearray(content)
    for operation in operations:
        if operation.kind is Kind.DELETE:
            result = None
            continue
        if result is None:
            result = bytearray()
        if operation.kind is Kind.TRUNCATE:
            del result[operation.offset :]
            result.extend(bytes(max(0, operation.offset - len(result))))
        else:
            end = operation.offset + len(operation.data)
            result.extend(bytes(max(0, end - len(result))))
            result[operation.offset : end] = operation.data
    return result
