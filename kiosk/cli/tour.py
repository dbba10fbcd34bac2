"""``kiosk tour``: the real window, driven through whole journeys without a screen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.options import SIMULATION, StateDirectory, settings_from
from kiosk.cli.outcome import REFUSED
from kiosk.cli.settings import size_of
from kiosk.journal import configure_logging
from kiosk.papers.receipt_keys import RING_FILE
from kiosk.services import LANGUAGES, Language

_SIZES = ("1080x1920", "1920x1080")


def tour(
    out: Annotated[Path, typer.Option(help="Where report, screenshots and receipts go.")],
    language: Annotated[
        list[str] | None, typer.Option(help="ar or en; may be repeated. Default: both.")
    ] = None,
    size: Annotated[
        list[str] | None, typer.Option(help="WxH; may be repeated. Default: portrait, landscape.")
    ] = None,
    journey: Annotated[
        list[str] | None, typer.Option(help="Name of a journey; may be repeated. Default: all.")
    ] = None,
    state_directory: StateDirectory = None,
) -> None:
    """Drive the real window through the journeys on simulated hardware."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    # Late: the tour brings the whole simulated world with it.
    from kiosk.tour import JOURNEYS, run_tour
    from ui.app import make_application

    languages: list[Language] = [known for known in LANGUAGES if known in (language or LANGUAGES)]
    if not languages:
        raise typer.BadParameter("the language is ar or en")
    names = journey or list(JOURNEYS)
    unknown = [name for name in names if name not in JOURNEYS]
    if unknown:
        raise typer.BadParameter(f"no journey {unknown[0]}; there are: {', '.join(JOURNEYS)}")
    try:
        sizes = [size_of(text) for text in size or _SIZES]
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    out.mkdir(parents=True, exist_ok=True)
    configure_logging("info", out / "kiosk.log")
    application = make_application()
    simulation = settings_from(None, state_directory).state_directory / SIMULATION
    results = run_tour(
        out,
        languages=languages,
        sizes=sizes,
        journeys=names,
        key_ring=simulation / RING_FILE,
        progress=lambda line: typer.echo(line),
    )
    del application
    failed = [result for result in results if result["result"] != "passed"]
    typer.echo(f"{len(results) - len(failed)} passed, {len(failed)} failed")
    if failed:
        raise typer.Exit(REFUSED)
