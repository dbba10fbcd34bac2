"""What the fleet administrator does at the console, beside a running central API.

Folders of stranded terminals, device keys taken out of use, backups that are safe. With PostgreSQL
at any time; with a SQLite file both work on the one file, each waiting for the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from backend_stub.cases.backups import Restored, note_backup, note_restored
from backend_stub.fleet.enrolment import make_code
from backend_stub.fleet.kiosks import revoke_epoch
from backend_stub.ground.central import Central, CentralUnavailable, Clock, utc_now
from backend_stub.ground.database import sqlite_file
from backend_stub.ground.problems import TITLES, ProblemError
from backend_stub.ground.settings import Settings
from backend_stub.ground.tables import KioskEpoch
from backend_stub.ingest.folders import ImportedFolder, import_folder
from backend_stub.opening import open_central
from offline_queue.folder import MANIFEST, FolderBroken


class FleetRefused(Exception):
    """Why it cannot be done, in one sentence; ``code`` as in ``ground/problems.py``."""

    def __init__(self, about: str, code: str) -> None:
        super().__init__(f"{about}: {TITLES[code][1]}")
        self.code = code


def take_folders(
    settings: Settings, directory: Path, clock: Clock = utc_now
) -> list[ImportedFolder]:
    """Take in the export in ``directory``, or every one within it; answers are written beside.

    Raises :class:`FleetRefused`, :class:`CentralUnavailable`, and as
    :func:`backend_stub.ingest.folders.import_folder` for the first folder that is not as it was
    written: those before it were taken.
    """
    if (directory / MANIFEST).exists():
        exports = [directory]
    else:
        exports = sorted(path.parent for path in directory.glob(f"export-*/{MANIFEST}"))
    if not exports:
        raise FolderBroken(f"{directory}: there is no whole export of a terminal in it")
    taken = []
    with _opened(settings, clock) as central:
        for export in exports:
            try:
                taken.append(import_folder(central, export))
            except ProblemError as problem:
                raise FleetRefused(export.name, problem.code) from problem
    return taken


def make_enrolment_code(
    settings: Settings,
    kiosk: str,
    lifetime: timedelta,
    *,
    replaces_key: bool = False,
    clock: Clock = utc_now,
) -> str:
    """Make a one-time code for one terminal; see :func:`backend_stub.fleet.enrolment.make_code`.

    Raises :class:`CentralUnavailable`.
    """
    with _opened(settings, clock) as central:
        return make_code(central, kiosk, lifetime, replaces_key=replaces_key)


def revoke_kiosk(
    settings: Settings, kiosk: str, epoch: int | None = None, clock: Clock = utc_now
) -> list[int]:
    """Take a terminal's device keys out of use: those of every epoch, or of one. Says which.

    Raises :class:`FleetRefused`, :class:`CentralUnavailable`.
    """
    with _opened(settings, clock) as central:
        with central.database.read() as session:
            wanted = list(
                session.scalars(
                    select(KioskEpoch.epoch)
                    .where(KioskEpoch.kiosk == kiosk)
                    .order_by(KioskEpoch.epoch)
                )
            )
        if epoch is not None or not wanted:
            wanted = [epoch or 1]
        for each in wanted:
            try:
                revoke_epoch(central, kiosk, each)
            except ProblemError as problem:
                raise FleetRefused(kiosk, problem.code) from problem
    return wanted


def backup_done(settings: Settings, begun_at: datetime, clock: Clock = utc_now) -> int:
    """Say that a backup that began then is safe; how many device keys' horizons rose.

    Raises :class:`CentralUnavailable`.
    """
    with _opened(settings, clock) as central:
        return note_backup(central, begun_at)


def restored(settings: Settings, skip: int | None = None, clock: Clock = utc_now) -> Restored:
    """Say, before it serves again, that an older backup was restored.

    See :func:`backend_stub.cases.backups.note_restored`. Raises :class:`CentralUnavailable`.
    """
    with _opened(settings, clock) as central:
        return note_restored(central, skip)


@contextmanager
def _opened(settings: Settings, clock: Clock) -> Iterator[Central]:
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        # Opening would make an empty one, and the sentence would be about a stranger.
        raise CentralUnavailable(f"{file}: there is no database of a central API.")
    central = open_central(settings, clock)
    try:
        yield central
    finally:
        central.database.close()
