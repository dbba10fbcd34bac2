"""``kiosk backend officer add | list | remove``: who may work at the console."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Annotated

import typer

from backend_stub import CentralUnavailable
from backend_stub.console.officer_office import add_officer, list_officers, remove_officer
from backend_stub.console.officers import NewOfficer, OfficerRefused, Role
from kiosk.cli.options import CentralKeys, ConfigFile, Json, settings_from
from kiosk.cli.outcome import answer, refuse

app = typer.Typer(help="Officers of the console.", no_args_is_help=True)

DatabaseUrl = Annotated[
    str,
    typer.Option(
        "--database",
        help="sqlite:///file or postgresql+psycopg://…; default: that of `kiosk backend serve`.",
    ),
]
Account = Annotated[str, typer.Argument(metavar="ACCOUNT", help="The name to sign in with.")]


@app.command("add")
def add(
    account: Account,
    name: Annotated[str, typer.Option(help="The officer's name.")],
    office: Annotated[str, typer.Option(help="Id of the office.")],
    role: Annotated[
        Role, typer.Option(help="Supervisors also read other offices' cases and the audit.")
    ] = Role.OFFICER,
    password_file: Annotated[
        Path | None,
        typer.Option(
            "--password-file", help="File with the password, mode 600; default: ask for it."
        ),
    ] = None,
    config: ConfigFile = None,
    database: DatabaseUrl = "",
    keys: CentralKeys = None,
    as_json: Json = False,
) -> None:
    """Add an officer and print, this once, what the officer's telephone makes its codes from."""
    new = NewOfficer(
        id=account, name=name, office=office, role=role, password=_password(password_file)
    )
    try:
        uri = add_officer(_database(config, database), new, keys=keys)
    except OfficerRefused as refused:
        refuse(
            {"added": False, "account": account, "detail": str(refused)},
            as_json=as_json,
            text=str(refused),
        )
    answer(
        {"added": True, "account": account, "totp": uri},
        as_json=as_json,
        text=f"{account} may sign in. For the app that makes the codes, shown this once:\n{uri}",
    )


@app.command("list")
def show(config: ConfigFile = None, database: DatabaseUrl = "", as_json: Json = False) -> None:
    """List who may sign in."""
    found = list_officers(_database(config, database))
    answer(
        {
            "officers": [
                {"account": each.id, "name": each.name, "office": each.office, "role": each.role}
                for each in found
            ]
        },
        as_json=as_json,
        text="\n".join(f"{each.id}  {each.role}  {each.office}  {each.name}" for each in found)
        or "There are no officers.",
    )


@app.command("remove")
def remove(
    account: Account, config: ConfigFile = None, database: DatabaseUrl = "", as_json: Json = False
) -> None:
    """Take an officer's way in, at once; what the officer did stays on record."""
    try:
        remove_officer(_database(config, database), account)
    except OfficerRefused as refused:
        refuse(
            {"removed": False, "account": account, "detail": str(refused)},
            as_json=as_json,
            text=str(refused),
        )
    answer(
        {"removed": True, "account": account},
        as_json=as_json,
        text=f"{account} cannot sign in any more.",
    )


def _password(path: Path | None) -> str:
    """From a private file, else from a person, asked twice; from a pipe one line."""
    if path is not None:
        if path.stat().st_mode & 0o077:
            raise CentralUnavailable(f"{path}: others may read the password; make it mode 600.")
        return path.read_text("utf-8").rstrip("\r\n")
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != first:
        raise typer.BadParameter("the two passwords are not the same")
    return first


def _database(config: Path | None, database: str) -> str:
    return database or f"sqlite:///{settings_from(config).state_directory / 'central.db'}"
