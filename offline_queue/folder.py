"""Folders carried by hand: written so that one pulled mid-way is nothing, read without trust.

Each file is written under a passing name, synced and then named; the manifest, which lists and
hashes all the others and is signed, comes last. Without it, or when anything differs from it, the
folder is refused as a whole. Knows the wire and the chain only, so both sides can use it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_queue.chain import ChainBroken, sign_results, verify_by_device, verify_results
from offline_queue.errors import OutboxError
from offline_queue.wire import (
    BatchAnswer,
    BatchRequest,
    FolderFile,
    FolderManifest,
    SignedManifest,
    SignedTicket,
)
from offline_queue.wire_model import MessageError, WireModel

MANIFEST: Final = "manifest.json"
_MANIFEST_MAX_BYTES: Final = 32 * 1024 * 1024
_FILE_MAX_BYTES: Final = 16 * 1024 * 1024

Message = TypeVar("Message", bound=WireModel)


class FolderBroken(OutboxError):
    """The folder is not whole, or not from whom it should be: nothing of it may be taken."""


class FolderUnwritable(OutboxError):
    """The folder cannot be written: full, read-only, or pulled out. Nothing else was harmed."""


@dataclass(frozen=True, slots=True)
class Carried:
    """A folder whose manifest was proven."""

    directory: Path
    manifest: FolderManifest

    def batches(self) -> Iterator[tuple[str, BatchRequest]]:
        """Yield the number and content of each batch, in order. Raises ``FolderBroken``."""
        yield from self._messages("batch-", BatchRequest)

    def answers(self) -> Iterator[tuple[str, BatchAnswer]]:
        """Yield the number and content of each answer, in order. Raises ``FolderBroken``."""
        yield from self._messages("answer-", BatchAnswer)

    def attachments(self) -> Iterator[tuple[SignedTicket, bytes]]:
        """Yield each attachment with its ticket. Raises ``FolderBroken``."""
        for _, ticket in self._messages("attachment-", SignedTicket):
            content = self.directory / f"attachment-{ticket.ticket.sha256}.bin"
            listed = [file for file in self.manifest.files if file.name == content.name]
            if not listed:
                raise FolderBroken(f"{content.name} is missing")
            yield ticket, self._read(listed[0])

    def check(self) -> None:
        """Read every file once. Raises ``FolderBroken`` when one is not as the manifest says."""
        for file in self.manifest.files:
            self._read(file)

    def _messages(self, prefix: str, kind: type[Message]) -> Iterator[tuple[str, Message]]:
        for file in sorted(self.manifest.files, key=lambda each: each.name):
            if file.name.startswith(prefix) and file.name.endswith(".json"):
                name = file.name.removeprefix(prefix).removesuffix(".json")
                yield name, _parse(kind, self._read(file), file.name)

    def _read(self, file: FolderFile) -> bytes:
        content = _read_limited(self.directory / file.name, _FILE_MAX_BYTES)
        if (len(content), hashlib.sha256(content).hexdigest()) != (file.size, file.sha256):
            raise FolderBroken(f"{file.name} is not the file that was written")
        return content


def write_folder(
    directory: Path,
    files: Iterable[tuple[str, bytes]],
    sign: Callable[[list[FolderFile]], SignedManifest],
) -> FolderManifest:
    """Write a folder: each file, then the manifest that ``sign`` makes of them.

    Raises ``FolderUnwritable``; then there is no manifest, and the folder is nothing.
    """
    listed = []
    try:
        directory.mkdir(parents=True)
        _sync_directory(directory.parent)
        for name, content in files:
            _write(directory / name, content)
            digest = hashlib.sha256(content).hexdigest()
            listed.append(FolderFile(name=name, size=len(content), sha256=digest))
        signed = sign(listed)
        _sync_directory(directory)
        _write(directory / MANIFEST, signed.json())
        _sync_directory(directory)
    except OSError as error:
        raise FolderUnwritable(f"the folder cannot be written: {error.strerror}") from error
    return signed.manifest


def read_export(
    directory: Path, device_key_of: Callable[[str, int], ec.EllipticCurvePublicKey]
) -> Carried:
    """Open what a terminal exported: the central API's side.

    ``device_key_of`` gives the public key of a terminal's epoch. Raises ``FolderBroken``, and
    what ``device_key_of`` raises. Each batch is then taken like one that came over the network.
    """
    signed = _manifest(directory, "export")
    manifest = signed.manifest
    try:
        verify_by_device(device_key_of(manifest.kiosk, manifest.epoch), manifest, signed.signature)
    except ChainBroken as error:
        raise FolderBroken("the manifest is not signed by this terminal") from error
    return _checked(directory, manifest)


def read_results(directory: Path, head_public_key: bytes) -> Carried:
    """Open what the central API answered to an export: the terminal's side.

    Raises ``FolderBroken``.
    """
    signed = _manifest(directory, "results")
    try:
        manifest = verify_results(head_public_key, signed)
    except ChainBroken as error:
        raise FolderBroken("the manifest is not signed by the central API") from error
    return _checked(directory, manifest)


def write_results(
    directory: Path,
    export: FolderManifest,
    answers: Iterable[tuple[str, BatchAnswer]],
    head_key: Ed25519PrivateKey,
) -> FolderManifest:
    """Write the central API's answers beside an export: ``answers`` are by the batch's number.

    Raises ``FolderUnwritable``.
    """
    files = ((f"answer-{number}.json", answer.json()) for number, answer in answers)
    return write_folder(
        directory,
        files,
        lambda listed: sign_results(head_key, export.changed(content="results", files=listed)),
    )


def _checked(directory: Path, manifest: FolderManifest) -> Carried:
    carried = Carried(directory, manifest)
    carried.check()
    return carried


def _manifest(directory: Path, content: str) -> SignedManifest:
    text = _read_limited(directory / MANIFEST, _MANIFEST_MAX_BYTES)
    signed = _parse(SignedManifest, text, MANIFEST)
    if signed.manifest.content != content:
        raise FolderBroken(f"the folder holds {signed.manifest.content}, not {content}")
    return signed


def _parse(kind: type[Message], content: bytes, name: str) -> Message:
    try:
        return kind.parse_json(content)
    except MessageError as error:
        raise FolderBroken(f"{name} cannot be read") from error


def _read_limited(path: Path, limit: int) -> bytes:
    try:
        # Never through a link: whoever prepared the stick does not choose what is read.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            content = file.read(limit + 1)
    except OSError as error:
        raise FolderBroken(f"{path.name} cannot be read: {error.strerror}") from error
    if len(content) > limit:
        raise FolderBroken(f"{path.name} is too long")
    return content


def _write(path: Path, content: bytes) -> None:
    passing = path.with_name(f"{path.name}.part")
    with passing.open("xb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    passing.rename(path)


def _sync_directory(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        # Some file systems of USB sticks cannot sync a folder by itself.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
