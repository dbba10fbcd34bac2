"""Checking an outbox from outside: is it still what the terminal wrote and the centre holds?"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.chain import (
    GENESIS,
    ChainBroken,
    envelope_hash,
    record_hash,
    terms_hash,
    verify_head,
    verify_record,
)
from offline_queue.errors import OutboxUnavailable
from offline_queue.findings import Code, Finding
from offline_queue.inspection import open_read_only
from offline_queue.schema import read_tip_beside
from offline_queue.verify_fate import check_fate, check_kept_bytes, check_schema
from offline_queue.wire import AttachmentRef, ChainRecord, SignedHead
from offline_queue.wire_model import MessageError

__all__ = ["Code", "Finding", "verify_outbox"]

_REORDER_SEARCH = 64
"""Among how many unsigned-for places a row's own place is looked for."""


_ROWS = (
    "SELECT seq, tx_id, state, sha256, prev, chain, signature, terms, case_ref, case_seq,"
    " schema_version, key_id, confirmed_at, attachments, envelope FROM outbox"
    " WHERE epoch = ? ORDER BY seq"
)


@dataclass(frozen=True, slots=True)
class _Row:
    seq: int
    tx_id: str
    state: str
    sha256: str
    prev: str
    chain: str
    signature: str
    terms: str | None
    terms_found: str | None
    """Of what stands beside the envelope now; ``None`` when it cannot even be hashed."""
    envelope_sha256: str | None
    """Of the envelope as it is now; ``None`` when there is none."""

    def record(self, kiosk: str, epoch: int, seq: int) -> ChainRecord:
        # Not validated: whatever an edited row says, its signature is what tells.
        return ChainRecord(
            kiosk=kiosk,
            epoch=epoch,
            seq=seq,
            tx_id=self.tx_id,
            prev=self.prev,
            sha256=self.sha256,
            terms=self.terms,
        )


@dataclass(frozen=True, slots=True)
class _DeviceKeys:
    current: ec.EllipticCurvePublicKey
    former: Mapping[int, ec.EllipticCurvePublicKey]

    def of(self, epoch: int) -> ec.EllipticCurvePublicKey:
        return self.former.get(epoch, self.current)


def verify_outbox(
    path: Path,
    device_public_key: ec.EllipticCurvePublicKey,
    head_public_key: bytes | None,
    held: SignedHead | None = None,
    former_keys: Mapping[int, ec.EllipticCurvePublicKey] = MappingProxyType({}),
    secret: bytes | None = None,
) -> list[Finding]:
    """Recompute the outbox at ``path``; an empty list means that nothing is wrong.

    Opens read-only, also while the terminal runs. Hashes, links and the device's signatures are
    recomputed, and compared with the countersigned head that the outbox keeps and, because a
    whole outbox can be put back to an older copy, with ``held``: a newer one, from the central
    API or taken from a receipt. ``head_public_key`` is the raw Ed25519 key; without it the
    countersignatures themselves are not checked; without the terminal's ``secret``, what became of
    each transaction is not. ``former_keys`` are those of earlier epochs that
    had another device key.
    """
    try:
        with open_read_only(path) as db:
            tip = read_tip_beside(path)
            keys = _DeviceKeys(device_public_key, former_keys)
            found = list(_verify(db, keys, head_public_key, held, tip, secret))
            # Whatever else was found explains a count that differs.
            return found or list(check_kept_bytes(db))
    except OutboxUnavailable as error:
        sentence = f"The outbox cannot be read: {error.reason.value}."
    except MessageError:
        sentence = "The countersigned head that the outbox keeps cannot be read."
    return [Finding(Code.UNREADABLE, None, sentence)]


def _read(columns: tuple[Any, ...]) -> _Row:
    seq, tx_id, state, sha256, prev, chain, signature, terms = columns[:8]
    case_ref, case_seq, schema_version, key_id, confirmed_at, listed, envelope = columns[8:]
    try:
        refs = [AttachmentRef.parse(ref) for ref in json.loads(listed or "[]")]
        found = terms_hash(case_ref, case_seq, schema_version, key_id, confirmed_at, refs)
    except (ValueError, TypeError, rfc8785.CanonicalizationError):
        found = None
    now = None if envelope is None else envelope_hash(envelope)
    return _Row(seq, tx_id, state, sha256, prev, chain, signature, terms, found, now)


def _verify(
    db: sqlite3.Connection,
    keys: _DeviceKeys,
    head_key: bytes | None,
    held: SignedHead | None,
    tip: tuple[int, int],
    secret: bytes | None,
) -> Iterator[Finding]:
    check = db.execute("PRAGMA quick_check(1)").fetchone()[0]
    if check != "ok":
        yield Finding(Code.UNREADABLE, None, "The database file itself is damaged.")
    yield from check_schema(db)
    meta = db.execute("SELECT kiosk_id FROM meta").fetchone()
    if meta is None:
        yield Finding(Code.REMOVED, None, "The outbox does not say whose it is.")
        return
    kiosk = meta[0]
    epochs = db.execute(
        "SELECT epoch, last_seq, head, server_ack_seq, signed_head, frozen FROM epoch"
        " ORDER BY epoch"
    ).fetchall()
    newest = epochs[-1][0] if epochs else 0
    for epoch, last_seq, head, ack_seq, stored, frozen in epochs:
        rows = [_read(row) for row in db.execute(_ROWS, (epoch,))]
        yield from _rows(rows, kiosk, epoch, keys, ack_seq)
        yield from check_fate(db, epoch, secret)
        yield from _attachments(db, epoch)
        yield from _tail(rows, last_seq, head)
        if epoch == tip[0] and last_seq < tip[1]:
            yield Finding(
                Code.ROLLED_BACK,
                last_seq + 1,
                f"The outbox ends at {last_seq}, but transaction {tip[1]} was once in it: its log"
                " was deleted, or it was put back to an older copy.",
            )
        if stored is not None:
            signed = SignedHead.parse_json(stored)
            yield from _compare(rows, kiosk, epoch, head_key, signed, Code.TAIL_CUT)
            if frozen is None or epoch == newest:
                # What a closed epoch left was accepted under a later one: no head of it says so.
                yield from _unacknowledged(rows, signed)
        if held is not None and held.statement.epoch == epoch:
            yield from _compare(rows, kiosk, epoch, head_key, held, Code.ROLLED_BACK)
    if held is not None and held.statement.epoch not in {row[0] for row in epochs}:
        yield Finding(
            Code.ROLLED_BACK,
            None,
            f"The central API knows epoch {held.statement.epoch} of this terminal, the outbox"
            " does not: it was put back to an older copy.",
        )


def _rows(
    rows: list[_Row], kiosk: str, epoch: int, keys: _DeviceKeys, ack_seq: int
) -> Iterator[Finding]:
    device = keys.of(epoch)
    unsigned: list[_Row] = []
    expected_seq = 1
    expected_prev: str | None = GENESIS
    for row in rows:
        if row.seq > expected_seq:
            last = row.seq - 1
            which = f"{expected_seq}" if last == expected_seq else f"{expected_seq} to {last}"
            yield Finding(Code.REMOVED, expected_seq, f"Transaction {which} was removed.")
        yield from _envelope(row, ack_seq)
        record = row.record(kiosk, epoch, row.seq)
        # What an earlier epoch left, the present key may have signed anew.
        genuine = _signed(device, record, row.signature) or (
            device is not keys.current and _signed(keys.current, record, row.signature)
        )
        if not genuine:
            unsigned.append(row)
        elif row.seq == expected_seq and expected_prev not in (None, row.prev):
            yield Finding(
                Code.EDITED,
                row.seq,
                f"Transaction {row.seq} does not follow from the one before it.",
            )
        elif row.chain != record_hash(record):
            yield Finding(
                Code.EDITED, row.seq, f"The chain value kept with transaction {row.seq} was edited."
            )
        # The next link is judged by signed content; after an edited row there is none to judge by.
        expected_seq, expected_prev = row.seq + 1, record_hash(record) if genuine else None
    yield from _misplaced(unsigned, kiosk, epoch, device)


def _envelope(row: _Row, ack_seq: int) -> Iterator[Finding]:
    if row.envelope_sha256 is None:
        if row.seq > ack_seq:
            yield Finding(
                Code.REMOVED,
                row.seq,
                f"The envelope of transaction {row.seq} was removed before the central API had it.",
            )
    elif row.envelope_sha256 != row.sha256:
        yield Finding(
            Code.EDITED,
            row.seq,
            f"The envelope of transaction {row.seq} is not the one that was signed.",
        )
    if row.terms is not None and row.terms != row.terms_found:
        yield Finding(
            Code.EDITED,
            row.seq,
            f"What stands beside the envelope of transaction {row.seq} (its case, order, key, time"
            " or attachments) is not what was signed.",
        )


def _attachments(db: sqlite3.Connection, epoch: int) -> Iterator[Finding]:
    kept = db.execute(
        "SELECT seq, sha256 FROM attachment WHERE epoch = ? AND state <> 'purged' ORDER BY seq",
        (epoch,),
    ).fetchall()
    for seq, sha256 in kept:
        content = hashlib.sha256()
        for (chunk,) in db.execute(
            "SELECT sealed FROM attachment_chunk WHERE sha256 = ? ORDER BY number", (sha256,)
        ):
            content.update(chunk)
        if content.hexdigest() != sha256:
            sentence = f"An attachment of transaction {seq} is not the one that was signed."
            yield Finding(Code.EDITED, seq, sentence)


def _misplaced(
    unsigned: list[_Row], kiosk: str, epoch: int, device: ec.EllipticCurvePublicKey
) -> Iterator[Finding]:
    """Say of each row whose signature fails whether it belongs to another row's place."""
    places = [row.seq for row in unsigned][:_REORDER_SEARCH]
    for row in unsigned:
        home = next(
            (
                seq
                for seq in places
                if seq != row.seq and _signed(device, row.record(kiosk, epoch, seq), row.signature)
            ),
            None,
        )
        if home is None:
            sentence = f"Transaction {row.seq} was edited: the device did not sign it like this."
            yield Finding(Code.EDITED, row.seq, sentence)
        else:
            sentence = f"The transaction at place {row.seq} belongs at place {home}."
            yield Finding(Code.REORDERED, row.seq, sentence)


def _tail(rows: list[_Row], last_seq: int, head: str) -> Iterator[Finding]:
    actual = rows[-1].seq if rows else 0
    if actual < last_seq:
        yield Finding(
            Code.TAIL_CUT,
            actual + 1,
            f"The outbox counted {last_seq} transactions, but they end at {actual}.",
        )
    elif actual > last_seq or (rows[-1].chain if rows else GENESIS) != head:
        yield Finding(
            Code.EDITED, actual, f"The outbox's own head does not belong to transaction {actual}."
        )


def _compare(
    rows: list[_Row],
    kiosk: str,
    epoch: int,
    head_key: bytes | None,
    signed: SignedHead,
    missing: Code,
) -> Iterator[Finding]:
    statement = signed.statement
    if head_key is not None:
        try:
            verify_head(head_key, signed)
        except ChainBroken:
            yield Finding(
                Code.HEAD_FORGED,
                statement.ack_seq,
                "The countersigned head is not signed by the central API.",
            )
            return
    if (statement.kiosk, statement.epoch) != (kiosk, epoch):
        yield Finding(
            Code.HEAD_FORGED,
            statement.ack_seq,
            "The countersigned head belongs to another terminal or epoch.",
        )
        return
    actual = rows[-1].seq if rows else 0
    if statement.ack_seq > actual:
        how = (
            "its end was cut off"
            if missing is Code.TAIL_CUT
            else "it was put back to an older copy, or its end was cut off"
        )
        yield Finding(
            missing,
            actual + 1,
            f"The central API holds transactions up to {statement.ack_seq}, the outbox ends at"
            f" {actual}: {how}.",
        )
        return
    chain = next((row.chain for row in rows if row.seq == statement.ack_seq), None)
    if statement.ack_seq == 0:
        chain = GENESIS
    if chain is not None and chain != statement.head:
        yield Finding(
            Code.FORKED,
            statement.ack_seq,
            f"The central API holds another transaction {statement.ack_seq} than this outbox: the"
            " disk was cloned, or the outbox was rewritten.",
        )


def _unacknowledged(rows: list[_Row], signed: SignedHead) -> Iterator[Finding]:
    """Find a transaction that is marked as sent although the central API does not have it."""
    following = signed.statement.ack_seq + 1
    for row in rows:
        if row.seq == following and row.state == "accepted":
            yield Finding(
                Code.EDITED,
                row.seq,
                f"Transaction {row.seq} is marked as accepted, but the countersigned head stops"
                " before it.",
            )


def _signed(device: ec.EllipticCurvePublicKey, record: ChainRecord, signature: str) -> bool:
    try:
        verify_record(device, record, signature)
    except ChainBroken:
        return False
    return True
