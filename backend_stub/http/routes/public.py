"""For everyone: is the API there, and which keys sign receipts."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Query, Response

from backend_stub.fleet.kiosks import current_head, receipt_keys
from backend_stub.ground.problems import documented
from backend_stub.ground.types import KioskId
from backend_stub.http.routes import AdmissionDependency, CentralDependency
from kiosk.contract.visits import ReceiptKeys
from offline_queue.wire import ServerClock, SignedHead

router = APIRouter(tags=["public"])


@router.get("/health", responses=documented(["busy"]))
def get_health(central: CentralDependency) -> ServerClock:
    """Whether the central API works, and its time."""
    return ServerClock(
        status="ok" if central.database.responds() else "degraded", time=central.clock()
    )


@router.get("/receipt-keys", responses=documented(["busy"]))
def get_receipt_keys(central: CentralDependency, response: Response) -> ReceiptKeys:
    """The public keys that receipts are signed with, revoked ones included and marked."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return ReceiptKeys(keys=receipt_keys(central))


@router.get(
    "/kiosks/{kiosk}/head",
    responses=documented(["kiosk-not-enrolled", "epoch-unknown", "invalid", "busy"]),
)
def get_head(
    kiosk: KioskId,
    central: CentralDependency,
    admission: AdmissionDependency,
    response: Response,
    epoch: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
) -> SignedHead:
    """How far the central API holds a terminal's chain, countersigned; the current epoch's.

    Under load `Retry-After` says when to send the first batch (RFC 9110, clause 10.2.3).
    """
    head = current_head(central, kiosk, epoch)
    slot = admission.first_sync_in_s()
    if slot is not None:
        response.headers["Retry-After"] = str(math.ceil(slot))
    return head
