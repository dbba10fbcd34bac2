"""``kiosk backend import | enrolment-code | revoke-kiosk | …``: for who runs the fleet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from backend_stub import Settings
from backend_stub.console.fleet_office import (
    FleetRefused,
    backup_done,
    make_enrolment_code,
    restored,
    revoke_kiosk,
    take_folders,
)
from cardreader.simulator import TRUST as SIMULATED_TRUST
from kiosk.cli.options import CentralKeys, ConfigFile, Json, settings_from
from kiosk.cli.outcome import answer, refuse
from offline_queue.wire_model import KioskId, Moment

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        help="sqlite:///file or postgresql+psycopg://…; default: that of `kiosk backend serve`.",
    ),
]
TrustDirectory = Annotated[
    Path | None,
    typer.Option(
        "--trust", help="Trust anchors of the cards, as for `serve`; default: the simulated state."
    ),
]


def import_folder(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="What `kiosk queue export` wrote, or its parent.")
    ],
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    trust: TrustDirectory = None,
    as_json: Json = False,
) -> None:
    """Take in what stranded terminals exported; the answers are written beside it."""
    try:
        taken = take_folders(_settings(config, database, keys, trust), directory)
    except FleetRefused as refused:
        refuse(
            {"imported": False, "code": refused.code, "detail": str(refused)},
            as_json=as_json,
            text=f"{refused}.",
        )
    problems = sorted({code for each in taken for code in each.refused})
    value = {
        "imported": not problems,
        "folders": [
            {
                "kiosk": each.kiosk,
                "results": str(each.results),
                "transactions": each.transactions,
                "attachments": each.attachments,
                "refused": list(each.refused),
            }
            for each in taken
        ],
    }
    text = "\n".join(
        f"{each.kiosk}: {each.transactions} transactions and {each.attachments} attachments; the "
        f"answers are in {each.results}."
        for each in taken
    )
    if problems:
        refuse(value, as_json=as_json, text=f"{text}\nRefused in part: {', '.join(problems)}.")
    answer(value, as_json=as_json, text=text)


def enrolment_code(
    kiosk: Annotated[str, typer.Argument(help="The terminal; nobody else can use the code.")],
    hours: Annotated[int, typer.Option(min=1, max=24 * 30, help="How long it is good.")] = 24,
    replace_key: Annotated[
        bool,
        typer.Option(
            "--replace-key",
            help="For a terminal whose present key is revoked, frozen or lost.",
        ),
    ] = False,
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    trust: TrustDirectory = None,
    as_json: Json = False,
) -> None:
    """Make a one-time code for `kiosk enrol` at one terminal. It is shown this once."""
    name, settings = _name(kiosk), _settings(config, database, keys, trust)
    code = make_enrolment_code(settings, name, timedelta(hours=hours), replaces_key=replace_key)
    answer({"kiosk": name, "code": code, "hours": hours}, as_json=as_json, text=code)


def revoke(
    kiosk: Annotated[str, typer.Argument(help="The terminal.")],
    epoch: Annotated[
        int | None,
        typer.Option(min=1, max=2**31 - 1, help="Only the key of this epoch; default: all."),
    ] = None,
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    trust: TrustDirectory = None,
    as_json: Json = False,
) -> None:
    """Take a terminal's device keys out of use: stolen, cloned or scrapped.

    What it keeps can still come, under a new key (`kiosk enrol --new-key`).
    """
    name = _name(kiosk)
    try:
        epochs = revoke_kiosk(_settings(config, database, keys, trust), name, epoch)
    except FleetRefused as refused:
        refuse(
            {"revoked": False, "kiosk": name, "code": refused.code, "detail": str(refused)},
            as_json=as_json,
            text=f"{refused}.",
        )
    named = ", ".join(str(each) for each in epochs)
    answer(
        {"revoked": True, "kiosk": name, "epochs": epochs},
        as_json=as_json,
        text=f"{name}: the device key of epoch {named} is revoked.",
    )


def note_backup(
    begun_at: Annotated[
        str, typer.Option(help="When its snapshot was taken, RFC 3339 with a time zone.")
    ],
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    trust: TrustDirectory = None,
    as_json: Json = False,
) -> None:
    """Say that a backup is finished and safe: terminals may forget what it holds."""
    try:
        moment = msgspec.convert(begun_at, Moment)
    except msgspec.ValidationError:
        raise typer.BadParameter("--begun-at is written like 2026-11-22T03:00:00+04:00") from None
    if moment > datetime.now(UTC):
        raise typer.BadParameter("--begun-at is in the future")
    rose = backup_done(_settings(config, database, keys, trust), moment)
    answer(
        {"noted": True, "epochs": rose},
        as_json=as_json,
        text=f"The backup is noted: {rose} terminals' device keys may forget more.",
    )


def note_restored(
    skip: Annotated[
        int | None,
        typer.Option(min=1, help="Numbers to leave out; default: more than can have been given."),
    ] = None,
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    trust: TrustDirectory = None,
    as_json: Json = False,
) -> None:
    """After an older backup was restored, before `serve`: no complaint number is given twice.

    What was registered since comes again from the terminals, under new numbers.
    """
    done = restored(_settings(config, database, keys, trust), skip)
    newest = done.newest_at.isoformat() if done.newest_at else None
    answer(
        {"restored": True, "newest": newest, "skipped": done.skipped},
        as_json=as_json,
        text=f"The newest transaction here is of {newest or 'no day'}; {done.skipped:,} complaint "
        "numbers are left out.",
    )


def _name(kiosk: str) -> str:
    try:
        name: str = msgspec.convert(kiosk, KioskId)
    except msgspec.ValidationError:
        raise typer.BadParameter("a terminal's name is capital letters, digits, hyphens") from None
    return name


def _settings(
    config: Path | None, database: str, keys: Path | None, trust: Path | None
) -> Settings:
    if not database:
        database = f"sqlite:///{settings_from(config).state_directory / 'central.db'}"
    return Settings(database_url=database, trust_directory=trust or SIMULATED_TRUST, key_file=keys)
