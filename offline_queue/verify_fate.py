"""Checks of what decides a row's fate on this terminal, and of the tables around it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from typing import Final

from offline_queue import proofs
from offline_queue.findings import Code, Finding
from offline_queue.records import State
from offline_queue.schema import expected_schema
from offline_queue.wire import VoidReason

_STATES: Final = frozenset(state.value for state in State)
_WAITING: Final = frozenset({"ready", "inflight"})
_VOID_STATES: Final = frozenset({"due", "answered", "refused"})


def check_schema(db: sqlite3.Connection) -> Iterator[Finding]:
    """Compare the definitions of tables and indexes with those of this release."""
    found = set(
        db.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name <> 'room'")
    )
    if found != expected_schema():
        yield Finding(Code.UNREADABLE, None, "The definitions of the outbox's tables were changed.")


def check_fate(db: sqlite3.Connection, epoch: int, secret: bytes | None) -> Iterator[Finding]:
    """Check each row's state, expiry, recognition, answer and release of one epoch.

    Without the terminal's ``secret`` only whether the states exist.
    """
    for seq, state in db.execute("SELECT seq, state FROM outbox WHERE epoch = ?", (epoch,)):
        if state not in _STATES:
            sentence = f"Transaction {seq} is in no state that exists; it counts as waiting."
            yield Finding(Code.EDITED, seq, sentence)
    if secret is not None and db.execute("SELECT proven FROM meta").fetchone()[0]:
        proofs.install(db, secret)
        yield from _check_proofs(db, epoch)
    for seq, reason, state in db.execute(
        "SELECT seq, reason, state FROM void WHERE epoch = ?", (epoch,)
    ):
        if reason not in set(VoidReason) or state not in _VOID_STATES:
            sentence = f"The note that place {seq} is void is not what was written down."
            yield Finding(Code.EDITED, seq, sentence)
    yield from _check_attachments(db, epoch)


def check_kept_bytes(db: sqlite3.Connection) -> Iterator[Finding]:
    """Count again what the quota is measured by."""
    for epoch, counted, kept in db.execute(
        "SELECT epoch, kept_bytes, (SELECT coalesce(sum(length(envelope)), 0) FROM outbox"
        " WHERE outbox.epoch = epoch.epoch) + (SELECT coalesce(sum(size), 0) FROM attachment"
        " WHERE attachment.epoch = epoch.epoch AND state <> 'purged') FROM epoch"
    ):
        if counted != kept:
            sentence = f"The outbox counts {counted} bytes in epoch {epoch} and holds {kept}."
            yield Finding(Code.EDITED, None, sentence)


def _check_proofs(db: sqlite3.Connection, epoch: int) -> Iterator[Finding]:
    rows = db.execute(
        f"SELECT seq, state, kept_proof IS {proofs.KEPT}, settled_proof IS {proofs.SETTLED}"  # noqa: S608 - constant
        " FROM outbox WHERE epoch = ?",
        (epoch,),
    ).fetchall()
    for seq, state, kept, settled in rows:
        if not kept:
            sentence = (
                f"When transaction {seq} expires, or how it is recognised again, is not what was"
                " written down."
            )
            yield Finding(Code.EDITED, seq, sentence)
        if state in _STATES - _WAITING and not settled:
            sentence = (
                f"What became of transaction {seq} (its state, answer or release) is not what was"
                " written down; it counts as waiting."
            )
            yield Finding(Code.EDITED, seq, sentence)


def _check_attachments(db: sqlite3.Connection, epoch: int) -> Iterator[Finding]:
    """Compare the attachments kept with those that the rows list, which is signed for."""
    kept = {
        (seq, sha256): (size, state)
        for seq, sha256, size, state in db.execute(
            "SELECT seq, sha256, size, state FROM attachment WHERE epoch = ?", (epoch,)
        )
    }
    listed: dict[tuple[int, str], int] = {}
    for seq, refs in db.execute(
        "SELECT seq, attachments FROM outbox WHERE epoch = ? AND attachments IS NOT NULL", (epoch,)
    ):
        try:
            listed |= {(seq, ref["sha256"]): ref["size"] for ref in json.loads(refs)}
        except (ValueError, TypeError, KeyError):
            continue  # not what was signed: said with the row
    for (seq, sha256), size in listed.items():
        found = kept.pop((seq, sha256), None)
        if found is None or found[0] != size or found[1] not in ("ready", "uploaded", "purged"):
            sentence = f"The note of an attachment of transaction {seq} is not what was written."
            yield Finding(Code.EDITED, seq, sentence)
    for seq, _ in kept:
        sentence = f"Transaction {seq} has an attachment that it does not list."
        yield Finding(Code.EDITED, seq, sentence)
