"""The citizen's card reader: from what happens in the slot to what the visit may know of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

import structlog

from cardreader import events as card
from cardreader.apdu import CardConnection
from cardreader.errors import CardNotGenuine, CardProtocolError, ObjectNotFound
from cardreader.jws import sign_compact
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pki import KeyPurpose
from cardreader.readers import CardReaders, Slot
from cardreader.trust import TrustStore
from cardreader.worker import CardWorker
from kiosk.devices import DeviceState
from kiosk.loop.pin_buffer import PinBuffer
from kiosk.services.oman_time import MUSCAT
from kiosk.session import effects as ef, events as ev
from kiosk.session.state import Cardholder, CardProblem
from kiosk.workers.answering import GONE, Answer, event_of
from kiosk.workers.worker import Handlers, Worker

_log = structlog.get_logger()

_READ_DEADLINE = 20.0
_PIN_DEADLINE = 10.0
_SIGN_DEADLINE = 20.0

T = TypeVar("T")


@dataclass
class _Seat:
    """One card in the slot: its worker, and the card once it was opened (worker's thread only)."""

    worker: CardWorker
    card: NationalIdCard | None = None
    refusal: CardNotGenuine | None = None
    """Found out after the visit went on: nothing more is asked of this card."""


class ReaderWorker(Worker):
    """Owns the citizen's reader. Methods without another word belong to the loop's thread."""

    def __init__(
        self,
        readers: CardReaders,
        trust: TrustStore,
        *,
        pad: PinBuffer,
        wanted: str,
        answer: Answer,
        reader_state: Callable[[DeviceState], None],
        now: Callable[[], datetime],
    ) -> None:
        """``pad`` holds the PIN that is entered. ``wanted`` is part of the reader's name; empty
        takes the first that is attached.
        """
        self._readers = readers
        self._trust = trust
        self._pad = pad
        self._wanted = wanted
        self._answer = answer
        self._reader_state = reader_state
        self._now = now
        self._reader: str | None = None
        self._lock = threading.Lock()
        self._seat: _Seat | None = None

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {
            ef.ReadCard: lambda _, visit: self.read(visit),
            ef.VerifyPin: lambda _, visit: self.verify(self._pad.take(), visit),
            ef.QueryPinTries: lambda _, visit: self.query_tries(visit),
        }

    def start(self) -> None:
        """Begin to watch the readers."""
        self._readers.start(self._on_reader_event)

    def stop(self) -> None:
        """Give the card back and stop watching."""
        self._readers.stop()
        self.release()

    def believe(self, trust: TrustStore) -> None:
        """From the next card on, cards are checked against this. Any thread."""
        self._trust = trust

    def has_reader(self) -> bool:
        """Whether the wanted reader is attached. Any thread."""
        return self._reader is not None

    def read(self, visit: int) -> None:
        """Read and verify who it is, that the card is activated, and the retry counter.

        The name is told as soon as it is known. The portrait follows; the PIN waits for it, because
        a card whose portrait is not genuine gets none.
        """

        def task(connection: CardConnection) -> ev.Event:
            card = self._open(connection)
            identity = card.identity()
            holder = Cardholder(
                civil_number=identity.civil_number,
                name_ar=identity.name_ar,
                name_en=identity.name_en,
                birth_date=identity.full_birth_date,
                expiry_date=identity.expiry_date,
                kind=identity.kind.value,
                nationality=identity.nationality,
                photo=b"",
            )
            self._answer(ev.CardholderKnown(holder), visit)
            if holder.expiry_date < self._now().astimezone(MUSCAT).date():
                # Its certificates ended with it: that must not be said as "not genuine".
                return ev.CardRead(holder, None)
            # Before the PIN: a card without certificates is not activated yet, and one whose
            # certificate names somebody else is refused.
            activated = _has_certificates(card)
            if not activated and card.issuing() is None:
                # Its keys are made where the card is made; nothing here can help.
                return ev.CardRefused(CardProblem.NOT_ACTIVATED)
            pin = card.pin_info()
            # In line before anything that the visit asks for next.
            self._ask(portrait, _READ_DEADLINE, visit)
            tries_left = 0 if pin.blocked else pin.tries_left
            return ev.CardRead(holder, tries_left, activated, pin.transport is True)

        def portrait(connection: CardConnection) -> ev.Event:
            seat = self._seat
            try:
                return ev.PhotoRead(self._open(connection).photo())
            except CardNotGenuine as error:
                if seat is not None:
                    seat.refusal = error
                raise

        self._ask(task, _READ_DEADLINE, visit)

    def verify(self, pin: bytearray, visit: int) -> None:
        """Present the PIN once; the card layer wipes it."""

        def task(connection: CardConnection) -> ev.Event:
            self._open(connection).verify_pin(pin)
            return ev.PinVerified()

        self._ask(task, _PIN_DEADLINE, visit)

    def query_tries(self, visit: int) -> None:
        """The retry counter again, where the card tells it after a verified PIN."""
        self._pad.wipe()

        def task(connection: CardConnection) -> ev.Event:
            pin = self._open(connection).pin_info()
            return ev.TriesKnown(0 if pin.blocked else pin.tries_left)

        self._ask(task, _PIN_DEADLINE, visit)

    def sign(
        self, purpose: KeyPurpose, payload: bytes, pin: bytearray | None, typ: str
    ) -> Future[str]:
        """A compact JWS by the card. Any thread; the card layer wipes the PIN."""
        return self._submit(
            lambda connection: sign_compact(self._open(connection), purpose, payload, pin, typ),
            _SIGN_DEADLINE,
        )

    def with_card(self, act: Callable[[NationalIdCard], T], deadline: float) -> Future[T]:
        """Run ``act`` on the card's own thread. Any thread may ask."""
        return self._submit(lambda connection: act(self._open(connection)), deadline)

    def forget(self) -> None:
        """See :meth:`release`."""
        self.release()

    def release(self) -> None:
        """Reset the card and give it back: nothing of the visit stays verified on it."""
        with self._lock:
            seat, self._seat = self._seat, None
        if seat is not None:
            # The reset may take a moment and nobody waits for it.
            threading.Thread(target=seat.worker.close, name="card release", daemon=True).start()

    def _open(self, connection: CardConnection) -> NationalIdCard:
        seat = self._seat
        if seat is None:
            return open_card(connection, self._trust, self._now)
        if seat.refusal is not None:
            raise seat.refusal
        if seat.card is None:
            seat.card = open_card(connection, self._trust, self._now)
        return seat.card

    def _submit(self, task: Callable[[CardConnection], T], deadline: float) -> Future[T]:
        with self._lock:
            if self._seat is None:
                reader = self._reader or ""
                self._seat = _Seat(CardWorker(lambda: self._readers.connect(reader)))
            worker = self._seat.worker
        return worker.submit(task, deadline=deadline)

    def _ask(self, task: Callable[[CardConnection], ev.Event], deadline: float, visit: int) -> None:
        def done(future: Future[ev.Event]) -> None:
            error = future.exception()
            if error is None:
                self._answer(future.result(), visit)
                return
            _log.warning("card.failed", error=type(error).__name__)
            if isinstance(error, GONE):
                self._answer(ev.CardRemoved(), visit)
            else:
                self._answer(event_of(error), visit)

        self._submit(task, deadline).add_done_callback(done)

    # --- the watcher's thread

    def _take_another_reader(self, gone: str) -> None:
        """A reader that was attached while this one still was takes its place."""
        others = [
            status
            for status in self._readers.readers()
            if status.reader != gone and self._wanted in status.reader
        ]
        self._reader = others[0].reader if others else None
        if not others:
            self._reader_state(DeviceState.NO_DEVICE)
            return
        self._answer(ev.CardRemoved())
        match others[0].slot:
            case Slot.CARD:
                self._answer(ev.CardInserted())
            case Slot.MUTE_CARD:
                self._answer(ev.CardRefused(CardProblem.MUTE))
            case Slot.EMPTY:
                pass

    def _on_reader_event(self, event: card.ReaderEvent) -> None:
        match event:
            case card.ReaderAttached() if self._reader is None and self._wanted in event.reader:
                self._reader = event.reader
                self._reader_state(DeviceState.ONLINE)
            case card.ReaderDetached() if event.reader == self._reader:
                self.release()
                self._take_another_reader(event.reader)
            case card.CardInserted() if event.reader == self._reader:
                self.release()
                self._answer(ev.CardInserted())
            case card.CardMuteInserted() if event.reader == self._reader:
                self._answer(ev.CardRefused(CardProblem.MUTE))
            case card.CardTaken() if event.reader == self._reader:
                self.release()
                self._answer(ev.CardRemoved())
            case card.ServiceLost():
                self._reader = None
                self.release()
                self._reader_state(DeviceState.OFFLINE)
            case _:
                pass


def _has_certificates(card: NationalIdCard) -> bool:
    """Whether both keys have a certificate that holds; without both the card is not activated."""
    try:
        for purpose in KeyPurpose:
            card.certificate(purpose)
    except (ObjectNotFound, CardProtocolError):
        # One that is damaged is no certificate; activation writes over it.
        return False
    return True
