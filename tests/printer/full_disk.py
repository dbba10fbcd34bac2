"""A disk that is full at one byte after the other while the print journal writes.

A process of its own, because the limit (RLIMIT_FSIZE: no file grows beyond it) counts for all of
a process: ``python -m tests.printer.full_disk DIRECTORY [STEP]``. STEP 1 tries every byte; larger
ones every byte around the borders of what SQLite writes, and every STEP-th between.
"""

from __future__ import annotations

import contextlib
import json
import resource
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from printer.errors import PrintJournalError
from printer.journal import PrintJournal, PrintState

_WAL_HEADER = 32
_FRAME = 24 + 4096
"""SQLite's file format, clauses 4.1 and 4.2: a frame is a header and a page."""


@contextlib.contextmanager
def full_beyond(size: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def copied(path: Path, to: Path) -> Path:
    """The files as they are on the disk at this moment: what a power cut leaves."""
    to.mkdir(exist_ok=True)
    for name in (path.name, f"{path.name}-wal"):
        (to / name).unlink(missing_ok=True)
        if (path.parent / name).exists():
            shutil.copyfile(path.parent / name, to / name)
    return to / path.name


def printed_once(journal: PrintJournal, job: str) -> PrintState | None:
    """Enter a print; the state up to which the journal said yes."""
    reached: PrintState | None = None
    with contextlib.suppress(PrintJournalError):
        number = journal.prepare(job, 0, "00" * 32, 200.0)
        reached = PrintState.PREPARED
        journal.send_started(number)
        reached = PrintState.SEND_STARTED
        journal.done(number)
        reached = PrintState.DONE
    return reached


_AFTER = {
    None: (None, PrintState.FAILED),
    PrintState.PREPARED: (PrintState.FAILED,),
    PrintState.SEND_STARTED: (PrintState.UNKNOWN,),
    PrintState.DONE: (PrintState.DONE,),
}
"""What the next start may find, by how far the journal had said yes."""


def one(pristine: Path, work: Path, size: int) -> PrintState | None:
    """A print while the disk takes ``size`` bytes of a file; then the rest of the day."""
    journal = PrintJournal(copied(pristine, work))
    with full_beyond(size):
        reached = printed_once(journal, "full")
    left = copied(work / pristine.name, work / "cut")
    # Nothing that failed leaves a journal that no longer waits for the disk (2: FULL).
    assert journal._db.execute("PRAGMA synchronous").fetchone() == (2,), size
    # There is room again: it goes on without a restart.
    assert printed_once(journal, "after") is PrintState.DONE, size
    journal.close()
    for path, later in ((left, None), (work / pristine.name, PrintState.DONE)):
        again = PrintJournal(path)
        found = again.last("full")
        assert (found and found.state) in _AFTER[reached], (size, reached, found)
        after = again.last("after")
        assert (after and after.state) is later, size
        kept = again.last("before")
        assert kept is not None and kept.state is PrintState.DONE, size
        again.close()
    return reached


def at_start(pristine: Path, work: Path, size: int) -> bool:
    """A start that has an interrupted print to settle; false: it was refused, the next was not."""
    path = copied(pristine, work)
    started = False
    with contextlib.suppress(PrintJournalError), full_beyond(size):
        PrintJournal(path).close()
        started = True
    again = PrintJournal(path)
    found = again.last("interrupted")
    assert found is not None and found.state is PrintState.UNKNOWN, size
    again.close()
    return started


def sizes(step: int, until: int) -> list[int]:
    return [
        size
        for size in range(until)
        if size < _WAL_HEADER + 2 or (size - _WAL_HEADER + 6) % _FRAME < 36 or size % step == 0
    ]


def main() -> None:
    directory, step = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 509
    pristine = directory / "pristine" / "prints.db"
    pristine.parent.mkdir()
    journal = PrintJournal(pristine)
    assert printed_once(journal, "before") is PrintState.DONE
    journal.close()
    with_wal = PrintJournal(copied(pristine, directory / "size"))
    assert printed_once(with_wal, "full") is PrintState.DONE
    end = (directory / "size" / "prints.db-wal").stat().st_size
    number = with_wal.prepare("interrupted", 0, "00" * 32, 1.0)
    with_wal.send_started(number)
    interrupted = copied(directory / "size" / "prints.db", directory / "interrupted")
    with_wal.close()
    reached = [one(pristine, directory / "work", size) for size in sizes(step, end + 64)]
    started = [
        at_start(interrupted, directory / "start", size)
        for size in sizes(step, interrupted.with_name("prints.db-wal").stat().st_size + 9000)
    ]
    print(
        json.dumps(
            {
                "tried": len(reached) + len(started),
                "reached": sorted({str(state) for state in reached}),
                "started": sorted(set(started)),
            }
        )
    )


if __name__ == "__main__":
    main()
