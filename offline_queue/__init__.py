"""The durable outbox of a terminal: what a citizen saw confirmed takes effect exactly once.

``Outbox.enqueue`` seals a signed transaction for the central API, chains, signs and commits it;
when it returns, the citizen can be told. A ``Syncer`` carries the outbox to the central API over
``HttpIngest`` and reports each result.

    outbox = Outbox.open(path, enrolment=enrolment, device_key=device_key, secret=secret)
    syncer = Syncer(outbox, HttpIngest("https://central.example"), on_result=show)
    syncer.start()
    kept = outbox.enqueue(Submission(...))    # committed: confirm to the citizen, print the receipt
    syncer.wake()

Where to look:

- ``wire`` the messages exchanged; ``sealing`` HPKE, ``ahead`` its slow half made before it is
  needed; ``chain`` the signed hash chain and its countersigned head
- ``store`` the outbox; ``intake`` how one is taken in; ``answers`` how the central API's word is;
  their SQL: ``ledger`` the outbox itself, ``delivery`` what is on its way, ``heads`` what the
  central API holds; ``schema`` tables, settings, migrations; ``connection`` one writer and typed
  troubles; ``records`` what goes in and comes out; ``errors``; ``clock``; ``seals`` the keys in use
- ``aside`` what does not go its usual way: void places, rows of a closed epoch; ``attachments``;
  ``room`` the quota; ``batching`` what fits into one request; ``overview`` counts and ages
- ``syncer`` when and what to send; ``ingest`` the seam to the central API; ``http``
  that seam over HTTPS; ``signed_requests`` who asks; ``bounded_http`` its limits of
  time and size
- ``folder`` folders carried by hand, for both sides; ``stranded`` the outbox in one
- for people who look at it, and not loaded with the rest: ``outside`` status without holding the
  outbox; ``verify`` the check whether it was changed
"""

from offline_queue.clock import Clock, SystemClock
from offline_queue.errors import (
    AnswerMismatch,
    OutboxError,
    OutboxFull,
    OutboxLocked,
    OutboxUnavailable,
    PayloadTooLarge,
    Reason,
    TransactionConflict,
)
from offline_queue.folder import FolderBroken, FolderUnwritable
from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import BatchReply, CentralIngest, TransportError
from offline_queue.records import (
    Enqueued,
    OutboxStatus,
    Recorded,
    State,
    Submission,
    case_ref,
    new_tx_id,
)
from offline_queue.room import Quota
from offline_queue.store import Outbox
from offline_queue.stranded import Exported, Imported
from offline_queue.syncer import Syncer, SyncState

__all__ = [
    "AnswerMismatch",
    "BatchReply",
    "CentralIngest",
    "Clock",
    "Enqueued",
    "Exported",
    "FolderBroken",
    "FolderUnwritable",
    "HttpIngest",
    "Imported",
    "Outbox",
    "OutboxError",
    "OutboxFull",
    "OutboxLocked",
    "OutboxStatus",
    "OutboxUnavailable",
    "PayloadTooLarge",
    "Quota",
    "Reason",
    "Recorded",
    "State",
    "Submission",
    "SyncState",
    "Syncer",
    "SystemClock",
    "Timeouts",
    "TransactionConflict",
    "TransportError",
    "case_ref",
    "new_tx_id",
]
