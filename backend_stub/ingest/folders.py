"""A stranded terminal's folder: taken in like what comes over the network, answered by a folder.

The folder is carried by hand, perhaps more than once: everything in it is proven again, and what
was taken before is answered again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from backend_stub.fleet.kiosks import find_epoch, is_usable, parse_device_key
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ingest.attachments import Range, receive
from backend_stub.ingest.batch import ingest
from offline_queue.folder import Carried, read_export, write_results
from offline_queue.wire import BatchAnswer

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class ImportedFolder:
    """What became of a folder."""

    kiosk: str
    results: Path
    """The folder with the answers, for the terminal's ``kiosk queue import``."""
    transactions: int
    attachments: int
    refused: tuple[str, ...]
    """Codes of the problems of batches and attachments that were not taken."""


def import_folder(central: Central, export: Path) -> ImportedFolder:
    """Take in what a terminal exported; the results are written beside it.

    Raises :class:`offline_queue.folder.FolderBroken` before anything is taken in,
    :class:`offline_queue.folder.FolderUnwritable` when the results cannot be written: then the
    same folder may be imported again. :class:`ProblemError` when the terminal or its epoch is
    unknown, revoked or frozen.
    """

    def device_key_of(kiosk: str, epoch: int) -> ec.EllipticCurvePublicKey:
        with central.database.read() as session:
            row = find_epoch(session, kiosk, epoch)
            if not is_usable(row):
                raise ProblemError("epoch-frozen" if row.frozen_at else "epoch-revoked")
            return parse_device_key(row.device_key)

    carried = read_export(export, device_key_of)
    refused: list[str] = []
    transactions = 0

    def answers() -> Iterator[tuple[str, BatchAnswer]]:
        nonlocal transactions
        for number, batch in carried.batches():
            try:
                answer = ingest(central, batch, by_hand=True)
            except ProblemError as error:
                refused.append(error.code)
                continue
            transactions += len(answer.answers)
            yield number, answer

    manifest = carried.manifest
    results = export.parent / f"results-{manifest.export_id}-{central.clock():%Y%m%dT%H%M%S%f}"
    # Attachments come after their transactions: until those are taken, nobody names them.
    write_results(results, manifest, answers(), central.keys.head)
    attachments = _take_attachments(central, carried, refused)
    log.info(
        "central.folder_imported",
        kiosk=manifest.kiosk,
        transactions=transactions,
        attachments=attachments,
        refused=len(refused),
    )
    return ImportedFolder(manifest.kiosk, results, transactions, attachments, tuple(refused))


def _take_attachments(central: Central, carried: Carried, refused: list[str]) -> int:
    taken = 0
    for signed, content in carried.attachments():
        whole = Range(0, len(content) - 1, len(content))
        try:
            receive(central, signed.ticket.sha256, signed, whole, content)
        except ProblemError as error:
            refused.append(error.code)
        else:
            taken += 1
    return taken
