"""The fleet: what each terminal last said of itself, and which of them need somebody."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.ground.central import Central
from backend_stub.ground.metrics import Moment, TerminalFigures
from backend_stub.ground.tables import Kiosk, KioskEpoch
from kiosk.contract.fleet import DeviceReport, HealthNoted, HealthReport
from offline_queue.wire_model import MessageError

_REPORT_EVERY: Final = timedelta(minutes=5)
SILENT_AFTER: Final = 3 * _REPORT_EVERY
"""A terminal that said nothing for so long may be off, or without a network."""
_LONG_WAIT: Final = timedelta(hours=1)


class Standing(enum.StrEnum):
    """How a terminal stands; the order is that of urgency."""

    STOPPED = "stopped"
    """Its key is frozen or revoked, or it serves nobody."""
    ATTENTION = "attention"
    SILENT = "silent"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class TerminalView:
    """One terminal as the fleet page shows it."""

    kiosk: str
    standing: Standing
    last_contact_at: datetime
    epoch: int
    frozen: bool
    revoked: bool
    ack_seq: int
    backed_up_seq: int
    health: HealthReport | None
    """``None``: it never reported, or in a shape that is not understood any more."""


def note_health(central: Central, kiosk: str, report: HealthReport) -> HealthNoted:
    """Keep a terminal's report; the last one replaces the one before.

    Raises :class:`ProblemError`: ``too-many-requests``.
    """
    now = central.clock()
    central.limits.health.charge(kiosk)
    with central.database.write() as session:
        row = session.get_one(Kiosk, kiosk)
        row.health = report.plain()
        row.health_at = row.last_contact_at = now
    return HealthNoted(next_report_in_s=_REPORT_EVERY.total_seconds())


def read_fleet(central: Central) -> list[TerminalView]:
    """Every terminal, those that need somebody first."""
    with central.database.read() as session:
        views = [_view(kiosk, epoch, central.clock()) for kiosk, epoch in _rows(session)]
    urgency = list(Standing)
    return sorted(views, key=lambda view: (urgency.index(view.standing), view.kiosk))


def count_fleet(fleet: Sequence[TerminalView], batches_waiting: int) -> Moment:
    """The fleet in figures."""
    return Moment(
        {each.value: sum(view.standing is each for view in fleet) for each in Standing},
        sum(view.health.outbox.waiting or 0 for view in fleet if view.health is not None),
        batches_waiting,
        [_figures(view) for view in fleet],
    )


def _figures(view: TerminalView) -> TerminalFigures:
    health = view.health
    return TerminalFigures(
        view.kiosk,
        view.last_contact_at.timestamp(),
        health.outbox.waiting if health else None,
        health.in_service if health else None,
        {each.device: is_well(each) for each in health.devices} if health else {},
    )


def is_well(device: DeviceReport) -> bool:
    """Whether a device works and nothing is the matter with it."""
    return device.state in ("online", "deviceBusy") and device.detail is None


def _rows(session: Session) -> list[tuple[Kiosk, KioskEpoch]]:
    rows = session.execute(
        select(Kiosk, KioskEpoch).join(
            KioskEpoch, (KioskEpoch.kiosk == Kiosk.id) & (KioskEpoch.epoch == Kiosk.epoch)
        )
    )
    return [(kiosk, epoch) for kiosk, epoch in rows]


def _view(kiosk: Kiosk, epoch: KioskEpoch, now: datetime) -> TerminalView:
    try:
        health = None if kiosk.health is None else HealthReport.parse(kiosk.health)
    except MessageError:
        health = None
    frozen, revoked = epoch.frozen_at is not None, epoch.revoked_at is not None
    if frozen or revoked:
        standing = Standing.STOPPED
    elif now - kiosk.last_contact_at > SILENT_AFTER:
        standing = Standing.SILENT
    else:
        standing = Standing.WELL if health is None else _standing(health)
    return TerminalView(
        kiosk=kiosk.id,
        standing=standing,
        last_contact_at=kiosk.last_contact_at,
        epoch=epoch.epoch,
        frozen=frozen,
        revoked=revoked,
        ack_seq=epoch.ack_seq,
        backed_up_seq=epoch.backed_up_seq,
        health=health,
    )


def _standing(health: HealthReport) -> Standing:
    if not health.in_service or health.outbox.unavailable is not None:
        return Standing.STOPPED
    waits_long = (health.outbox.oldest_waiting_s or 0) > _LONG_WAIT.total_seconds()
    troubled = not all(is_well(each) for each in health.devices)
    if waits_long or troubled or health.outbox.sync == "paused":
        return Standing.ATTENTION
    return Standing.WELL
