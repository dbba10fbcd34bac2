"""A flipped bit in the schema's text or in the log of writes."""

from __future__ import annotations

import contextlib
import random
import shutil

import pytest

from offline_queue.errors import OutboxError
from offline_queue.inspection import read_status
from tests.offline_queue.scene import Scene
from tests.offline_queue.world import submission


def test_no_flipped_bit_in_the_schemas_text_ends_in_a_raw_error(scene: Scene) -> None:
    """One bit of every 37th byte: enough that every statement is met many times."""
    scene.keep(2)
    scene.outbox.close()
    original = scene.terminal.path.read_bytes()
    db = scene.terminal.path
    rng = random.Random(29)
    places = [at for at in range(100, 3 * 4096, 37) if original[at]]
    for place in places:
        damaged = bytearray(original)
        damaged[place] ^= 1 << rng.randrange(8)
        db.write_bytes(damaged)
        for file in db.parent.glob("outbox.db[-.]*"):
            file.unlink()
        scene.findings()
        with contextlib.suppress(OutboxError):
            read_status(db)
        with contextlib.suppress(OutboxError):
            outbox = scene.terminal.open()
            try:
                outbox.enqueue(submission())
                outbox.status()
                outbox.take_batch(scene.clock.monotonic())
            finally:
                outbox.close()
    for file in db.parent.glob("outbox.db*"):
        file.unlink()
    db.write_bytes(original)
    scene.outbox = scene.terminal.open()
    scene.drain()
    scene.assert_exactly_once()


def test_an_idle_outbox_does_not_rest_on_its_log(scene: Scene) -> None:
    scene.keep(3)
    copy = scene.terminal.path.parent / "copy"
    copy.mkdir()
    scene.outbox.merge_log()
    shutil.copy(scene.terminal.path, copy)  # the log is lost whole
    scene.outbox.close()
    shutil.copy(copy / "outbox.db", scene.terminal.path)
    scene.outbox = scene.terminal.open()
    scene.drain()
    scene.assert_exactly_once()


@pytest.mark.parametrize("next_at", [1e300, -1e300, 2.0e6])
def test_a_wait_longer_than_any_that_is_given_ends_now(scene: Scene, next_at: float) -> None:
    scene.keep(2)
    scene.outbox._connection._db.execute("UPDATE outbox SET next_at = ?", (next_at,))
    scene.drain()
    scene.assert_exactly_once()
