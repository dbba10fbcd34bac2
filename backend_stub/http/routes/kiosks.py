"""For terminals: enrolment, batches, what became of a transaction."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AwareDatetime
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from backend_stub.fleet.enrolment import enrol
from backend_stub.ground.problems import ProblemError, batch_problem, documented
from backend_stub.ground.transactions import find_transaction
from backend_stub.ground.types import KioskId, ServerModel, TxId
from backend_stub.http.request_signatures import signer_of
from backend_stub.http.routes import (
    SIGNED,
    AddressDependency,
    AdmissionDependency,
    CentralDependency,
    SignerDependency,
)
from backend_stub.ingest.batch import ingest
from backend_stub.ingest.decide_batch import first_problem, first_result
from kiosk.contract.fleet import KeyTaken
from offline_queue.wire import (
    BatchAnswer,
    BatchRequest,
    Enrolment,
    EnrolmentRequest,
    Outcome,
    Problem,
    TransactionResult,
)


class TransactionStatus(ServerModel):
    """``GET /v1/transactions/{tx_id}``: what became of a transaction."""

    tx_id: TxId
    outcome: Outcome
    received_at: AwareDatetime
    result: TransactionResult | None = None
    problem: Problem | None = None


class BatchRoute(APIRoute):
    """A route on which an unreadable body is 400, so that the terminal halves the batch."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, with its validation errors as ``bad-batch``."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except RequestValidationError as error:
                refusal = batch_problem(error)
            except HTTPException:
                # FastAPI's word for a body that is no JSON text at all.
                refusal = ProblemError("bad-batch")
            # The framework reads the body before it asks who sent it. Only of what the terminal
            # itself signed may it be said that it cannot be read.
            await run_in_threadpool(signer_of, request.app.state.central, request)
            raise refusal

        return handle


router = APIRouter(tags=["terminals"])
batches = APIRouter(tags=["terminals"], route_class=BatchRoute)


@router.post(
    "/kiosks/{kiosk}/enrolment",
    responses=documented(
        [
            "enrolment-code-refused",
            "device-key-invalid",
            "device-key-unproven",
            "device-key-unvouched",
            "device-key-in-use",
            "device-key-spent",
            "invalid",
            "too-many-requests",
            "busy",
        ],
        leads_to={"get_head_v1_kiosks__kiosk__head_get": {"kiosk": "$request.path.kiosk"}},
    ),
)
def post_enrolment(
    kiosk: KioskId,
    request: Annotated[EnrolmentRequest, Body()],
    central: CentralDependency,
    address: AddressDependency,
) -> Enrolment:
    """Introduce a terminal's device key with a one-time code that was made for its name.

    The same key again answers the same; another key begins a new epoch with an empty chain.
    Earlier epochs stay readable, so that what waits under them can still be sent.
    """
    central.limits.enrolments.charge(address)
    return enrol(central, kiosk, request)


@batches.post(
    "/batches",
    responses=documented(
        [
            "bad-batch",
            "bad-encoding",
            *SIGNED,
            "body-too-large",
            "unsupported-encoding",
            "too-many-requests",
            "busy",
        ],
        leads_to={
            "get_transaction_v1_transactions__tx_id__get": {
                "tx_id": "$response.body#/answers/0/tx_id"
            },
            "get_head_v1_kiosks__kiosk__head_get": {
                "kiosk": "$response.body#/head/statement/kiosk",
                "epoch": "$response.body#/head/statement/epoch",
            },
        },
    ),
)
def post_batch(
    batch: Annotated[BatchRequest, Body()],
    central: CentralDependency,
    admission: AdmissionDependency,
    signer: SignerDependency,
) -> BatchAnswer:
    """Deliver sealed transactions: at most 50 and 256 KiB before compression, gzip welcome.

    Every item has its own answer, in the order of the request. `tx_id` is the idempotency key, for
    ever: the same bytes again are answered with the first result. Under load `next_sync_in_s` or
    `Retry-After` says when to come again; without load neither is sent.
    """
    signer.must_be(batch.kiosk, batch.epoch)
    answer = ingest(central, batch)
    slot = admission.next_sync_in_s(len(batch.items))
    return answer if slot is None else answer.changed(next_sync_in_s=slot)


@router.get("/kiosks/{kiosk}/key", responses=documented([*SIGNED, "invalid", "busy"]))
def get_key(kiosk: KioskId, signer: SignerDependency) -> KeyTaken:
    """Whether the device key that signs this request is taken; a refusal says why not."""
    signer.must_be(kiosk)
    return KeyTaken(kiosk=signer.kiosk, epoch=signer.epoch)


@router.get(
    "/transactions/{tx_id}",
    responses=documented([*SIGNED, "transaction-unknown", "invalid", "busy"]),
)
def get_transaction(
    tx_id: TxId, central: CentralDependency, signer: SignerDependency
) -> TransactionStatus:
    """What became of a transaction, for the terminal that sent it."""
    with central.database.read() as session:
        row = find_transaction(session, signer.kiosk, tx_id)
        if row is None:
            raise ProblemError("transaction-unknown")
        return TransactionStatus(
            tx_id=row.tx_id,
            outcome=Outcome(row.outcome),
            received_at=row.received_at,
            result=first_result(row),
            problem=first_problem(row),
        )
