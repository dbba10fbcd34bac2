"""The terminal's health reports: when they are sent, what they say, what a refusal means."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from kiosk.central.client import CentralRefused, CentralUnreachable
from kiosk.contract.fleet import HealthNoted, HealthReport, OutboxReport
from kiosk.devices import DeviceState, PaperState, can_serve, faults
from kiosk.workers.reporting import INTERVAL_S, Reporter, describe_devices, describe_outbox
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.syncer import SyncState

from .desk import GOOD


@dataclass
class Line:
    """A central API that answers what it is told to, and a terminal whose time is ours."""

    now: float = 1000.0
    visit: bool = False
    answers: list[Any] = field(default_factory=list)
    sent: list[float] = field(default_factory=list)
    keys: list[DeviceState] = field(default_factory=list)
    closed: bool = False

    def reporter(self, seed: int = 1) -> Reporter:
        return Reporter(
            self,  # type: ignore[arg-type] - as much of a client as is needed
            "MCT-0001",
            observe=health,
            in_visit=lambda: self.visit,
            key=self.keys.append,
            monotonic=lambda: self.now,
            rng=random.Random(seed),
        )

    def report_health(self, kiosk: str, report: HealthReport) -> HealthNoted:
        assert (kiosk, report) == ("MCT-0001", health())
        self.sent.append(self.now)
        answer = self.answers.pop(0) if self.answers else HealthNoted(next_report_in_s=INTERVAL_S)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True

    def run(self, reporter: Reporter, seconds: float) -> None:
        """Let so much time pass as the thread would see it."""
        end = self.now + seconds
        while True:
            delay = reporter.step()
            assert delay > 0
            if self.now + delay > end:
                break
            self.now += delay
        self.now = end


def health() -> HealthReport:
    return HealthReport(
        reported_at=datetime(2026, 6, 1, tzinfo=UTC),
        release="0.1.0",
        uptime_s=1.0,
        in_service=True,
        devices=[],
        outbox=OutboxReport(waiting=0, sync="idle"),
    )


def test_a_quiet_terminal_reports_every_few_minutes_and_no_two_at_the_same_time() -> None:
    moments = []
    for seed in range(20):
        line = Line()
        line.run(line.reporter(seed), 3600)
        assert line.sent[0] - 1000 <= 10
        gaps = [later - earlier for earlier, later in zip(line.sent, line.sent[1:], strict=False)]
        assert all(0.8 * INTERVAL_S <= gap <= INTERVAL_S for gap in gaps)
        assert len(set(gaps)) == len(gaps)
        assert set(line.keys) == {DeviceState.ONLINE}
        moments.append(line.sent[-1])
    assert len(set(moments)) == 20


def test_the_central_api_says_how_often() -> None:
    line = Line(answers=[HealthNoted(next_report_in_s=60), HealthNoted(next_report_in_s=86_400)])
    reporter = line.reporter()
    line.run(reporter, 100)
    assert len(line.sent) == 2 and 48 <= line.sent[1] - line.sent[0] <= 60
    # Never rarer than once an hour: the next change of its mind would come too late.
    line.run(reporter, 3700)
    assert len(line.sent) >= 3


def test_a_change_is_reported_soon_and_many_changes_are_no_storm() -> None:
    line = Line()
    reporter = line.reporter()
    line.run(reporter, 20)
    assert len(line.sent) == 1
    for _ in range(100):
        reporter.changed()
        line.run(reporter, 0.01)
    line.run(reporter, 15)
    assert 2 <= len(line.sent) <= 4
    assert line.sent[1] - line.sent[0] >= 5


def test_while_somebody_is_at_the_screen_a_report_waits_one_interval_at_most() -> None:
    line = Line(visit=True)
    reporter = line.reporter()
    reporter.changed()
    line.run(reporter, INTERVAL_S - 1)
    assert line.sent == []
    line.visit = False
    line.run(reporter, 6)
    assert len(line.sent) == 1
    # A terminal that is busy all day is not silent: fifteen minutes would be taken for that.
    line.visit = True
    line.run(reporter, 3600)
    gaps = [later - earlier for earlier, later in zip(line.sent, line.sent[1:], strict=False)]
    assert gaps and max(gaps) < 15 * 60


def test_without_a_network_it_tries_less_and_less_often_and_at_once_when_it_is_back() -> None:
    line = Line(answers=[CentralUnreachable("no connection")] * 1000)
    reporter = line.reporter()
    line.run(reporter, 7200)
    tries = len(line.sent)
    assert 20 <= tries <= 80
    assert line.keys == [], "nothing was said about the key"
    line.answers.clear()
    reporter.changed()
    line.run(reporter, 15)
    assert len(line.sent) == tries + 1


@pytest.mark.parametrize(
    ("code", "state", "serves"),
    [
        ("epoch-revoked", DeviceState.HARDWARE_ERROR, False),
        ("epoch-frozen", DeviceState.FRAUD_ATTEMPT, False),
        ("kiosk-not-enrolled", DeviceState.OFFLINE, True),
        ("epoch-unknown", DeviceState.OFFLINE, True),
    ],
)
def test_a_refused_device_key_is_a_device_state_until_it_is_taken_again(
    code: str, state: DeviceState, serves: bool
) -> None:
    line = Line(answers=[CentralRefused(403, code)])
    reporter = line.reporter()
    line.run(reporter, 10)
    assert line.keys == [state]
    terminal = replace(GOOD, key=state)
    assert can_serve(terminal) is serves
    assert [(fault.device, fault.state) for fault in faults(terminal)] == [("key", state.value)]
    line.run(reporter, INTERVAL_S)
    assert line.keys[1] is DeviceState.ONLINE


def test_other_refusals_say_nothing_about_the_key() -> None:
    line = Line(answers=[CentralRefused(429, "too-many-requests"), CentralRefused(422, "invalid")])
    line.run(line.reporter(), 20)
    assert all(state is DeviceState.ONLINE for state in line.keys)


def test_it_stops_at_once_and_lets_go_of_its_line() -> None:
    line = Line()
    reporter = line.reporter()
    reporter.start()
    reporter.stop()
    assert line.closed


def test_devices_are_told_as_they_are() -> None:
    well = describe_devices(GOOD, has_printer=True, skew_s=None, free_bytes=10**12)
    assert {each.device: (each.state, each.detail) for each in well} == {
        name: ("online", None) for name in ("reader", "printer", "outbox", "clock", "disk")
    }
    broken = replace(GOOD, reader=DeviceState.NO_DEVICE, paper=PaperState.OUT)
    told = describe_devices(broken, has_printer=True, skew_s=-7200.0, free_bytes=10**6)
    assert {each.device: (each.state, each.detail) for each in told} == {
        "reader": ("noDevice", None),
        "printer": ("online", "paperOut"),
        "outbox": ("online", None),
        "clock": ("online", "wrong"),
        "disk": ("online", "almostFull"),
    }
    open_cover = describe_devices(
        replace(GOOD, cover_open=True), has_printer=True, skew_s=0, free_bytes=10**12
    )
    assert {each.device: each.detail for each in open_cover}["printer"] == "coverOpen"
    assert "scanner" not in {each.device for each in well}
    for scanner, detail in (
        (DeviceState.ONLINE, None),
        (DeviceState.OFFLINE, None),
        (DeviceState.USER_ERROR, "openOrJammed"),
    ):
        terminal = replace(GOOD, scanner=scanner)
        fitted = describe_devices(terminal, has_printer=True, skew_s=0, free_bytes=10**12)
        assert [(each.state, each.detail) for each in fitted if each.device == "scanner"] == [
            (scanner.value, detail)
        ]
    assert "finger" not in {each.device for each in well}
    broken = replace(GOOD, finger=DeviceState.HARDWARE_ERROR)
    sensor = describe_devices(broken, has_printer=True, skew_s=0, free_bytes=10**12)
    assert [each.state for each in sensor if each.device == "finger"] == ["hardwareError"]
    none = describe_devices(GOOD, has_printer=False, skew_s=0, free_bytes=10**12)
    assert "printer" not in {each.device for each in none}


def test_an_outbox_that_cannot_be_read_is_not_said_to_be_empty() -> None:
    class Damaged:
        def status(self) -> None:
            raise OutboxUnavailable(Reason.CORRUPT)

    told, skew = describe_outbox(Damaged(), SyncState.PAUSED)  # type: ignore[arg-type] - only this
    assert (told.waiting, told.unavailable, told.sync, skew) == (None, "corrupt", "paused", None)
