"""``kiosk journal``: the hash-chained record of the terminal's work."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated

import typer

from kiosk.cli.options import ConfigFile, Json, Simulated, StateDirectory, never_made, settings_from
from kiosk.cli.outcome import answer, refuse
from kiosk.config import Settings
from kiosk.journal import JournalError, load_events, read_journal, verify_journal
from kiosk.services import Language

app = typer.Typer(help="The audit journal of this terminal.", no_args_is_help=True)


@app.command()
def verify(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """Find any edit, removal or reordering."""
    settings = settings_from(config, state_directory, simulated=simulated)
    path = _kept(settings)
    breaks = verify_journal(path)
    value = {
        "sound": not breaks,
        "breaks": [{"line": broken.line, "reason": broken.reason} for broken in breaks],
    }
    if breaks:
        lines = [f"line {broken.line}: {broken.reason}" for broken in breaks]
        text = "\n".join([*lines, "Report it: the record was changed. Keep the file as it is."])
        refuse(value, as_json=as_json, text=text)
    answer(value, as_json=as_json, text="The journal is sound.")


@app.command()
def show(
    last: Annotated[int, typer.Option(min=1, help="How many of the newest entries.")] = 40,
    language: Annotated[Language, typer.Option(help="Language of the sentences.")] = "en",
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    simulated: Simulated = False,
    as_json: Json = False,
) -> None:
    """The newest entries, each as a sentence."""
    settings = settings_from(config, state_directory, simulated=simulated)
    path = _kept(settings)
    entries = list(read_journal(path))
    newest = list(itertools.islice(entries, max(0, len(entries) - last), None))
    known = load_events()
    lines = []
    for entry in newest:
        definition = known.get(entry.event)
        sentence = definition.sentence.in_language(language) if definition else entry.event
        details = " ".join(f"{name}={value}" for name, value in entry.details.items())
        lines.append(f"{entry.time}  {sentence}  {details}".rstrip())
    value = {
        "entries": [
            {"n": e.number, "time": e.time, "event": e.event, "details": dict(e.details)}
            for e in newest
        ]
    }
    answer(value, as_json=as_json, text="\n".join(lines))


def _kept(settings: Settings) -> Path:
    """Where the journal is. Raises ``JournalError`` when there is none."""
    path = settings.state_directory / "journal.jsonl"
    if not path.exists():
        raise JournalError(never_made(path, "journal"))
    return path
