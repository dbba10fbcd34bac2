"""Pages for browsers: the receipt verifier and the documentation. Not part of the API itself."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from backend_stub.http.pages import documentation_page, verifier_page, verifier_worker
from backend_stub.http.routes import CentralDependency

router = APIRouter(include_in_schema=False)


@router.get("/R")
def get_verifier(central: CentralDependency) -> Response:
    """The page that a receipt's QR code opens."""
    return verifier_page(central.catalogue, central.settings.receipt_verifier)


@router.get("/receipt-worker.js")
def get_verifier_worker() -> Response:
    """The service worker of the verifier."""
    return verifier_worker()


@router.get("/docs")
def get_documentation(request: Request) -> Response:
    """The API for people; for programs it is ``/openapi.json``."""
    return documentation_page(request.app.openapi())
