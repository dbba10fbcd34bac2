"""Receiving an edition: every signature, then every file, then all of it together.

What can be wrong is told apart, because a technician does something else in each case: nothing
came, what came is not signed as it must be or is older than what is here, it is signed but broken,
or the terminal's clock cannot be right.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from pathlib import Path

from tuf.api.exceptions import DownloadError, ExpiredMetadataError, RepositoryError
from tuf.ngclient import FetcherInterface, Updater, UpdaterConfig

from kiosk.publication.editions import Editions
from kiosk.services import CatalogueError
from kiosk.services.bundle import FILE_MAX_BYTES, MANIFEST, BundleError, Manifest
from kiosk.services.catalogue import read_catalogue


class Reason(enum.StrEnum):
    """Why no edition was received; a key of the event ``catalogue.not_received``."""

    UNREACHABLE = "unreachable"
    NOT_TRUSTED = "not-trusted"
    """A signature is missing or wrong, or it is older than what is here."""
    EXPIRED = "expired"
    """Out of date: held back on the way, not renewed at the centre, or this clock is wrong."""
    BROKEN = "broken"
    """Signed as it must be, and yet no catalogue: the centre published a mistake."""
    NEWER_TERMINAL = "newer-terminal"
    NO_ROOM = "no-room"


class NotReceived(Exception):
    """The former edition stays in force."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Received:
    """What the publication holds."""

    edition: int
    is_new: bool
    """It was not on this terminal's disk before; it is now, and not in force yet."""


def receive(
    editions: Editions, root: bytes, source: FetcherInterface, base: str, program: str
) -> Received:
    """Fetch the newest edition into ``editions``. Raises :class:`NotReceived`.

    ``root`` is the root document that the terminal was enrolled with, ``base`` the address under
    which ``metadata/`` and ``targets/`` lie, ``program`` this program's release.
    """
    try:
        return _receive(editions, root, source, base, program)
    except ExpiredMetadataError as error:
        raise NotReceived(Reason.EXPIRED, _first_line(error)) from error
    except DownloadError as error:
        raise NotReceived(Reason.UNREACHABLE, _first_line(error)) from error
    except RepositoryError as error:
        raise NotReceived(Reason.NOT_TRUSTED, _first_line(error)) from error
    except (BundleError, CatalogueError, ValueError) as error:
        raise NotReceived(Reason.BROKEN, _first_line(error)) from error
    except OSError as error:
        raise NotReceived(Reason.NO_ROOM, error.strerror or "") from error


def _receive(
    editions: Editions, root: bytes, source: FetcherInterface, base: str, program: str
) -> Received:
    editions.metadata.mkdir(parents=True, exist_ok=True)
    place = editions.workplace()
    updater = Updater(
        metadata_dir=str(editions.metadata),
        metadata_base_url=f"{base}metadata/",
        target_dir=str(place),
        target_base_url=f"{base}targets/",
        fetcher=source,
        config=UpdaterConfig(targets_max_length=2_000_000, max_delegations=0),
        bootstrap=root,
    )
    updater.refresh()
    manifest = Manifest.parse(_target(updater, MANIFEST, place).read_bytes())
    if _release(manifest.needs_terminal) > _release(program):
        raise NotReceived(Reason.NEWER_TERMINAL, manifest.needs_terminal)
    if editions.has(manifest.edition):
        return Received(manifest.edition, is_new=False)
    for name in manifest.files:
        _target(updater, name, place)
    read_catalogue(place)
    editions.keep(manifest.edition, place)
    return Received(manifest.edition, is_new=True)


def _target(updater: Updater, name: str, place: Path) -> Path:
    found = updater.get_targetinfo(name)
    if found is None:
        raise BundleError(f"{name} is in the manifest and is not signed for")
    if found.length > FILE_MAX_BYTES:
        raise BundleError(f"{name} is larger than {FILE_MAX_BYTES:,} bytes")
    return Path(updater.download_target(found, str(place / name)))


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0]
