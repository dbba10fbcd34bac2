"""Export and import by USB stick, for a terminal without a network."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import structlog

from offline_queue import attachments, delivery, ledger, quarantine
from offline_queue.batching import that_fit
from offline_queue.chain import canonical, sign_by_device
from offline_queue.clock import Clock
from offline_queue.connection import Connection
from offline_queue.errors import OutboxUnavailable, Reason
from offline_queue.folder import MANIFEST, read_results, write_folder
from offline_queue.keys import TerminalKeys
from offline_queue.records import State, new_tx_id
from offline_queue.wire import (
    BATCH_MAX_BYTES,
    BATCH_MAX_ITEMS,
    BatchAnswer,
    BatchItem,
    BatchRequest,
    FolderFile,
    FolderManifest,
    ItemAnswer,
    ItemKind,
    SignedManifest,
    SignedTicket,
)

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export holds."""

    directory: Path
    export_id: str
    transactions: int
    attachments: int


@dataclass(frozen=True, slots=True)
class Imported:
    """What results brought: the answers that settled a transaction just now."""

    folders: int
    settled: list[ItemAnswer]


def export_folder(
    connection: Connection, clock: Clock, keys: TerminalKeys, directory: Path
) -> Exported:
    """Write all that waits to a new folder within ``directory``.

    Before the first byte is written, each transaction counts as sent, for from then on it may
    take effect; it can no longer expire. Raises ``FolderUnwritable`` and ``OutboxUnavailable``:
    with ``Reason.FROZEN`` while the central API holds another chain, for what would come of it is
    decided only when there is a new epoch.
    """
    export_id = new_tx_id()
    target = directory / f"export-{export_id}"
    transactions = attached = 0

    def files() -> Iterator[tuple[str, bytes]]:
        nonlocal transactions, attached
        for number, batch in enumerate(_batches(connection, clock, keys), start=1):
            transactions += sum(item.kind is not ItemKind.VOID for item in batch.items)
            yield f"batch-{number:06}.json", batch.json()
        for ticket, content in _attachments(connection, keys):
            attached += 1
            name = f"attachment-{ticket.ticket.sha256}"
            yield f"{name}.bin", content
            yield f"{name}.json", ticket.json()

    def sign(listed: list[FolderFile]) -> SignedManifest:
        manifest = FolderManifest(
            content="export",
            kiosk=keys.kiosk,
            epoch=keys.epoch,
            export_id=export_id,
            created_at=clock.now(),
            files=listed,
        )
        signature = sign_by_device(keys.device_key, canonical(manifest))
        return SignedManifest(manifest=manifest, signature=signature)

    write_folder(target, files(), sign)
    _log.info("outbox.exported", transactions=transactions, attachments=attached)
    return Exported(target, export_id, transactions, attached)


def import_results(
    head_key: bytes,
    apply: Callable[[FolderManifest, BatchAnswer], list[ItemAnswer]],
    directory: Path,
) -> Imported:
    """Take over the answers in ``directory`` or in the results folders within it.

    Raises ``FolderBroken`` before anything of a folder is taken, and what ``apply`` raises.
    """
    inside = (
        [directory]
        if (directory / MANIFEST).exists()
        else sorted(path.parent for path in directory.glob(f"results-*/{MANIFEST}"))
    )
    settled: list[ItemAnswer] = []
    for folder in inside:
        carried = read_results(folder, head_key)
        for _, answer in carried.answers():
            settled += apply(carried.manifest, answer)
    _log.info("outbox.results_imported", folders=len(inside), settled=len(settled))
    return Imported(len(inside), settled)


def _batches(connection: Connection, clock: Clock, keys: TerminalKeys) -> Iterator[BatchRequest]:
    """Yield all that waits, in batches and in order; what an old epoch left is vouched for."""
    with connection.transaction() as db:
        chain = ledger.read_chain(db, keys.epoch)
        if chain is None or chain.frozen:
            raise OutboxUnavailable(Reason.FROZEN)
        _count_as_sent(db)
    after = (0, 0)
    rows: list[tuple[object, ...]] = []
    while not after[0] or len(rows) == BATCH_MAX_ITEMS:
        with connection.transaction() as db:
            rows = list(_exportable(db, after, BATCH_MAX_ITEMS))
            items = [quarantine.carried_item(db, clock, keys, row) for row in rows]
        if not rows:
            break
        after = (int(str(rows[-1][0])), int(str(rows[-1][1])))
        yield from _in_batches(keys, [item for item in items if item is not None])
    with connection.transaction() as db:
        voids = quarantine.void_items(db, keys, math.inf, -1)
    yield from _in_batches(keys, voids)


def _in_batches(keys: TerminalKeys, items: list[BatchItem]) -> Iterator[BatchRequest]:
    while items:
        fit = that_fit(items[:BATCH_MAX_ITEMS], keys.epoch, BATCH_MAX_BYTES)
        yield BatchRequest(kiosk=keys.kiosk, epoch=keys.epoch, items=fit)
        items = items[len(fit) :]


def _attachments(
    connection: Connection, keys: TerminalKeys
) -> Iterator[tuple[SignedTicket, bytes]]:
    """Yield what is not uploaded yet of transactions that wait or were accepted."""
    with connection.reading() as db:
        pending = attachments.all_pending(db)
    for each in pending:
        content = bytearray()
        while len(content) < each.size:
            with connection.reading() as db:
                part = attachments.read_range(db, each.sha256, len(content))
            if not part:
                raise OutboxUnavailable(Reason.CORRUPT)
            content += part
        yield each.ticket(keys), bytes(content)


def _exportable(
    db: sqlite3.Connection, after: tuple[int, int], limit: int
) -> Iterator[tuple[object, ...]]:
    """Yield rows that may be carried by hand, from the one behind epoch and seq ``after``.

    The transactions of a case go together, because they are taken in order; those behind a
    refused one stay.
    """
    yield from db.execute(
        f"SELECT {delivery.qualified('o')} FROM outbox AS o"  # noqa: S608 - constant
        " WHERE (o.epoch, o.seq) > (?, ?) AND o.state IN ('ready', 'inflight')"
        " AND NOT EXISTS (SELECT 1 FROM outbox AS before WHERE before.case_ref = o.case_ref"
        " AND before.case_seq < o.case_seq AND before.released = 0"
        " AND before.state IN ('rejected', 'quarantined', 'expired'))"
        " ORDER BY o.epoch, o.seq LIMIT ?",
        (*after, limit),
    )


def _count_as_sent(db: sqlite3.Connection) -> None:
    """Count every waiting transaction as one that may have reached the central API."""
    for state in (State.READY, State.INFLIGHT):
        db.execute(
            f"UPDATE outbox SET attempts = attempts + 1 WHERE state = '{state.value}'"  # noqa: S608 - an enum
        )
