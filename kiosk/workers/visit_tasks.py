"""The thread of one worker: what visits ask of it, one task after the other, none unanswered."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from kiosk.session import events as ev
from kiosk.workers.answering import Answer

_log = structlog.get_logger()


class VisitTasks:
    """Runs tasks in order. Any thread may submit."""

    def __init__(self, name: str, answer: Answer) -> None:
        """``name`` is the thread's; ``answer`` is called on it."""
        self._name = name
        self._answer = answer
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    def submit(
        self, task: Callable[[], None], *, visit: int | None, otherwise: ev.Event | None
    ) -> None:
        """Run ``task``, which answers by itself.

        When it raises what nobody foresaw, the visit is told ``otherwise``: a page that waits for
        an answer never waits for ever. ``None`` where no page waits.
        """

        def run() -> None:
            try:
                task()
            except Exception as error:  # noqa: BLE001 -- whatever it was, somebody may wait
                _log.error("worker.failed", worker=self._name, error=type(error).__name__)
                if otherwise is not None:
                    self._answer(otherwise, visit)

        self._pool.submit(run)

    def stop(self) -> None:
        """Drop what waits, finish what runs."""
        self._pool.shutdown(wait=True, cancel_futures=True)
