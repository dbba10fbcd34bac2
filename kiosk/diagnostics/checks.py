"""The self tests, each a function from the settings to a finding."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cardreader.pcsc import PcscReaders
from cardreader.trust import TrustStore, TrustStoreInvalid
from kiosk.central.client import CentralClient, CentralError, CentralRefused
from kiosk.config import Settings
from kiosk.devices import Remedy
from kiosk.diagnostics.advice import printer_advice
from kiosk.enrolment.terminal_identity import IdentityError, load_identity
from kiosk.equipment.scanner import SaneScanner, ScanFailed
from kiosk.journal import verify_journal
from kiosk.services import CatalogueError, load_catalogue
from kiosk.workers.card_revocations import REVOCATION_FILE, is_stale, with_stored_list
from offline_queue.errors import OutboxError, OutboxUnavailable
from offline_queue.inspection import read_status
from offline_queue.signed_requests import RequestSigner
from offline_queue.verify import verify_outbox
from printer.errors import PrinterError, PrinterSilent, PrintJournalError
from printer.escpos import realtime_request
from printer.journal import read_roll
from printer.roll import forecast
from printer.status import PrinterStatus, Realtime, ReplyParser, from_realtime
from printer.transport import (
    DeviceTransport,
    NetworkTransport,
    Transport,
)

_READER_PATIENCE_S = 3.0
_PRINTER_PATIENCE_S = 2.0
_MOST_SKEW_S = 120.0
_LEAST_FREE_BYTES = 500 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one self test. ``blocking``: without it no citizen can be served."""

    device: str
    ok: bool
    blocking: bool
    state: str
    remedy: Remedy = Remedy.NONE
    advice: str = ""


def run_checks(settings: Settings) -> list[Finding]:
    """Every self test."""
    return [check(settings) for check in _CHECKS]


def _catalogue(_: Settings) -> Finding:
    try:
        services = load_catalogue().services
    except CatalogueError as error:
        return _bad("catalogue", str(error), Remedy.CONFIGURATION, "Restore the service files.")
    return Finding("catalogue", True, True, f"{len(services)} services")


def _identity(settings: Settings) -> Finding:
    try:
        identity = load_identity(settings.state_directory)
    except IdentityError as error:
        return _bad(
            "identity",
            str(error),
            Remedy.MAINTENANCE,
            "Check state_directory, restore it or enrol anew.",
        )
    if identity.enrolment is None:
        return _bad(
            "identity",
            "not enrolled",
            Remedy.CONFIGURATION,
            "Get a one-time code, then `kiosk enrol`.",
        )
    if identity.enrolment.kiosk != settings.kiosk_id:
        state = f"enrolled as {identity.enrolment.kiosk}, but kiosk_id is {settings.kiosk_id}"
        advice = "Correct kiosk_id or state_directory."
        return _bad("identity", state, Remedy.CONFIGURATION, advice)
    return Finding("identity", True, True, f"enrolled, epoch {identity.enrolment.epoch}")


def _trust(settings: Settings) -> Finding:
    if settings.reader.trust is None:
        return _bad(
            "trust",
            "not configured",
            Remedy.CONFIGURATION,
            "Set reader.trust to the state's trust anchors.",
        )
    try:
        store = TrustStore.load(settings.reader.trust)
    except TrustStoreInvalid as error:
        return _bad("trust", str(error), Remedy.CONFIGURATION, "Install the trust anchors again.")
    return Finding(
        "trust", True, True, f"{len(store.csca)} CSCA, {len(store.card_issuers)} issuers"
    )


def _revocations(settings: Settings) -> Finding:
    try:
        store = TrustStore.load(settings.reader.trust or Path())
    except TrustStoreInvalid:
        state = "not known without trust anchors"
        return Finding("revocation", False, False, state, Remedy.CONFIGURATION, "Mend trust first.")
    store = with_stored_list(store, settings.state_directory / REVOCATION_FILE)
    allowed_h = settings.reader.revocation_max_age_h
    as_of, now = store.revocations_as_of(), datetime.now(UTC)
    state = "no list"
    if as_of is not None:
        age_h = (now - as_of).total_seconds() / 3600
        state = f"list of {as_of:%Y-%m-%d %H:%M} UTC, {age_h:.1f} h old, {allowed_h:g} h allowed"
    if is_stale(as_of, now, timedelta(hours=allowed_h)):
        advice = "Check the network: until a new list comes, applications are kept and marked."
        return Finding("revocation", False, False, state, Remedy.SUSPEND, advice)
    return Finding("revocation", True, False, state)


def _reader(settings: Settings) -> Finding:
    readers = PcscReaders()
    others: list[str] = []
    readers.start(lambda _event: None)
    try:
        deadline = time.monotonic() + _READER_PATIENCE_S
        while time.monotonic() < deadline:
            attached = readers.readers()
            others = [found.reader for found in attached]
            for found in attached:
                if settings.reader.name in found.reader:
                    return Finding("reader", True, True, f"online, {found.slot.value}")
            time.sleep(0.05)
    finally:
        readers.stop()
    if others:
        state = f"noDevice: no reader is called {settings.reader.name}, but {', '.join(others)}"
        return _bad("reader", state, Remedy.CONFIGURATION, "Correct reader.name.")
    advice = "Check the reader's cable, and that pcscd runs: `systemctl status pcscd.socket`."
    return _bad("reader", "noDevice", Remedy.RESET, advice)


def _outbox(settings: Settings) -> Finding:
    path = settings.state_directory / "outbox.db"
    if not path.exists():
        return Finding("outbox", True, True, "empty, not yet made")
    try:
        status = read_status(path)
        identity = load_identity(settings.state_directory)
        key, former = identity.device_key.public_key(), identity.former_keys
        findings = verify_outbox(path, key, None, former_keys=former, secret=identity.secret)
    except OutboxUnavailable as error:
        return _bad("outbox", str(error), Remedy.MAINTENANCE, error.advice)
    except (OutboxError, IdentityError) as error:
        return _bad("outbox", str(error), Remedy.MAINTENANCE, "Keep the disk; call maintenance.")
    if status.unavailable:
        state, advice = status.unavailable.value, status.unavailable.advice
        return _bad("outbox", state, Remedy.MAINTENANCE, advice)
    if findings:
        return _bad("outbox", findings[0].sentence, Remedy.MAINTENANCE, "Keep the disk as it is.")
    return Finding("outbox", True, True, f"{status.waiting} waiting, {status.ack_seq} acknowledged")


def _journal(settings: Settings) -> Finding:
    path = settings.state_directory / "journal.jsonl"
    if not path.exists():
        return Finding("journal", True, True, "empty, not yet made")
    breaks = verify_journal(path)
    if breaks:
        state = f"line {breaks[0].line}: {breaks[0].reason}"
        return _bad("journal", state, Remedy.MAINTENANCE, "Report it: the record was changed.")
    return Finding("journal", True, True, "sound")


def _disk(settings: Settings) -> Finding:
    directory = settings.state_directory
    while not directory.exists():
        directory = directory.parent
    free = shutil.disk_usage(directory).free
    state = f"{free // (1024 * 1024)} MiB free"
    if free < _LEAST_FREE_BYTES:
        return _bad("disk", state, Remedy.MAINTENANCE, "Make room: the outbox needs 500 MiB.")
    return Finding("disk", True, True, state)


def _central(settings: Settings) -> Finding:
    client = _client(settings)
    try:
        skew = (client.health().time - datetime.now(UTC)).total_seconds()
    except CentralError as error:
        advice = "Transactions are kept and sent later. Check the network and central.url."
        state = f"offline at {settings.central.url}: {error}"
        return Finding("central", False, False, state, Remedy.SUSPEND, advice)
    finally:
        client.close()
    if abs(skew) > _MOST_SKEW_S:
        advice = "Set the clock (NTP)."
        return Finding("clock", False, False, f"{skew:.0f} s off", Remedy.CONFIGURATION, advice)
    return Finding("central", True, False, f"online, clock {skew:+.1f} s")


def _client(settings: Settings, signer: RequestSigner | None = None) -> CentralClient:
    central = settings.central
    timeouts = (central.connect_timeout_s, 5.0)
    return CentralClient(central.url, timeouts=timeouts, signer=signer, ca_file=central.ca_file)


def _key(settings: Settings) -> Finding:
    """Whether the central API takes the device key: without that, receipts cannot be verified."""
    try:
        identity = load_identity(settings.state_directory)
    except IdentityError:
        identity = None
    if identity is None or identity.enrolment is None:
        return Finding("key", True, False, "not asked: the terminal is not enrolled")
    signer = RequestSigner(settings.kiosk_id, identity.enrolment.epoch, identity.device_key)
    client = _client(settings, signer)
    try:
        taken = client.ask_key(settings.kiosk_id)
    except CentralRefused as refusal:
        advice = "Get a one-time code, then `kiosk enrol`, with --new-key when revoked or frozen."
        return _bad("key", refusal.code or str(refusal.status), Remedy.MAINTENANCE, advice)
    except CentralError:
        return Finding("key", True, False, "not asked: the central API is not reached")
    finally:
        client.close()
    return Finding("key", True, False, f"taken, epoch {taken.epoch}")


def _printer(settings: Settings) -> Finding:
    printer = settings.printer
    if printer.connection == "none":
        return Finding("printer", True, False, "none configured: receipts stay on the screen")
    try:
        line = (
            NetworkTransport(printer.host, printer.port)
            if printer.connection == "network"
            else DeviceTransport(printer.device)
        )
    except (PrinterError, ValueError) as error:
        advice = "Check power, cable and address. The running kiosk, too, may hold it."
        if printer.connection == "device" and not printer.device:
            advice = "Name its device file in printer.device."
        return Finding("printer", False, False, f"noDevice: {error}", Remedy.RESET, advice)
    try:
        status = _printer_status(line)
    except PrinterError as error:
        return Finding("printer", False, False, str(error), Remedy.RESET, "Switch it off and on.")
    finally:
        line.close()
    state = f"{status.device.value}, paper {status.paper.value}, cover {status.cover.value}"
    left = _receipts_left(settings)
    if left is not None:
        state += f", paper for about {left} receipts"
    if not status.ready:
        advice = f"{printer_advice(status)} Receipts stay on the screen until then."
        return Finding("printer", False, False, state, Remedy.CLEAR, advice)
    return Finding("printer", True, False, state)


def _scanner(settings: Settings) -> Finding:
    scanner = settings.scanner
    if not scanner.device:
        return Finding("scanner", True, False, "none configured: papers go to the hearing")
    found = SaneScanner(
        scanner.device,
        mode=scanner.mode,
        resolution_dpi=scanner.resolution_dpi,
        source=scanner.source,
    )
    try:
        found.look()
    except ScanFailed as failed:
        advice = "Compare with `scanimage -L` and `scanimage -A -d DEVICE`."
        return Finding("scanner", False, False, failed.problem.value, Remedy.RESET, advice)
    return Finding("scanner", True, False, "online")


def _receipts_left(settings: Settings) -> int | None:
    """``None`` while the terminal runs, which owns the record, and until a roll was changed."""
    try:
        return forecast(read_roll(settings.state_directory / "prints.db")).receipts
    except PrintJournalError:
        return None


def _printer_status(line: Transport) -> PrinterStatus:
    """Ask DLE EOT 1 to 4, one after the other. Raises :class:`printer.errors.PrinterError`."""
    parser, answers = ReplyParser(), list[int]()
    for question in range(1, 5):
        line.write(realtime_request(question), _PRINTER_PATIENCE_S)
        deadline = time.monotonic() + _PRINTER_PATIENCE_S
        while len(answers) < question:
            if time.monotonic() > deadline:
                raise PrinterSilent("the printer does not answer")
            replies = parser.feed(line.read(0.2))
            answers += [reply.byte for reply in replies if isinstance(reply, Realtime)]
    return from_realtime(*answers[:4])


def _bad(device: str, state: str, remedy: Remedy, advice: str) -> Finding:
    return Finding(device, False, True, state, remedy, advice)


_CHECKS: tuple[Callable[[Settings], Finding], ...] = (
    _catalogue,
    _identity,
    _trust,
    _revocations,
    _reader,
    _outbox,
    _journal,
    _disk,
    _central,
    _key,
    _printer,
    _scanner,
)
