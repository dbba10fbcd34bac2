"""The terminal tells the central API how it is: every few minutes, and soon after a change.

On a thread and a line of its own. While somebody is at the screen a report waits, for one interval
at most. Every wait is drawn at random, so that a fleet that changes together (a network that comes
back) does not report together.
"""

from __future__ import annotations

import random
import shutil
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog

from kiosk import __version__
from kiosk.central.client import CentralClient, CentralError, CentralRefused
from kiosk.contract.fleet import DeviceReport, HealthNoted, HealthReport, OutboxReport
from kiosk.devices import DEVICES, DeviceState, PaperState, Terminal, can_serve, state_of
from kiosk.workers.periodic import Periodic
from offline_queue.errors import OutboxUnavailable
from offline_queue.store import Outbox
from offline_queue.syncer import SyncState

INTERVAL_S: Final = 300.0
"""Until the central API says otherwise."""
_LONGEST_S: Final = 3600.0
_SOON_S: Final = 10.0
"""A change is reported within so long."""
_LEAST_S: Final = 5.0
"""Between two reports, whatever changes."""
_FIRST_RETRY_S: Final = 15.0
_VISIT_LOOK_S: Final = 5.0
_LEAST_FREE_BYTES: Final = 500 * 1024 * 1024
_MOST_SKEW_S: Final = 120.0

_KEY_STATES: Final = {
    "epoch-frozen": DeviceState.FRAUD_ATTEMPT,
    "epoch-revoked": DeviceState.HARDWARE_ERROR,
    "epoch-unknown": DeviceState.OFFLINE,
    "kiosk-not-enrolled": DeviceState.OFFLINE,
}
"""What the central API's refusal says about the device key."""

_log = structlog.get_logger()


class Reporter:
    """Sends health reports. ``step`` does what is due; ``start`` does it on a thread."""

    def __init__(
        self,
        client: CentralClient,
        kiosk: str,
        *,
        observe: Callable[[], HealthReport],
        in_visit: Callable[[], bool],
        key: Callable[[DeviceState], None] = lambda _: None,
        monotonic: Callable[[], float] = time.monotonic,
        rng: random.Random | None = None,
    ) -> None:
        """``client`` signs and is nobody else's; ``observe`` and ``in_visit`` are called on this
        object's thread, and so is ``key``, with what the central API thinks of the device key.
        """
        self._client = client
        self._kiosk = kiosk
        self._observe = observe
        self._in_visit = in_visit
        self._key = key
        self._monotonic = monotonic
        self._rng = rng or random.SystemRandom()
        self._lock = threading.Lock()
        self._due = monotonic() + self._rng.uniform(0, _SOON_S)
        self._last = -_LEAST_S
        self._interval = INTERVAL_S
        self._failures = 0
        self._refused = ""
        self.thread = Periodic("health-reports", self.step)

    def start(self) -> None:
        """Begin to report."""
        self.thread.start()

    def stop(self) -> None:
        """End; returns when no further call can come, or after ten seconds."""
        self.thread.stop()
        self._client.close()

    def changed(self) -> None:
        """Something is not as it was reported: report soon. Any thread."""
        now = self._monotonic()
        with self._lock:
            soon = max(now, self._last + _LEAST_S) + self._rng.uniform(0, _SOON_S)
            self._due = min(self._due, soon)
            self._failures = 0
        self.thread.soon()

    def step(self) -> float:
        """Report if it is due; in how many seconds to look again."""
        now = self._monotonic()
        with self._lock:
            due = self._due
        if now < due:
            return due - now
        if self._in_visit() and now < due + self._interval:
            return _VISIT_LOOK_S
        delay = self._report()
        with self._lock:
            self._last = self._monotonic()
            self._due = self._last + delay
        return delay

    def _report(self) -> float:
        """Send one; how long to the next."""
        try:
            noted = self._client.report_health(self._kiosk, self._observe())
        except CentralRefused as refusal:
            if refusal.code != self._refused:
                _log.error("health.refused", status=refusal.status, code=refusal.code)
            self._refused = refusal.code
            if refusal.code in _KEY_STATES:
                self._key(_KEY_STATES[refusal.code])
            return self._retry()
        except CentralError:
            # The network is a device of its own; the watch says when it is lost.
            return self._retry()
        self._failures = 0
        self._refused = ""
        self._key(DeviceState.ONLINE)
        return self._rest(noted)

    def _retry(self) -> float:
        limit = min(self._interval, _FIRST_RETRY_S * 2.0 ** min(self._failures, 30))
        self._failures += 1
        return _LEAST_S + self._rng.uniform(0, limit)

    def _rest(self, noted: HealthNoted) -> float:
        self._interval = min(_LONGEST_S, max(_LEAST_S, noted.next_report_in_s))
        return self._interval * self._rng.uniform(0.8, 1.0)


def health_of(
    terminal: Terminal,
    outbox: Outbox,
    sync: SyncState,
    *,
    now: datetime,
    uptime_s: float,
    has_printer: bool,
    directory: Path,
) -> HealthReport:
    """All that a terminal says of itself; ``directory`` is on the disk that keeps everything."""
    waiting, skew_s = describe_outbox(outbox, sync)
    free = shutil.disk_usage(directory).free
    return HealthReport(
        reported_at=now,
        release=__version__,
        uptime_s=uptime_s,
        in_service=can_serve(terminal),
        devices=describe_devices(terminal, has_printer=has_printer, skew_s=skew_s, free_bytes=free),
        outbox=waiting,
        disk_free_bytes=free,
    )


def describe_devices(
    terminal: Terminal, *, has_printer: bool, skew_s: float | None, free_bytes: int
) -> list[DeviceReport]:
    """The devices as the fleet page shows them; one that was never fitted is not in the list."""
    found: list[DeviceReport] = []
    for device in DEVICES:
        state = state_of(terminal, device)
        if not device.reported or (device.optional and state is DeviceState.NO_DEVICE):
            continue
        detail = device.details.get(state)
        if device.name == "printer":
            if not has_printer:
                continue
            detail = _printer_detail(terminal)
        found.append(DeviceReport(device=device.name, state=state.value, detail=detail))
    skewed = skew_s is not None and abs(skew_s) > _MOST_SKEW_S
    clock = DeviceReport(device="clock", state="online", detail="wrong" if skewed else None)
    full = free_bytes < _LEAST_FREE_BYTES
    disk = DeviceReport(device="disk", state="online", detail="almostFull" if full else None)
    return [*found, clock, disk]


def describe_outbox(outbox: Outbox, sync: SyncState) -> tuple[OutboxReport, float | None]:
    """What waits, and how far the central API's clock is from ours, in seconds, once known."""
    try:
        status = outbox.status()
    except OutboxUnavailable as trouble:
        return OutboxReport(waiting=None, sync=sync.value, unavailable=trouble.reason.value), None
    report = OutboxReport(
        waiting=status.waiting,
        oldest_waiting_s=status.oldest_waiting_s,
        attachments_waiting=status.attachments_waiting,
        sync=sync.value,
        unavailable=status.unavailable.value if status.unavailable else None,
    )
    return report, status.clock_skew_s


def _printer_detail(terminal: Terminal) -> str | None:
    if terminal.cover_open:
        return "coverOpen"
    if terminal.paper in (PaperState.LOW, PaperState.OUT, PaperState.JAMMED):
        return f"paper{terminal.paper.value.capitalize()}"
    return None
