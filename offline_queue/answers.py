"""What the central API answered: believed, compared with the chain, and written down."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import structlog

from offline_queue import acknowledgement, delivery, ledger, quarantine
from offline_queue.chain import ChainBroken, timestamp, verify_head
from offline_queue.clock import Clock
from offline_queue.connection import Connection
from offline_queue.errors import AnswerMismatch, OutboxUnavailable, Reason
from offline_queue.keys import TerminalKeys
from offline_queue.wire import BatchAnswer, FolderManifest, ItemAnswer, SignedHead

_log = structlog.get_logger()

_NOT_OF_THIS_DEVICE: Final = "bad-signature"
"""The central API's word for a record that the device key did not sign."""

_AT_ONCE: Final = 10
"""How many answers are written down before a visit may come in between."""


class Answers:
    """The part of an outbox that takes the central API's word. ``head_key`` proves it.

    ``losses`` counts how often the central API turned out to hold less than before.
    """

    def __init__(self, connection: Connection, clock: Clock, keys: TerminalKeys) -> None:
        """Write through ``connection``; ``head_key`` is to be set before the first answer."""
        self.head_key = b""
        self.losses = 0
        self._connection = connection
        self._clock = clock
        self._keys = keys
        self._holes_tried: set[tuple[int, int]] = set()

    def apply(
        self, sent: Sequence[str], answer: BatchAnswer, now: float, server_time: datetime | None
    ) -> list[ItemAnswer]:
        """Write down the answers to the transactions ``sent``; see ``Outbox.apply_answers``."""
        if sorted(item.tx_id for item in answer.answers) != sorted(sent):
            raise AnswerMismatch("the answers are not for the transactions that were sent")
        self._believe(answer.head)
        # Not durable: the central API gives the same answers again, were these to be lost. In
        # short steps, so that no visit waits for all of them.
        settled: list[ItemAnswer] = []
        with self._connection.transaction(durable=False) as db:
            agreed = self._compare(db, answer.head)
            if agreed:
                acknowledgement.note_progress(db, answer.head)
            else:
                delivery.recover_inflight(db)
                self._note_contact(db, server_time)
        if not agreed:
            raise OutboxUnavailable(Reason.FROZEN)
        for at in range(0, len(answer.answers), _AT_ONCE):
            with self._connection.transaction(durable=False) as db:
                settled += self._settle(db, answer.answers[at : at + _AT_ONCE], now)
        with self._connection.transaction(durable=False) as db:
            self._adopt(db, answer.head)
            self._note_contact(db, server_time)
        return settled

    def check_head(self, signed: SignedHead) -> None:
        """Compare a signed head with this chain; see ``Outbox.check_head``."""
        self._believe(signed)
        with self._connection.transaction() as db:
            agreed = self._compare(db, signed)
            if agreed:
                self._adopt(db, signed)
        # An earlier epoch that stops is no reason not to go on with the terminal's own.
        if not agreed and signed.statement.epoch >= self._keys.epoch:
            raise OutboxUnavailable(Reason.FROZEN)

    def apply_carried(self, manifest: FolderManifest, answer: BatchAnswer) -> list[ItemAnswer]:
        """Write down answers that came by hand, with a manifest that was proven.

        They may be older than what is known by now: an older head is compared and not taken over.
        Raises as ``apply``, and ``AnswerMismatch`` when they are for another terminal.
        """
        if manifest.kiosk != self._keys.kiosk:
            raise AnswerMismatch("the results are for another terminal")
        self._believe(answer.head)
        now = self._clock.monotonic()
        with self._connection.transaction() as db:
            agreed = self._compare(db, answer.head)
            settled = self._settle(db, answer.answers, now) if agreed else []
            chain = ledger.read_chain(db, answer.head.statement.epoch)
            if agreed and chain and answer.head.statement.ack_seq >= chain.ack_seq:
                self._adopt(db, answer.head)
        if not agreed:
            raise OutboxUnavailable(Reason.FROZEN)
        return settled

    def _believe(self, signed: SignedHead) -> None:
        """Raise ``ChainBroken`` for what the central API did not say, or said to another terminal.

        A proxy that mixes up answers is no reason to take a terminal out of service for good.
        """
        if verify_head(self.head_key, signed).kiosk != self._keys.kiosk:
            raise ChainBroken("the head is of another terminal's chain")

    def _settle(
        self, db: sqlite3.Connection, answers: Sequence[ItemAnswer], now: float
    ) -> list[ItemAnswer]:
        return [
            item
            for item in answers
            if not self._was_mended(db, item)
            and (
                delivery.settle(db, self._clock, item, delivery.state_after(item), now)
                or quarantine.settle_void(db, self._clock, item, now)
            )
        ]

    def _was_mended(self, db: sqlite3.Connection, answer: ItemAnswer) -> bool:
        code = "" if answer.problem is None else answer.problem.code
        return code == _NOT_OF_THIS_DEVICE and quarantine.mend_unproven(
            db, self._clock, self._keys, answer.tx_id
        )

    def _compare(self, db: sqlite3.Connection, signed: SignedHead) -> bool:
        """Tell whether a head is of this chain; freeze the epoch when it is not."""
        statement = signed.statement
        if acknowledgement.agrees(db, statement):
            return True
        known = ledger.read_chain(db, statement.epoch)
        if known is not None and known.frozen and known.epoch < self._keys.epoch:
            # It is closed already, and its clone went on: what is here of it goes as stranded.
            return False
        epoch = self._keys.epoch if known is None else statement.epoch
        ledger.freeze(db, self._clock, epoch, ledger.FORKED)
        _log.error("outbox.frozen", epoch=epoch, why=ledger.FORKED)
        return False

    def _adopt(self, db: sqlite3.Connection, signed: SignedHead) -> None:
        chain = ledger.read_chain(db, signed.statement.epoch)
        if chain is None:
            return
        place = (chain.epoch, signed.statement.ack_seq)
        # Once for each place: one that the central API refuses without a trace is no loss of its.
        hole = place not in self._holes_tried and acknowledgement.has_hole(db, signed.statement)
        if hole:
            self._holes_tried.add(place)
        if acknowledgement.adopt_head(db, self._clock, chain, signed, self._keys.epoch, hole=hole):
            self.losses += 1

    def _note_contact(self, db: sqlite3.Connection, server_time: datetime | None) -> None:
        now = self._clock.now()
        skew = None if server_time is None else (server_time - now).total_seconds()
        db.execute(
            "UPDATE meta SET last_contact_at = ?, clock_skew_s = coalesce(?, clock_skew_s)",
            (timestamp(now), skew),
        )
