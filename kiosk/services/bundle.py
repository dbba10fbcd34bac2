"""A published catalogue: which files belong to it, and the manifest that lists them.

Everything that officials change and a terminal takes while it runs is one bundle: definitions,
shelves, places, sentences.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

MANIFEST: Final = "manifest.json"
FILE_MAX_BYTES: Final = 1 << 20
_NAME: Final = re.compile(r"(services/)?[a-z0-9][a-z0-9@._-]{0,80}\.(toml|json)")


class BundleError(Exception):
    """The bundle cannot be used; the message names the file and the reason."""


class Manifest(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one edition of the catalogue consists of."""

    edition: Annotated[int, Meta(ge=1)]
    """Counts up by one with each publication; a rollback is a new edition with former content."""
    files: dict[str, Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]]
    """Name within the catalogue's directory → SHA-256."""
    needs_terminal: str = ""
    """The lowest release of the program that understands it."""

    def encoded(self) -> bytes:
        """As it is signed and stored."""
        return msgspec.json.encode(self, order="sorted")

    @staticmethod
    def parse(content: bytes) -> Manifest:
        """Raises :class:`BundleError`."""
        try:
            manifest = _READER.decode(content)
        except msgspec.DecodeError as error:
            raise BundleError(f"{MANIFEST}: {error}") from error
        for name in manifest.files:
            if not _NAME.fullmatch(name):
                # A name is joined to a directory of the terminal.
                raise BundleError(f"{MANIFEST}: {name!r} is no name of a catalogue's file")
        return manifest


_READER: Final = msgspec.json.Decoder(Manifest)
"""Built at import: threads that build the same decoder together crash (msgspec 0.22)."""


def files_of(directory: Path) -> dict[str, bytes]:
    """The bundle's files by name, in order. Raises :class:`BundleError`."""
    found: dict[str, bytes] = {}
    for path in sorted([*directory.glob("*.*"), *directory.glob("services/*.toml")]):
        name = str(PurePosixPath(path.relative_to(directory)))
        if not _NAME.fullmatch(name):
            raise BundleError(f"{name} is no name of a catalogue's file")
        content = path.read_bytes()
        if len(content) > FILE_MAX_BYTES:
            raise BundleError(f"{name} is larger than {FILE_MAX_BYTES:,} bytes")
        found[name] = content
    if not any(name.startswith("services/") for name in found):
        raise BundleError(f"{directory} holds no services")
    return found
