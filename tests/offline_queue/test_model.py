"""Any order of what can happen to a terminal, driven by Hypothesis against the one invariant."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from offline_queue.chain import b64url
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.records import State, Submission
from offline_queue.sealing import key_id
from offline_queue.wire import Problem
from tests.offline_queue.scene import WAITING, Scene
from tests.offline_queue.world import KIOSK, submission


class OutboxModel(RuleBasedStateMachine):
    """Enqueue, repeat, send, lost and postponed answers, crashes, clocks, keys, copies of disks."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.scene = Scene(Path(self.folder.name))
        self.copy: Path | None = None
        self.since_copy: list[Submission] = []
        self.gone: set[str] = set()
        """What a copied-back disk took with it before the central API had it."""
        self.given_up: set[str] = set()
        self.late = self.scene.clock.now()

    @property
    def frozen(self) -> bool:
        return self.scene.outbox.status().unavailable is Reason.FROZEN

    def kept(self, each: Submission) -> None:
        self.scene.confirmed.append(each)
        self.since_copy.append(each)

    # What citizens do

    @precondition(lambda self: not self.frozen)
    @rule(case=st.sampled_from(["a", "b", None, None]), photo=st.booleans(), short=st.booleans())
    def enqueue(self, case: str | None, photo: bool, short: bool) -> None:
        expires = self.late + dt.timedelta(minutes=10) if short and case is None else None
        each = submission(
            case=case, attachments=(b"photograph",) if photo else (), expires_at=expires
        )
        self.scene.outbox.enqueue(each)
        self.kept(each)

    @precondition(lambda self: self.scene.confirmed)
    @rule(data=st.data())
    def enqueue_again(self, data: st.DataObject) -> None:
        each = data.draw(st.sampled_from(self.scene.confirmed))
        if self.scene.outbox.result(each.tx_id) is not None:
            self.scene.outbox.enqueue(each)

    # What the line and the central API do

    @rule(end=st.sampled_from(["answered", "lost", "killed"]), limit=st.integers(1, 5))
    def send(self, end: str, limit: int) -> None:
        outbox, clock = self.scene.outbox, self.scene.clock
        try:
            outbox.check_head(self.scene.central.signed_head(KIOSK))
            batch = outbox.take_batch(clock.monotonic(), max_items=limit)
            if batch is None:
                return
            sent = [item.record.tx_id for item in batch.items]
            reply = self.scene.central.post_batch(batch)
            if end == "lost":
                outbox.release(sent, 0.0, charged=True)
            elif end == "killed":
                self.scene.reopen()
            else:
                outbox.apply_answers(sent, reply.answer, clock.monotonic(), None)
        except OutboxUnavailable as error:
            assert error.reason is Reason.FROZEN

    @rule(data=st.data(), wait=st.sampled_from([0.0, 5.0, 1e9]))
    def postpone(self, data: st.DataObject, wait: float) -> None:
        if self.scene.confirmed:
            each = data.draw(st.sampled_from(self.scene.confirmed))
            if each.tx_id not in self.scene.central.decided:
                self.scene.central.postpone[each.tx_id] = wait

    @rule()
    def back_up(self) -> None:
        ack = self.scene.central.signed_head(KIOSK).statement.ack_seq
        self.scene.central.backed_up_seq = ack

    @precondition(lambda self: self.copy is None and not self.gone)
    @rule()
    def restore_the_central_api(self) -> None:
        self.scene.central.forget_after(self.scene.central.backed_up_seq)
        if not self.frozen:
            self.scene.outbox.check_head(self.scene.central.signed_head(KIOSK))

    @rule()
    def cannot_read(self) -> None:
        """One item is poison."""
        outbox = self.scene.outbox
        try:
            batch = outbox.take_batch(self.scene.clock.monotonic(), max_items=1)
        except OutboxUnavailable:
            return
        if batch is None:
            return
        tx_id = batch.items[0].record.tx_id
        known = tx_id in self.scene.central.decided
        if known or batch.items[0].notice is not None:
            outbox.release([tx_id], 0.0, charged=True)
            return
        outbox.quarantine(tx_id, Problem(title="unreadable", status=422, code="x"))
        self.given_up.add(tx_id)

    # What time and technicians do

    @rule(wall=st.integers(-400, 400), passed=st.integers(0, 5000))
    def clocks(self, wall: int, passed: int) -> None:
        self.scene.clock.wall += dt.timedelta(days=wall)
        self.scene.clock.ticks += passed

    @rule()
    def expire(self) -> None:
        self.late += dt.timedelta(minutes=11)
        self.scene.outbox.expire(self.late)
        for each in self.scene.confirmed:
            recorded = self.scene.outbox.result(each.tx_id)
            if recorded is not None and recorded.state is State.EXPIRED:
                self.given_up.add(each.tx_id)

    @rule()
    def crash(self) -> None:
        self.scene.reopen()

    @rule()
    def rotate_the_sealing_key(self) -> None:
        old, fresh = self.scene.central.sealing, X25519PrivateKey.generate()
        self.scene.central.older_sealing.append(old)
        self.scene.central.sealing = fresh
        public = fresh.public_key().public_bytes_raw()
        self.scene.terminal.enrolment = self.scene.terminal.enrolment.changed(
            sealing_key_id=key_id(public), sealing_public_key=b64url(public)
        )
        self.scene.reopen()

    @rule()
    def new_epoch(self) -> None:
        """A new device key; the old one is revoked, what waits under it is stranded."""
        scene = self.scene
        old = scene.central.epoch
        scene.outbox.close()
        scene.terminal.device_key = ec.generate_private_key(ec.SECP256R1())
        scene.central.epoch = old + 1
        scene.central.device_keys[old + 1] = scene.terminal.device_key.public_key()
        scene.central.revoked.add(old)
        scene.central.backed_up_seq = 0
        scene.terminal.enrolment = scene.terminal.enrolment.changed(epoch=old + 1)
        scene.outbox = scene.terminal.open()
        scene.outbox.close_epoch(old, "epoch-revoked")
        self.copy = None

    @rule()
    def copy_the_disk(self) -> None:
        self.scene.outbox.close()
        self.copy = Path(self.folder.name, "copy")
        shutil.copy(self.scene.terminal.path, self.copy)
        self.since_copy = []
        self.scene.outbox = self.scene.terminal.open()

    @precondition(lambda self: self.copy is not None)
    @rule(thorough=st.booleans())
    def put_the_copy_back(self, thorough: bool) -> None:
        assert self.copy is not None
        scene = self.scene
        scene.outbox.close()
        shutil.copy(self.copy, scene.terminal.path)
        if thorough:
            scene.terminal.path.with_name("outbox.db.lock").write_bytes(b"")
        lost = {each.tx_id for each in self.since_copy} - set(scene.central.decided)
        self.gone |= lost
        self.copy = None
        scene.outbox = scene.terminal.open()
        if not thorough and self.since_copy:
            assert self.frozen  # it does not pass unnoticed
        self.since_copy = []

    @invariant()
    def confirmed_is_kept_and_takes_effect_once(self) -> None:
        effects = self.scene.central.effects
        assert len(effects) == len(set(effects))
        for each in self.scene.confirmed:
            if each.tx_id in effects or each.tx_id in self.gone | self.given_up:
                continue
            recorded = self.scene.outbox.result(each.tx_id)
            assert recorded is not None
            # Accepted once and forgotten by the central API: it is here as long as its bytes are.
            assert recorded.state in WAITING or (
                recorded.state is State.ACCEPTED and self.has_envelope(each.tx_id)
            )

    def has_envelope(self, tx_id: str) -> bool:
        row = self.scene.outbox._connection._db.execute(
            "SELECT envelope IS NOT NULL FROM outbox WHERE tx_id = ?", (tx_id,)
        ).fetchone()
        return bool(row[0])

    def teardown(self) -> None:
        scene = self.scene
        scene.central.postpone.clear()
        self.new_epoch()
        for _ in range(400):
            scene.clock.ticks += 4000
            batch = scene.outbox.take_batch(scene.clock.monotonic())
            if batch is None:
                break
            sent = [item.record.tx_id for item in batch.items]
            answer = scene.central.post_batch(batch).answer
            scene.outbox.apply_answers(sent, answer, scene.clock.monotonic(), None)
        effects = set(scene.central.effects)
        self.confirmed_is_kept_and_takes_effect_once()
        for each in scene.confirmed:
            recorded = scene.outbox.result(each.tx_id)
            if each.tx_id in effects and recorded is not None:
                # The terminal knows in the end, whatever was lost, copied or killed on the way.
                assert recorded.state is State.ACCEPTED
            if each.tx_id in effects | self.gone | self.given_up:
                continue
            # Only behind one of its case that was given up, until somebody releases it.
            assert scene.outbox.status().held > 0
        scene.close()
        self.folder.cleanup()


OutboxModel.TestCase.settings = settings(max_examples=30, stateful_step_count=30, deadline=None)
TestOutboxModel = OutboxModel.TestCase
