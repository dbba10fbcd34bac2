"""How much the outbox may hold: it refuses before a visit begins, not at its end."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from offline_queue.errors import OutboxFull
from offline_queue.wire import ATTACHMENT_MAX_BYTES, ENVELOPE_MAX_BYTES

_MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Quota:
    """Limits in bytes of sealed content: envelopes and attachments that are not purged yet."""

    max_bytes: int = 2048 * _MIB
    reserve_bytes: int = 4 * (ENVELOPE_MAX_BYTES + ATTACHMENT_MAX_BYTES)
    """Must be left before a visit may begin, so that every visit that began can end."""
    min_free_bytes: int = 64 * _MIB
    """Must be free on the disk before a visit may begin."""


@dataclass(frozen=True, slots=True)
class QuotaGuard:
    """Checks the outbox and its disk against a quota."""

    path: Path
    quota: Quota

    def ensure(self, db: sqlite3.Connection) -> None:
        """Raise ``OutboxFull`` unless a new visit may begin."""
        if kept_bytes(db) + self.quota.reserve_bytes > self.quota.max_bytes:
            raise OutboxFull
        disk = os.statvfs(self.path.parent)
        if disk.f_bavail * disk.f_frsize < self.quota.min_free_bytes:
            raise OutboxFull

    def ensure_fits(self, kept: int, size: int) -> None:
        """Raise ``OutboxFull`` unless ``size`` more bytes fit beside those ``kept``."""
        if kept + size > self.quota.max_bytes:
            raise OutboxFull


def kept_bytes(db: sqlite3.Connection) -> int:
    """Return how many bytes of sealed content are kept, as counted with each change."""
    return int(db.execute("SELECT coalesce(sum(kept_bytes), 0) FROM epoch").fetchone()[0])
