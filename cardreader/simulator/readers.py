"""Card readers without hardware: the same seam as PC/SC, cards put in and taken out by a call."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from cardreader.apdu import Protocol7816
from cardreader.errors import CardBusy, CardMute, CardRemoved, ReaderUnavailable
from cardreader.events import (
    CardInserted,
    CardMuteInserted,
    CardTaken,
    ReaderAttached,
    ReaderDetached,
    ReaderEvent,
)
from cardreader.readers import ReaderStatus, Slot
from cardreader.simulator.card import InsertableCard, issue
from cardreader.simulator.personas import Profile, persona
from cardreader.simulator.state import CardMemory, personalised

READER = "Simulated Reader 00 00"
"""Name of the first reader; the second is ``Simulated Reader 01 00``."""


@dataclass(slots=True)
class _Reader:
    name: str
    attached: bool = True
    card: InsertableCard | None = None
    insertion: int = 0
    holder: SimulatedConnection | None = None


class SimulatedReaders:
    """The simulated :class:`~cardreader.readers.CardReaders`, with hands to put cards in.

    Every method may be called from any thread. Events are delivered by one thread of its own, one
    at a time, in the order in which things happened; :meth:`drain` waits until all are delivered.
    A card keeps its PIN, counters and keys between insertions for as long as this object lives, or
    in ``state_folder`` (one file per persona) for ever. ``latency`` is in seconds per command.
    """

    def __init__(
        self,
        count: int = 1,
        *,
        protocol: Protocol7816 = Protocol7816.T1,
        latency: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
        state_folder: Path | None = None,
        profile: Profile | None = None,
    ) -> None:
        self._lock = threading.RLock()
        self._readers = [_Reader(f"Simulated Reader {index:02} 00") for index in range(count)]
        self._protocol = protocol
        self._latency = latency
        self._sleep = sleep
        self._state_folder = state_folder
        self._profile = profile
        self._memories: dict[str, CardMemory] = {}
        self._insertions = 0
        self._events: queue.SimpleQueue[ReaderEvent | None] = queue.SimpleQueue()
        self._delivered = threading.Condition(self._lock)
        self._outstanding = 0
        self._watcher: threading.Thread | None = None

    # The seam ----------------------------------------------------------------------------------

    def start(self, on_event: Callable[[ReaderEvent], None]) -> None:
        """Begin to deliver events; what is there already is reported first."""
        with self._lock:
            if self._watcher is not None:
                raise RuntimeError("the readers are being watched already")
            self._watcher = threading.Thread(
                target=self._deliver, args=(on_event,), name="simulated-readers", daemon=True
            )
            for reader in self._readers:
                if reader.attached:
                    self._report(ReaderAttached(reader.name))
                    self._report_card(reader)
            self._watcher.start()

    def stop(self) -> None:
        """End watching; no event comes after this returns."""
        with self._lock:
            watcher, self._watcher = self._watcher, None
            if watcher is None:
                return
            self._events.put(None)
        if watcher is not threading.current_thread():
            watcher.join()

    def readers(self) -> list[ReaderStatus]:
        """The attached readers and what is in them."""
        with self._lock:
            return [_status(reader) for reader in self._readers if reader.attached]

    def connect(self, reader: str) -> SimulatedConnection:
        """Power the card and open an exclusive connection.

        Raises :class:`~cardreader.errors.ReaderUnavailable`,
        :class:`~cardreader.errors.CardRemoved`, :class:`~cardreader.errors.CardMute`,
        :class:`~cardreader.errors.CardBusy`.
        """
        with self._lock:
            slot = self._find(reader)
            if not slot.attached:
                raise ReaderUnavailable("the reader is not attached")
            if slot.card is None:
                raise CardRemoved("no card is in the reader")
            if slot.holder is not None:
                raise CardBusy("another connection holds the card")
            if not slot.card.is_powered:
                # A card that was left under power keeps its verified PIN, as with PC/SC.
                slot.card.power_on()
            slot.holder = SimulatedConnection(self._lock, slot, slot.card)
            return slot.holder

    # The hands ---------------------------------------------------------------------------------

    def insert(self, persona_id: str, reader: str = READER) -> None:
        """Put the persona's card in; a card that is there is taken out first.

        Raises :class:`~cardreader.simulator.personas.UnknownPersona`,
        :class:`~cardreader.errors.ReaderUnavailable`.
        """
        holder = persona(persona_id)
        with self._lock:
            state: Path | CardMemory
            if self._state_folder is None:
                if persona_id not in self._memories:
                    self._memories[persona_id] = personalised(holder)
                state = self._memories[persona_id]
            else:
                self._state_folder.mkdir(parents=True, exist_ok=True)
                state = self._state_folder / f"{persona_id}.card.json"
            self.insert_card(
                issue(
                    holder,
                    protocol=self._protocol,
                    latency=self._latency,
                    sleep=self._sleep,
                    state=state,
                    profile=self._profile,
                ),
                reader,
            )

    def insert_card(self, card: InsertableCard, reader: str = READER) -> None:
        """Put any card in; a card that is there is taken out first."""
        with self._lock:
            slot = self._find(reader)
            if not slot.attached:
                raise ReaderUnavailable("the reader is not attached")
            self.remove(reader)
            self._insertions += 1
            slot.card, slot.insertion = card, self._insertions
            self._report_card(slot)

    def remove(self, reader: str = READER) -> None:
        """Pull the card out, whatever it is doing. Nothing happens when there is none."""
        with self._lock:
            slot = self._find(reader)
            if slot.card is None:
                return
            slot.card.power_off()
            slot.card = slot.holder = None
            if slot.attached:
                # Unplugging has reported it as taken already.
                self._report(CardTaken(slot.name))

    def detach(self, reader: str = READER) -> None:
        """Unplug the reader; a card in it counts as taken, but stays in the slot."""
        with self._lock:
            slot = self._find(reader)
            if not slot.attached:
                return
            slot.attached = False
            slot.holder = None
            if slot.card is not None:
                slot.card.power_off()
                self._report(CardTaken(slot.name))
            self._report(ReaderDetached(slot.name))

    def attach(self, reader: str = READER) -> None:
        """Plug the reader in again; a card that stayed in its slot is a new insertion."""
        with self._lock:
            slot = self._find(reader)
            if slot.attached:
                return
            slot.attached = True
            self._report(ReaderAttached(slot.name))
            if slot.card is not None:
                self._insertions += 1
                slot.insertion = self._insertions
                self._report_card(slot)

    def drain(self, timeout: float = 5.0) -> bool:
        """Wait until every event so far has been delivered; whether that happened in time."""
        with self._delivered:
            return self._delivered.wait_for(lambda: self._outstanding == 0, timeout)

    # Inside ------------------------------------------------------------------------------------

    def _find(self, reader: str) -> _Reader:
        for candidate in self._readers:
            if candidate.name == reader:
                return candidate
        raise ReaderUnavailable("there is no such reader")

    def _report_card(self, slot: _Reader) -> None:
        if slot.card is None:
            return
        if slot.card.atr is None:
            self._report(CardMuteInserted(slot.name))
        else:
            self._report(CardInserted(slot.name, slot.card.atr, slot.insertion))

    def _report(self, event: ReaderEvent) -> None:
        # Before start nobody listens: start reports the state it finds.
        if self._watcher is not None:
            self._outstanding += 1
            self._events.put(event)

    def _deliver(self, on_event: Callable[[ReaderEvent], None]) -> None:
        while (event := self._events.get()) is not None:
            try:
                on_event(event)
            finally:
                with self._delivered:
                    self._outstanding -= 1
                    self._delivered.notify_all()


class SimulatedConnection:
    """A connection that ends at the instant the card or the reader goes away."""

    def __init__(self, lock: threading.RLock, slot: _Reader, card: InsertableCard) -> None:
        self.reader = slot.name
        self.atr = card.atr or b""
        self.protocol = card.protocol
        self._lock = lock
        self._slot = slot
        self._card = card

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        """Send one command, return data field and status word.

        Raises :class:`~cardreader.errors.CardRemoved` once this very card is no longer in the
        reader, also when it went while the command was running, and
        :class:`~cardreader.errors.ReaderUnavailable` when the reader was unplugged.
        """
        with self._lock:
            self._check()
        try:
            reply = self._card.transmit(apdu)
        except CardMute:
            # Pulled between the check and the command: power was gone when the chip was asked.
            with self._lock:
                self._check()
            raise
        with self._lock:
            self._check()
        return reply

    def disconnect(self, *, reset: bool = True) -> None:
        """Close; with ``reset`` the card forgets its verified PINs. Safe to call twice."""
        with self._lock:
            if self._slot.holder is not self:
                return
            self._slot.holder = None
            if reset:
                self._card.power_off()

    def _check(self) -> None:
        if not self._slot.attached:
            raise ReaderUnavailable("the reader was unplugged")
        if self._slot.holder is not self:
            raise CardRemoved("the card was taken out, or the connection was closed")


def _status(slot: _Reader) -> ReaderStatus:
    if slot.card is None:
        return ReaderStatus(slot.name, Slot.EMPTY)
    if slot.card.atr is None:
        return ReaderStatus(slot.name, Slot.MUTE_CARD)
    return ReaderStatus(slot.name, Slot.CARD, slot.card.atr, slot.insertion)
