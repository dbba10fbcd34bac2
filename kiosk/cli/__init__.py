"""The command line: ``kiosk --help``.

One file for each group of commands, loaded when its command is given, because a terminal must not
wait for a web server it does not use. ``outcome.py`` holds what all share: exit codes and how an
answer or an error is printed. 0 done, 1 refused, 2 usage, 3 device or service unavailable.
"""

from __future__ import annotations

import sys
from importlib import import_module

import typer

from kiosk import __version__
from kiosk.cli.outcome import UNAVAILABLE, is_expected, sentence_of

_COMMANDS = {
    "run": "run",
    "tour": "tour",
    "enrol": "enrol",
    "diagnose": "diagnose",
    "card": "card",
    "queue": "queue",
    "journal": "journal",
    "receipt": "receipt",
    "printer": "printer",
    "simulate": "simulate",
    "backend": "backend",
}
"""Each command and its file, which offers ``app``, a group, or a function of the command's name."""


def command_line(arguments: list[str]) -> typer.Typer:
    """The command that is asked for; all of them when none is, or one that does not exist."""
    app = typer.Typer(
        name="kiosk",
        help="Manfadh, a self-service terminal with the national ID card.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback()(_options)
    asked_for = next((word for word in arguments if not word.startswith("-")), "")
    for name in [asked_for] if asked_for in _COMMANDS else _COMMANDS:
        module = import_module(f"kiosk.cli.{_COMMANDS[name]}")
        group = getattr(module, "app", None)
        if isinstance(group, typer.Typer):
            app.add_typer(group, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"manfadh {__version__}")
        raise typer.Exit


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
    arguments = sys.argv[1:]
    if arguments[:1] != ["run"]:
        # Standard output is the answer's alone. The terminal sets up its log by itself, as soon as
        # its first picture is on the screen: loading it takes longer than the picture.
        from kiosk.journal import configure_logging

        configure_logging("warning")
    try:
        command_line(arguments)()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not is_expected(error):
            raise
        typer.echo(f"kiosk: {sentence_of(error)}", err=True)
        sys.exit(UNAVAILABLE)
