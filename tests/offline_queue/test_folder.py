"""All that waits leaves on a stick, and its results return: the same promises by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.chain import ChainBroken
from offline_queue.errors import AnswerMismatch, OutboxUnavailable, Reason
from offline_queue.folder import (
    Carried,
    FolderBroken,
    FolderUnwritable,
    read_export,
    read_results,
    write_results,
)
from offline_queue.records import State
from offline_queue.wire import BatchAnswer, Outcome
from tests.offline_queue.scene import Scene
from tests.offline_queue.world import Central, submission


def at_the_centre(scene: Scene, directory: Path) -> Carried:
    """Take an export in, as the central API does."""
    carried = read_export(directory, lambda _kiosk, epoch: scene.central._key(epoch))
    for _, batch in carried.batches():
        scene.central.post_batch(batch)
    return carried


def answered(scene: Scene, directory: Path, into: Path) -> Path:
    """Take an export in and write its results."""
    carried = read_export(directory, lambda _kiosk, epoch: scene.central._key(epoch))
    answers = [(number, scene.central.post_batch(b).answer) for number, b in carried.batches()]
    for ticket, content in carried.attachments():
        scene.central.put_attachment(ticket, 0, content)
    target = into / f"results-{carried.manifest.export_id}"
    write_results(target, carried.manifest, answers, scene.central.signing)
    return target


def test_there_and_back(scene: Scene, tmp_path: Path) -> None:
    scene.keep(130, attachments=(b"photograph" * 9000,))
    scene.keep(2, case="one case")
    done = scene.outbox.export(tmp_path / "stick")
    assert (done.transactions, done.attachments) == (132, 130)
    scene.assert_nothing_lost()
    answered(scene, done.directory, tmp_path / "stick")
    imported = scene.outbox.import_results(tmp_path / "stick")
    assert (imported.folders, len(imported.settled)) == (1, 132)
    scene.assert_exactly_once()
    assert scene.outbox.status().ack_seq == 132
    again = scene.outbox.import_results(tmp_path / "stick")
    assert again.settled == []
    scene.drain()
    scene.assert_exactly_once()
    assert all(len(held) for held in scene.central.uploads.values())
    assert scene.findings(online=True) == []


def test_by_hand_and_over_the_network_at_once_is_still_once(scene: Scene, tmp_path: Path) -> None:
    scene.keep(60)
    done = scene.outbox.export(tmp_path)
    scene.drain()
    at_the_centre(scene, done.directory)
    scene.keep(5)
    scene.drain()
    results = answered(scene, done.directory, tmp_path)
    scene.keep(1)
    scene.drain()
    assert scene.outbox.import_results(results).settled == []  # known already, and older
    assert scene.outbox.status().ack_seq == 66
    scene.assert_exactly_once()


def test_what_left_by_hand_can_no_longer_expire(scene: Scene, tmp_path: Path) -> None:
    soon = scene.clock.now() + dt.timedelta(hours=1)
    scene.keep(expires_at=soon)
    done = scene.outbox.export(tmp_path)
    assert scene.outbox.expire(soon) == 0
    at_the_centre(scene, done.directory)
    scene.drain()
    scene.assert_exactly_once()


def test_refused_held_and_void_keep_their_rules_by_hand(scene: Scene, tmp_path: Path) -> None:
    refused, held = scene.keep(2, case="a")
    scene.confirmed.remove(refused)
    scene.central.reject.add(refused.tx_id)
    scene.drain()
    scene.keep(2)
    done = scene.outbox.export(tmp_path)
    assert done.transactions == 2
    answered(scene, done.directory, tmp_path)
    scene.outbox.import_results(tmp_path)
    assert scene.outbox.result(held.tx_id).state is State.READY
    scene.assert_nothing_lost()


def test_an_earlier_epoch_leaves_by_hand_too(scene: Scene, tmp_path: Path) -> None:
    scene.keep(3)
    scene.outbox.close()
    scene.terminal.device_key = ec.generate_private_key(ec.SECP256R1())
    scene.central.epoch = 2
    scene.central.device_keys[2] = scene.terminal.device_key.public_key()
    scene.terminal.enrolment = scene.central.enrolment(2)
    scene.outbox = scene.terminal.open()
    scene.keep(2)
    done = scene.outbox.export(tmp_path)
    answered(scene, done.directory, tmp_path)
    assert len(scene.outbox.import_results(tmp_path).settled) == 5
    scene.assert_exactly_once()


def test_a_frozen_outbox_is_not_carried(scene: Scene, tmp_path: Path) -> None:
    scene.keep(2)
    scene.outbox._connection._db.execute("UPDATE epoch SET frozen = 'forked'")
    with pytest.raises(OutboxUnavailable) as caught:
        scene.outbox.export(tmp_path)
    assert caught.value.reason is Reason.FROZEN
    scene.assert_nothing_lost()


def test_a_stick_that_cannot_be_written_harms_nothing(scene: Scene, tmp_path: Path) -> None:
    scene.keep(2)
    file = tmp_path / "a file"
    file.write_text("not a folder")
    with pytest.raises(FolderUnwritable):
        scene.outbox.export(file)
    scene.drain()
    scene.assert_exactly_once()


Change = Callable[[Path, Scene], None]


def forge(folder: Path, scene: Scene) -> None:
    """Results that another authority signed."""
    stranger = Central()
    export = read_results(folder, scene.central.signing.public_key().public_bytes_raw()).manifest
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    answer = BatchAnswer(answers=[], head=stranger.signed_head("MCT-001"))
    write_results(folder, export, [("000001", answer)], stranger.signing)


def edit(folder: Path, _: Scene) -> None:
    file = folder / "answer-000001.json"
    file.write_text(file.read_text().replace(Outcome.ACCEPTED, Outcome.REJECTED))


def lose(folder: Path, _: Scene) -> None:
    (folder / "answer-000001.json").unlink()


def link(folder: Path, _: Scene) -> None:
    file = folder / "answer-000001.json"
    moved = file.rename(folder / "elsewhere.json")
    file.symlink_to(moved)


def garble(folder: Path, _: Scene) -> None:
    (folder / "manifest.json").write_text("{}")


@pytest.mark.parametrize("change", [forge, edit, lose, link, garble])
def test_results_that_are_not_the_central_apis_change_nothing(
    scene: Scene, tmp_path: Path, change: Change
) -> None:
    scene.keep(3)
    done = scene.outbox.export(tmp_path)
    results = answered(scene, done.directory, tmp_path)
    change(results, scene)
    with pytest.raises((FolderBroken, ChainBroken)):
        scene.outbox.import_results(tmp_path)
    assert all(scene.outbox.result(each.tx_id).state is State.READY for each in scene.confirmed)
    scene.drain()
    scene.assert_exactly_once()


def test_results_of_another_terminal_are_not_taken(scene: Scene, tmp_path: Path) -> None:
    scene.keep(1)
    done = scene.outbox.export(tmp_path)
    carried = read_export(done.directory, lambda _kiosk, epoch: scene.central._key(epoch))
    other = carried.manifest.changed(kiosk="SLL-009")
    answers = [(n, scene.central.post_batch(b).answer) for n, b in carried.batches()]
    write_results(tmp_path / "results-x", other, answers, scene.central.signing)
    with pytest.raises(AnswerMismatch):
        scene.outbox.import_results(tmp_path)
    assert scene.outbox.status().waiting == 1


def test_an_export_is_proven_by_its_terminal(scene: Scene, tmp_path: Path) -> None:
    scene.outbox.enqueue(submission())
    done = scene.outbox.export(tmp_path)
    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(FolderBroken):
        read_export(done.directory, lambda _kiosk, _epoch: stranger)
    with pytest.raises(FolderBroken):
        read_results(done.directory, scene.central.signing.public_key().public_bytes_raw())
