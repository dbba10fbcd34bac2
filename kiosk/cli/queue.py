"""``kiosk queue``: the outbox from outside, while the terminal runs."""

from __future__ import annotations

import typer

from kiosk.central.client import CentralUnreachable
from kiosk.cli.options import ConfigFile, Json, Simulated, StateDirectory, settings_from
from kiosk.cli.outcome import answer, refuse
from kiosk.terminal_identity import load_identity
from offline_queue import read_status, verify_outbox
from offline_queue.chain import b64url_decode
from offline_queue.http import HttpIngest
from offline_queue.ingest import TransportError
from offline_queue.wire import SignedHead

app = typer.Typer(help="The outbox of this terminal.", no_args_is_help=True)


@app.command()
def status(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """How much waits, since when, and how far the central API holds the chain."""
    settings = settings_from(config, state_directory, simulated=simulated)
    found = read_status(settings.state_directory / "outbox.db")
    value = {
        "kiosk": found.kiosk,
        "epoch": found.epoch,
        "waiting": found.waiting,
        "held": found.held,
        "counts": {state.value: count for state, count in found.counts.items()},
        "oldest_waiting_s": found.oldest_waiting_s,
        "last_seq": found.last_seq,
        "ack_seq": found.ack_seq,
        "head": found.head,
        "last_contact": found.last_contact.isoformat() if found.last_contact else None,
        "clock_skew_s": found.clock_skew_s,
        "unavailable": found.unavailable.value if found.unavailable else None,
    }
    text = (
        f"{found.kiosk}: {found.waiting} waiting, {found.last_seq} kept in epoch {found.epoch}, "
        f"{found.ack_seq} acknowledged."
    )
    answer(value, as_json=as_json, text=text)


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
    identity = load_identity(settings.state_directory)
    enrolment = identity.enrolment
    held: SignedHead | None = None
    if online:
        try:
            held = HttpIngest(settings.central.url).head(settings.kiosk_id)
        except TransportError as error:
            raise CentralUnreachable(f"the central API cannot be asked: {error}") from error
    findings = verify_outbox(
        settings.state_directory / "outbox.db",
        identity.device_key.public_key(),
        b64url_decode(enrolment.head_public_key) if enrolment else None,
        held,
    )
    value = {
        "sound": not findings,
        "findings": [
            {"code": f.code.value, "seq": f.seq, "sentence": f.sentence} for f in findings
        ],
    }
    if findings:
        refuse(value, as_json=as_json, text="\n".join(f.sentence for f in findings))
    answer(value, as_json=as_json, text="The outbox is sound: every hash and signature holds.")
