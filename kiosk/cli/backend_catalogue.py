"""``kiosk backend catalogue …``: publishing what terminals offer, with keys kept apart from it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from backend_stub.publication.keys import KeyUnusable, load_key, make_key
from backend_stub.publication.repository import PublicationError, Repository, RoleKeys, Staged
from kiosk.cli.options import Json
from kiosk.cli.outcome import answer, refuse
from kiosk.services import CatalogueError
from kiosk.services.bundle import BundleError

T = TypeVar("T")

app = typer.Typer(
    help="Publish the catalogue: signed by people, taken by terminals between visits.",
    no_args_is_help=True,
)

Publication = Annotated[
    Path, typer.Option("--publication", metavar="DIR", help="The publication's folder.")
]
KeyFiles = Annotated[
    list[Path], typer.Option("--key", metavar="FILE", help="A key file; may be given again.")
]
PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        "--passphrase-file",
        metavar="FILE",
        help="First line: the passphrase of the key files. Without it, it is asked for.",
    ),
]


@app.command("new-key")
def new_key(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the key is written.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make one person's key. Keep it on a stick or token, never on the server."""
    signer = _refusing(
        lambda: make_key(file, _passphrase(passphrase_file, confirm=True)), as_json=as_json
    )
    answer(
        {"made": True, "key": signer.public_key.keyid},
        as_json=as_json,
        text=f"{file} is made. Its name in documents: {signer.public_key.keyid[:16]}.",
    )


@app.command("found")
def found(
    publication: Publication,
    root_key: Annotated[list[Path], typer.Option("--root-key", metavar="FILE")],
    content_key: Annotated[list[Path], typer.Option("--content-key", metavar="FILE")],
    server_key: Annotated[Path, typer.Option("--server-key", metavar="FILE")],
    root_threshold: Annotated[int, typer.Option(min=1)] = 2,
    content_threshold: Annotated[int, typer.Option(min=1)] = 2,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Begin a publication. Terminals get its root document when they are set up."""

    def work() -> bytes:
        passphrase = _passphrase(passphrase_file)
        root = [load_key(path, passphrase) for path in root_key]
        content = [load_key(path, passphrase) for path in content_key]
        server = [load_key(server_key, passphrase)]
        return _repository(publication).found(
            {
                "root": RoleKeys(root, root_threshold),
                "targets": RoleKeys(content, content_threshold),
                "snapshot": RoleKeys(server, 1),
                "timestamp": RoleKeys(server, 1),
            }
        )

    _refusing(work, as_json=as_json)
    root_file = publication / "metadata" / "1.root.json"
    answer(
        {"founded": True, "root": str(root_file)},
        as_json=as_json,
        text=f"Founded. Give {root_file} to every terminal ([catalogue] root in its settings).",
    )


@app.command("sign")
def sign(
    publication: Publication,
    key: KeyFiles,
    catalogue: Annotated[
        Path | None,
        typer.Argument(
            metavar="DIR", help="The catalogue to put up; without it, what waits is signed."
        ),
    ] = None,
    needs_terminal: Annotated[
        str, typer.Option(help="Lowest release of the terminal that understands it.")
    ] = "",
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Check a catalogue, put it up for publication, and sign it; the next person signs as well."""

    def work() -> Staged:
        repository = _repository(publication)
        if catalogue is not None:
            repository.stage(catalogue, needs_terminal)
        return _signed(repository, key, passphrase_file)

    _tell(_refusing(work, as_json=as_json), as_json=as_json)


@app.command("rollback")
def rollback(
    publication: Publication,
    key: KeyFiles,
    to: Annotated[int, typer.Option("--to", min=1, help="The former edition.")],
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Put a former edition's content up as a new edition, and sign it."""

    def work() -> Staged:
        repository = _repository(publication)
        repository.stage_former(to)
        return _signed(repository, key, passphrase_file)

    _tell(_refusing(work, as_json=as_json), as_json=as_json)


@app.command("publish")
def publish(
    publication: Publication,
    key: KeyFiles,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Only say anew that the present edition is newest.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: Json = False,
) -> None:
    """Make what is signed the newest edition. Terminals take it between visits."""

    def work() -> int | None:
        repository = _repository(publication)
        passphrase = _passphrase(passphrase_file)
        signers = [load_key(path, passphrase) for path in key]
        if refresh:
            repository.refresh(signers)
            return None
        return repository.publish(signers)

    edition = _refusing(work, as_json=as_json)
    text = "The present edition is signed anew as the newest." if edition is None else (
        f"Edition {edition} is published."
    )  # fmt: skip
    answer({"published": True, "edition": edition}, as_json=as_json, text=text)


def _repository(publication: Path) -> Repository:
    return Repository(publication, datetime.now(UTC))


def _signed(repository: Repository, files: list[Path], passphrase_file: Path | None) -> Staged:
    passphrase = _passphrase(passphrase_file)
    signers = [load_key(path, passphrase) for path in files]
    states = [repository.sign(signer) for signer in signers]
    if not states:
        raise PublicationError("give at least one --key")
    return states[-1]


def _passphrase(file: Path | None, *, confirm: bool = False) -> bytes | None:
    if file is not None:
        return (file.read_bytes().splitlines() or [b""])[0]
    typed: str = typer.prompt(
        "Passphrase of the key", hide_input=True, confirmation_prompt=confirm, err=True
    )
    return typed.encode()


def _tell(state: Staged, *, as_json: bool) -> None:
    value = {
        "edition": state.edition,
        "signatures": state.signatures,
        "needed": state.threshold,
        "complete": state.complete,
    }
    more = "publish it now" if state.complete else "it still needs another person's signature"
    text = f"Edition {state.edition}: {state.signatures} of {state.threshold} signatures; {more}."
    answer(value, as_json=as_json, text=text)


def _refusing(work: Callable[[], T], *, as_json: bool) -> T:
    try:
        return work()
    except CatalogueError as error:
        faults = [
            {"file": each.file, "line": each.line, "key": each.key, "reason": each.reason}
            for each in error.faults
        ]
        refuse({"refused": "catalogue", "faults": faults}, as_json=as_json, text=str(error))
    except (BundleError, PublicationError, KeyUnusable) as error:
        refuse({"refused": str(error)}, as_json=as_json, text=f"{error}.")
