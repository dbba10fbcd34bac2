"""One service's file from bytes to a checked definition, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from kiosk.services.bundle import FILE_MAX_BYTES
from kiosk.services.consistency import faults_of
from kiosk.services.definition import ServiceDefinition
from kiosk.services.locating import line_of
from kiosk.services.readable import first_refused
from kiosk.services.shape import Fault, shape_faults
from kiosk.services.texts import Text, build_decoders, convert

_AT_LINE: Final = re.compile(r" ?\((?:at line (\d+), column \d+|at end of document)\)")
_KEY_THERE: Final = re.compile(r"\s*\[{0,2}\s*([\w.\-\"' ]+?)\s*[\]=]")
_TWICE: Final = re.compile(r"Cannot (?:overwrite a value|declare|mutate|redefine)")

build_decoders(ServiceDefinition)


@dataclass(frozen=True, slots=True)
class DefinitionFault:
    """One thing that is wrong with a file of the catalogue."""

    file: str
    line: int
    key: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}"
        return f"{place}: {self.key}: {self.reason}" if self.key else f"{place}: {self.reason}"


class CatalogueError(Exception):
    """Files of the catalogue are wrong; each fault names file, line, key and reason."""

    def __init__(self, faults: Iterable[DefinitionFault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True, slots=True)
class Published:
    """A definition and the exact file that it was read from."""

    definition: ServiceDefinition
    file: str
    """Its name within the catalogue's directory."""
    sha256: str
    """Of the file, lower-case hexadecimal: what an application names."""
    content: bytes


def read_definition(
    content: bytes,
    file: str,
    shelves: Iterable[str] | None,
    problems: Mapping[str, Text] | None = None,
) -> Published:
    """Read one file. Raises :class:`CatalogueError` with all its faults.

    ``problems`` are the catalogue's general sentences by code; with them the sentences that a
    question has of its own are checked as well. What is ``None`` is not known and not checked.
    """
    text, raw = parse_toml(content, file)
    try:
        definition, faults = _definition(raw, shelves, problems)
        faults += unreadable(raw)
    except RecursionError:
        reason = "tables stand within tables so deep that nobody can follow them"
        raise CatalogueError([DefinitionFault(file, 1, "", reason)]) from None
    if definition is None or faults:
        raise CatalogueError(located(faults, file, text))
    return Published(definition, file, hashlib.sha256(content).hexdigest(), content)


def _definition(
    raw: dict[str, Any], shelves: Iterable[str] | None, problems: Mapping[str, Text] | None
) -> tuple[ServiceDefinition | None, list[Fault]]:
    """The definition, and everything that is wrong with it."""
    try:
        definition = convert(raw, ServiceDefinition)
    except msgspec.ValidationError:
        faults, mended = shape_faults(raw, ServiceDefinition)
        if mended is None:
            return None, faults
        # The rest is checked too, so that one round of corrections is enough.
        definition = convert(mended, ServiceDefinition)
        known = [fault.path for fault in faults]
        faults += [
            fault
            for fault in faults_of(definition, shelves, problems)
            if not any(
                fault.path == path or fault.path.startswith((f"{path}.", f"{path}["))
                for path in known
            )
        ]
        return definition, faults
    return definition, faults_of(definition, shelves, problems)


def unreadable(raw: Any, path: str = "") -> Iterator[Fault]:
    """Characters that a citizen could not read, or that show another text than is written."""
    if isinstance(raw, str):
        refused = None if raw.isprintable() else first_refused(raw)
        if refused is not None:
            reason = f"the character U+{ord(refused):04X} cannot be read: delete it"
            yield Fault(path, reason)
    elif isinstance(raw, Mapping):
        for name, value in raw.items():
            yield from unreadable(value, f"{path}.{name}" if path else name)
    elif isinstance(raw, list):
        for index, value in enumerate(raw):
            yield from unreadable(value, f"{path}[{index}]")


def located(faults: Iterable[Fault], file: str, text: str) -> list[DefinitionFault]:
    """Faults with their lines, in the order of the file."""
    found = [DefinitionFault(file, line_of(text, each.path), each.path, each.reason)
             for each in faults]  # fmt: skip
    return sorted(found, key=lambda fault: fault.line)


def parse_toml(content: bytes, file: str) -> tuple[str, dict[str, Any]]:
    """A file's text, and what it says. Raises :class:`CatalogueError`.

    A byte order mark at the beginning is passed over: editors on Windows write one.
    """
    if len(content) > FILE_MAX_BYTES:
        reason = f"the file is larger than {FILE_MAX_BYTES:,} bytes"
        raise CatalogueError([DefinitionFault(file, 1, "", reason)])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        reason = "this is no UTF-8: save the file with the encoding UTF-8"
        raise CatalogueError([DefinitionFault(file, line, "", reason)]) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError([_syntax_fault(str(error), file, text)]) from error
    except RecursionError:
        reason = "lists or tables stand within each other too deep"
        raise CatalogueError([DefinitionFault(file, 1, "", reason)]) from None


def _syntax_fault(message: str, file: str, text: str) -> DefinitionFault:
    lines = text.split("\n")
    place = _AT_LINE.search(message)
    line = int(place[1]) if place and place[1] else len(lines)
    reason = _AT_LINE.sub("", message).strip()
    key = _KEY_THERE.match(lines[line - 1])
    if _TWICE.match(reason):
        reason = "this key or table is there twice"
    return DefinitionFault(file, line, key[1] if key else "", reason)
