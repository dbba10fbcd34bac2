"""The thread of a server that does what is due; each server has one, and they share the work."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Final

import structlog

from backend_stub.cases.clock_watch import ClockWatch
from backend_stub.cases.delivery import Gateway, ShownGateway, hand_over
from backend_stub.cases.work import do_due
from backend_stub.ground.central import Central
from backend_stub.ground.problems import place_of

_PATIENCE_S: Final = 30.0

log = structlog.get_logger()


class CaseWorker:
    """Looks for due tasks and waiting notices until it is stopped."""

    def __init__(self, central: Central, gateway: Gateway | None, every: timedelta) -> None:
        self._central = central
        self._gateway = gateway
        self._every_s = every.total_seconds()
        self._watch = ClockWatch(central.clock)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cases", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the task that is being done; what else is due waits in the database."""
        self._stopping.set()
        self._thread.join(_PATIENCE_S)

    def _run(self) -> None:
        while not self._stopping.wait(self._every_s):
            try:
                if self._watch.is_steady():
                    work_once(self._central, self._gateway)
            # The database may be away for a while: the work goes on when it is back.
            except Exception as error:  # noqa: BLE001
                log.error("central.work_failed", error=type(error).__name__, where=place_of(error))


def work_once(central: Central, gateway: Gateway | None) -> int:
    """Do all that is due now and hand over what waits; how much it was."""
    done = do_due(central.database, central.cases, central.clock)
    while gateway is not None:
        handed = hand_over(central.database, gateway, central.clock)
        if handed == 0:
            break
        done += handed
    return done


def start_worker(central: Central) -> CaseWorker | None:
    """The worker that the settings ask for, running."""
    if central.settings.work_every is None:
        return None
    # A live installation names its gateway; until it does, notices wait in the outbox.
    gateway = ShownGateway() if central.settings.development else None
    worker = CaseWorker(central, gateway, central.settings.work_every)
    worker.start()
    return worker
