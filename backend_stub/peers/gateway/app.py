"""The gateway's HTTP interface: ``/api/v1`` for merchants, ``/pay`` for payers, ``/vices``."""

from __future__ import annotations

import asyncio
import csv
import hmac
import io
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, time, timedelta, timezone
from typing import Annotated, Any, Final

from fastapi import Depends, FastAPI, Form, Header, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime, BaseModel, Field

from backend_stub.peers.gateway import callbacks
from backend_stub.peers.gateway.ledger import Ledger, LedgerRefused, Session
from backend_stub.peers.gateway.page import TEXTS, session_page
from backend_stub.peers.gateway.settings import GatewayKeys
from backend_stub.peers.gateway.vices import Vices

_MUSCAT: Final = timezone(timedelta(hours=4))
_CLOSES, _OPENS = time(23), time(1)
_STATUS: Final = {"not-found": 404, "amount-out-of-range": 422, "closed": 503}


@dataclass
class Gateway:
    """What one gateway is made of."""

    ledger: Ledger
    keys: GatewayKeys
    clock: Callable[[], datetime]
    public_url: str = ""
    """Where payers reach it."""
    vices: Vices = field(default_factory=Vices)
    planned: Callable[[], None] = lambda: None
    """Called when a callback was written down."""

    def closed(self) -> bool:
        """Whether nothing can be paid now."""
        if self.vices.closed is not None:
            return self.vices.closed
        local = self.clock().astimezone(_MUSCAT).time()
        return local >= _CLOSES or local < _OPENS


class SessionRequest(BaseModel):
    """What a merchant asks for."""

    client_reference_id: str = Field(min_length=1, max_length=64)
    amount: int = Field(strict=True)
    expire_in_minutes: int = Field(ge=1, le=1440)
    language: str = Field("ar", pattern="^(ar|en)$")
    return_url: str = ""


class RefundRequest(BaseModel):
    """Money back to the payer."""

    session_id: str
    amount: int = Field(strict=True, ge=1)
    reference: str = Field(min_length=1, max_length=120)


def create_gateway(gateway: Gateway) -> FastAPI:
    """The application of one gateway."""
    app = FastAPI(title="Payment gateway (simulated)", docs_url=None, redoc_url=None)

    @app.middleware("http")
    async def misbehave(
        request: Request, go_on: Callable[[Request], Awaitable[Response]]
    ) -> Response:
        if not request.url.path.startswith("/api/"):
            return await go_on(request)
        vices = gateway.vices
        await asyncio.sleep(vices.slow_s)
        if vices.down:
            return Response(status_code=503)
        answer = await go_on(request)
        # Something between both lost the answer; what was asked for is done.
        return Response(status_code=504) if vices.silent else answer

    @app.exception_handler(LedgerRefused)
    async def refuse(_: Request, refused: LedgerRefused) -> JSONResponse:
        return JSONResponse({"error": refused.code}, _STATUS.get(refused.code, 409))

    def merchant(key: Annotated[str, Header(alias="Merchant-Key")] = "") -> None:
        if not hmac.compare_digest(key.encode(), gateway.keys.merchant_key.encode()):
            raise HTTPException(401)

    _add_merchant_routes(app, gateway, [Depends(merchant)])
    _add_payer_routes(app, gateway)

    @app.get("/vices")
    def get_vices() -> dict[str, Any]:
        return asdict(gateway.vices)

    @app.put("/vices")
    def put_vices(changes: dict[str, Any]) -> dict[str, Any]:
        try:
            gateway.vices = gateway.vices.switched(changes)
        except TypeError:
            raise HTTPException(422) from None
        return asdict(gateway.vices)

    return app


def _add_merchant_routes(app: FastAPI, gateway: Gateway, needs: list[Any]) -> None:
    ledger = gateway.ledger

    @app.post("/api/v1/sessions", dependencies=needs)
    def open_session(wanted: SessionRequest) -> dict[str, Any]:
        if gateway.closed():
            raise LedgerRefused("closed")
        now = gateway.clock()
        session = ledger.open_session(
            {
                "id": f"S{secrets.token_hex(16)}",
                "reference": wanted.client_reference_id,
                "amount": wanted.amount,
                "language": wanted.language,
                "created_at": now.isoformat(),
                "expires_at": (now + timedelta(minutes=wanted.expire_in_minutes)).isoformat(),
                "return_url": wanted.return_url,
            }
        )
        return _described(gateway, session)

    @app.get("/api/v1/sessions/reference/{reference}", dependencies=needs)
    def look_up(reference: str) -> dict[str, Any]:
        return _described(gateway, ledger.by_reference(reference))

    @app.post("/api/v1/sessions/{session}/cancel", dependencies=needs)
    def cancel(session: str) -> dict[str, Any]:
        return _described(gateway, ledger.cancel(session))

    @app.post("/api/v1/refunds", dependencies=needs)
    def refund(wanted: RefundRequest) -> dict[str, Any]:
        if gateway.vices.refund_refused:
            raise LedgerRefused("refund-refused")
        ledger.refund(wanted.reference, wanted.session_id, wanted.amount, gateway.clock())
        return {"reference": wanted.reference, "status": "refunded"}

    @app.get("/api/v1/refunds/reference/{reference}", dependencies=needs)
    def look_up_refund(reference: str) -> dict[str, Any]:
        if not ledger.refunded(reference):
            raise LedgerRefused("not-found")
        return {"reference": reference, "status": "refunded"}

    @app.get("/api/v1/statement", dependencies=needs)
    def statement(
        since: Annotated[AwareDatetime, Query(alias="from")],
        until: Annotated[AwareDatetime, Query(alias="to")],
    ) -> Response:
        names = ("kind", "reference", "session", "refund", "amount", "at")
        text = io.StringIO()
        writer = csv.DictWriter(text, names)
        writer.writeheader()
        writer.writerows(ledger.statement(since, until))
        return Response(text.getvalue(), media_type="text/csv; charset=utf-8")


def _add_payer_routes(app: FastAPI, gateway: Gateway) -> None:
    ledger = gateway.ledger

    def shown(session: Session, lang: str, message: str = "", status: int = 200) -> Response:
        language = lang if lang in TEXTS else session.language
        now = gateway.clock()
        over = now >= session.expires_at and not gateway.vices.paid_after_expiry
        ended = session.status == "cancelled" and not gateway.vices.paid_after_expiry
        standing = "expired" if over and session.status == "unpaid" else ""
        if session.status == "paid" or ended:
            standing = session.status
        return session_page(
            session,
            language=language,
            now=now,
            message=message or standing,
            payable=session.status != "paid" and not over and not ended and message != "closed",
            status_code=status,
        )

    @app.get("/pay/{session}")
    def show(session: str, lang: str = "") -> Response:
        return shown(ledger.session(session), lang)

    @app.post("/pay/{session}")
    def act(session: str, act: Annotated[str, Form()], lang: str = "") -> Response:
        found = ledger.session(session)
        if act == "decline":
            return shown(found, lang, "declined")
        if act == "cancel":
            ended = ledger.cancel(session)
            callbacks.plan(ledger, ended, gateway.vices, gateway.clock())
            gateway.planned()
            return shown(ended, lang)
        if gateway.closed():
            return shown(found, lang, "closed", 503)
        wrong = gateway.vices.wrong_amount
        amount = found.amount if wrong is None else wrong
        try:
            late = gateway.vices.paid_after_expiry
            found = ledger.pay(session, amount, gateway.clock(), late=late)
        except LedgerRefused:
            return shown(found, lang, status=409)
        callbacks.plan(ledger, found, gateway.vices, gateway.clock())
        gateway.planned()
        return shown(found, lang)


def _described(gateway: Gateway, session: Session) -> dict[str, Any]:
    return {
        "session_id": session.id,
        "client_reference_id": session.reference,
        "payment_status": gateway.vices.undocumented_status or session.status,
        "total_amount": session.paid_amount or session.amount,
        "expires_at": session.expires_at.isoformat(),
        "paid_at": session.paid_at.isoformat() if session.paid_at else None,
        "page": f"{gateway.public_url}/pay/{session.id}",
    }
