"""``kiosk catalogue``: are these services sound, and what do they say?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, NoReturn

import msgspec
import typer

from kiosk.cli.options import Json
from kiosk.cli.outcome import answer, refuse
from kiosk.services import CatalogueError, Language, ServiceDefinition, load_catalogue
from kiosk.services.catalogue import Catalogue, read_catalogue
from kiosk.services.definition import ServiceKind
from kiosk.services.directory import read_services, repeated
from kiosk.services.languages import LANGUAGES
from kiosk.services.outline import outline
from kiosk.services.reading import DefinitionFault, Published, read_definition
from kiosk.services.texts import encode

app = typer.Typer(help="The services that are offered.", no_args_is_help=True)

LanguageOption = Annotated[
    str, typer.Option("--language", help=f"Language of the texts: {', '.join(LANGUAGES)}.")
]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", metavar="FILE", help="Read this definition, not the program's own."),
]


@app.callback()
def _group() -> None:
    """The services that are offered."""


@app.command()
def check(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="PATH", help="A definition, a folder of them, or a whole catalogue."
        ),
    ],
    as_json: Json = False,
) -> None:
    """Say everything that is wrong with definitions; exit code 1 when anything is."""
    try:
        sound = _sound(path)
    except CatalogueError as error:
        _refuse(error, as_json=as_json)
    names = [each.id for each in sound]
    answer(
        {"sound": True, "services": names},
        as_json=as_json,
        text="\n".join(f"{each.id}, version {each.version}: sound" for each in sound),
    )


@app.command()
def show(
    service_id: Annotated[
        str, typer.Argument(metavar="[ID]", help="The service; with --file, what the file says.")
    ] = "",
    file: FileOption = None,
    language: LanguageOption = "en",
    as_json: Json = False,
) -> None:
    """Print a service as a person reads it: who, questions, conditions, states, moves, notices."""
    spoken = _language(language)
    definition = _from_file(file, as_json=as_json) if file is not None else _of_id(service_id)
    if service_id and definition.id != service_id:
        raise typer.BadParameter(f"{file} defines {definition.id}", param_hint="ID")
    value: dict[str, Any] = msgspec.to_builtins(definition, enc_hook=encode)
    answer(value, as_json=as_json, text="\n".join(outline(definition, spoken)))


@app.command("list")
def list_services(language: LanguageOption = "en", as_json: Json = False) -> None:
    """List the services that come with the program, shelf by shelf."""
    spoken = _language(language)
    catalogue = load_catalogue()
    rows = [
        {
            "id": each.id,
            "version": each.version,
            "shelf": each.category,
            "title": each.title.in_language(spoken),
            "sha256": catalogue.published[each.id].sha256,
        }
        for each in catalogue.services
    ]
    answer({"services": rows}, as_json=as_json, text=_shelves(catalogue, spoken))


def _sound(path: Path) -> list[ServiceDefinition]:
    """The definitions at a path. Raises :class:`CatalogueError` with every fault."""
    if not path.exists():
        raise typer.BadParameter(f"there is no {path}", param_hint="PATH")
    if path.is_dir() and (path / "services").is_dir():
        return list(read_catalogue(path).services)
    own = load_catalogue()
    shelves = [shelf.id for shelf in own.shelves]
    if path.is_dir():
        faults: list[DefinitionFault] = []
        published = read_services(path, shelves, own.problem_texts, faults)
        if not published and not faults:
            raise typer.BadParameter(f"{path} holds no definition (*.toml)", param_hint="PATH")
    else:
        published = [read_definition(path.read_bytes(), path.name, shelves, own.problem_texts)]
        faults = _against_own(published[0], own)
    if faults:
        raise CatalogueError(faults)
    return [each.definition for each in published]


def _against_own(one: Published, own: Catalogue) -> list[DefinitionFault]:
    """What a definition has in common with the program's others and may not."""
    others = [each for each in own.published.values() if each.definition.id != one.definition.id]
    return [fault for fault in repeated([*others, one]) if fault.file == one.file]


def _from_file(file: Path, *, as_json: bool) -> ServiceDefinition:
    own = load_catalogue()
    try:
        published = read_definition(
            file.read_bytes(), file.name, [shelf.id for shelf in own.shelves], own.problem_texts
        )
    except CatalogueError as error:
        _refuse(error, as_json=as_json)
    return published.definition


def _of_id(service_id: str) -> ServiceDefinition:
    own = load_catalogue()
    if service_id not in own.published:
        known = ", ".join(own.published)
        raise typer.BadParameter(
            f"there is no service {service_id!r}; known: {known}", param_hint="ID"
        )
    return own.service(service_id)


def _shelves(catalogue: Catalogue, language: Language) -> str:
    lines = []
    for shelf in catalogue.shelves:
        lines.append(shelf.title.in_language(language))
        for each in catalogue.services:
            if each.category == shelf.id:
                pages = f"{len(each.fields)} questions" if each.fields else "no questions"
                what = "the card's own" if each.kind is ServiceKind.CARD else pages
                title = each.title.in_language(language)
                lines.append(f"  {each.id:24} {each.version:12} {title} ({what})")
    return "\n".join(lines)


def _language(language: str) -> Language:
    for known in LANGUAGES:
        if known == language:
            return known
    raise typer.BadParameter(f"one of {', '.join(LANGUAGES)}", param_hint="--language")


def _refuse(error: CatalogueError, *, as_json: bool) -> NoReturn:
    faults = [
        {"file": each.file, "line": each.line, "key": each.key, "reason": each.reason}
        for each in error.faults
    ]
    refuse({"sound": False, "faults": faults}, as_json=as_json, text=str(error))
