"""The composition root: the one place that knows every room and wires them together."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Protocol

import structlog

from cardreader.readers import CardReaders
from cardreader.trust import TrustStore
from kiosk import __version__
from kiosk.central.client import CentralClient
from kiosk.config import Central, Settings
from kiosk.contract.fleet import HealthReport
from kiosk.devices import DeviceState, Terminal
from kiosk.enrolment.terminal_identity import IdentityError, TerminalIdentity
from kiosk.equipment.finger_sensor import FingerSensor
from kiosk.equipment.scanner import Scanner
from kiosk.front import Front, utc_now
from kiosk.journal import Journal, JournalError, load_events
from kiosk.loop.qt_loop import QtLoop, QtTicks, QtTimers
from kiosk.loop.runner import Runner
from kiosk.papers.receipts import check_code_fits
from kiosk.publication.editions import Editions
from kiosk.session import State, effects as ef, events as ev
from kiosk.session.page_table import PAGES, Stage
from kiosk.session.step import TimerSettings, World
from kiosk.workers.card import ReaderWorker
from kiosk.workers.card_revocations import REVOCATION_FILE, Revocations
from kiosk.workers.card_services import CardServices
from kiosk.workers.catalogue_updates import CatalogueUpdates, Source
from kiosk.workers.central import CentralWorker
from kiosk.workers.fingers import FingerWorker
from kiosk.workers.keeping import Keeper, ReceiptSigner
from kiosk.workers.periodic import Watchdog
from kiosk.workers.printing import Connect, Printing
from kiosk.workers.receipt_mail import ReceiptMailer
from kiosk.workers.reporting import Reporter, health_of
from kiosk.workers.scanning import ScanWorker
from kiosk.workers.watch import Watch
from kiosk.workers.worker import Handlers, Worker, merged
from offline_queue.http import HttpIngest
from offline_queue.signed_requests import RequestSigner
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer, SyncState
from offline_queue.wire import ItemAnswer

_WATCHDOG_S = 30.0
"""How often the periodic threads are looked at."""

_log = structlog.get_logger()


class Chime(Protocol):
    """The loudspeaker that reminds of a forgotten card."""

    def __call__(self, sound: str, /) -> None:
        """``gentle``, ``loud`` or ``alert``."""


@dataclass(frozen=True, slots=True)
class Devices:
    """What the terminal is composed with; real or simulated makes no difference here."""

    readers: CardReaders
    trust: TrustStore
    printer: Connect | None
    """Opens the line to the printer; ``None`` when the terminal has none."""
    chime: Chime
    scanner: Scanner | None = None
    """``None`` when the terminal has none: then no paper is asked for."""
    finger: FingerSensor | None = None
    """``None`` when the terminal has none: then a blocked PIN wants the PUK."""


def _client(central: Central, signer: RequestSigner | None = None) -> CentralClient:
    timeouts = (central.connect_timeout_s, central.read_timeout_s)
    return CentralClient(central.url, timeouts=timeouts, signer=signer, ca_file=central.ca_file)


class Kiosk:
    """One running terminal: window, loop, workers. Made, started and stopped in the UI thread."""

    def __init__(
        self,
        settings: Settings,
        identity: TerminalIdentity,
        devices: Devices,
        *,
        front: Front | None = None,
        now: Callable[[], datetime] = utc_now,
        shown: Callable[[State], None] = lambda _: None,
    ) -> None:
        """``front`` is taken over when it is on screen already; ``shown`` is told every state
        after the window.

        Raises :class:`IdentityError` for a terminal that is not enrolled, or as another one,
        :class:`offline_queue.errors.OutboxError`, :class:`JournalError`,
        :class:`ui.app.WindowFailed`, :class:`printer.errors.QrTooLarge`.
        """
        if identity.enrolment is None:
            raise IdentityError(
                f"terminal {settings.kiosk_id} is not enrolled at the central API: "
                "run `kiosk enrol` first"
            )
        if identity.enrolment.kiosk != settings.kiosk_id:
            # Its receipts and requests would bear a name that its key does not stand for.
            raise IdentityError(
                f"this terminal is enrolled as {identity.enrolment.kiosk}, but kiosk_id is "
                f"{settings.kiosk_id}: correct kiosk_id or state_directory"
            )
        self._settings = settings
        self._devices = devices
        self._now = now
        self._shown = shown
        self._pseudonym = ""
        self._made_at = time.monotonic()
        self._timer_settings = TimerSettings(
            idle_before_pin=settings.timers.idle_before_pin,
            idle_after_pin=settings.timers.idle_after_pin,
            countdown=settings.timers.countdown,
        )
        front = front or Front(settings, now)
        check_code_fits(
            front.catalogue,
            settings.kiosk_id,
            identity.enrolment.receipt_verifier,
            settings.printer.width_dots,
        )
        directory = settings.state_directory
        self._journal = Journal(directory / "journal.jsonl", now)
        self.outbox = Outbox.open(
            directory / "outbox.db",
            enrolment=identity.enrolment,
            device_key=identity.device_key,
            secret=identity.secret,
        )
        self._front = front
        self.window = front.window
        self.catalogue = front.catalogue
        self._pin = front.pin
        self._terminal = front.state.terminal
        central = settings.central
        request_signer = RequestSigner(
            settings.kiosk_id, identity.enrolment.epoch, identity.device_key, now
        )
        self._client = _client(central, request_signer)
        # The watch asks on a session of its own: it must not wait for a search.
        self._watch_client = _client(central)
        self._loop = QtLoop()
        self._timers = QtTimers(lambda timer: self.runner.handle(ev.TimerFired(timer)))
        self._revocations = Revocations(
            devices.trust,
            _client(central),
            directory / REVOCATION_FILE,
            renewed=lambda trust: self._desk.believe(trust),
        )
        self._desk = ReaderWorker(
            devices.readers,
            self._revocations.trust,
            pad=front.pin,
            wanted=settings.reader.name,
            answer=self._answer,
            reader_state=lambda state: self._changed(lambda now: replace(now, reader=state)),
            now=now,
        )
        self.syncer = Syncer(
            self.outbox,
            HttpIngest(
                central.url,
                signer=request_signer,
                ca_file=str(central.ca_file) if central.ca_file else None,
            ),
            on_result=self._transaction_answered,
            on_state=self._sync_changed,
        )
        self._reporter = Reporter(
            _client(central, request_signer),
            settings.kiosk_id,
            observe=self._health,
            in_visit=self._in_visit,
            key=lambda state: self._changed(lambda now: replace(now, key=state)),
        )
        signer = ReceiptSigner(
            settings.kiosk_id,
            identity.device_key,
            identity.enrolment.receipt_verifier,
            self.catalogue,
        )
        self._keeper = Keeper(
            self._desk,
            self.outbox,
            self.syncer,
            signer,
            secret=identity.secret,
            pad=front.pin,
            answer=self._answer,
            outbox_changed=self.look_again,
            now=now,
            revocation_max_age=timedelta(hours=settings.reader.revocation_max_age_h),
        )
        self._card_services = CardServices(
            self._desk,
            self._client,
            self.outbox,
            signer,
            pad=front.pin,
            answer=self._answer,
            now=now,
        )
        self._central = CentralWorker(self._desk, self._client, settings.kiosk_id, self._answer)
        self._printing = Printing(
            devices.printer,
            self.catalogue,
            settings.kiosk_id,
            width=settings.printer.width_dots,
            journal=directory / "prints.db",
            answer=self._answer,
            changed=lambda printer, paper, cover_open: self._changed(
                lambda now: replace(now, printer=printer, paper=paper, cover_open=cover_open)
            ),
            show_receipt=lambda png, visit: self._loop.call(lambda: self._show_receipt(png, visit)),
        )
        self._receipt_mail = ReceiptMailer(
            _client(central, request_signer),
            identity.enrolment,
            directory / "receipts-to-send",
            draw=self._printing.draw,
            answer=self._answer,
        )
        self._scans = ScanWorker(
            devices.scanner,
            answer=self._answer,
            state=lambda state: self._changed(lambda now: replace(now, scanner=state)),
        )
        self._fingers = FingerWorker(
            devices.finger,
            self._desk,
            answer=self._answer,
            state=lambda state: self._changed(lambda now: replace(now, finger=state)),
        )
        self._watch = Watch(
            self._watch_client,
            self.outbox,
            interval=central.health_interval_s,
            central=lambda state: self._changed(lambda now: replace(now, central=state)),
            outbox_state=lambda state: self._changed(lambda now: replace(now, outbox=state)),
            looked=self._looked,
        )
        self._updates = CatalogueUpdates(
            Source(
                settings.catalogue.root,
                central.url,
                central.ca_file,
                (central.connect_timeout_s, central.read_timeout_s),
                settings.catalogue.check_interval_h * 3600,
            ),
            Editions(directory / "catalogue"),
            self.catalogue,
            program=__version__,
            ready=lambda: self._loop.call(self._between_visits),
        )
        watchdog = Watchdog(
            worker.thread
            for worker in (
                self._updates,
                self._watch,
                self._revocations,
                self._reporter,
                self._receipt_mail,
                self._scans,
            )
        )
        self._watchdog = QtTicks(_WATCHDOG_S, watchdog.look)
        self._workers: tuple[Worker, ...] = (
            self._desk,
            self._keeper,
            self._central,
            self._card_services,
            self._fingers,
            self._scans,
            self._printing,
            self._receipt_mail,
        )
        self._handlers = merged((self._own_handlers, *(worker.handles for worker in self._workers)))
        self.runner = Runner(front.state, world=self._world, perform=self._perform, show=self._show)
        front.answer_with(self.runner.handle)

    def start(self) -> None:
        """Begin to serve."""
        self._record("terminal.started", version=__version__, kiosk=self._settings.kiosk_id)
        if self._journal.set_aside:
            self._record("journal.repaired", bytes=str(self._journal.set_aside))
        for worker in self._workers:
            worker.start()
        self.syncer.start()
        self._revocations.start()
        self._updates.start()
        self._watch.start()
        self._reporter.start()
        self._watchdog.start()

    def stop(self) -> None:
        """End the visit, finish what is being kept, let go of every device."""
        self.runner.handle(ev.ShutDown())
        self._loop.close()
        self._watchdog.stop()
        self._timers.stop_all()
        self._reporter.stop()
        self._watch.stop()
        self._revocations.stop()
        self._updates.stop()
        for worker in self._workers:
            worker.stop()
        self.syncer.stop()
        self.outbox.close()
        self._client.close()
        self._watch_client.close()
        self.window.close()
        self._record("terminal.stopped")
        self._journal.close()

    def look_again(self) -> None:
        """Ask network, outbox, scanner and sensor now, not at the next interval. Any thread."""
        self._watch.nudge()
        self._scans.look_again()
        self._fingers.look_again()

    # --- the loop

    def _world(self) -> World:
        language = self._settings.screen.language
        return World(self.catalogue, self._now(), self._timer_settings, language)

    def _answer(self, event: ev.Event, visit: int | None = None) -> None:
        self._loop.call(lambda: self.runner.handle(event, visit))

    def _show(self, state: State) -> None:
        self._between_visits()
        self._front.show(state)
        self._shown(state)

    def _show_receipt(self, png: bytes, visit: int) -> None:
        if self.runner.is_current(visit):
            self.window.set_receipt(png)

    def _changed(self, change: Callable[[Terminal], Terminal]) -> None:
        """A device reported; any thread."""
        self._loop.call(lambda: self._take_change(change))

    def _take_change(self, change: Callable[[Terminal], Terminal]) -> None:
        before = self._terminal
        self._terminal = now = change(before)
        if now == before:
            return
        self._record(
            "terminal.changed",
            **{each.name: str(getattr(now, each.name)) for each in fields(now)},
        )
        self._reporter.changed()
        if now.central is DeviceState.ONLINE and before.central is not DeviceState.ONLINE:
            self.syncer.network_returned()
            self._receipt_mail.nudge()
            self._revocations.network_returned()
            self._updates.network_returned()
        self.runner.handle(ev.TerminalChanged(now))

    def _sync_changed(self, state: SyncState) -> None:
        """The syncer's thread. What is refused there is refused to the reporter too, with words."""
        if state is SyncState.PAUSED:
            self._reporter.changed()

    def _health(self) -> HealthReport:
        """How this terminal is; the reporter's thread."""
        return health_of(
            self._terminal,
            self.outbox,
            self.syncer.state,
            now=self._now(),
            uptime_s=time.monotonic() - self._made_at,
            has_printer=self._devices.printer is not None,
            directory=self._settings.state_directory,
        )

    def _between_visits(self) -> None:
        if not self._in_visit():
            self._updates.take_effect()

    def _in_visit(self) -> bool:
        return PAGES[self.runner.state.visit.page].stage is not Stage.RESTING

    def _looked(self) -> None:
        self._fingers.look_again()
        if not self._desk.has_reader():
            # It had its time to report; "unknown" would keep the terminal starting for ever.
            self._loop.call(self._no_reader)

    def _transaction_answered(self, tx_id: str, answer: ItemAnswer) -> None:
        """The syncer's thread."""
        self._keeper.answered(tx_id, answer)
        self._receipt_mail.nudge()

    def _no_reader(self) -> None:
        if self._terminal.reader is DeviceState.UNKNOWN and not self._desk.has_reader():
            self._take_change(lambda now: replace(now, reader=DeviceState.NO_DEVICE))

    # --- effects

    def _perform(self, effect: ef.Effect, visit: int) -> None:
        self._handlers[type(effect)](effect, visit)

    @property
    def _own_handlers(self) -> Handlers:
        """What concerns no device, or all of them."""
        return {
            ef.BeginVisit: lambda _effect, _visit: self._name_visit(),
            ef.ClearPin: lambda _effect, _visit: self._pin.wipe(),
            ef.Wipe: lambda _effect, _visit: self._wipe(),
            ef.StartTimer: lambda effect, _: self._timers.start(effect.timer, effect.seconds),
            ef.StopTimer: lambda effect, _: self._timers.stop(effect.timer),
            ef.Sound: lambda effect, _: self._devices.chime(effect.name),
            ef.Record: lambda effect, _: self._record(effect.event_id, **dict(effect.details)),
        }

    def _name_visit(self) -> None:
        self._pseudonym = token_hex(8)

    def _wipe(self) -> None:
        self._pin.wipe()
        for worker in self._workers:
            worker.forget()
        self.window.forget()

    def _record(self, event_id: str, **details: str) -> None:
        definition = load_events()[event_id]
        # What happens to the terminal itself happens in nobody's visit.
        whose = {"visit": self._pseudonym} if "visit" in definition.fields else {}
        getattr(_log, definition.level)(event_id, **whose, **details)
        if definition.journal:
            try:
                self._journal.append(event_id, self._pseudonym, details)
            except JournalError:
                _log.error("journal.not_written")
