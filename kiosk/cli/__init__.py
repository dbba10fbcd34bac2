"""The command line: ``kiosk --help``.

One file for each group of commands; ``outcome.py`` holds what all share: exit codes and how an
answer or an error is printed. 0 done, 1 refused, 2 usage, 3 device or service unavailable.
"""

from __future__ import annotations

import sys

import typer

from kiosk import __version__
from kiosk.cli.backend import app as backend
from kiosk.cli.card import app as card
from kiosk.cli.diagnose import diagnose
from kiosk.cli.journal import app as journal
from kiosk.cli.outcome import UNAVAILABLE, is_expected, sentence_of
from kiosk.cli.queue import app as queue
from kiosk.cli.receipt import app as receipt
from kiosk.cli.run import enrol_terminal, run
from kiosk.cli.simulate import app as simulate
from kiosk.cli.tour import tour

app = typer.Typer(
    name="kiosk",
    help="Manfadh, a self-service terminal with the national ID card.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(card, name="card")
app.add_typer(queue, name="queue")
app.add_typer(journal, name="journal")
app.add_typer(receipt, name="receipt")
app.add_typer(simulate, name="simulate")
app.add_typer(backend, name="backend")
app.command("run")(run)
app.command("tour")(tour)
app.command("enrol")(enrol_terminal)
app.command("diagnose")(diagnose)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"manfadh {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False,
        "--version",
        help="Print the version and end.",
        callback=_print_version,
        is_eager=True,
    ),
) -> None:
    del version


def main() -> None:
    """Run a command; what was to be expected ends with one sentence and never with a traceback."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not is_expected(error):
            raise
        typer.echo(f"kiosk: {sentence_of(error)}", err=True)
        sys.exit(UNAVAILABLE)
