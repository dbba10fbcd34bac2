"""Taking one transaction in: sealed, chained, signed and written in the caller's transaction."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence

from offline_queue import ledger
from offline_queue.chain import (
    canonical,
    envelope_hash,
    sign_by_device,
    terms_hash,
    timestamp,
)
from offline_queue.clock import Clock
from offline_queue.errors import OutboxUnavailable, PayloadTooLarge, Reason
from offline_queue.keys import TerminalKeys
from offline_queue.quota import QuotaGuard
from offline_queue.records import Enqueued, Submission
from offline_queue.sealing import (
    SEAL_OVERHEAD,
    associated_data,
    attachment_place,
    seal_chunks,
)
from offline_queue.wire import (
    ATTACHMENT_MAX_BYTES,
    ATTACHMENTS_MAX,
    ENVELOPE_MAX_BYTES,
    AttachmentRef,
    ChainRecord,
)


def check_size(submission: Submission) -> None:
    """Raise ``PayloadTooLarge`` for what cannot be sent."""
    if len(submission.payload) + SEAL_OVERHEAD > ENVELOPE_MAX_BYTES:
        raise PayloadTooLarge(f"an envelope holds {ENVELOPE_MAX_BYTES - SEAL_OVERHEAD} bytes")
    if len(submission.attachments) > ATTACHMENTS_MAX:
        raise PayloadTooLarge(f"a transaction has at most {ATTACHMENTS_MAX} attachments")
    if any(len(content) > ATTACHMENT_MAX_BYTES for content in submission.attachments):
        raise PayloadTooLarge(f"an attachment holds {ATTACHMENT_MAX_BYTES} bytes")


def append(
    db: sqlite3.Connection,
    clock: Clock,
    quota: QuotaGuard,
    keys: TerminalKeys,
    submission: Submission,
    fingerprint: bytes,
) -> Enqueued:
    """Add a transaction to the end of the chain.

    Raises ``OutboxUnavailable`` and ``OutboxFull``.
    """
    tip = db.execute(
        "SELECT last_seq, head, frozen, (SELECT sum(kept_bytes) FROM epoch),"
        " (SELECT coalesce(max(case_seq), 0) + 1 FROM outbox WHERE case_ref = ?)"
        " FROM epoch WHERE epoch = ?",
        (submission.case_ref, keys.epoch),
    ).fetchone()
    if tip is None:
        raise OutboxUnavailable(Reason.CORRUPT)
    if tip[2]:
        raise OutboxUnavailable(Reason.FROZEN)
    seq, prev = tip[0] + 1, tip[1]
    place = associated_data(
        keys.kiosk, keys.epoch, seq, submission.tx_id, submission.schema_version
    )
    envelope = keys.presealer.seal(submission.payload, place)
    attached = _seal_attachments(keys, submission)
    refs = [ref for ref, _ in attached]
    size = len(envelope) + sum(ref.size for ref in refs)
    quota.ensure_fits(tip[3], size)
    case_seq = tip[4]
    confirmed_at = timestamp(submission.confirmed_at)
    terms = terms_hash(
        submission.case_ref,
        case_seq,
        submission.schema_version,
        keys.sealing_key_id,
        confirmed_at,
        refs,
    )
    record = ChainRecord(
        kiosk=keys.kiosk,
        epoch=keys.epoch,
        seq=seq,
        tx_id=submission.tx_id,
        prev=prev,
        sha256=envelope_hash(envelope),
        terms=terms,
    )
    signed = canonical(record)
    head = hashlib.sha256(signed).hexdigest()
    db.execute(
        "INSERT INTO outbox (epoch, seq, tx_id, case_ref, case_seq, state, expires_at,"
        " confirmed_at, schema_version, key_id, fingerprint, sha256, prev, chain, signature,"
        " terms, attachments, envelope, kept_proof)"
        " VALUES (?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,"
        " kept_proof(CAST(?3 AS BLOB), CAST(?6 AS BLOB), ?10))",
        (
            keys.epoch,
            seq,
            submission.tx_id,
            submission.case_ref,
            case_seq,
            None if submission.expires_at is None else timestamp(submission.expires_at),
            confirmed_at,
            submission.schema_version,
            keys.sealing_key_id,
            fingerprint,
            record.sha256,
            prev,
            head,
            sign_by_device(keys.device_key, signed),
            terms,
            json.dumps([ref.plain() for ref in refs]) if refs else None,
            envelope,
        ),
    )
    for ref, chunks in attached:
        _write_attachment(db, keys.epoch, seq, ref, chunks)
    db.execute(
        "UPDATE epoch SET last_seq = ?, head = ?, kept_bytes = kept_bytes + ? WHERE epoch = ?",
        (seq, head, size, keys.epoch),
    )
    ledger.log(db, clock, "enqueued", keys.epoch, seq)
    keys.presealer.prepare()  # while the caller's COMMIT waits for the disk
    return Enqueued(keys.epoch, seq, head)


def _seal_attachments(
    keys: TerminalKeys, submission: Submission
) -> list[tuple[AttachmentRef, list[bytes]]]:
    attached = []
    for number, content in enumerate(submission.attachments, start=1):
        place = attachment_place(keys.kiosk, submission.tx_id, number)
        chunks = seal_chunks(keys.sealing_key, content, place)
        whole = hashlib.sha256()
        for chunk in chunks:
            whole.update(chunk)
        size = sum(map(len, chunks))
        attached.append((AttachmentRef(sha256=whole.hexdigest(), size=size), chunks))
    return attached


def _write_attachment(
    db: sqlite3.Connection, epoch: int, seq: int, ref: AttachmentRef, chunks: Sequence[bytes]
) -> None:
    db.execute(
        "INSERT INTO attachment (sha256, epoch, seq, size, state) VALUES (?, ?, ?, ?, 'ready')",
        (ref.sha256, epoch, seq, ref.size),
    )
    db.executemany(
        "INSERT INTO attachment_chunk (sha256, number, sealed) VALUES (?, ?, ?)",
        [(ref.sha256, number, chunk) for number, chunk in enumerate(chunks)],
    )
