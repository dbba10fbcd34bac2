"""Every command and the file it lives in."""

from __future__ import annotations

from importlib import import_module

import typer

from kiosk import __version__

_COMMANDS = {
    "tour": "tour",
    "enrol": "enrol",
    "diagnose": "diagnose",
    "card": "card",
    "queue": "queue",
    "journal": "journal",
    "catalogue": "catalogue",
    "receipt": "receipt",
    "printer": "printer",
    "simulate": "simulate",
    "backend": "backend",
}
"""Each command and its file, which offers ``app``, a group, or a function of the command's name;
but for ``run``, which parses its arguments itself."""

_AS_IT_IS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


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
    app.command("run", context_settings=_AS_IT_IS)(_run)
    for name in [asked_for] if asked_for in _COMMANDS else _COMMANDS:
        module = import_module(f"kiosk.cli.{_COMMANDS[name]}")
        group = getattr(module, "app", None)
        if isinstance(group, typer.Typer):
            app.add_typer(group, name=name)
        else:
            app.command(name)(getattr(module, name))
    return app


def _run(context: typer.Context) -> None:
    """Open the terminal."""
    from kiosk.cli.run import run

    run(context.args)


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
