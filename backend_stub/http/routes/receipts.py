"""For terminals: receipts that go to their owners by text message and e-mail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Response

from backend_stub.cases.receipt_mail import send_receipt
from backend_stub.ground.problems import documented
from backend_stub.ground.types import KioskId
from backend_stub.http.routes import SIGNED, CentralDependency, SignerDependency
from kiosk.contract.receipts import ReceiptMail

router = APIRouter(tags=["terminals"])


@router.post(
    "/kiosks/{kiosk}/receipts",
    status_code=204,
    response_class=Response,
    responses=documented(
        ["receipt-of-nothing", "receipt-unreadable", "body-too-large", "invalid", "busy", *SIGNED]
    ),
)
def post_receipt(
    kiosk: KioskId,
    mail: Annotated[ReceiptMail, Body()],
    central: CentralDependency,
    signer: SignerDependency,
) -> None:
    """Send a receipt to the telephone and the address that its transaction names, once."""
    signer.must_be(kiosk)
    send_receipt(central, signer, mail)
