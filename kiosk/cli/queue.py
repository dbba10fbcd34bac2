"""``kiosk queue``: the outbox from outside; what changes it needs the terminal to be stopped."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from kiosk.central.client import CentralUnreachable
from kiosk.cli.options import ConfigFile, Json, Simulated, StateDirectory, never_made, settings_from
from kiosk.cli.outcome import answer, refuse
from kiosk.config import Settings
from kiosk.diagnostics.advice import KEEP_DISK
from kiosk.enrolment.terminal_identity import IdentityError, load_identity
from offline_queue import Outbox
from offline_queue.chain import b64url_decode
from offline_queue.errors import OutboxError
from offline_queue.http import HttpIngest
from offline_queue.ingest import TransportError
from offline_queue.inspection import read_status
from offline_queue.listing import COLUMNS, list_transactions
from offline_queue.records import OutboxStatus, State
from offline_queue.verify import verify_outbox
from offline_queue.wire import SignedHead

app = typer.Typer(help="The outbox of this terminal.", no_args_is_help=True)

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="A folder, for example a USB stick.")]


@app.command()
def status(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """How much waits, since when, and how far the central API holds the chain."""
    settings = settings_from(config, state_directory, simulated=simulated)
    found = read_status(_kept(settings))
    value = {
        "kiosk": found.kiosk,
        "epoch": found.epoch,
        "waiting": found.waiting,
        "held": found.held,
        "holding": dict(found.holding),
        "counts": {state.value: count for state, count in found.counts.items()},
        "oldest_waiting_s": found.oldest_waiting_s,
        "last_seq": found.last_seq,
        "ack_seq": found.ack_seq,
        "head": found.head,
        "last_contact": found.last_contact.isoformat() if found.last_contact else None,
        "clock_skew_s": found.clock_skew_s,
        "attachments_waiting": found.attachments_waiting,
        "kept_bytes": found.kept_bytes,
        "unavailable": found.unavailable.value if found.unavailable else None,
    }
    answer(value, as_json=as_json, text="\n".join(_told(found)))


@app.command(name="list")
def list_(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values.")] = False,
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """Every transaction kept, as a table: its state, age and answer; contents stay sealed."""
    settings = settings_from(config, state_directory, simulated=simulated)
    rows = list_transactions(_kept(settings), state)
    text = _csv(rows) if as_csv else _table(rows)
    answer({"transactions": [dict(row) for row in rows]}, as_json=as_json, text=text)


@app.command()
def verify(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    online: bool = typer.Option(
        False, "--online", help="Also compare with the head that the central API holds."
    ),
    as_json: Json = False,
) -> None:
    """Re-compute the chain of everything kept and say what is wrong with it, if anything."""
    settings = settings_from(config, state_directory, simulated=simulated)
    outbox = _kept(settings)
    read_status(outbox)  # what cannot be read at all is no finding
    identity = load_identity(settings.state_directory)
    enrolment = identity.enrolment
    held: SignedHead | None = None
    if online:
        try:
            ca_file = settings.central.ca_file
            ingest = HttpIngest(settings.central.url, ca_file=str(ca_file) if ca_file else None)
            held = ingest.head(settings.kiosk_id).head
        except TransportError as error:
            raise CentralUnreachable(str(error)) from error
    findings = verify_outbox(
        outbox,
        identity.device_key.public_key(),
        b64url_decode(enrolment.head_public_key) if enrolment else None,
        held,
        identity.former_keys,
        identity.secret,
    )
    value = {
        "sound": not findings,
        "findings": [
            {"code": f.code.value, "seq": f.seq, "sentence": f.sentence} for f in findings
        ],
    }
    if findings:
        sentences = [f.sentence for f in findings]
        refuse(value, as_json=as_json, text="\n".join([*sentences, KEEP_DISK]))
    answer(value, as_json=as_json, text="The outbox is sound: every hash and signature holds.")


@app.command(name="export")
def export_(
    directory: Folder,
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """Write all that waits, sealed, to a new folder in DIR; the outbox keeps it until answered."""
    with closing(_open(config, state_directory, simulated)) as outbox:
        done = outbox.export(directory)
    value = {
        "directory": str(done.directory),
        "export_id": done.export_id,
        "transactions": done.transactions,
        "attachments": done.attachments,
    }
    text = f"{done.transactions} transactions and {done.attachments} attachments are in "
    answer(value, as_json=as_json, text=f"{text}{done.directory}.")


@app.command(name="import")
def import_(
    directory: Folder,
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """Take over the central API's answers to an export from DIR."""
    with closing(_open(config, state_directory, simulated)) as outbox:
        done = outbox.import_results(directory)
    value = {
        "folders": done.folders,
        "settled": [{"tx_id": each.tx_id, "outcome": each.outcome.value} for each in done.settled],
    }
    text = f"{len(done.settled)} transactions were settled from {done.folders} folders."
    if not done.folders:
        refuse(value, as_json=as_json, text="There are no results in this folder.")
    answer(value, as_json=as_json, text=text)


@app.command()
def release(
    tx_id: Annotated[str, typer.Argument(help="The transaction that was refused.")],
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """Let go what waits behind a refused transaction of the same case."""
    with closing(_open(config, state_directory, simulated)) as outbox:
        released = outbox.release_case(tx_id)
    value = {"released": released}
    if not released:
        refuse(value, as_json=as_json, text="Nothing waits behind this transaction.")
    answer(value, as_json=as_json, text=f"{released} transactions may go now.")


def _csv(rows: Sequence[Mapping[str, object]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().rstrip("\n")


def _table(rows: Sequence[Mapping[str, object]]) -> str:
    shown = ("seq", "tx_id", "state", "attempts", "confirmed_at", "answer")
    lines = [
        shown,
        *(tuple("-" if row[name] is None else str(row[name]) for name in shown) for row in rows),
    ]
    widths = [max(len(line[at]) for line in lines) for at in range(len(shown))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _kept(settings: Settings) -> Path:
    """Where the outbox is. Raises ``OutboxError`` when there is none."""
    path = settings.state_directory / "outbox.db"
    if not path.exists():
        raise OutboxError(never_made(path, "outbox"))
    return path


def _told(found: OutboxStatus) -> Iterator[str]:
    """The outbox in sentences: what is in it, then whatever needs somebody."""
    since = "" if found.oldest_waiting_s is None else f" for up to {_span(found.oldest_waiting_s)}"
    yield (
        f"{found.kiosk}: {found.waiting} waiting{since}, {found.last_seq} kept in epoch "
        f"{found.epoch}, {found.ack_seq} acknowledged."
    )
    if found.attachments_waiting:
        yield f"{found.attachments_waiting} scanned papers wait, too."
    contact = found.last_contact
    yield f"Last contact: {contact:%Y-%m-%d %H:%M} UTC." if contact else "No contact so far."
    for tx_id, count in found.holding.items():
        yield (
            f"{count} wait behind a refused transaction of the same case: "
            f"`kiosk queue release {tx_id}` lets them go."
        )
    if found.unavailable:
        yield f"Nothing is taken: {found.unavailable.value}. {found.unavailable.advice}"


def _span(seconds: float) -> str:
    if seconds < 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def _open(config: Path | None, state_directory: Path | None, simulated: bool) -> Outbox:
    """Open the outbox itself. Raises ``OutboxLocked`` while the terminal runs."""
    settings = settings_from(config, state_directory, simulated=simulated)
    identity = load_identity(settings.state_directory)
    if identity.enrolment is None:
        raise IdentityError(
            "the terminal is not enrolled with a central API: `kiosk enrol` with a one-time code"
        )
    return Outbox.open(
        settings.state_directory / "outbox.db",
        enrolment=identity.enrolment,
        device_key=identity.device_key,
        secret=identity.secret,
    )
