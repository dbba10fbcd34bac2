"""What keeping a transaction costs: the whole outbox against one bare row, on the same disk.

The outbox seals, chains, signs and commits; the baseline is Python's ``sqlite3`` committing the
same bytes in one row, journal in WAL, ``synchronous=FULL``. Both in turns.
"""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from kiosk.config import load_settings
from kiosk.enrolment.terminal_identity import IdentityError, load_identity
from offline_queue import Outbox, Submission, case_ref, new_tx_id
from tools.bench.table import Row

_PAYLOAD = 3000
"""Bytes of a signed complaint with the card's certificate."""


def measure(work: Path, config: str, count: int) -> list[Row]:
    """``count`` of each, one after the other."""
    identity = load_identity(load_settings(Path(config)).state_directory)
    if identity.enrolment is None:
        raise IdentityError("the terminal is not enrolled")
    bare = sqlite3.connect(work / "bare.db", isolation_level=None)
    bare.execute("PRAGMA journal_mode = WAL")
    bare.execute("PRAGMA synchronous = FULL")
    bare.execute("CREATE TABLE kept (id TEXT PRIMARY KEY, payload BLOB)")
    with Outbox.open(
        work / "enqueue.db",
        enrolment=identity.enrolment,
        device_key=identity.device_key,
        secret=identity.secret,
    ) as outbox:
        outbox.prepare()  # as the syncer does when a terminal starts
        baseline, kept = [], []
        for _ in range(count):
            tx_id, payload = new_tx_id(), secrets.token_bytes(_PAYLOAD)
            submission = Submission(
                tx_id=tx_id,
                case_ref=case_ref(identity.secret, tx_id),
                schema_version=1,
                payload=payload,
                confirmed_at=datetime.now(UTC),
            )
            baseline.append(
                _took(lambda: bare.execute("INSERT INTO kept VALUES (?, ?)", (tx_id, payload)))  # noqa: B023 - called here and now
            )
            kept.append(_took(lambda: outbox.enqueue(submission)))  # noqa: B023
    bare.close()
    rate = 1000 / median(kept)
    base = 1000 / median(baseline)
    return [
        Row(
            "transactions kept per second",
            f"{rate:.0f} /s",
            f"{base:.0f} /s bare sqlite3 FULL",
            rate / base,
        )
    ]


def _took(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return (time.perf_counter() - began) * 1000
