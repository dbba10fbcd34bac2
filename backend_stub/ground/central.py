"""What every room of the central API is given: settings, database, keys, trust, clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from backend_stub.ground.database import Database
from backend_stub.ground.keys import ServerKeys
from backend_stub.ground.limits import RateLimits
from backend_stub.ground.metrics import Metrics
from backend_stub.ground.settings import Settings
from backend_stub.ground.trust import TrustAnchors
from kiosk.services import Catalogue

if TYPE_CHECKING:
    from backend_stub.cases.house import CaseHouse
    from backend_stub.issuing.ca import IssuingCa
    from backend_stub.issuing.management_keys import ManagementKeys

Clock = Callable[[], datetime]
"""The current time, aware, in UTC."""
RandomBytes = Callable[[int], bytes]


class CentralUnavailable(Exception):
    """The central API cannot start; the message is one sentence for the person at the console."""


@dataclass(frozen=True, slots=True)
class Central:
    """Everything that lives as long as the central API runs."""

    settings: Settings
    database: Database
    keys: ServerKeys = field(repr=False)
    trust: TrustAnchors
    catalogue: Catalogue
    cases: CaseHouse
    limits: RateLimits
    metrics: Metrics
    clock: Clock
    random_bytes: RandomBytes
    management_keys: ManagementKeys = field(repr=False)
    issuing_ca: IssuingCa | None


def utc_now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)
