"""The published catalogue: fetched while there is a network, brought into force between visits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import structlog

from kiosk.publication.editions import Editions
from kiosk.services import Catalogue, CatalogueError
from kiosk.workers.periodic import Periodic

_AGAIN_S = 900.0
"""After a failure; the return of the network is told and not waited for."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where editions come from."""

    root: Path | None
    """The root document that the terminal was set up with; ``None``: no edition is asked for."""
    url: str
    """Of the central API."""
    ca_file: Path | None = None
    timeouts: tuple[float, float] = (3.0, 10.0)
    every_s: float = 3600.0


_log = structlog.get_logger()


class CatalogueUpdates:
    """Asks for a newer edition on a thread of its own, and keeps it until nobody is there."""

    def __init__(
        self,
        source: Source,
        editions: Editions,
        catalogue: Catalogue,
        *,
        program: str,
        ready: Callable[[], None],
    ) -> None:
        """``catalogue`` is the one that everybody looks at; ``ready`` is called on this object's
        thread when a newer edition waits. ``program`` is this program's release.
        """
        self._source = source
        self._catalogue = catalogue
        self._program = program
        self._ready = ready
        self._editions = editions
        self._waiting: int | None = None
        self._refused: int | None = None
        self.thread = Periodic("catalogue", self._turn)

    def start(self) -> None:
        """Begin to ask."""
        if self._source.root is not None:
            self.thread.start()

    def stop(self) -> None:
        """End; returns when no further call can come, or after ten seconds."""
        self.thread.stop()

    def network_returned(self) -> None:
        """Ask now. Any thread."""
        self.thread.soon()

    def take_effect(self) -> None:
        """Bring what waits into force. For the loop's thread, while nobody is there."""
        waiting, self._waiting = self._waiting, None
        if waiting is None:
            return
        try:
            self._catalogue.become(self._editions.bring_into_force(waiting))
        except (CatalogueError, OSError) as error:
            # It was whole when it came: the disk is at fault. What is in force stays.
            self._refused = waiting
            _log.error("catalogue.not_in_force", edition=waiting, reason=type(error).__name__)
        else:
            _log.info("catalogue.in_force", edition=waiting)

    def _turn(self) -> float | None:
        source = self._source
        if source.root is None:
            return None
        # Late: their libraries are not needed for the first picture of the terminal.
        from kiosk.publication.fetching import HttpFetcher
        from kiosk.publication.receiving import NotReceived, receive

        fetcher = HttpFetcher(ca_file=source.ca_file, timeout=source.timeouts)
        try:
            received = receive(
                self._editions,
                source.root.read_bytes(),
                fetcher,
                f"{source.url.rstrip('/')}/v1/catalogue/",
                self._program,
            )
        except NotReceived as error:
            _log.warning("catalogue.not_received", reason=error.reason.value)
            return _AGAIN_S
        finally:
            fetcher.close()
        if received.edition not in (self._editions.present(), self._refused):
            _log.info("catalogue.received", edition=received.edition)
            self._waiting = received.edition
            self._ready()
        return source.every_s
