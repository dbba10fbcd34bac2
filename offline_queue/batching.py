"""How many items go into one batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from offline_queue.wire import BatchItem, ItemKind

_BATCH_FRAME_BYTES: Final = 128
"""What a batch adds around its items, in bytes of JSON."""

_ITEM_SLACK_BYTES: Final = 64
"""By how much items differ in length beside their envelopes and attachments."""

_REF_BYTES: Final = 120
"""How much JSON an attachment adds to an item, at most."""


def that_fit(found: Sequence[BatchItem], epoch: int, max_bytes: int) -> list[BatchItem]:
    """Take the first items that go into one batch of ``epoch``; one always does."""
    items: list[BatchItem] = []
    size, frame = _BATCH_FRAME_BYTES, 0
    for item in found:
        if not frame or item.notice is not None:
            frame = len(item.json()) - len(item.envelope) + _ITEM_SLACK_BYTES
        size += frame + len(item.envelope) + _REF_BYTES * len(item.attachments)
        elsewhere = item.record.epoch != epoch and item.kind is ItemKind.SEALED
        if items and (size > max_bytes or elsewhere):
            break
        items.append(item)
    return items
