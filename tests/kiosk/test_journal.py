"""The audit journal: what was written stays, and whatever was done to it shows."""

from __future__ import annotations

import errno
import json
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from kiosk.journal import Journal, JournalError, load_events, read_journal, verify_journal

START = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
LINES = 6


def written(path: Path, count: int = LINES) -> Path:
    ticks = iter(START + timedelta(seconds=n) for n in range(count))
    journal = Journal(path, lambda: next(ticks))
    for number in range(count):
        journal.append("visit.ended", f"visit-{number}", {"end": "finished"})
    journal.close()
    return path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return written(tmp_path / "journal.jsonl")


def test_what_was_appended_is_read_back_in_order(path):
    entries = list(read_journal(path))
    assert [entry.number for entry in entries] == list(range(1, LINES + 1))
    assert entries[0].prev == "0" * 64
    assert entries[2].visit == "visit-2"
    assert entries[2].details == {"end": "finished"}
    assert entries[2].time == "2026-11-22T06:00:02.000+00:00"
    assert verify_journal(path) == []


def test_after_a_restart_the_chain_goes_on(path):
    journal = Journal(path, lambda: START)
    journal.append("terminal.started", details={"version": "1"})
    journal.close()
    assert verify_journal(path) == []
    assert [entry.number for entry in read_journal(path)] == list(range(1, LINES + 2))


def test_an_event_that_nobody_declared_is_not_written(path):
    journal = Journal(path, lambda: START)
    with pytest.raises(KeyError):
        journal.append("visit.somebody", details={})
    journal.close()
    assert len(list(read_journal(path))) == LINES


def test_a_field_that_nobody_declared_is_not_written(path):
    journal = Journal(path, lambda: START)
    journal.append("visit.ended", "v", {"end": "finished", "name": "Salim", "pin": "123456"})
    journal.close()
    assert list(read_journal(path))[-1].details == {"end": "finished"}
    assert b"Salim" not in path.read_bytes()


@given(cut=st.integers(min_value=0, max_value=1200))
@settings(max_examples=60, deadline=None)
def test_a_power_cut_in_the_middle_of_a_line_loses_that_line_only(tmp_path_factory, cut):
    path = written(tmp_path_factory.mktemp("torn") / "journal.jsonl")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - min(cut, len(whole))])
    left = path.read_bytes().count(b"\n")
    journal = Journal(path, lambda: START)
    journal.append("terminal.started")
    journal.close()
    assert verify_journal(path) == []
    assert len(list(read_journal(path))) == left + 1


@given(line=st.integers(0, LINES - 2), data=st.data())
@settings(max_examples=80, deadline=None)
def test_any_changed_byte_before_the_last_line_is_found(tmp_path_factory, line, data):
    path = written(tmp_path_factory.mktemp("edit") / "journal.jsonl")
    lines = path.read_bytes().splitlines()
    position = data.draw(st.integers(0, len(lines[line]) - 1))
    other = data.draw(st.integers(33, 126).filter(lambda byte: byte != lines[line][position]))
    changed = bytearray(lines[line])
    changed[position] = other
    lines[line] = bytes(changed)
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert verify_journal(path) != []


@given(order=st.permutations(range(LINES)))
@settings(max_examples=40, deadline=None)
def test_any_other_order_is_found(tmp_path_factory, order):
    path = written(tmp_path_factory.mktemp("order") / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[place] for place in order))
    assert (verify_journal(path) == []) is (list(order) == sorted(order))


@given(kept=st.sets(st.integers(0, LINES - 1), min_size=1, max_size=LINES - 1))
@settings(max_examples=40, deadline=None)
def test_any_removed_line_but_the_last_ones_is_found(tmp_path_factory, kept):
    path = written(tmp_path_factory.mktemp("removed") / "journal.jsonl")
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[place] for place in sorted(kept)))
    is_a_beginning = sorted(kept) == list(range(len(kept)))
    assert (verify_journal(path) == []) is is_a_beginning


def test_the_break_tells_its_line(path):
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], b"nonsense\n", *lines[3:]]))
    assert verify_journal(path)[0].line == 3
    with pytest.raises(JournalError, match="line 3"):
        list(read_journal(path))


@pytest.mark.parametrize(
    "line", [b"[]", b"null", b"5", b'"x"', b"{}", b'{"n":1}', b"\xff", b'{"n": 1, "n": 2}']
)
def test_lines_that_are_no_entries_are_no_entries(path, line):
    with path.open("ab") as file:
        file.write(line + b"\n")
    assert [found.line for found in verify_journal(path)] == [LINES + 1]
    journal = Journal(path, lambda: START)
    journal.append("terminal.started")
    journal.close()
    assert journal.set_aside == len(line) + 1
    assert path.with_name("journal.jsonl.torn").read_bytes() == line + b"\n"
    assert verify_journal(path) == []
    assert len(list(read_journal(path))) == LINES + 1


def test_a_disk_that_takes_part_of_a_line_leaves_none_of_it(path):
    """The disk is full at every byte of a line; as soon as it has room, the chain goes on."""
    before = path.read_bytes()
    journal = Journal(path, lambda: START)
    real = journal._file
    for taken in range(120):
        for refuses_to_shrink in (False, True):
            journal._file = FullAfter(real, taken)
            with pytest.MonkeyPatch.context() as patch, pytest.raises(JournalError):
                if refuses_to_shrink:
                    patch.setattr(os, "ftruncate", refuse)
                journal.append("terminal.started")
            again = Journal(path, lambda: START)  # a start at this moment
            assert again.set_aside == (taken if refuses_to_shrink else 0)
            again.close()
            assert path.read_bytes() == before
    journal._file = real
    journal.append("terminal.started")
    journal.close()
    assert verify_journal(path) == []


class FullAfter:
    """A file on a disk that takes so many bytes more."""

    def __init__(self, file, taken):
        self.file, self.taken = file, taken

    def fileno(self):
        return self.file.fileno()

    def write(self, data):
        return self.file.write(data[: self.taken])


def refuse(*_):
    raise OSError(errno.EIO, "the disk refuses")


def test_the_same_words_written_another_way_are_a_change(path):
    lines = path.read_bytes().splitlines()
    lines[1] = json.dumps(json.loads(lines[1])).encode()
    path.write_bytes(b"\n".join(lines) + b"\n")
    assert verify_journal(path)[0].line == 2


def test_many_threads_make_one_chain(tmp_path):
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, lambda: START)

    def work() -> None:
        for _ in range(20):
            journal.append("visit.began", "v")

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal.close()
    assert verify_journal(path) == []
    assert len(list(read_journal(path))) == 80


def test_a_journal_that_cannot_be_opened_says_which(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="file"):
        Journal(tmp_path / "file" / "journal.jsonl", lambda: START)


def test_every_event_has_a_sentence_in_both_languages():
    events = load_events()
    assert events
    for name, event in events.items():
        assert event.sentence.ar != event.sentence.en, name
        assert any("\u0600" <= letter <= "\u06ff" for letter in event.sentence.ar), name
        assert not {"name", "civil_number", "pin", "puk"} & set(event.fields), name
