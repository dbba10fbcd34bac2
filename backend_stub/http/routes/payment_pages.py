"""Pages about payment, for browsers: the payer's by link, and the office's."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Response
from fastapi.responses import RedirectResponse

from backend_stub.ground.problems import ProblemError
from backend_stub.http.pages.payment import book_page, order_page, reconciliation_page
from backend_stub.http.routes import CentralDependency
from backend_stub.http.routes.fleet import viewer
from backend_stub.http.routes.payments import DeskDependency, begin, book_of
from backend_stub.payments.book import Book
from backend_stub.payments.desk import PaymentDesk
from backend_stub.payments.reconciliation import compare_ourselves, reconcile
from backend_stub.payments.records import Way
from backend_stub.payments.words import Silent

router = APIRouter(include_in_schema=False)

Language = Literal["", "ar", "en"]


@router.get("/P/{token}")
def get_order_page(
    token: str, desk: DeskDependency, central: CentralDependency, lang: Language = ""
) -> Response:
    """The payer's page: pay, or what became of it."""
    book = _book(desk, token)
    language = _language(book, lang)
    return order_page(book, language=language, now=central.clock(), token=token)


@router.post("/P/{token}")
def post_order_page(
    token: str,
    desk: DeskDependency,
    central: CentralDependency,
    part: Annotated[int, Form(ge=0, le=10_000)],
    lang: Language = "",
) -> Response:
    """The payer wants to pay: open the gateway's page, or say why that cannot be now."""
    book = _book(desk, token)
    language = _language(book, lang)
    try:
        view = begin(desk, book, part, Way.GATEWAY)
    except ProblemError as refused:
        book = _book(desk, token)
        return order_page(
            book,
            language=language,
            now=central.clock(),
            token=token,
            refusal=refused.code,
            status=409,
        )
    # To the same page, which shows the way to the gateway: a policy on forms would not let the
    # browser be sent from here to another site.
    return RedirectResponse(f"/P/{token}?lang={language}#{view.attempt.id}", 303)


@router.get("/payments", dependencies=[Depends(viewer)])
def get_reconciliation(
    desk: DeskDependency, central: CentralDependency, lang: Language = "ar"
) -> Response:
    """Orders, statement and registry compared now."""
    now = central.clock()
    try:
        differences, complete = reconcile(desk.process, desk.store, desk.gateway, now), True
    except Silent:
        differences, complete = compare_ourselves(desk.store, now), False
    return reconciliation_page(differences, language=lang or "ar", now=now, complete=complete)


@router.get("/payments/{order}", dependencies=[Depends(viewer)])
def get_book(order: str, desk: DeskDependency, lang: Language = "ar") -> Response:
    """Everything that is recorded of one order."""
    return book_page(book_of(desk, order), language=lang or "ar")


def _book(desk: PaymentDesk, token: str) -> Book:
    order = desk.links.order_in(token)
    if order is None:
        raise ProblemError("order-unknown")
    return book_of(desk, order)


def _language(book: Book, asked_for: str) -> str:
    return asked_for or ("en" if book.order.language == "en" else "ar")
