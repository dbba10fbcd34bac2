"""One service's file from bytes to a checked definition, or everything that is wrong with it."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from kiosk.services.consistency import faults_of
from kiosk.services.definition import ServiceDefinition
from kiosk.services.locating import line_of
from kiosk.services.texts import convert

_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)|\(at end of document\)")
_AT_PATH = re.compile(r" - at `(?P<path>[^`]+)`$")


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
    sha256: str
    """Of the file, lower-case hexadecimal: what an application names."""
    content: bytes


def read_definition(content: bytes, file: str, shelves: Iterable[str]) -> Published:
    """Read one file. Raises :class:`CatalogueError` with all its faults."""
    text, raw = _toml(content, file)
    try:
        definition = convert(raw, ServiceDefinition)
    except msgspec.ValidationError as error:
        raise CatalogueError([_shape_fault(str(error), file, text)]) from error
    faults = faults_of(definition, shelves)
    if faults:
        raise CatalogueError(
            DefinitionFault(file, line_of(text, fault.path), fault.path, fault.reason)
            for fault in faults
        )
    return Published(definition, hashlib.sha256(content).hexdigest(), content)


def _toml(content: bytes, file: str) -> tuple[str, dict[str, object]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CatalogueError([DefinitionFault(file, line, "", "this is no UTF-8")]) from error
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _AT_LINE.search(str(error))
        line = int(place[1]) if place and place[1] else text.count("\n") + 1
        reason = _AT_LINE.sub("", str(error)).strip()
        raise CatalogueError([DefinitionFault(file, line, "", reason)]) from error


def _shape_fault(message: str, file: str, text: str) -> DefinitionFault:
    place = _AT_PATH.search(message)
    path = place["path"].lstrip("$").lstrip(".") if place else ""
    reason = _AT_PATH.sub("", message)
    unknown = re.search(r"unknown field `([^`]+)`", reason)
    missing = re.search(r"missing required field `([^`]+)`", reason)
    if unknown:
        path, reason = f"{path}.{unknown[1]}".lstrip("."), "there is no such key"
    elif missing:
        path, reason = f"{path}.{missing[1]}".lstrip("."), "this key is missing"
    return DefinitionFault(file, line_of(text, path), path, reason)
