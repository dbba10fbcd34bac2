"""Watches readers and cards for as long as the terminal runs, whatever pcscd does.

One thread waits in ``SCardGetStatusChange``. pyscard's own monitors end for good on the first
error (pyscard issues 82 and 128); this one gets itself a new context, and lists the readers anew
at least every second because pcsc-lite can miss a change between listing and waiting.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from smartcard import scard

from cardreader.events import (
    CardInserted,
    CardMuteInserted,
    CardTaken,
    ReaderAttached,
    ReaderDetached,
    ReaderEvent,
    ServiceLost,
    ServiceRestored,
)
from cardreader.pcsc_codes import SERVICE_LOST
from cardreader.readers import ReaderStatus, Slot

_PNP = "\\\\?PnP?\\Notification"
_RELIST_MS = 1000
_FIRST_RETRY = 0.1
_LAST_RETRY = 1.0
_STOP_WITHIN = 5.0
_STOP_PAUSE = 0.05

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the service last said about one reader: its state word, and what was made of it."""

    status: ReaderStatus
    state: int = scard.SCARD_STATE_UNAWARE

    @property
    def counter(self) -> int:
        """The reader's event counter: pcsc-lite counts insertions and removals in it."""
        return self.state >> 16


def observe(
    seen: Seen, state: int, atr: bytes, next_insertion: int
) -> tuple[Seen, tuple[ReaderEvent, ...]]:
    """What a new state word means for one reader, as the new knowledge and the events.

    A card that was swapped between two looks shows as a changed counter alone, even when both
    have the same ATR: it is reported as taken and inserted. Pure; ``next_insertion`` is used up
    when a :class:`~cardreader.events.CardInserted` is among the events.
    """
    was = seen.status
    reader = was.reader
    state &= ~scard.SCARD_STATE_CHANGED
    if not state & scard.SCARD_STATE_PRESENT:
        slot = ReaderStatus(reader, Slot.EMPTY)
    elif state & scard.SCARD_STATE_MUTE:
        slot = ReaderStatus(reader, Slot.MUTE_CARD)
    elif atr:
        slot = ReaderStatus(reader, Slot.CARD, atr, next_insertion)
    elif seen.counter == state >> 16:
        slot = was
    else:
        # A new card that is still being powered up: the next change tells.
        slot = ReaderStatus(reader, Slot.EMPTY)
    same = (
        was.slot is slot.slot
        and was.atr == slot.atr
        and (slot.slot is Slot.EMPTY or seen.counter == state >> 16)
    )
    if same:
        return Seen(was, state), ()
    events: list[ReaderEvent] = []
    if was.slot is not Slot.EMPTY:
        events.append(CardTaken(reader))
    if slot.slot is Slot.MUTE_CARD:
        events.append(CardMuteInserted(reader))
    elif slot.slot is Slot.CARD:
        events.append(CardInserted(reader, atr, next_insertion))
    return Seen(slot, state), tuple(events)


class ReaderMonitor:
    """The watching thread. ``on_event`` is called from it, one event at a time."""

    def __init__(self, on_event: Callable[[ReaderEvent], None]) -> None:
        self._on_event = on_event
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._seen: dict[str, Seen] = {}
        self._context: int | None = None
        self._insertions = 0
        self._service_lost = False
        # A daemon: pcscd can hang, and must not keep the terminal from ending.
        self._thread = threading.Thread(target=self._run, name="card monitor", daemon=True)

    def start(self) -> None:
        """Begin to watch; once per monitor."""
        self._thread.start()

    def stop(self) -> None:
        """End the wait in PC/SC and return when no further event can come."""
        self._stopping.set()
        if threading.current_thread() is self._thread:
            # Called by the listener: the watch ends as soon as it returns.
            return
        give_up = time.monotonic() + _STOP_WITHIN
        while self._thread.is_alive() and time.monotonic() < give_up:
            # Again and again: a cancel between two waits is lost.
            with self._lock:
                context = self._context
            if context is not None:
                scard.SCardCancel(context)
            self._thread.join(_STOP_PAUSE)

    def readers(self) -> list[ReaderStatus]:
        """The readers as last seen, in the service's order."""
        with self._lock:
            return [seen.status for seen in self._seen.values()]

    def _run(self) -> None:
        retry = _FIRST_RETRY
        while not self._stopping.is_set():
            code, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
            if code == scard.SCARD_S_SUCCESS:
                with self._lock:
                    self._context = context
                try:
                    code = self._watch(context)
                finally:
                    with self._lock:
                        self._context = None
                    scard.SCardReleaseContext(context)
                retry = _FIRST_RETRY
            if self._stopping.is_set():
                return
            self._lose_service(code)
            self._stopping.wait(retry)
            retry = min(retry * 2, _LAST_RETRY)

    def _watch(self, context: int) -> int:
        """Watch until told to stop or the context is worth nothing; returns the last code."""
        while not self._stopping.is_set():
            code, names = scard.SCardListReaders(context, [])
            if code == scard.SCARD_E_NO_READERS_AVAILABLE:
                names = []
            elif code != scard.SCARD_S_SUCCESS:
                return int(code)
            self._restore_service()
            self._update_readers(names)
            with self._lock:
                waiting = [(name, seen.state) for name, seen in self._seen.items()]
            code, states = scard.SCardGetStatusChange(
                context, _RELIST_MS, [(_PNP, scard.SCARD_STATE_UNAWARE), *waiting]
            )
            if code & 0xFFFF_FFFF in SERVICE_LOST:
                return int(code)
            if code == scard.SCARD_S_SUCCESS:
                for name, state, atr in states:
                    if name != _PNP:
                        self._update_slot(name, state, bytes(atr))
            elif code not in (
                scard.SCARD_E_TIMEOUT,
                scard.SCARD_E_CANCELLED,
                scard.SCARD_E_UNKNOWN_READER,
                scard.SCARD_E_READER_UNAVAILABLE,
            ):
                return int(code)
        return int(scard.SCARD_E_CANCELLED)

    def _update_readers(self, names: list[str]) -> None:
        for gone in [name for name in self._seen if name not in names]:
            self._detach(gone)
        for name in names:
            if name not in self._seen:
                with self._lock:
                    self._seen[name] = Seen(ReaderStatus(name, Slot.EMPTY))
                self._emit(ReaderAttached(name))

    def _update_slot(self, name: str, state: int, atr: bytes) -> None:
        if state & (scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE):
            # The next listing decides whether the reader is gone.
            return
        seen, events = observe(self._seen[name], state, atr, self._insertions + 1)
        if any(isinstance(event, CardInserted) for event in events):
            self._insertions += 1
        with self._lock:
            self._seen[name] = seen
        for event in events:
            self._emit(event)

    def _detach(self, name: str) -> None:
        with self._lock:
            seen = self._seen.pop(name)
        if seen.status.slot is not Slot.EMPTY:
            self._emit(CardTaken(name))
        self._emit(ReaderDetached(name))

    def _lose_service(self, code: int) -> None:
        for name in list(self._seen):
            self._detach(name)
        if not self._service_lost:
            self._service_lost = True
            _log.warning("card.service_lost", code=f"{code & 0xFFFF_FFFF:08X}")
            self._emit(ServiceLost())

    def _restore_service(self) -> None:
        if self._service_lost:
            self._service_lost = False
            _log.info("card.service_restored")
            self._emit(ServiceRestored())

    def _emit(self, event: ReaderEvent) -> None:
        if self._stopping.is_set():
            return
        try:
            self._on_event(event)
        except Exception as error:  # noqa: BLE001 - a listener's mistake must not end the watch
            _log.error("card.listener_failed", error=type(error).__name__)
