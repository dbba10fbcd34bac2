"""``kiosk printer``: how the receipt printer is, and the papers it prints for the staff."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, NoReturn

import typer

from kiosk.cli.options import ConfigFile, Json, StateDirectory, settings_from
from kiosk.cli.outcome import UNAVAILABLE, answer
from kiosk.config import Settings
from kiosk.diagnostics import run_checks
from kiosk.diagnostics.advice import PRINT_ADVICE, printer_advice
from kiosk.diagnostics.staff_papers import day_totals, printer_test_page, readiness_report
from kiosk.services.oman_time import MUSCAT
from offline_queue.errors import OutboxError
from offline_queue.inspection import read_status
from printer.bitmap import ReceiptBitmap
from printer.errors import PrintJournalBusy
from printer.jobs import PrintJob, Result, Settings as PrinterSettings
from printer.journal import PrintJournal
from printer.layout import ensure_application, render
from printer.printer import ReceiptPrinter
from printer.receipt import Receipt
from printer.status import Device
from printer.transport import DeviceTransport, NetworkTransport, Transport

app = typer.Typer(help="The receipt printer.", no_args_is_help=True)

_PATIENCE_S = 6.0
_STAFF = "staff "
"""What the jobs of papers for the staff begin with: they are nobody's receipts."""


class Language(StrEnum):
    """What a paper is printed in."""

    AR = "ar"
    EN = "en"
    BOTH = "both"


Large = Annotated[bool, typer.Option("--large", help="In large print.")]


@app.callback()
def _group() -> None:
    """The receipt printer."""


@app.command()
def status(
    config: ConfigFile = None, state_directory: StateDirectory = None, as_json: Json = False
) -> None:
    """Ask the printer how it is; exit code 0 only when it would print now."""
    settings = settings_from(config, state_directory)
    with _printer(settings, as_json=as_json) as (printer, _):
        found = printer.status()
        left = printer.paper_left()
    advice = printer_advice(found)
    value = {
        "ready": found.ready,
        "device": found.device.value,
        "paper": found.paper.value,
        "cover": found.cover.value,
        "cutter": found.cutter.value,
        "receipts_left": left.receipts,
        "paper_used_mm": round(left.used),
        "advice": advice,
    }
    receipts = "unknown until a roll is changed" if left.receipts is None else f"{left.receipts}"
    text = (
        f"{'Ready' if found.ready else 'Not ready'}: device {found.device.value}, "
        f"paper {found.paper.value}, cover {found.cover.value}, cutter {found.cutter.value}. "
        f"Receipts left on the roll: {receipts}."
    ) + (f"\n{advice}" * (not found.ready))
    answer(value, as_json=as_json, text=text)
    if not found.ready:
        raise typer.Exit(UNAVAILABLE)


@app.command("test-page")
def test_page(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    language: Language = Language.BOTH,
    large: Large = False,
    as_json: Json = False,
) -> None:
    """Print a page that shows a worn print head, wrong paper and a bad cable."""
    settings = settings_from(config, state_directory)
    width = settings.printer.width_dots
    page = printer_test_page(settings.kiosk_id, datetime.now(UTC), _address(settings), width)
    bitmap = _drawn(page, width, language, large=large)
    with _printer(settings, as_json=as_json) as (printer, _):
        _print(printer, "test-page", bitmap, as_json=as_json)


@app.command()
def readiness(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    language: Language = Language.BOTH,
    large: Large = False,
    as_json: Json = False,
) -> None:
    """Run every self test, as `kiosk diagnose` does, and print what was found."""
    settings = settings_from(config, state_directory)
    report = readiness_report(run_checks(settings), settings.kiosk_id, datetime.now(UTC))
    bitmap = _drawn(report, settings.printer.width_dots, language, large=large)
    with _printer(settings, as_json=as_json) as (printer, _):
        _print(printer, "readiness", bitmap, as_json=as_json)


@app.command()
def totals(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    day: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="The day in Oman; today unless it is given."),
    ] = None,
    language: Language = Language.BOTH,
    large: Large = False,
    as_json: Json = False,
) -> None:
    """Print what was printed on one day, and where the outbox stands."""
    settings = settings_from(config, state_directory)
    now = datetime.now(UTC)
    of_day = (day or now.astimezone(MUSCAT)).date()
    begin = datetime.combine(of_day, datetime.min.time(), MUSCAT)
    waiting, acknowledged = _outbox(settings, as_json=as_json)
    with _printer(settings, as_json=as_json) as (printer, journal):
        prints = journal.totals(begin, begin + timedelta(days=1), aside=_STAFF)
        paper = day_totals(of_day, prints, waiting, acknowledged, settings.kiosk_id, now)
        bitmap = _drawn(paper, settings.printer.width_dots, language, large=large)
        _print(printer, "totals", bitmap, as_json=as_json)


def _outbox(settings: Settings, *, as_json: bool) -> tuple[int, int]:
    """Transactions that wait, and those that the central API has."""
    path = settings.state_directory / "outbox.db"
    if not path.exists():
        return 0, 0
    try:
        status = read_status(path)
    except OutboxError as error:
        _unavailable(f"the outbox cannot be read: {error}", as_json=as_json)
    return status.waiting, status.ack_seq


def _drawn(paper: Receipt, width: int, language: Language, *, large: bool) -> ReceiptBitmap:
    application = ensure_application()
    bitmap = render(replace(paper, languages=language.value, large=large), width)
    del application
    return bitmap


def _print(printer: ReceiptPrinter, name: str, bitmap: ReceiptBitmap, *, as_json: bool) -> None:
    """Print a paper for the staff and say how it went."""
    job = f"{_STAFF}{name} {datetime.now(UTC).isoformat()}"
    outcome = printer.print(PrintJob(job, bitmap)).result()
    reason = None if outcome.reason is None else outcome.reason.value
    advice = "" if outcome.reason is None else PRINT_ADVICE[outcome.reason]
    if outcome.result is Result.UNKNOWN:
        advice = f"Look at the paper. {advice}".rstrip()
    sentence = {
        Result.PRINTED: "Printed.",
        Result.REFUSED: f"Not printed: {reason}. {advice}",
        Result.UNKNOWN: f"Sent, but the printer did not confirm it: {reason}. {advice}",
    }[outcome.result]
    value = {"result": outcome.result.value, "reason": reason, "advice": advice}
    answer(value, as_json=as_json, text=sentence)
    if outcome.result is not Result.PRINTED:
        raise typer.Exit(UNAVAILABLE)


@contextmanager
def _printer(settings: Settings, *, as_json: bool) -> Iterator[tuple[ReceiptPrinter, PrintJournal]]:
    """The configured printer, once it has said how it is. Its journal sees to it that the
    running terminal and this command never print at the same time.
    """
    if settings.printer.connection == "none":
        _unavailable("no printer is configured", as_json=as_json)
    settings.state_directory.mkdir(parents=True, exist_ok=True)
    try:
        journal = PrintJournal(settings.state_directory / "prints.db")
    except PrintJournalBusy:
        _unavailable("the terminal is running and owns the printer: stop it first", as_json=as_json)
    looked = threading.Event()
    printer = ReceiptPrinter(
        lambda: _connect(settings),
        journal,
        settings=PrinterSettings(width=settings.printer.width_dots),
        on_status=lambda found: looked.set() if found.device is not Device.UNKNOWN else None,
    )
    try:
        looked.wait(_PATIENCE_S)
        yield printer, journal
    finally:
        printer.close()
        journal.close()


def _connect(settings: Settings) -> Transport:
    if settings.printer.connection == "network":
        return NetworkTransport(settings.printer.host, settings.printer.port)
    return DeviceTransport(settings.printer.device)


def _address(settings: Settings) -> str:
    printer = settings.printer
    if printer.connection != "network":
        return printer.device
    host = f"[{printer.host}]" if ":" in printer.host else printer.host
    return f"{host}:{printer.port}"


def _unavailable(reason: str, *, as_json: bool) -> NoReturn:
    value: dict[str, Any] = {"ready": False, "reason": reason}
    answer(value, as_json=as_json, text=f"{reason[0].upper()}{reason[1:]}.")
    raise typer.Exit(UNAVAILABLE)
