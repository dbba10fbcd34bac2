"""The outbox: what is in it survives the process, the power and the network.

One process holds it (a lock on a side file), through one connection. Calls may come from any
thread: one lock serialises them, so there is one writer at any moment, and every call is a short
transaction of its own.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue import ledger
from offline_queue.chain import (
    b64url_decode,
    envelope_hash,
    record_hash,
    sign_record,
    verify_head,
)
from offline_queue.clock import Clock, SystemClock
from offline_queue.connection import Connection
from offline_queue.errors import (
    PASSING,
    AnswerMismatch,
    OutboxUnavailable,
    PayloadTooLarge,
    Reason,
    TransactionConflict,
)
from offline_queue.outside import describe
from offline_queue.records import (
    Enqueued,
    OutboxStatus,
    Recorded,
    State,
    Submission,
    payload_fingerprint,
)
from offline_queue.sealing import SEAL_OVERHEAD, associated_data, key_id, seal
from offline_queue.wire import (
    BATCH_MAX_BYTES,
    BATCH_MAX_ITEMS,
    ENVELOPE_MAX_BYTES,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    ChainRecord,
    Enrolment,
    ItemAnswer,
    Outcome,
    Problem,
    SignedHead,
)

_log = structlog.get_logger()

_BATCH_FRAME_BYTES = 128
"""What a batch adds around its items, in bytes of JSON."""


@dataclass(frozen=True, slots=True)
class _Keys:
    device: ec.EllipticCurvePrivateKey
    secret: bytes


class Outbox:
    """The durable queue between the citizen's confirmation and the central API."""

    def __init__(self, connection: Connection, keys: _Keys, clock: Clock) -> None:
        """Take over an opened database; use ``open``."""
        self._connection = connection
        self._keys = keys
        self._clock = clock
        self._kiosk = ""
        self._epoch = 0
        self._sealing_key_id = ""
        self._sealing_key = b""
        self._head_key = b""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        enrolment: Enrolment,
        device_key: ec.EllipticCurvePrivateKey,
        secret: bytes,
        clock: Clock | None = None,
    ) -> Self:
        """Open or create the outbox of an enrolled terminal.

        ``device_key`` is the terminal's P-256 key, ``secret`` at least 16 random bytes that are
        kept beside it and not in the database. An enrolment with other keys rotates them from
        here on; one with a higher epoch starts a new chain, and the old one is sent to its end.
        Raises ``OutboxLocked``, ``OutboxUnavailable``, or ``ValueError`` for unusable keys.
        """
        if len(secret) < 16:
            raise ValueError("the secret needs at least 16 bytes")
        outbox = cls(Connection(path), _Keys(device_key, secret), clock or SystemClock())
        try:
            outbox._start(enrolment)
        except BaseException:
            outbox.close()
            raise
        return outbox

    def close(self) -> None:
        """Close the database and let go of the lock; closing twice is harmless."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Return the outbox."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the outbox."""
        self.close()

    # What the terminal calls

    def enqueue(self, submission: Submission) -> Enqueued:
        """Seal, chain, sign and commit one transaction; when this returns, it is kept.

        The same ``tx_id`` with the same payload again returns what the first call returned.
        Raises ``TransactionConflict`` when the payload differs, ``PayloadTooLarge``, and
        ``OutboxUnavailable``; then nothing was taken.
        """
        if len(submission.payload) + SEAL_OVERHEAD > ENVELOPE_MAX_BYTES:
            raise PayloadTooLarge(f"an envelope holds {ENVELOPE_MAX_BYTES - SEAL_OVERHEAD} bytes")
        fingerprint = payload_fingerprint(self._keys.secret, submission.tx_id, submission.payload)
        with self._connection.transaction() as db:
            known = db.execute(
                "SELECT fingerprint, epoch, seq, chain FROM outbox WHERE tx_id = ?",
                (submission.tx_id,),
            ).fetchone()
            if known is not None:
                if known[0] != fingerprint:
                    raise TransactionConflict("this tx_id is taken by another payload")
                return Enqueued(known[1], known[2], known[3])
            return self._append(db, submission, fingerprint)

    def result(self, tx_id: str) -> Recorded | None:
        """Return what is known of a transaction, or ``None`` when it was never here."""
        with self._connection.reading() as db:
            return ledger.read_recorded(db, tx_id)

    def status(self) -> OutboxStatus:
        """Describe the outbox at this moment.

        While a passing trouble (a full disk, for example) keeps it shut, this also tries whether
        the largest envelope could be written again. Raises ``OutboxUnavailable`` when it cannot
        even be read.
        """
        if self._connection.trouble in PASSING:
            with contextlib.suppress(OutboxUnavailable):
                self._try_to_write()
        with self._connection.reading() as db:
            return describe(db, self._clock, self._connection.trouble)

    # What the syncer calls; ``now`` is always monotonic time

    def take_batch(
        self,
        now: float,
        max_items: int = BATCH_MAX_ITEMS,
        max_bytes: int = BATCH_MAX_BYTES,
    ) -> BatchRequest | None:
        """Take the next transactions to send, in order, and mark them as on their way.

        All are of one epoch and fit into ``max_bytes`` of JSON (one always does). ``None`` when
        nothing can be sent now. There is one syncer, so whatever is still on its way when the
        next batch is taken has lost its answer and goes again. A row that the disk damaged is set
        aside. Raises ``OutboxUnavailable``.
        """
        with self._connection.transaction() as db:
            ledger.recover_inflight(db)
            items: list[BatchItem] = []
            size = _BATCH_FRAME_BYTES
            for row in ledger.sendable(db, now, max_items):
                try:
                    item = ledger.to_item(self._kiosk, row)
                except ValueError:
                    self._set_aside(db, row)
                    continue
                size += len(item.model_dump_json()) + 1
                if items and (size > max_bytes or item.record.epoch != items[0].record.epoch):
                    break
                items.append(item)
            chain = ledger.read_chain(db, self._epoch)
            db.executemany(
                "UPDATE outbox SET state = 'inflight', attempts = attempts + 1 WHERE tx_id = ?",
                [(item.record.tx_id,) for item in items],
            )
        if not items:
            if chain is not None and chain.frozen:
                raise OutboxUnavailable(Reason.FROZEN)
            return None
        return BatchRequest(kiosk=self._kiosk, epoch=items[0].record.epoch, items=items)

    def has_ready(self) -> bool:
        """Tell whether anything waits to be sent, now or later."""
        with self._connection.reading() as db:
            row = db.execute("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'ready')")
            return bool(row.fetchone()[0])

    def next_due(self, now: float) -> float | None:
        """Return the time, after ``now``, at which the next transaction told to wait may go."""
        with self._connection.reading() as db:
            row = db.execute(
                "SELECT min(next_at) FROM outbox WHERE state = 'ready' AND next_at > ?", (now,)
            ).fetchone()
            return None if row[0] is None else float(row[0])

    def apply_answers(
        self, sent: Sequence[str], answer: BatchAnswer, now: float, server_time: datetime | None
    ) -> list[ItemAnswer]:
        """Write down what the central API answered to the transactions ``sent``.

        Returns the answers that settled a transaction just now. Raises ``AnswerMismatch`` when
        the answers are not those of this batch, ``ChainBroken`` when the countersignature is not
        valid (both change nothing), and ``OutboxUnavailable``: with ``Reason.FROZEN`` when the
        central API holds another chain; then every transaction stays as it was.
        """
        if sorted(item.tx_id for item in answer.answers) != sorted(sent):
            raise AnswerMismatch("the answers are not for the transactions that were sent")
        verify_head(self._head_key, answer.head)
        with self._connection.transaction() as db:
            agreed = self._compare(db, answer.head)
            if agreed:
                settled = [
                    item
                    for item in answer.answers
                    if ledger.settle(db, self._clock, item, ledger.state_after(item), now)
                ]
                self._adopt(db, answer.head)
            else:
                settled = []
                ledger.recover_inflight(db)
            self._note_contact(db, server_time)
        if not agreed:
            raise OutboxUnavailable(Reason.FROZEN)
        return settled

    def check_head(self, signed: SignedHead) -> None:
        """Compare the central API's signed head with this chain; call it before sending.

        Raises ``ChainBroken`` and ``OutboxUnavailable`` as ``apply_answers`` does.
        """
        verify_head(self._head_key, signed)
        with self._connection.transaction() as db:
            agreed = self._compare(db, signed)
            if agreed:
                self._adopt(db, signed)
        if not agreed:
            raise OutboxUnavailable(Reason.FROZEN)

    def release(self, sent: Sequence[str], next_at: float, *, charged: bool) -> None:
        """Put transactions that were on their way back in line, not before ``next_at``.

        ``charged`` says whether the attempt counts: it does unless they surely arrived nowhere.
        """
        with self._connection.transaction() as db:
            db.executemany(
                "UPDATE outbox SET state = 'ready', next_at = ?, attempts = attempts - ?"
                " WHERE tx_id = ? AND state = 'inflight'",
                [(next_at, 0 if charged else 1, tx_id) for tx_id in sent],
            )

    def quarantine(self, tx_id: str, problem: Problem) -> ItemAnswer:
        """Set a transaction aside that the central API cannot read; returns it as an answer."""
        answer = ItemAnswer(tx_id=tx_id, outcome=Outcome.REJECTED, problem=problem)
        with self._connection.transaction() as db:
            ledger.settle(db, self._clock, answer, State.QUARANTINED, 0.0)
        return answer

    def expire(self, server_now: datetime) -> int:
        """Give up what lost its meaning by the central API's clock and was never sent."""
        with self._connection.transaction() as db:
            return ledger.expire(db, self._clock, server_now)

    # Inside

    def _start(self, enrolment: Enrolment) -> None:
        sealing = b64url_decode(enrolment.sealing_public_key)
        head_key = b64url_decode(enrolment.head_public_key)
        if key_id(sealing) != enrolment.sealing_key_id or key_id(head_key) != enrolment.head_key_id:
            raise ValueError("the enrolment names its keys wrongly")
        seal(sealing, b"probe", b"")  # raises ValueError now rather than before a citizen
        with self._connection.transaction() as db:
            before = ledger.read_meta(db)
            if before is not None and (
                before.kiosk != enrolment.kiosk or before.epoch > enrolment.epoch
            ):
                raise OutboxUnavailable(Reason.OTHER_TERMINAL)
            ledger.write_meta(db, enrolment, sealing, head_key)
            ledger.recover_inflight(db)
            ledger.forget_waits(db)
            chain = ledger.read_chain(db, enrolment.epoch)
            if chain is not None and not chain.frozen and not ledger.tail_is_whole(db, chain):
                ledger.freeze(db, self._clock, chain.epoch, ledger.TAIL_CUT)
                _log.error("outbox.frozen", epoch=chain.epoch, why=ledger.TAIL_CUT)
            ledger.log(db, self._clock, "opened", enrolment.epoch, detail=enrolment.sealing_key_id)
        self._kiosk, self._epoch = enrolment.kiosk, enrolment.epoch
        self._sealing_key_id, self._sealing_key = enrolment.sealing_key_id, sealing
        self._head_key = head_key
        _log.info("outbox.opened", epoch=self._epoch, last_seq=chain.last_seq if chain else 0)

    def _try_to_write(self) -> None:
        """Write as much as the largest envelope and let go of it, so that the next has its room.

        A single line fits on a disk on which no envelope does: the terminal would serve, and fail
        every citizen at the last step.
        """
        with self._connection.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS room (filler BLOB) STRICT")
            db.execute("INSERT INTO room VALUES (zeroblob(?))", (ENVELOPE_MAX_BYTES,))
            ledger.log(db, self._clock, "write-tried", self._epoch)
        with self._connection.transaction() as db:
            db.execute("DROP TABLE room")

    def _append(self, db: sqlite3.Connection, sub: Submission, fingerprint: bytes) -> Enqueued:
        chain = ledger.read_chain(db, self._epoch)
        if chain is None:
            raise OutboxUnavailable(Reason.CORRUPT)
        if chain.frozen:
            raise OutboxUnavailable(Reason.FROZEN)
        seq = chain.last_seq + 1
        place = associated_data(self._kiosk, self._epoch, seq, sub.tx_id, sub.schema_version)
        envelope = seal(self._sealing_key, sub.payload, place)
        record = ChainRecord(
            kiosk=self._kiosk,
            epoch=self._epoch,
            seq=seq,
            tx_id=sub.tx_id,
            prev=chain.head,
            sha256=envelope_hash(envelope),
        )
        head = record_hash(record)
        db.execute(
            "INSERT INTO outbox (epoch, seq, tx_id, case_ref, case_seq, state, expires_at,"
            " confirmed_at, schema_version, key_id, fingerprint, sha256, prev, chain, signature,"
            " envelope) VALUES (?, ?, ?, ?, ?, 'ready', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                self._epoch,
                seq,
                sub.tx_id,
                sub.case_ref,
                ledger.next_case_seq(db, sub.case_ref),
                None if sub.expires_at is None else ledger.timestamp(sub.expires_at),
                ledger.timestamp(sub.confirmed_at),
                sub.schema_version,
                self._sealing_key_id,
                fingerprint,
                record.sha256,
                record.prev,
                head,
                sign_record(self._keys.device, record),
                envelope,
            ),
        )
        db.execute(
            "UPDATE epoch SET last_seq = ?, head = ? WHERE epoch = ?", (seq, head, self._epoch)
        )
        ledger.log(db, self._clock, "enqueued", self._epoch, seq)
        return Enqueued(self._epoch, seq, head)

    def _set_aside(self, db: sqlite3.Connection, row: Sequence[object]) -> None:
        epoch, seq, tx_id = row[:3]
        db.execute("UPDATE outbox SET state = 'quarantined' WHERE tx_id = ?", (tx_id,))
        if isinstance(epoch, int) and isinstance(seq, int):
            ledger.log(db, self._clock, "damaged", epoch, seq)
        _log.error("outbox.row_damaged", epoch=epoch, seq=seq)

    def _compare(self, db: sqlite3.Connection, signed: SignedHead) -> bool:
        """Tell whether a head is of this chain; freeze the epoch when it is not."""
        statement = signed.statement
        if statement.kiosk == self._kiosk and ledger.agrees(db, statement):
            return True
        ledger.freeze(db, self._clock, self._epoch, ledger.FORKED)
        _log.error("outbox.frozen", epoch=self._epoch, why=ledger.FORKED)
        return False

    def _adopt(self, db: sqlite3.Connection, signed: SignedHead) -> None:
        chain = ledger.read_chain(db, signed.statement.epoch)
        if chain is not None:
            ledger.adopt_head(db, self._clock, chain, signed)

    def _note_contact(self, db: sqlite3.Connection, server_time: datetime | None) -> None:
        now = self._clock.now()
        skew = None if server_time is None else (server_time - now).total_seconds()
        db.execute(
            "UPDATE meta SET last_contact_at = ?, clock_skew_s = coalesce(?, clock_skew_s)",
            (ledger.timestamp(now), skew),
        )
