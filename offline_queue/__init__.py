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

- the protocol: ``wire`` messages, on ``wire_model``; ``sealing`` HPKE; ``chain`` the signed hash
  chain and its countersigned head; ``folder`` the same messages on a USB stick; ``signed_requests``
  how a request shows which terminal sent it
- the transport: ``ingest`` the seam to the central API; ``http`` that seam over HTTPS, with
  the limits of ``bounded_http``
- the store: ``store`` the outbox itself, in front of ``intake`` (taking one in), ``answers`` (what
  the central API replied), ``quarantine`` (damaged, void and stranded rows), ``usb_export``
- its SQL: ``ledger`` identity and chains, ``delivery`` what is on its way, ``acknowledgement`` what
  the central API holds, ``attachments``, ``quota``, ``overview`` counts and ages; ``proofs``
  of what no signature covers; ``schema`` tables and settings; ``connection`` the single writer
- ``syncer`` decides when and what to send; ``batching`` what fits into one request
- for people, and not loaded otherwise: ``inspection`` status without holding the outbox;
  ``listing`` its rows; ``verify`` whether anything was changed, with
  ``verify_fate`` and ``findings``
- ``presealing`` prepares key agreements before a visit needs one; ``keys`` the keys in use;
  ``records``, ``clock``, ``errors``
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
from offline_queue.quota import Quota
from offline_queue.records import (
    Enqueued,
    OutboxStatus,
    Recorded,
    State,
    Submission,
    case_ref,
    new_tx_id,
)
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer, SyncState
from offline_queue.usb_export import Exported, Imported

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
