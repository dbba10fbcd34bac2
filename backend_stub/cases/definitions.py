"""Every published definition, kept for ever: an application is judged by the one that it names.

A definition is the exact bytes of its file. The same service and version with other bytes is
refused: somebody may have filled in the former ones already, offline, and will send it.
"""

from __future__ import annotations

import threading
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.cases.tables import PublishedDefinition
from backend_stub.ground.database import Database, insert_into
from kiosk.services import Catalogue
from kiosk.services.definition import ServiceDefinition
from kiosk.services.reading import Published, read_definition
from kiosk.services.texts import convert

FORMER: Final = "former"
"""Folder of the catalogue with the definitions of earlier releases."""

log = structlog.get_logger()


class DefinitionRefused(Exception):
    """A definition cannot be published: its version is out already, with other content."""

    def __init__(self, service: str, version: str) -> None:
        super().__init__(
            f"{service} {version} is published already with other content; "
            "give what was changed a new version."
        )
        self.service = service
        self.version = version


@dataclass(frozen=True, slots=True)
class Named:
    """A definition and the hash by which applications and cases name it."""

    sha256: str
    definition: ServiceDefinition


@dataclass(slots=True)
class _Known:
    by_sha256: dict[str, Named] = field(default_factory=dict)
    by_version: dict[tuple[str, str], str] = field(default_factory=dict)
    unread: dict[str, bytes] = field(default_factory=dict)


class Definitions:
    """The published definitions; safe to use from several threads."""

    def __init__(self) -> None:
        self._known = _Known()
        self._lock = threading.Lock()

    def publish(self, session: Session, published: Published, at: datetime) -> None:
        """Keep a definition. Raises :class:`DefinitionRefused`; the former one goes on serving."""
        definition = published.definition
        # Two servers that start together publish the same.
        session.execute(
            insert_into(session, PublishedDefinition)
            .values(
                sha256=published.sha256,
                service=definition.id,
                version=definition.version,
                content=published.content,
                published_at=at,
            )
            .on_conflict_do_nothing()
        )
        here = session.scalar(
            select(PublishedDefinition.sha256).where(
                PublishedDefinition.service == definition.id,
                PublishedDefinition.version == definition.version,
            )
        )
        if here != published.sha256:
            raise DefinitionRefused(definition.id, definition.version)

    def refresh(self, session: Session) -> None:
        """Take in what was published since, here or by another process."""
        rows = session.execute(select(PublishedDefinition.sha256)).all()
        with self._lock:
            known = {*self._known.by_sha256, *self._known.unread}
        missing = [row.sha256 for row in rows if row.sha256 not in known]
        for row in session.scalars(
            select(PublishedDefinition).where(PublishedDefinition.sha256.in_(missing))
        ):
            with self._lock:
                self._known.unread[row.sha256] = row.content
                self._known.by_version[row.service, row.version] = row.sha256

    def named(self, sha256: str) -> Named | None:
        """The definition with this hash, if it is known."""
        with self._lock:
            found = self._known.by_sha256.get(sha256)
            content = self._known.unread.get(sha256)
        if found is not None or content is None:
            return found
        found = Named(sha256, _read(content))
        with self._lock:
            self._known.by_sha256[sha256] = found
            self._known.unread.pop(sha256, None)
        return found

    def version(self, service: str, version: str) -> Named | None:
        """The definition of a service with this version, if it is known."""
        with self._lock:
            sha256 = self._known.by_version.get((service, version))
        return None if sha256 is None else self.named(sha256)

    def of_case(self, session: Session, sha256: str) -> ServiceDefinition:
        """The definition by which a case is led."""
        found = self.named(sha256)
        if found is None:
            self.refresh(session)
            found = self.named(sha256)
        if found is None:
            raise KeyError(sha256)
        return found.definition

    def services(self) -> dict[str, list[Named]]:
        """All definitions that are known, by service, oldest version first."""
        with self._lock:
            versions = sorted(self._known.by_version.items())
        found: dict[str, list[Named]] = {}
        for (service, _), sha256 in versions:
            named = self.named(sha256)
            if named is not None:
                found.setdefault(service, []).append(named)
        return found


def open_definitions(
    database: Database, catalogue: Catalogue, former: Iterable[Path], at: datetime
) -> Definitions:
    """Publish what this release comes with and take in all that was published before.

    Raises :class:`kiosk.services.CatalogueError` for a former definition that is wrong.
    """
    definitions = Definitions()
    shelves = [shelf.id for shelf in catalogue.shelves]
    older = [read_definition(path.read_bytes(), path.name, shelves) for path in former]
    with database.write() as session:
        for published in (*older, *catalogue.published.values()):
            try:
                definitions.publish(session, published, at)
            except DefinitionRefused as refusal:
                # The one that is out goes on serving: applications name it.
                log.error(
                    "central.definition_refused",
                    service=refusal.service,
                    version=refusal.version,
                    reason=str(refusal),
                )
        definitions.refresh(session)
    return definitions


def former_definitions(directory: Path) -> list[Path]:
    """The definitions of earlier releases that come with a catalogue."""
    return sorted((directory / FORMER).glob("*.toml"))


def _read(content: bytes) -> ServiceDefinition:
    # It was checked when it was published; what a newer release would fault it for is no matter.
    return convert(tomllib.loads(content.decode("utf-8-sig")), ServiceDefinition)
