"""A catalogue's directory from files to checked parts, or everything that is wrong with it.

``services/*.toml``, ``shelves.toml``, ``problems.toml``, ``places.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from kiosk.services.definition import Identifier
from kiosk.services.locating import line_of
from kiosk.services.places import Places
from kiosk.services.reading import (
    CatalogueError,
    DefinitionFault,
    Published,
    located,
    parse_toml,
    read_definition,
    unreadable,
)
from kiosk.services.shape import shape_faults
from kiosk.services.texts import Text, build_decoders, convert

S = TypeVar("S", bound=Struct)

ANY_PROBLEM: Final = "wrong-type"
"""Code of the sentence that is said for a problem without a sentence of its own."""


class Shelf(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part of the page of services."""

    id: Identifier
    icon: str
    title: Text


class _Shelves(Struct, frozen=True, forbid_unknown_fields=True):
    shelves: tuple[Shelf, ...]


class _Problems(Struct, frozen=True, forbid_unknown_fields=True):
    texts: dict[str, Text]


build_decoders(_Shelves, _Problems, Places)


@dataclass(frozen=True, slots=True)
class Contents:
    """What a catalogue's directory holds."""

    published: tuple[Published, ...]
    places: Places
    shelves: tuple[Shelf, ...]
    problem_texts: Mapping[str, Text]


def read_directory(directory: Path) -> Contents:
    """Read everything. Raises :class:`CatalogueError` with all faults of all files."""
    faults: list[DefinitionFault] = []
    shelves = _tables(directory / "shelves.toml", _Shelves, faults)
    problems = _tables(directory / "problems.toml", _Problems, faults)
    places = _places(directory / "places.json", faults)
    if shelves is not None:
        names = [shelf.id for shelf in shelves.shelves]
        faults += [
            DefinitionFault("shelves.toml", 1, f"shelves[{at}].id", f"{name} is there twice")
            for at, name in enumerate(names)
            if name in names[:at]
        ]
    if problems is not None and ANY_PROBLEM not in problems.texts:
        reason = "this sentence is needed: it is said where no other fits"
        faults.append(DefinitionFault("problems.toml", 1, f"texts.{ANY_PROBLEM}", reason))
    # Without the shelves every service would be said to stand on none.
    published = read_services(
        directory / "services",
        [shelf.id for shelf in shelves.shelves] if shelves is not None else None,
        problems.texts if problems is not None else None,
        faults,
    )
    if faults or shelves is None or problems is None or places is None:
        raise CatalogueError(faults)
    return Contents(tuple(published), places, shelves.shelves, problems.texts)


def read_services(
    directory: Path,
    shelves: Iterable[str] | None,
    problems: Mapping[str, Text] | None,
    faults: list[DefinitionFault],
) -> list[Published]:
    """The sound definitions of a directory; what is wrong with the others joins ``faults``."""
    published: list[Published] = []
    known = None if shelves is None else list(shelves)
    for path in sorted(directory.glob("*.toml")):
        content = _content(path, faults)
        if content is None:
            continue
        try:
            published.append(read_definition(content, path.name, known, problems))
        except CatalogueError as error:
            faults += error.faults
    faults += repeated(published)
    return published


def repeated(published: Iterable[Published]) -> list[DefinitionFault]:
    """Services with one id, and services whose cases would have the same numbers."""
    ids: dict[str, str] = {}
    prefixes: dict[str, str] = {}
    found = []
    for each in published:
        definition = each.definition
        other = ids.setdefault(definition.id, each.file)
        if other != each.file:
            found.append(_fault(each, "id", f"{definition.id} is defined in {other} already"))
        if definition.case is not None:
            other = prefixes.setdefault(definition.case.prefix, definition.id)
            if other != definition.id:
                reason = f"{other} numbers its cases with {definition.case.prefix} already"
                found.append(_fault(each, "case.prefix", reason))
    return found


def _fault(published: Published, key: str, reason: str) -> DefinitionFault:
    line = line_of(published.content.decode("utf-8-sig"), key)
    return DefinitionFault(published.file, line, key, reason)


def _tables(path: Path, shape: type[S], faults: list[DefinitionFault]) -> S | None:
    content = _content(path, faults)
    if content is None:
        return None
    try:
        text, raw = parse_toml(content, path.name)
    except CatalogueError as error:
        faults += error.faults
        return None
    faults += located(unreadable(raw), path.name, text)
    return _converted(raw, shape, path.name, text, faults)


def _places(path: Path, faults: list[DefinitionFault]) -> Places | None:
    content = _content(path, faults)
    if content is None:
        return None
    try:
        raw = msgspec.json.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        faults.append(DefinitionFault(path.name, 1, "", str(error)))
        return None
    return _converted(raw, Places, path.name, "", faults)


def _converted(
    raw: Any, shape: type[S], file: str, text: str, faults: list[DefinitionFault]
) -> S | None:
    try:
        return convert(raw, shape)
    except msgspec.ValidationError:
        faults += located(shape_faults(raw, shape)[0], file, text)
        return None


def _content(path: Path, faults: list[DefinitionFault]) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError as error:
        faults.append(DefinitionFault(path.name, 1, "", error.strerror or "cannot be read"))
        return None
