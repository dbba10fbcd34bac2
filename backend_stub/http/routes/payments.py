"""Payment over HTTP: for the terminal that attends, and for the gateway that calls back."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec
import structlog
from fastapi import APIRouter, Body, Depends, Header, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from backend_stub.ground.problems import ProblemError, documented
from backend_stub.ground.types import KioskId
from backend_stub.http.routes import SIGNED, CentralDependency, SignerDependency
from backend_stub.payments.book import AttemptView, Book
from backend_stub.payments.callbacks import SIGNATURE_HEADER, is_signed
from backend_stub.payments.desk import PaymentDesk
from backend_stub.payments.effects import EffectsUnavailable
from backend_stub.payments.ports import UnknownOrder
from backend_stub.payments.process import Closed, NotToBeHad, OrderClosed, StillLiving
from backend_stub.payments.records import CardTotals, Source, Way
from backend_stub.payments.words import RefundAnswer, Status, Word
from kiosk.contract.payments import (
    AttemptRequest,
    CardErrands,
    CardOutcome,
    CardStatus,
    CardTotalsReport,
    LeaveRequest,
    PaymentAttempt,
    PaymentLine,
    PaymentOrder,
    PaymentWay,
    ReversalOutcome,
)

router = APIRouter(tags=["payment"])
log = structlog.get_logger()

OrderId = Annotated[str, Path(min_length=1, max_length=36)]
_ORDER: Final = [*SIGNED, "order-unknown", "invalid", "busy"]
_CARD: Final = {
    CardStatus.APPROVED: Status.PAID,
    CardStatus.DECLINED: Status.DECLINED,
    CardStatus.ABORTED: Status.CANCELLED,
    CardStatus.IN_PROGRESS: Status.UNPAID,
    CardStatus.NOT_FOUND: Status.NOT_FOUND,
    CardStatus.UNDOCUMENTED: Status.UNDOCUMENTED,
}


async def desk_of(request: Request) -> PaymentDesk:
    """Payment; the application has these routes only where it is offered."""
    desk: PaymentDesk = request.app.state.payments
    return desk


DeskDependency = Annotated[PaymentDesk, Depends(desk_of)]


def own_order(order: OrderId, desk: DeskDependency, signer: SignerDependency) -> Book:
    """An order of the terminal that signed."""
    book = book_of(desk, order)
    if book.order.kiosk != signer.kiosk:
        raise ProblemError("order-unknown")
    return book


BookDependency = Annotated[Book, Depends(own_order)]


def book_of(desk: PaymentDesk, order: str) -> Book:
    """An order's book. Raises :class:`ProblemError` ``order-unknown``."""
    try:
        return desk.store.read(order)
    except UnknownOrder:
        raise ProblemError("order-unknown") from None


@router.get("/orders/{order}", responses=documented(_ORDER))
def get_order(book: BookDependency, desk: DeskDependency) -> PaymentOrder:
    """An order with its attempts, for the page that waits for the payment."""
    return described(desk, book)


@router.post(
    "/orders/{order}/attempts",
    responses=documented(
        [
            *_ORDER,
            "order-closed",
            "payment-undecided",
            "payment-closed",
            "not-to-be-had",
            "registry-unreachable",
        ]
    ),
)
def post_attempt(
    wanted: Annotated[AttemptRequest, Body()], book: BookDependency, desk: DeskDependency
) -> PaymentAttempt:
    """Let the payer pay one part now. The attempt that is already open is good for it.

    With `way` `card` the terminal carries the payment to its card terminal, under the attempt's id.
    """
    return attempt_of(begin(desk, book, wanted.part, Way(wanted.way)))


@router.post("/orders/{order}/leave", responses=documented(_ORDER))
def post_leave(
    answer: Annotated[LeaveRequest, Body()], book: BookDependency, desk: DeskDependency
) -> PaymentOrder:
    """The payer goes, and was asked "did you pay?". The order stays open; the link goes by SMS."""
    return described(desk, desk.process.leave(book.order.id, answer.did_pay))


@router.post("/orders/{order}/attempts/{attempt}/card", responses=documented(_ORDER))
def post_card_outcome(
    attempt: str,
    told: Annotated[CardOutcome, Body()],
    book: BookDependency,
    desk: DeskDependency,
) -> PaymentAttempt:
    """Say what the card terminal said of an attempt; the same again changes nothing."""
    view = book.attempts.get(attempt)
    if view is None or view.attempt.way is not Way.CARD:
        raise ProblemError("order-unknown")
    word = Word(
        _CARD[told.status], Source.TERMINAL, told.said or told.status, told.amount, told.transaction
    )
    desk.process.hear(book.order.id, attempt, word)
    return attempt_of(book_of(desk, book.order.id).attempts[attempt])


@router.post(
    "/orders/{order}/refunds/{key}/reversal",
    status_code=204,
    response_class=Response,
    responses=documented(_ORDER),
)
def post_reversal(
    key: str,
    told: Annotated[ReversalOutcome, Body()],
    book: BookDependency,
    desk: DeskDependency,
) -> None:
    """Say what became of money that the card terminal had to give back."""
    refund = book.refunds.get(key)
    if refund is None or book.attempts[refund.refund.attempt].attempt.way is not Way.CARD:
        raise ProblemError("order-unknown")
    answer = RefundAnswer.DONE if told.done else RefundAnswer.REFUSED
    desk.process.hear_reversal(book.order.id, key, answer, told.another)


@router.get(
    "/kiosks/{kiosk}/card-errands",
    responses=documented([*SIGNED, "invalid", "busy"]),
)
def get_errands(kiosk: KioskId, desk: DeskDependency, signer: SignerDependency) -> CardErrands:
    """What this terminal has to ask or tell its card terminal; at its start, and now and then."""
    signer.must_be(kiosk)
    return CardErrands(errands=desk.errands_of(kiosk))


@router.post(
    "/kiosks/{kiosk}/card-totals",
    status_code=204,
    response_class=Response,
    responses=documented([*SIGNED, "invalid", "busy"]),
)
def post_totals(
    kiosk: KioskId,
    told: Annotated[CardTotalsReport, Body()],
    desk: DeskDependency,
    signer: SignerDependency,
) -> None:
    """What the card terminal itself took since it was last reconciled, for the daily comparison."""
    signer.must_be(kiosk)
    desk.store.keep_totals(CardTotals(kiosk, told.since, told.until, told.taken, told.given_back))


@router.post(
    "/payments/callback",
    status_code=204,
    response_class=Response,
    responses=documented(["callback-refused", "body-too-large", "busy"]),
)
async def post_callback(
    request: Request,
    central: CentralDependency,
    desk: DeskDependency,
    signature: Annotated[str, Header(alias=SIGNATURE_HEADER)] = "",
) -> None:
    """From the gateway: something happened to a session. It is not believed, it is asked about."""
    body = await request.body()
    if not is_signed(desk.callback_secret, signature, body, central.clock()):
        raise ProblemError("callback-refused")
    await run_in_threadpool(_look_up, desk, body)


def begin(desk: PaymentDesk, book: Book, part: int, way: Way) -> AttemptView:
    """Begin an attempt. Raises :class:`ProblemError` that says why there is none."""
    if part >= book.order.parts:
        raise ProblemError("order-unknown")
    try:
        return desk.process.begin(book.order.id, part, way, book.order.kiosk)
    except Closed as closed:
        raise ProblemError("payment-closed", opens_at=closed.opens_at.isoformat()) from None
    except OrderClosed:
        raise ProblemError("order-closed") from None
    except StillLiving as living:
        raise ProblemError("payment-undecided", attempt=living.attempt) from None
    except NotToBeHad as refused:
        raise ProblemError("not-to-be-had", refused=refused.refused) from None
    except EffectsUnavailable:
        raise ProblemError("registry-unreachable", headers={"Retry-After": "60"}) from None


def described(desk: PaymentDesk, book: Book) -> PaymentOrder:
    """An order as terminals read it."""
    refused = {effect.worker: effect.refused for effect in book.decided}
    return PaymentOrder(
        order=book.order.id,
        case=book.order.case,
        total=book.order.total,
        parts=book.order.parts,
        valid_until=book.order.valid_until,
        closed=book.closing.reason if book.closing else None,
        lines=[
            PaymentLine(
                worker=line.worker,
                amount=line.amount,
                part=line.part,
                renewed=line.worker in book.effects,
                refused=refused.get(line.worker),
            )
            for line in book.order.lines
        ],
        attempts=[attempt_of(view) for view in book.attempts.values()],
        link=desk.links.to(book.order.id),
    )


def attempt_of(view: AttemptView) -> PaymentAttempt:
    """An attempt as terminals read it."""
    return PaymentAttempt(
        attempt=view.attempt.id,
        part=view.attempt.part,
        way=PaymentWay(view.attempt.way),
        state=view.state,
        amount=view.attempt.amount,
        page=view.page,
        expires_at=view.expires_at,
    )


def _look_up(desk: PaymentDesk, body: bytes) -> None:
    try:
        reference = _CALL_READER.decode(body).client_reference_id
        order = desk.store.order_of(reference)
    except (msgspec.DecodeError, UnicodeDecodeError, UnknownOrder):
        # Signed, and about nothing of ours: the daily comparison shows it, if money is behind it.
        log.warning("central.callback_about_nothing")
        return
    desk.process.ask(order, reference)


class _Called(msgspec.Struct, frozen=True):
    client_reference_id: str


_CALL_READER: Final = msgspec.json.Decoder(_Called)
"""Built at import: threads that build the same decoder together crash (msgspec 0.22)."""
