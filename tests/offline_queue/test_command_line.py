"""``kiosk queue``: out on a stick and back, what a technician can release, what is refused."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from kiosk.cli.queue import app
from kiosk.enrolment.terminal_identity import load_identity
from offline_queue import Outbox
from offline_queue.errors import OutboxLocked
from offline_queue.folder import read_export, write_results
from tests.offline_queue.world import Central, submission


def run(*arguments: object) -> tuple[int, dict[str, Any]]:
    with capture_logs():  # the command line itself sends them to standard error
        done = CliRunner().invoke(app, [*map(str, arguments), "--json"], catch_exceptions=False)
    return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def state(tmp_path: Path, central: Central) -> Path:
    """The state directory of an enrolled terminal."""
    directory = tmp_path / "state"
    directory.mkdir(mode=0o700)
    identity = load_identity(directory)
    (directory / "enrolment.json").write_text(central.enrolment().json().decode())
    central.device_keys[1] = identity.device_key.public_key()
    return directory


def opened(state: Path) -> Outbox:
    identity = load_identity(state)
    assert identity.enrolment is not None
    return Outbox.open(
        state / "outbox.db",
        enrolment=identity.enrolment,
        device_key=identity.device_key,
        secret=identity.secret,
    )


def test_out_on_a_stick_and_back(state: Path, central: Central, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    sent = [submission() for _ in range(3)]
    with opened(state) as outbox:
        for each in sent:
            outbox.enqueue(each)
        with pytest.raises(OutboxLocked):
            run("export", stick, "--state-directory", state)
    code, told = run("export", stick, "--state-directory", state)
    assert (code, told["transactions"], told["attachments"]) == (0, 3, 0)
    code, nothing = run("import", stick, "--state-directory", state)
    assert (code, nothing) == (1, {"folders": 0, "settled": []})
    carried = read_export(Path(told["directory"]), lambda _kiosk, epoch: central._key(epoch))
    answers = [(number, central.post_batch(batch).answer) for number, batch in carried.batches()]
    results = stick / f"results-{told['export_id']}"
    write_results(results, carried.manifest, answers, central.signing)
    code, told = run("import", stick, "--state-directory", state)
    assert code == 0
    assert {each["outcome"] for each in told["settled"]} == {"accepted"}
    code, status = run("status", "--state-directory", state)
    assert (code, status["waiting"], status["counts"]["accepted"]) == (0, 0, 3)
    code, verified = run("verify", "--state-directory", state)
    assert (code, verified["sound"]) == (0, True)


def test_a_held_case_is_released(state: Path, central: Central) -> None:
    refused, held = submission(case="a"), submission(case="a")
    central.reject.add(refused.tx_id)
    with opened(state) as outbox:
        outbox.enqueue(refused)
        outbox.enqueue(held)
        batch = outbox.take_batch(0.0)
        assert batch is not None
        outbox.apply_answers([refused.tx_id], central.post_batch(batch).answer, 0.0, None)
    assert run("release", held.tx_id, "--state-directory", state) == (1, {"released": 0})
    assert run("release", refused.tx_id, "--state-directory", state) == (0, {"released": 1})
    assert run("status", "--state-directory", state)[1]["held"] == 0


def test_the_list_is_one_row_each_while_the_terminal_runs(state: Path, central: Central) -> None:
    with opened(state) as outbox:
        kept = [submission(), submission()]
        for each in kept:
            outbox.enqueue(each)
        batch = outbox.take_batch(0.0, max_items=1)
        assert batch is not None
        outbox.apply_answers([kept[0].tx_id], central.post_batch(batch).answer, 0.0, None)
        code, told = run("list", "--state-directory", state)
        assert code == 0
        found = [(row["tx_id"], row["state"], row["answer"]) for row in told["transactions"]]
        assert found == [(kept[0].tx_id, "accepted", "accepted"), (kept[1].tx_id, "ready", None)]
        code, told = run("list", "--state", "ready", "--state-directory", state)
        assert [row["tx_id"] for row in told["transactions"]] == [kept[1].tx_id]
        places = ["--state-directory", str(state)]
        table = CliRunner().invoke(app, ["list", *places]).stdout.splitlines()
        assert table[0].split() == ["seq", "tx_id", "state", "attempts", "confirmed_at", "answer"]
        assert table[2].split()[:4] == ["2", kept[1].tx_id, "ready", "0"]
        lines = CliRunner().invoke(app, ["list", "--csv", *places]).stdout.splitlines()
        rows = list(csv.DictReader(lines))
        assert [row["tx_id"] for row in rows] == [each.tx_id for each in kept]
