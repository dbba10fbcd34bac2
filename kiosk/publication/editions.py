"""Editions of the catalogue on the terminal's disk; the present one is named by a link.

An edition is a directory that is complete before it gets its name, and is never changed. A power
cut at any instant leaves the former edition in force.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from kiosk.services import Catalogue, CatalogueError
from kiosk.services.catalogue import load_catalogue, read_catalogue

_KEPT: Final = 3
"""The present edition and those before it, in case that it turns out to be wrong."""


class Editions:
    """The directory ``catalogue`` of a terminal's state."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._present = directory / "present"

    @property
    def metadata(self) -> Path:
        """Where TUF keeps what it has verified."""
        return self._directory / "metadata"

    def present(self) -> int:
        """The number of the edition in force; 0: the one that came with the program."""
        try:
            return int(self._present.readlink().name)
        except (OSError, ValueError):
            return 0

    def load(self) -> Catalogue:
        """The catalogue in force.

        An edition that cannot be loaded any more (a damaged disk) gives way to the one before it,
        and at last to the one that came with the program.
        """
        for number in sorted(self._numbers(), reverse=True):
            if number > self.present():
                continue
            try:
                return read_catalogue(self._path(number))
            except (CatalogueError, OSError, ValueError):
                continue
        return load_catalogue()

    def workplace(self) -> Path:
        """An empty directory in which an edition is put together."""
        place = self._directory / "incoming"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        return place

    def has(self, number: int) -> bool:
        """Whether an edition is complete on disk."""
        return self._path(number).is_dir()

    def keep(self, number: int, complete: Path) -> None:
        """Give a complete edition its name. Raises ``OSError`` on a full disk."""
        for path in (*complete.rglob("*"), complete):
            _sync(path)
        shutil.rmtree(self._path(number), ignore_errors=True)
        complete.replace(self._path(number))
        _sync(self._directory)

    def bring_into_force(self, number: int) -> Catalogue:
        """Load an edition that was kept and make it the present one.

        Raises :class:`kiosk.services.CatalogueError` and ``OSError``; the former stays in force.
        """
        catalogue = read_catalogue(self._path(number))
        link = self._directory / ".present.new"
        link.unlink(missing_ok=True)
        link.symlink_to(str(number))
        link.replace(self._present)
        _sync(self._directory)
        for old in sorted(self._numbers(), reverse=True)[_KEPT:]:
            if old != number:
                shutil.rmtree(self._path(old), ignore_errors=True)
        return catalogue

    def _numbers(self) -> list[int]:
        if not self._directory.is_dir():
            return []
        return [int(path.name) for path in self._directory.iterdir() if path.name.isdecimal()]

    def _path(self, number: int) -> Path:
        return self._directory / str(number)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
