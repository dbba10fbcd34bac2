"""``kiosk printer``: how the receipt printer is, and a test page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

import typer

from kiosk.cli.options import ConfigFile, Json, StateDirectory, settings_from
from kiosk.cli.outcome import UNAVAILABLE, answer
from kiosk.config import Settings
from kiosk.staff_papers import printer_test_page
from printer.jobs import PrintJob, Result
from printer.jobs import Settings as PrinterSettings
from printer.journal import JournalBusy, PrintJournal
from printer.layout import ensure_application, render
from printer.printer import ReceiptPrinter
from printer.status import Device
from printer.transport import DeviceTransport, NetworkTransport, Transport

app = typer.Typer(help="The receipt printer.", no_args_is_help=True)

_PATIENCE_S = 6.0
_TEST_PAGE = "test-page"


@app.callback()
def _group() -> None:
    """The receipt printer."""


@app.command()
def status(
    config: ConfigFile = None, state_directory: StateDirectory = None, as_json: Json = False
) -> None:
    """Ask the printer how it is; exit code 0 only when it would print now."""
    settings = settings_from(config, state_directory)
    with _printer(settings, as_json=as_json) as printer:
        found = printer.status()
        left = printer.paper_left()
    value = {
        "ready": found.ready,
        "device": found.device.value,
        "paper": found.paper.value,
        "cover": found.cover.value,
        "cutter": found.cutter.value,
        "receipts_left": left.receipts,
        "paper_used_mm": round(left.used),
    }
    receipts = "unknown until a roll is changed" if left.receipts is None else f"{left.receipts}"
    text = (
        f"{'Ready' if found.ready else 'Not ready'}: device {found.device.value}, "
        f"paper {found.paper.value}, cover {found.cover.value}, cutter {found.cutter.value}. "
        f"Receipts left on the roll: {receipts}."
    )
    answer(value, as_json=as_json, text=text)
    if not found.ready:
        raise typer.Exit(UNAVAILABLE)


@app.command("test-page")
def test_page(
    config: ConfigFile = None, state_directory: StateDirectory = None, as_json: Json = False
) -> None:
    """Print a page that shows a worn print head, wrong paper and a bad cable."""
    settings = settings_from(config, state_directory)
    width = settings.printer.width_dots
    application = ensure_application()
    page = printer_test_page(settings.kiosk_id, datetime.now(UTC), _address(settings), width)
    bitmap = render(page, width)
    del application
    with _printer(settings, as_json=as_json) as printer:
        job = f"{_TEST_PAGE} {datetime.now(UTC).isoformat()}"
        outcome = printer.print(PrintJob(job, bitmap)).result()
    reason = None if outcome.reason is None else outcome.reason.value
    sentence = {
        Result.PRINTED: "Printed.",
        Result.REFUSED: f"Not printed: {reason}.",
        Result.UNKNOWN: f"Sent, but the printer did not confirm it: {reason}. Look at the paper.",
    }[outcome.result]
    value = {"result": outcome.result.value, "reason": reason}
    answer(value, as_json=as_json, text=sentence)
    if outcome.result is not Result.PRINTED:
        raise typer.Exit(UNAVAILABLE)


@contextmanager
def _printer(settings: Settings, *, as_json: bool) -> Iterator[ReceiptPrinter]:
    """The configured printer, once it has said how it is. Its journal sees to it that the
    running terminal and this command never print at the same time.
    """
    if settings.printer.connection == "none":
        _unavailable("no printer is configured", as_json=as_json)
    settings.state_directory.mkdir(parents=True, exist_ok=True)
    try:
        journal = PrintJournal(settings.state_directory / "prints.db")
    except JournalBusy:
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
        yield printer
    finally:
        printer.close()
        journal.close()


def _connect(settings: Settings) -> Transport:
    if settings.printer.connection == "network":
        return NetworkTransport(settings.printer.host, settings.printer.port)
    return DeviceTransport(settings.printer.device)


def _address(settings: Settings) -> str:
    printer = settings.printer
    return f"{printer.host}:{printer.port}" if printer.connection == "network" else printer.device


def _unavailable(reason: str, *, as_json: bool) -> NoReturn:
    value: dict[str, Any] = {"ready": False, "reason": reason}
    answer(value, as_json=as_json, text=f"{reason[0].upper()}{reason[1:]}.")
    raise typer.Exit(UNAVAILABLE)
