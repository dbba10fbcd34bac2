"""What is asked again and again: does the central API answer, does the outbox take?"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.central.client import CentralClient, CentralError
from kiosk.devices import DeviceState
from kiosk.workers.periodic import Periodic
from offline_queue.errors import OutboxUnavailable
from offline_queue.store import Outbox


class Watch:
    """One thread that looks every ``interval`` seconds, or at once when it is nudged."""

    def __init__(
        self,
        client: CentralClient,
        outbox: Outbox,
        *,
        interval: float,
        central: Callable[[DeviceState], None],
        outbox_state: Callable[[DeviceState], None],
        looked: Callable[[], None],
    ) -> None:
        """``looked`` is called after every look, in the watch's thread."""
        self._client = client
        self._outbox = outbox
        self._interval = interval
        self._central = central
        self._outbox_state = outbox_state
        self._looked = looked
        self.thread = Periodic("watch", self._look)

    def start(self) -> None:
        """Begin to look."""
        self.thread.start()

    def stop(self) -> None:
        """End; returns when no further call can come, or after ten seconds."""
        self.thread.stop()

    def nudge(self) -> None:
        """Look now. Any thread."""
        self.thread.soon()

    def _look(self) -> float:
        self._outbox_state(self._ask_outbox())
        self._central(self._ask_central())
        self._looked()
        return self._interval

    def _ask_outbox(self) -> DeviceState:
        try:
            status = self._outbox.status()
        except OutboxUnavailable:
            return DeviceState.HARDWARE_ERROR
        return DeviceState.ONLINE if status.unavailable is None else DeviceState.HARDWARE_ERROR

    def _ask_central(self) -> DeviceState:
        try:
            self._client.health()
        except CentralError:
            return DeviceState.OFFLINE
        return DeviceState.ONLINE
