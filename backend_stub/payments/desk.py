"""Payment in a running central API: the process, its store, its links, and the clerk that works."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend_stub.payments.errands import AskTerminal, errands
from backend_stub.payments.gateway_client import HttpGateway
from backend_stub.payments.links import Links
from backend_stub.payments.process import Payments
from backend_stub.payments.reconciliation import reconcile
from backend_stub.payments.store import SqlStore
from backend_stub.payments.words import Silent
from kiosk.contract.payments import CardErrand, ErrandKind
from kiosk.services.oman_time import MUSCAT

_PAUSE_S: Final = 1.0
_RECONCILED_AT: Final = timedelta(hours=3)
"""Time of the day, in Oman, after which the day before is compared."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class PaymentDesk:
    """Everything that payment needs while the central API runs."""

    process: Payments
    store: SqlStore
    gateway: HttpGateway
    links: Links
    callback_secret: bytes = field(repr=False)

    def errands_of(self, kiosk: str) -> list[CardErrand]:
        """What a kiosk has to do at its card terminal."""
        found: list[CardErrand] = []
        for order in self.store.with_errands(kiosk):
            for errand in errands(self.store.read(order), kiosk):
                if isinstance(errand, AskTerminal):
                    found.append(
                        CardErrand(kind=ErrandKind.STATUS, order=order, attempt=errand.attempt)
                    )
                else:
                    found.append(
                        CardErrand(
                            kind=ErrandKind.REVERSE,
                            order=order,
                            attempt=errand.attempt,
                            key=errand.key,
                            transaction=errand.session,
                            amount=errand.amount,
                        )
                    )
        return found


class Clerk:
    """A thread that does what is due, and reconciles every day. Several may work at once."""

    def __init__(self, desk: PaymentDesk, clock: Callable[[], datetime]) -> None:
        """Nothing runs before :meth:`start`."""
        self._desk = desk
        self._clock = clock
        self._stopping = threading.Event()
        self._reconciled: date | None = None
        self._thread = threading.Thread(target=self._run, name="payments", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End after the order at hand."""
        self._stopping.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopping.wait(_PAUSE_S):
            try:
                self._desk.process.work()
                self._reconcile_daily()
            except SQLAlchemyError as error:
                # What is due stays due; its database will be back.
                log.error("central.payments_failed", error=type(error).__name__, where="")

    def _reconcile_daily(self) -> None:
        day = (self._clock().astimezone(MUSCAT) - _RECONCILED_AT).date()
        if self._reconciled == day:
            return
        try:
            reconcile(self._desk.process, self._desk.store, self._desk.gateway, self._clock())
        except Silent:
            # No statement today; the next round asks again, and windows overlap.
            return
        self._reconciled = day
