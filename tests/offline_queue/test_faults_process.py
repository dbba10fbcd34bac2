"""Faults 1 to 8: the terminal's process ends, or must share, or runs out."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from offline_queue import intake, ledger, schema
from offline_queue.errors import OutboxLocked, Reason
from offline_queue.http import HttpIngest
from offline_queue.ingest import HeadReply
from offline_queue.presealing import Presealer
from offline_queue.records import Submission
from offline_queue.syncer import Syncer
from offline_queue.wire import BatchRequest, Enrolment
from tests.offline_queue.http_central import Reply, Server
from tests.offline_queue.scene import Scene, die, in_a_child, refused
from tests.offline_queue.world import SECRET, Central, FakeClock, Terminal, submission

DATA = Path(__file__).parent / "data"


def enqueue_and_die(scene: Scene, each: Submission, where: object, name: str) -> None:
    """Enqueue in a process that is killed when it calls ``name``; then start the terminal anew."""

    def act() -> None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(where, name, die)
            scene.terminal.open().enqueue(each)
            die()

    scene.outbox.close()
    assert in_a_child(act) == signal.SIGKILL
    scene.outbox = scene.terminal.open()


def test_fault_01_killed_before_begin(scene: Scene) -> None:
    scene.keep(2)
    enqueue_and_die(scene, unconfirmed := submission(), intake, "check_size")
    assert scene.outbox.result(unconfirmed.tx_id) is None
    scene.drain()
    scene.assert_exactly_once()


@pytest.mark.parametrize("step", ["_seal_attachments", "sign_by_device", "_write_attachment"])
def test_fault_02_killed_before_commit(scene: Scene, step: str) -> None:
    scene.keep(2)
    unconfirmed = submission(attachments=(b"photograph",))
    enqueue_and_die(scene, unconfirmed, intake, step)
    assert scene.outbox.result(unconfirmed.tx_id) is None
    scene.drain()
    scene.assert_exactly_once()
    assert scene.findings() == []


def test_fault_03_killed_after_commit_before_the_screen(scene: Scene) -> None:
    """The citizen saw nothing and may file again; the terminal's own repeat is recognised."""
    once = submission()
    for _ in range(2):
        scene.outbox.close()

        def act() -> None:
            scene.terminal.open().enqueue(once)
            die()

        assert in_a_child(act) == signal.SIGKILL
        scene.outbox = scene.terminal.open()
        assert scene.outbox.status().waiting == 1
    scene.confirmed.append(once)
    scene.drain()
    scene.assert_exactly_once()


def test_fault_04_killed_after_sending(scene: Scene) -> None:
    killed_around_the_answer(scene, 4)


def test_fault_05_killed_after_the_answer_before_it_is_written_down(scene: Scene) -> None:
    killed_around_the_answer(scene, 5)


def killed_around_the_answer(scene: Scene, fault: int) -> None:
    scene.keep(3)
    server = Server(scene.central)

    def dies_while_it_is_answered(batch: BatchRequest, _raw: bytes) -> Reply:
        body = scene.central.post_batch(batch).answer.json()
        return Reply(drop=True) if fault == 4 else Reply(200, body)

    server.faults.append(dies_while_it_is_answered)

    def act() -> None:
        outbox = scene.terminal.open()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(outbox, "apply_answers" if fault == 5 else "release", die)
            Syncer(outbox, HttpIngest(server.url), clock=scene.clock).step()

    scene.outbox.close()
    try:
        assert in_a_child(act) == signal.SIGKILL
    finally:
        server.close()
    assert len(scene.central.effects) == 3
    scene.outbox = scene.terminal.open()
    scene.assert_nothing_lost()
    scene.drain()
    scene.assert_exactly_once()


def released_terminal(tmp_path: Path, central: Central, clock: FakeClock) -> tuple[Terminal, dict]:
    """The stored outbox of the first release, and what was in it."""
    told = json.loads((DATA / "schema-1.json").read_text())
    shutil.copy(DATA / "schema-1.db", tmp_path / "outbox.db")
    device_key = load_pem_private_key(told["device_key"].encode(), None)
    enrolment = Enrolment.parse(told["enrolment"])
    return Terminal(tmp_path / "outbox.db", device_key, enrolment, clock), told


def test_fault_06_killed_at_every_step_of_a_migration(
    tmp_path: Path, central: Central, clock: FakeClock
) -> None:
    terminal, told = released_terminal(tmp_path, central, clock)
    steps = len(schema.MIGRATIONS[1])
    for step in range(steps + 1):

        def act(step: int = step) -> None:
            first, second, *_ = schema.MIGRATIONS
            cut = (*second[:step], "SELECT killed()")
            real = sqlite3.connect

            def connect(*args: object, **more: object) -> sqlite3.Connection:
                db = real(*args, **more)  # type: ignore[call-overload] - passed on as it came
                db.create_function("killed", 0, die)
                return db

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(schema, "MIGRATIONS", (first, cut))
                patch.setattr(sqlite3, "connect", connect)
                terminal.open()

        assert in_a_child(act) == signal.SIGKILL
        with sqlite3.connect(terminal.path) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (1,)
            rows = db.execute("SELECT tx_id, seq FROM outbox").fetchall()
        db.close()
        assert dict(rows) == {tx: place[0] for tx, place in told["transactions"].items()}
    with terminal.open() as outbox:
        for tx_id, (seq, state, _) in told["transactions"].items():
            recorded = outbox.result(tx_id)
            assert recorded is not None
            assert recorded.seq == seq
            assert recorded.state == ("ready" if state == "inflight" else state)


def test_fault_07_two_syncers(scene: Scene) -> None:
    """A second process is locked out; a second syncer in this one doubles nothing."""
    scene.keep(120)
    with pytest.raises(OutboxLocked):
        scene.terminal.open()
    lock = threading.Lock()

    class OneAtATime:
        def post_batch(self, request: BatchRequest) -> object:
            with lock:
                return scene.central.post_batch(request)

        def head(self, kiosk: str) -> HeadReply:
            return scene.central.head(kiosk)

    syncers = [scene.syncer(OneAtATime()) for _ in range(2)]  # type: ignore[arg-type] - no attachments here
    threads = [threading.Thread(target=lambda s=s: [s.step() for _ in range(6)]) for s in syncers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    scene.assert_nothing_lost()
    scene.drain()
    scene.assert_exactly_once()


def test_fault_08_out_of_memory(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated: an allocation fails at each place of an enqueue in turn."""
    scene.keep()

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    for where, name in ((Presealer, "seal"), (intake, "sign_by_device"), (ledger, "log")):
        with monkeypatch.context() as patch:
            patch.setattr(where, name, fails)
            unconfirmed = submission()
            assert refused(scene.outbox, unconfirmed).reason is Reason.NO_MEMORY
        assert scene.outbox.result(unconfirmed.tx_id) is None
        scene.keep()
    scene.drain()
    scene.assert_exactly_once()
    assert SECRET not in scene.terminal.path.read_bytes()
