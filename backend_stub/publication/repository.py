"""A TUF repository in a folder: founded, staged, signed by several people, published.

::

    metadata/1.root.json …    published metadata, consistent snapshots (TUF 1.0, clause 7)
    targets/services/<sha256>.complaint.toml …
    staged/targets.json       what waits for signatures
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from securesystemslib.signer import CryptoSigner
from tuf.api.exceptions import RepositoryError
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)
from tuf.api.serialization import DeserializationError
from tuf.api.serialization.json import JSONSerializer

from kiosk.services.bundle import MANIFEST, Manifest, files_of
from kiosk.services.catalogue import read_catalogue

VALID_FOR: Final = {
    "root": timedelta(days=730),
    "targets": timedelta(days=365),
    "snapshot": timedelta(days=90),
    "timestamp": timedelta(days=30),
}
"""How long metadata counts. A terminal that gets nothing newer keeps what it has, and says so."""

_COMPACT: Final = JSONSerializer(compact=True)


class PublicationError(Exception):
    """Nothing was published; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Staged:
    """What waits for signatures."""

    edition: int
    signatures: int
    threshold: int

    @property
    def complete(self) -> bool:
        """Whether it can be published."""
        return self.signatures >= self.threshold


@dataclass(frozen=True, slots=True)
class RoleKeys:
    """The keys of one role, and how many of them must sign."""

    signers: Sequence[CryptoSigner]
    threshold: int


class Repository:
    """A publication's folder. ``now`` is aware."""

    def __init__(self, directory: Path, now: datetime) -> None:
        self._directory = directory
        self._metadata = directory / "metadata"
        self._targets = directory / "targets"
        self._staged = directory / "staged" / "targets.json"
        self._now = now.replace(microsecond=0)

    def found(self, roles: dict[str, RoleKeys]) -> bytes:
        """Begin a repository: the root document, which every terminal trusts from then on.

        Raises :class:`PublicationError`.
        """
        if (self._metadata / "1.root.json").exists():
            raise PublicationError("this folder holds a publication already")
        for name, keys in roles.items():
            if not 0 < keys.threshold <= len(keys.signers):
                raise PublicationError(f"{name}: the threshold fits the number of keys")
        root = Root(
            expires=self._now + VALID_FOR["root"],
            roles={name: Role([], keys.threshold) for name, keys in roles.items()},
            consistent_snapshot=True,
        )
        for name, keys in roles.items():
            for signer in keys.signers:
                root.add_key(signer.public_key, name)
        document = Metadata(root)
        for signer in roles["root"].signers:
            document.sign(signer, append=True)
        self._metadata.mkdir(parents=True, exist_ok=True)
        content = document.to_bytes(_COMPACT)
        _write(self._metadata / "1.root.json", content)
        return content

    def stage(self, catalogue: Path, needs_terminal: str = "") -> Staged:
        """Put a catalogue's directory up for signature, in place of what waited.

        It is loaded whole first; :class:`kiosk.services.CatalogueError` says all its faults.
        Raises :class:`kiosk.services.bundle.BundleError` and :class:`PublicationError`.
        """
        read_catalogue(catalogue)
        self._refuse_changed_versions(catalogue)
        return self._stage_files(files_of(catalogue), needs_terminal)

    def stage_former(self, edition: int) -> Staged:
        """Put a former edition's content up for signature, as a new edition.

        Raises :class:`PublicationError`.
        """
        for targets in self._published_targets():
            manifest = self._manifest_of(targets)
            if manifest.edition == edition:
                files = {name: self._content(targets, name) for name in manifest.files}
                return self._stage_files(files, manifest.needs_terminal)
        raise PublicationError(f"edition {edition} was never published")

    def sign(self, signer: CryptoSigner) -> Staged:
        """Add a signature to what waits. Raises :class:`PublicationError`."""
        root, document = self._root(), self._staged_document()
        if signer.public_key.keyid not in root.roles["targets"].keyids:
            raise PublicationError("this key does not sign catalogues")
        document.sign(signer, append=True)
        _write(self._staged, document.to_bytes(_COMPACT))
        return self._state(root, document)

    def publish(self, signers: Sequence[CryptoSigner]) -> int:
        """Make what waits the newest edition; returns its number.

        ``signers`` are the keys of snapshot and timestamp. Raises :class:`PublicationError`.
        """
        root, document = self._root(), self._staged_document()
        state = self._state(root, document)
        if not state.complete:
            raise PublicationError(f"{state.signatures} of {state.threshold} signatures are there")
        version = document.signed.version
        _write(self._metadata / f"{version}.targets.json", document.to_bytes(_COMPACT))
        self._announce(root, signers, version)
        self._staged.unlink()
        return state.edition

    def refresh(self, signers: Sequence[CryptoSigner]) -> None:
        """Sign anew that the present edition is the newest. Raises :class:`PublicationError`."""
        self._announce(self._root(), signers, self._newest("targets"))

    def _announce(self, root: Root, signers: Sequence[CryptoSigner], targets: int) -> None:
        number = self._newest("snapshot") + 1
        expires = self._now + VALID_FOR["snapshot"]
        snapshot = Metadata(
            Snapshot(version=number, expires=expires, meta={"targets.json": MetaFile(targets)})
        )
        previous = self._metadata / "timestamp.json"
        before = (
            Metadata[Timestamp].from_file(str(previous)).signed.version
            if (previous.exists())
            else 0
        )
        timestamp = Metadata(
            Timestamp(
                version=before + 1,
                expires=self._now + VALID_FOR["timestamp"],
                snapshot_meta=MetaFile(number),
            )
        )
        for signer in signers:
            for name, document in (("snapshot", snapshot), ("timestamp", timestamp)):
                if signer.public_key.keyid in root.roles[name].keyids:
                    document.sign(signer, append=True)
        for name, document in (("snapshot", snapshot), ("timestamp", timestamp)):
            try:
                root.verify_delegate(name, document.signed_bytes, document.signatures)
            except RepositoryError as error:
                raise PublicationError(f"a key of {name} is missing") from error
        _write(self._metadata / f"{number}.snapshot.json", snapshot.to_bytes(_COMPACT))
        # Last: from here on terminals see the new edition, and everything of it is there.
        _write(previous, timestamp.to_bytes(_COMPACT))

    def _stage_files(self, files: dict[str, bytes], needs_terminal: str) -> Staged:
        root = self._root()
        newest = self._newest("targets")
        manifest = Manifest(
            edition=newest + 1,
            files={name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
            needs_terminal=needs_terminal,
        )
        every = {**files, MANIFEST: manifest.encoded()}
        targets = {}
        for name, content in every.items():
            targets[name] = TargetFile.from_data(name, content, ["sha256"])
            self._keep(name, content)
        signed = Targets(
            version=newest + 1, expires=self._now + VALID_FOR["targets"], targets=targets
        )
        document = Metadata(signed)
        _write(self._staged, document.to_bytes(_COMPACT))
        return self._state(root, document)

    def _refuse_changed_versions(self, catalogue: Path) -> None:
        """A version that was published keeps its content for ever: cases are judged by it."""
        offered = read_catalogue(catalogue).published
        for targets in self._published_targets():
            manifest = self._manifest_of(targets)
            for name, sha256 in manifest.files.items():
                if not name.startswith("services/"):
                    continue
                former = _identity(self._content(targets, name))
                now = offered.get(former[0])
                if now and now.definition.version == former[1] and now.sha256 != sha256:
                    raise PublicationError(
                        f"{former[0]} {former[1]} was published with other content: "
                        "a change is a new version"
                    )

    def _published_targets(self) -> list[Targets]:
        return [
            Metadata[Targets].from_file(str(path)).signed
            for path in sorted(self._metadata.glob("*.targets.json"), reverse=True)
        ]

    def _manifest_of(self, targets: Targets) -> Manifest:
        return Manifest.parse(self._content(targets, MANIFEST))

    def _content(self, targets: Targets, name: str) -> bytes:
        digest = targets.targets[name].hashes["sha256"]
        return self._path(name, digest).read_bytes()

    def _keep(self, name: str, content: bytes) -> None:
        path = self._path(name, hashlib.sha256(content).hexdigest())
        if not path.exists():
            _write(path, content)

    def _path(self, name: str, digest: str) -> Path:
        folder, _, base = name.rpartition("/")
        return self._targets / folder / f"{digest}.{base}"

    def _root(self) -> Root:
        newest = self._newest("root")
        if newest == 0:
            raise PublicationError("this folder holds no publication yet")
        return Metadata[Root].from_file(str(self._metadata / f"{newest}.root.json")).signed

    def _staged_document(self) -> Metadata[Targets]:
        try:
            return Metadata[Targets].from_bytes(self._staged.read_bytes())
        except OSError as error:
            raise PublicationError("nothing waits for signatures") from error
        except DeserializationError as error:
            raise PublicationError("what waits for signatures is damaged: stage it anew") from error

    def _state(self, root: Root, document: Metadata[Targets]) -> Staged:
        result = root.get_verification_result("targets", document.signed_bytes, document.signatures)
        edition = self._manifest_of(document.signed).edition
        return Staged(edition, len(result.signed), root.roles["targets"].threshold)

    def _newest(self, role: str) -> int:
        numbers = [int(p.name.partition(".")[0]) for p in self._metadata.glob(f"*.{role}.json")]
        return max(numbers, default=0)


def _identity(content: bytes) -> tuple[str, str]:
    raw = tomllib.loads(content.decode("utf-8-sig"))
    return str(raw["id"]), str(raw["version"])


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, and on the disk before it counts."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.new")
    with unfinished.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    with contextlib.suppress(OSError):
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
