"""Arithmetic and verdicts of the benchmark, without processes."""

from __future__ import annotations

import json

import pytest

from tests.printer.bench import LIMITS
from tools.bench import card, first_picture, queue, receipts, touches, visits
from tools.bench.first_picture import Memory, Start
from tools.bench.table import Row, as_json, as_text


def _memory(own: float = 50, threads: int = 4, files: int = 9) -> Memory:
    return Memory(pss=own + 10, rss=own + 30, own=own, threads=threads, files=files)


def test_a_row_is_judged_by_its_floor() -> None:
    assert Row("slow", "3 s", "1 s", 3.0, floor=2.0).ok is False
    assert Row("quick", "1 s", "1 s", 1.0, floor=2.0).ok is True
    assert Row("rate", "1 /s", "2 /s", 0.5, floor=0.9, at_least=True).ok is False
    assert Row("only told", "1 s", "1 s", 9.0).ok is None


def test_the_table_says_what_was_missed() -> None:
    text = as_text([Row("start", "3 s", "1 s bare", 3.0, floor=2.0), Row("told", "1", "2", 0.5)])
    start = next(line for line in text.splitlines() if line.startswith("start"))
    assert [cell.strip() for cell in start.split("|")] == [
        "start",
        "3 s",
        "1 s bare",
        "3.00",
        "≤ 2",
        "MISSED",
    ]


def test_the_json_has_verdicts_and_conditions() -> None:
    value = json.loads(json.dumps(as_json([Row("a", "1", "1", 1.0, floor=2.0)], {"runs": 3})))
    assert value["about"] == {"runs": 3}
    assert value["rows"][0]["ok"] is True


def test_starts_are_compared_by_their_medians() -> None:
    bares = [Start(100, 80, 60, _memory(20)) for _ in range(3)]
    terminals = [Start(ms, ms - 30, ms - 50, _memory(90)) for ms in (150, 190, 5000)]
    by_name = {row.name: row for row in first_picture.rows(bares, terminals)}
    start = by_name["attract page on screen, from process start"]
    assert (start.judged, start.ok) == (1.9, True)
    assert by_name["attract page on screen, from main"].judged == 2.0
    assert by_name["memory at rest (PSS)"].ok is False


@pytest.mark.parametrize(
    ("slow", "ok"),
    [(1, True), (2, False)],
    ids=["one of a hundred may be slow", "two of a hundred may not"],
)
def test_the_slowest_hundredth_does_not_count(slow: int, ok: bool) -> None:
    def touch(ms: float) -> dict[str, object]:
        return {"kind": "key", "where": "a on b", "press": None, "shown": ms, "work": 1.0}

    rows = touches.rows([touch(5)] * (100 - slow) + [touch(500)] * slow)
    assert rows[0].ok is ok
    assert rows[-1].name == "  slowest: a on b"


def test_the_first_reaction_of_a_button_is_its_pressed_look() -> None:
    touch = {"kind": "continue", "where": "a on b", "press": 6.0, "shown": 20.0, "work": 9.0}
    rows = {row.name: row.judged for row in touches.rows([touch])}
    assert rows["tap to frame that shows its effect, p99"] == 20.0
    assert rows["finger down to first reaction, p99"] == 6.0


def test_receipts_are_judged_by_their_median_and_by_the_printers_own_limits() -> None:
    cost = {
        "time_ratio": 0.51,
        "bytes_ratio": 0.41,
        "frame_p99_ms": 20.0,
        "frame_p99_without_printing_ms": 17.0,
        "ours_ms": 20,
        "plain_ms": 40,
        "ours_bytes": 1,
        "plain_bytes": 2,
        "limits": LIMITS,
    }
    rows = receipts.rows([[0.03, 0.04], [0.05, 0.06], [0.9, 0.95]], cost)
    verdicts = {row.name: (row.judged, row.ok) for row in rows}
    assert verdicts["first byte to the printer after COMMIT"] == (50.0, True)
    assert verdicts["draw and encode a receipt, processor time"] == (0.51, False)
    assert verdicts["bytes of a receipt"] == (0.41, True)
    assert verdicts["frame to frame while printing, p99"] == (20.0, True)


def _read_and_signed() -> dict[str, object]:
    common = {"latency_ms": 52, "our_commands": 24, "their_commands": 100}
    read = {"name": "pkcs15-tool, twice", "ours_ms": 6.0, "theirs_ms": 10.0, "bound": 0.5}
    signed = {"name": "sign, P-256", "ours_ms": 2.0, "theirs_ms": 1.0, "bound": None}
    return {
        "missing": None,
        "results": [
            common | read | {"latency_ms": 0, "ratio": 0.2},
            common | read | {"ratio": 0.6},
            common | signed | {"ratio": 2.0, "latency_ms": 0},
            common | signed | {"ratio": 1.3, "bound": 1.2},
        ],
    }


def test_the_card_is_judged_by_the_bounds_of_its_own_benchmark() -> None:
    verdicts = [(row.name, row.judged, row.ok) for row in card.driver_rows(_read_and_signed())]
    assert verdicts == [
        ("identity and both certificates, commands", 0.24, True),
        ("identity and both certificates, 0 ms a command", 0.2, True),
        ("identity and both certificates, 52 ms a command", 0.6, False),
        ("sign, P-256, 0 ms a command", 2.0, None),
        ("sign, P-256, 52 ms a command", 1.3, False),
    ]


def test_a_card_that_was_not_measured_is_said_so() -> None:
    [row] = card.driver_rows({"missing": "pcscd is not installed", "results": []})
    assert (row.value, row.baseline, row.ok) == ("NOT MEASURED", "pcscd is not installed", None)


def test_the_slowest_name_is_the_one_that_counts() -> None:
    [row] = card.name_rows([700.0, 800.0, 1600.0])
    assert (row.value, row.judged, row.ok) == ("800 ms", 1600.0, False)


def test_growth_counts_from_a_fifth_of_the_visits() -> None:
    # The first visits load what a visit needs; that is no leak.
    steady = {n: _memory(60 if n <= 80 else 100) for n in range(10, 501, 10)}
    assert _growth(steady).ok is True


def test_a_leak_of_a_tenth_is_found() -> None:
    leaking = {n: _memory(100 + n / 40) for n in range(10, 501, 10)}
    growth = _growth(leaking)
    assert growth.judged == pytest.approx(1.1, abs=0.01)
    assert growth.ok is False


def test_one_more_thread_is_found() -> None:
    looks = {n: _memory(threads=4 if n < 480 else 5) for n in range(10, 501, 10)}
    rows = {row.name: row for row in visits.rows(looks, _memory())}
    assert rows["threads, visit 100 to 500"].ok is False
    assert rows["open files, visit 100 to 500"].ok is True


def _growth(looks: dict[int, Memory]) -> Row:
    rows = {row.name: row for row in visits.rows(looks, _memory())}
    return rows["own memory, visit 100 to 500"]


def test_the_outbox_is_judged_beside_raw_sqlite_and_others_only_told() -> None:
    rate = {"per_s": 400, "of_raw": 0.85, "cpu_us": 300, "fsyncs_per_item": 1.01}
    told = {
        "enqueue": {
            "raw_sqlite3": {"per_s": 470, "of_raw": 1.0, "fsyncs_per_item": 1.0},
            "outbox": rate,
            "litequeue": rate | {"of_raw": 0.2},
            "persist_queue": "not installed",
        },
        "drain": {"per_s": 7000},
        "latency": {"waiting": 100, "loaded_p99_ms": 6.0, "empty_p99_ms": 3.0, "ratio": 2.0},
    }
    verdicts = {row.name: row.ok for row in queue.rows_of("fsync 2 ms", told, 0.9)}
    assert verdicts == {
        "durable enqueue, outbox, fsync 2 ms": False,
        "durable enqueue, litequeue, fsync 2 ms": None,
        "durable enqueue, persist-queue, fsync 2 ms": None,
        "fsyncs of an enqueue, fsync 2 ms": True,
        "p99 of an enqueue, 100 waiting and a sync running, fsync 2 ms": False,
        "drained by the store, fsync 2 ms": True,
    }
