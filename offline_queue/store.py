"""The outbox: what is in it survives the process, the power and the network.

One process holds it (a lock on a side file), through one connection. Calls may come from any
thread: one lock serialises them, so there is one writer at any moment, and every call is a short
transaction of its own.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Self

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue import (
    acknowledgement,
    attachments,
    delivery,
    intake,
    ledger,
    overview,
    quarantine,
    usb_export,
)
from offline_queue.answers import Answers
from offline_queue.batching import that_fit
from offline_queue.chain import b64url_decode
from offline_queue.clock import Clock, SystemClock
from offline_queue.connection import Connection
from offline_queue.errors import (
    PASSING,
    OutboxFull,
    OutboxUnavailable,
    Reason,
    TransactionConflict,
)
from offline_queue.inspection import describe
from offline_queue.keys import TerminalKeys
from offline_queue.opening import bring_up, mend_unproven
from offline_queue.presealing import Presealer
from offline_queue.quota import Quota, QuotaGuard
from offline_queue.records import (
    Enqueued,
    OutboxStatus,
    Recorded,
    State,
    Submission,
    payload_fingerprint,
)
from offline_queue.sealing import key_id, seal
from offline_queue.usb_export import Exported, Imported
from offline_queue.wire import (
    BATCH_MAX_BYTES,
    BATCH_MAX_ITEMS,
    ENVELOPE_MAX_BYTES,
    BatchAnswer,
    BatchRequest,
    Enrolment,
    ItemAnswer,
    Outcome,
    Problem,
    SignedHead,
    SignedTicket,
)

_log = structlog.get_logger()


class Outbox:
    """The durable queue between the citizen's confirmation and the central API."""

    def __init__(
        self,
        connection: Connection,
        secret: bytes,
        quota: QuotaGuard,
        clock: Clock,
        keys: TerminalKeys,
    ) -> None:
        """Take over an opened database; use ``open``."""
        self._connection = connection
        self._secret = secret
        self._quota = quota
        self._clock = clock
        self._keys = keys
        self._answers = Answers(connection, clock, keys)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        enrolment: Enrolment,
        device_key: ec.EllipticCurvePrivateKey,
        secret: bytes,
        clock: Clock | None = None,
        quota: Quota | None = None,
    ) -> Self:
        """Open or create the outbox of an enrolled terminal.

        ``device_key`` is the terminal's P-256 key, ``secret`` at least 16 random bytes that are
        kept beside it and not in the database. An enrolment with other keys rotates them from
        here on; one with a higher epoch starts a new chain, and the old one is sent to its end.
        Raises ``OutboxLocked``, ``OutboxUnavailable``, or ``ValueError`` for unusable keys.
        """
        if len(secret) < 16:
            raise ValueError("the secret needs at least 16 bytes")
        sealing = b64url_decode(enrolment.sealing_public_key)
        if key_id(sealing) != enrolment.sealing_key_id:
            raise ValueError("the enrolment names its keys wrongly")
        seal(sealing, b"probe", b"")  # raises ValueError now rather than before a citizen
        keys = TerminalKeys(
            enrolment.kiosk,
            enrolment.epoch,
            enrolment.sealing_key_id,
            sealing,
            device_key,
            Presealer(sealing),
        )
        guard = QuotaGuard(path, quota or Quota())
        outbox = cls(Connection(path, secret), secret, guard, clock or SystemClock(), keys)
        try:
            outbox._answers.head_key = bring_up(outbox._connection, outbox._clock, keys, enrolment)
        except BaseException:
            outbox.close()
            raise
        return outbox

    def close(self) -> None:
        """Close the database and let go of the lock; closing twice is harmless."""
        self._connection.close()
        self._keys.presealer.close()

    def __enter__(self) -> Self:
        """Return the outbox."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the outbox."""
        self.close()

    # What the terminal calls

    def enqueue(self, submission: Submission) -> Enqueued:
        """Seal, chain, sign and commit one transaction; when this returns, it is kept.

        The same ``tx_id`` with the same content again returns what the first call returned.
        Raises ``TransactionConflict`` when the content differs, ``PayloadTooLarge``,
        ``OutboxFull`` and ``OutboxUnavailable``; then nothing was taken.
        """
        intake.check_size(submission)
        fingerprint = payload_fingerprint(
            self._secret, submission.tx_id, submission.payload, submission.attachments
        )
        with self._connection.transaction() as db:
            known = db.execute(
                "SELECT fingerprint, epoch, seq, chain FROM outbox WHERE tx_id = ?",
                (submission.tx_id,),
            ).fetchone()
            if known is not None:
                if known[0] != fingerprint:
                    raise TransactionConflict("this tx_id is taken by another payload")
                return Enqueued(known[1], known[2], known[3])
            kept = intake.append(db, self._clock, self._quota, self._keys, submission, fingerprint)
        # A hint for the next start: what is kept is kept without it, on a full disk too.
        with contextlib.suppress(OSError):
            self._connection.write_tip(kept.epoch, kept.seq)
        return kept

    def result(self, tx_id: str) -> Recorded | None:
        """Return what is known of a transaction, or ``None`` when it was never here."""
        with self._connection.reading() as db:
            return overview.read_recorded(db, tx_id)

    def status(self) -> OutboxStatus:
        """Describe the outbox at this moment.

        ``unavailable`` says why no new visit may begin; with ``Reason.QUOTA``, one that began can
        still end. While a passing trouble (a full disk, for example) keeps it shut, this also
        tries whether the largest envelope could be written again. Raises ``OutboxUnavailable``
        when it cannot even be read.
        """
        if self._connection.trouble in PASSING:
            with contextlib.suppress(OutboxUnavailable):
                self._try_to_write()
        with self._connection.reading() as db:
            trouble = self._connection.trouble
            try:
                self._quota.ensure(db)
            except OutboxFull as full:
                trouble = trouble or full.reason
            return describe(db, self._clock, trouble)

    # What the syncer calls; ``now`` is always monotonic time

    def prepare(self) -> None:
        """Do ahead what a visit would otherwise wait for. Takes a moment, and holds nobody up.

        Nothing depends on it: without, an enqueue takes a little longer.
        """
        self._keys.presealer.prepare()
        self._connection.reserve_log()

    def take_batch(
        self,
        now: float,
        max_items: int = BATCH_MAX_ITEMS,
        max_bytes: int = BATCH_MAX_BYTES,
    ) -> BatchRequest | None:
        """Take the next transactions to send, in order, and mark them as on their way.

        All are of one epoch and fit into ``max_bytes`` of JSON (one always does). Behind those of
        the terminal's own epoch go what is stranded in earlier ones and what is void. ``None``
        when nothing can be sent now. There is one syncer, so whatever is still on its way when
        the next batch is taken has lost its answer and goes again. A row that the disk damaged is
        set aside. Raises ``OutboxUnavailable``.
        """
        # Not durable: what a power cut undoes here is that rows were sent, not the rows. In two
        # short steps with the work between them, so that no visit waits for it.
        with self._connection.transaction(durable=False) as db:
            delivery.recover_inflight(db)
            rows = list(delivery.sendable(db, now, max_items))
            chain = ledger.read_chain(db, self._keys.epoch)
        frozen = chain is not None and chain.frozen is not None
        found, damaged = delivery.to_items(self._keys.kiosk, rows)
        epoch = found[0].record.epoch if found else self._keys.epoch
        with self._connection.transaction(durable=False) as db:
            for row in damaged:
                quarantine.put_damaged(db, self._clock, row)
            if epoch == self._keys.epoch and not frozen:
                left = max_items - len(found)
                found += quarantine.stranded_items(db, self._clock, self._keys, now, left)
                found += quarantine.void_items(db, self._keys, now, max_items - len(found))
            items = delivery.mark_inflight(db, that_fit(found, epoch, max_bytes))
        if not items:
            if frozen:
                raise OutboxUnavailable(Reason.FROZEN)
            # What stands behind damaged rows may go; each of these was set aside just now.
            return self.take_batch(now, max_items, max_bytes) if damaged else None
        return BatchRequest(kiosk=self._keys.kiosk, epoch=epoch, items=items)

    def mend_unproven(self) -> int:
        """Let every row wait again that does not prove to be settled; returns how many.

        The disk may have changed it: sent again, it is answered as a duplicate.
        """
        return mend_unproven(self._connection, self._clock)

    def merge_log(self) -> None:
        """Copy the write-ahead log into the database, when something was written since."""
        self._connection.merge_log()

    def has_ready(self) -> bool:
        """Tell whether anything waits to be sent, now or later."""
        with self._connection.reading() as db:
            row = db.execute("SELECT EXISTS (SELECT 1 FROM outbox WHERE state = 'ready')")
            return bool(row.fetchone()[0])

    def next_due(self, now: float) -> float | None:
        """Return the time, after ``now``, at which the next transaction told to wait may go."""
        with self._connection.reading() as db:
            row = db.execute(
                "SELECT min(next_at) FROM outbox WHERE state = 'ready'"  # noqa: S608 - constant
                f" AND NOT {delivery.due('next_at')}",
                (now, now),
            ).fetchone()
            due = (row[0], quarantine.next_due(db, now), attachments.next_due(db, now))
            return min((float(each) for each in due if each is not None), default=None)

    def apply_answers(
        self, sent: Sequence[str], answer: BatchAnswer, now: float, server_time: datetime | None
    ) -> list[ItemAnswer]:
        """Write down what the central API answered to the transactions ``sent``.

        Returns the answers that settled a transaction just now. Raises ``AnswerMismatch`` when
        the answers are not those of this batch, ``ChainBroken`` when the countersignature is not
        valid (both change nothing), and ``OutboxUnavailable``: with ``Reason.FROZEN`` when the
        central API holds another chain; then every transaction stays as it was.
        """
        return self._answers.apply(sent, answer, now, server_time)

    @property
    def kiosk(self) -> str:
        """Whose outbox this is."""
        return self._keys.kiosk

    @property
    def losses(self) -> int:
        """How often the central API turned out to hold less than before, since the start."""
        return self._answers.losses

    def epochs_at_risk(self) -> list[int]:
        """Return the epochs of which the central API may still lose what it acknowledged.

        ``check_head`` finds it out, of each of them.
        """
        with self._connection.reading() as db:
            return acknowledgement.at_risk(db)

    def check_head(self, signed: SignedHead) -> None:
        """Compare the central API's signed head with this chain; call it before sending.

        Raises ``ChainBroken`` and ``OutboxUnavailable`` as ``apply_answers`` does.
        """
        self._answers.check_head(signed)

    def release(self, sent: Sequence[str], next_at: float, *, charged: bool) -> None:
        """Put transactions that were on their way back in line, not before ``next_at``.

        ``charged`` says whether the attempt counts: it does unless they surely arrived nowhere.
        """
        with self._connection.transaction(durable=False) as db:
            db.executemany(
                "UPDATE outbox SET state = 'ready', next_at = ?, attempts = attempts - ?"
                " WHERE tx_id = ? AND state = 'inflight'",
                [(next_at, 0 if charged else 1, tx_id) for tx_id in sent],
            )

    def quarantine(self, tx_id: str, problem: Problem) -> ItemAnswer | None:
        """Set a transaction aside that the central API cannot read; returns it as an answer.

        ``None`` when it was its void item that cannot be read: nothing new about the transaction.
        """
        answer = ItemAnswer(tx_id=tx_id, outcome=Outcome.REJECTED, problem=problem)
        with self._connection.transaction() as db:
            if delivery.settle(db, self._clock, answer, State.QUARANTINED, 0.0):
                quarantine.declare_unreadable(db, tx_id)
                return answer
            quarantine.refuse_void(db, tx_id)
            return None

    def close_epoch(self, epoch: int, why: str) -> bool:
        """Stop sending under an earlier epoch; what waits in it goes as stranded from now on.

        Returns ``False``, and does nothing, for the terminal's own epoch.
        """
        if epoch >= self._keys.epoch:
            return False
        with self._connection.transaction() as db:
            delivery.recover_inflight(db)
            ledger.freeze(db, self._clock, epoch, why)
        return True

    def release_case(self, tx_id: str) -> int:
        """Let go what waits behind a refused transaction of its case; returns how many."""
        with self._connection.transaction() as db:
            return delivery.release_case(db, self._clock, tx_id)

    def next_attachment(self, now: float) -> tuple[SignedTicket, int] | None:
        """Return the ticket of the next attachment to upload and how often it was tried."""
        with self._connection.reading() as db:
            pending = attachments.next_pending(db, now)
        return None if pending is None else (pending.ticket(self._keys), pending.attempts)

    def attachment_range(self, sha256: str, first: int) -> bytes:
        """Return sealed bytes of an attachment from ``first`` on, for one request."""
        with self._connection.reading() as db:
            return attachments.read_range(db, sha256, first)

    def attachment_uploaded(self, sha256: str) -> None:
        """Note that the central API holds an attachment whole."""
        with self._connection.transaction(durable=False) as db:
            attachments.uploaded(db, sha256)

    def postpone_attachment(self, sha256: str, next_at: float) -> None:
        """Let one attachment wait until the monotonic time ``next_at``."""
        with self._connection.transaction(durable=False) as db:
            attachments.postpone(db, sha256, next_at)

    def expire(self, server_now: datetime) -> int:
        """Give up what lost its meaning by the central API's clock and was never sent."""
        with self._connection.transaction() as db:
            return delivery.expire(db, self._clock, server_now)

    # What is carried by hand

    def export(self, directory: Path) -> Exported:
        """Write all that waits, sealed as it is, to a new folder within ``directory``.

        The outbox keeps everything and goes on as before, over the network too: whatever arrives
        twice is a duplicate. Raises ``FolderUnwritable`` and ``OutboxUnavailable``.
        """
        return usb_export.export_folder(self._connection, self._clock, self._keys, directory)

    def import_results(self, directory: Path) -> Imported:
        """Take over the central API's answers from ``directory`` or the results within it.

        The same results again change nothing. Raises ``FolderBroken`` before anything of a folder
        is taken, and as ``apply_answers``.
        """
        return usb_export.import_results(
            self._answers.head_key, self._answers.apply_carried, directory
        )

    # Inside

    def _try_to_write(self) -> None:
        """Write as much as the largest envelope and let go of it, so that the next has its room.

        A single line fits on a disk on which no envelope does: the terminal would serve, and fail
        every citizen at the last step.
        """
        with self._connection.transaction() as db:
            db.execute("CREATE TABLE IF NOT EXISTS room (filler BLOB) STRICT")
            db.execute("INSERT INTO room VALUES (zeroblob(?))", (ENVELOPE_MAX_BYTES,))
            ledger.log(db, self._clock, "write-tried", self._keys.epoch)
        with self._connection.transaction() as db:
            db.execute("DROP TABLE room")
