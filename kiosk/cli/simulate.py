"""``kiosk simulate``: a card, a printer, a gateway of its own, for other software to use."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Annotated

import typer

from cardreader.apdu import Protocol7816
from cardreader.errors import ReaderUnavailable
from cardreader.simulator import Faults, FaultyCard, Profile, issue, persona, personas
from cardreader.simulator.vpcd import serve
from kiosk.cli import simulate_peers
from kiosk.cli.options import Json
from kiosk.cli.outcome import answer
from printer.layout import ensure_application
from printer.virtual import VirtualPrinter

app = typer.Typer(help="Simulated devices.", no_args_is_help=True)
app.command("gateway")(simulate_peers.gateway)
app.command("card-terminal")(simulate_peers.card_terminal)


@app.command("card")
def simulate_card(
    persona_id: Annotated[str, typer.Option("--persona", help="See `kiosk simulate personas`.")],
    vpcd: Annotated[
        str, typer.Option(help="Where pcscd's virtual reader listens.")
    ] = "127.0.0.1:35963",
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="Its PKI application; ias-classic speaks T=0 only. Default: the persona's."
        ),
    ] = None,
    t0: Annotated[
        bool, typer.Option("--t0", help="Speak T=0, as the cards in the field do; default: T=1.")
    ] = False,
    latency: Annotated[float, typer.Option(min=0, help="Milliseconds for each command.")] = 0,
    state: Annotated[
        Path | None, typer.Option(help="File in which the card keeps PIN, counters and keys.")
    ] = None,
    remove_at: Annotated[
        int | None, typer.Option(min=1, help="Pulled at this command; comes back by itself.")
    ] = None,
    garble_at: Annotated[int | None, typer.Option(min=1, help="Damages this reply.")] = None,
    refuse_at: Annotated[
        int | None, typer.Option(min=1, help="Refuses this command, 6F00.")
    ] = None,
) -> None:
    """Put a persona's card into pcscd's virtual reader until interrupted.

    Faults count commands from the start. The second slot is at port 35964.
    """
    host, _, port = vpcd.rpartition(":")
    if not host or not port.isdecimal():
        raise typer.BadParameter("--vpcd is written HOST:PORT")
    card = FaultyCard(
        issue(
            persona(persona_id),
            profile=profile,
            protocol=Protocol7816.T0 if t0 else Protocol7816.T1,
            latency=latency / 1000,
            state=state,
        ),
        Faults(power_lost_at=remove_at, garbled_at=garble_at, refused_at=refuse_at),
    )
    stop = _stop_on_signal()
    typer.echo(f"{persona_id} is in the virtual reader at {vpcd}. Ctrl-C takes it out.", err=True)
    serve(card, host, int(port), stop)


@app.command("personas")
def list_personas(as_json: Json = False) -> None:
    """Every persona: name, civil number, PIN, PUK, what it is for."""
    value = {
        "personas": [
            {
                "id": p.id,
                "name_en": f"{p.given_en} {p.surname_en}",
                "name_ar": p.name_ar,
                "civil_number": p.civil_number,
                "pin": p.pin,
                "puk": p.puk,
                "purpose_en": p.purpose_en,
                "purpose_ar": p.purpose_ar,
            }
            for p in personas().values()
        ]
    }
    lines = [
        f"{p.id:16} {p.given_en} {p.surname_en}, civil number {p.civil_number}, "
        f"PIN {p.pin or '-'}, PUK {p.puk}: {p.purpose_en}"
        for p in personas().values()
    ]
    answer(value, as_json=as_json, text="\n".join(lines))


@app.command("printer")
def simulate_printer(
    out: Annotated[Path, typer.Option(help="Where receipts are written, as PNG and as bytes.")],
    port: Annotated[int, typer.Option(min=1, max=65535)] = 9100,
    paper_out: Annotated[bool, typer.Option("--paper-out")] = False,
    paper_low: Annotated[bool, typer.Option("--paper-low")] = False,
    cover_open: Annotated[bool, typer.Option("--cover-open")] = False,
    cutter_jam: Annotated[bool, typer.Option("--cutter-jam")] = False,
    offline: Annotated[bool, typer.Option("--offline")] = False,
    silent: Annotated[bool, typer.Option("--silent", help="Answers nothing.")] = False,
) -> None:
    """A virtual ESC/POS printer on 127.0.0.1 until interrupted."""
    ensure_application()
    out.mkdir(parents=True, exist_ok=True)
    printer = VirtualPrinter(directory=out)
    printer.set_faults(
        paper_out=paper_out,
        paper_low=paper_low,
        cover_open=cover_open,
        cutter_jam=cutter_jam,
        offline=offline,
        silent=silent,
    )
    stop = _stop_on_signal()
    try:
        printer.start(port=port)
    except OSError as error:
        raise ReaderUnavailable(f"port {port} cannot be used: {error.strerror}") from error
    typer.echo(f"Printing to {out}, listening on 127.0.0.1 port {port}. Ctrl-C ends.", err=True)
    stop.wait()
    printer.stop()


def _stop_on_signal() -> threading.Event:
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    return stop
