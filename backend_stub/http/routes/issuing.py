"""Card issuing: codes, activation, and what everyone may ask about the issuing CA."""

from __future__ import annotations

import base64
from typing import Annotated, Any, Final

from fastapi import APIRouter, Body, Depends, Request, Response, status
from fastapi.security import HTTPBearer

from backend_stub.ground.problems import documented
from backend_stub.ground.types import CardSerial
from backend_stub.http.routes import AddressDependency, CentralDependency, Credentials
from backend_stub.issuing import (
    activation as issuing,
    codes as issuing_codes,
    status as issuing_status,
)
from kiosk.contract.issuing import (
    Approval,
    CardResponse,
    CodeEntered,
    CodeSent,
    CodeWanted,
    Completion,
    IssuedCertificate,
    KeyRequest,
    ManagerAnswer,
    NewManagementKey,
    NewPuk,
    Record,
    Witness,
)

_ALWAYS: Final = ["unknown-card", "not-eligible", "invalid", "too-many-requests", "busy"]
_DURING: Final = ["not-approved", "issuing-unavailable", *_ALWAYS]

router = APIRouter(tags=["card issuing"])
public = APIRouter(tags=["public"])

approval_bearer = HTTPBearer(
    scheme_name="approval",
    description="Token of an approval (RFC 6750). Not needed for a card that the office approved.",
    auto_error=False,
)


def _approval(
    central: CentralDependency,
    address: AddressDependency,
    response: Response,
    credentials: Annotated[Credentials, Depends(approval_bearer)],
) -> str:
    central.limits.visits.charge(address)
    response.headers["Cache-Control"] = "no-store"
    return credentials.credentials if credentials else ""


ApprovalDependency = Annotated[str, Depends(_approval)]


@router.post(
    "/cards/{serial}/codes", responses=documented(["no-mobile", "too-many-codes", *_ALWAYS])
)
def post_code(
    serial: CardSerial,
    request: Annotated[CodeWanted, Body()],
    central: CentralDependency,
    address: AddressDependency,
    response: Response,
) -> CodeSent:
    """Send a one-time code to the telephone that the civil registry holds.

    Good for five minutes and three tries; a later code replaces it. Five in an hour.
    """
    central.limits.visits.charge(address)
    response.headers["Cache-Control"] = "no-store"
    return issuing_codes.send_code(central, serial, request)


@router.post("/cards/{serial}/approvals", responses=documented(["code-wrong", *_ALWAYS]))
def post_approval(
    serial: CardSerial,
    request: Annotated[CodeEntered, Body()],
    central: CentralDependency,
    address: AddressDependency,
    response: Response,
) -> Approval:
    """Exchange the code for an approval, once. `code-wrong` says how many tries are left."""
    central.limits.visits.charge(address)
    response.headers["Cache-Control"] = "no-store"
    return issuing_codes.approve(central, serial, request.code)


@router.post("/cards/{serial}/activation", responses=documented(_DURING))
def post_activation(
    serial: CardSerial, central: CentralDependency, token: ApprovalDependency
) -> Record:
    """Begin an activation or go on with one: what is known of the card.

    The card has to be authenticated again; what was issued stays.
    """
    return issuing.begin(central, serial, token)


@router.post(
    "/cards/{serial}/activation/witness", responses=documented(["card-not-authentic", *_DURING])
)
def post_witness(
    serial: CardSerial,
    request: Annotated[Witness, Body()],
    central: CentralDependency,
    token: ApprovalDependency,
) -> ManagerAnswer:
    """Mutual authentication, first half (SP 800-73-5 part 1, appendix B.1)."""
    return issuing.answer_witness(central, serial, token, request)


@router.post(
    "/cards/{serial}/activation/response",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(["card-not-authentic", *_DURING]),
)
def post_response(
    serial: CardSerial,
    request: Annotated[CardResponse, Body()],
    central: CentralDependency,
    token: ApprovalDependency,
) -> None:
    """Mutual authentication, second half."""
    issuing.check_response(central, serial, token, request)


@router.post(
    "/cards/{serial}/activation/management-key",
    responses=documented(["card-not-authentic", *_DURING]),
)
def post_management_key(
    serial: CardSerial, central: CentralDependency, token: ApprovalDependency
) -> NewManagementKey:
    """The key that takes the place of a well-known one; the same again until the card has it."""
    return issuing.hand_out_management_key(central, serial, token)


@router.post(
    "/cards/{serial}/activation/puk", responses=documented(["card-not-authentic", *_DURING])
)
def post_puk(serial: CardSerial, central: CentralDependency, token: ApprovalDependency) -> NewPuk:
    """The card's present PUK and its new one; the same in every attempt."""
    return issuing.hand_out_puk(central, serial, token)


@router.post(
    "/cards/{serial}/activation/puk-replaced",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(["card-not-authentic", *_DURING]),
)
def post_puk_replaced(
    serial: CardSerial, central: CentralDependency, token: ApprovalDependency
) -> None:
    """The card has taken its new PUK."""
    issuing.note_puk_replaced(central, serial, token)


@router.post(
    "/cards/{serial}/activation/certificates",
    responses=documented(["card-not-authentic", "key-refused", *_DURING]),
)
def post_certificate(
    serial: CardSerial,
    request: Annotated[KeyRequest, Body()],
    central: CentralDependency,
    token: ApprovalDependency,
) -> IssuedCertificate:
    """A certificate for a key that was made on the card; the same key gets the same again."""
    return issuing.certify(central, serial, token, request)


@router.post(
    "/cards/{serial}/activation/completion",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=documented(["card-not-authentic", "key-refused", "makers-secret", *_DURING]),
)
def post_completion(
    serial: CardSerial,
    request: Annotated[Completion, Body()],
    central: CentralDependency,
    token: ApprovalDependency,
) -> None:
    """End: both keys have signed the challenge, and the card is active."""
    issuing.complete(central, serial, token, request)


@public.get(
    "/ca",
    response_class=Response,
    responses={
        200: {"content": {"application/pem-certificate-chain": {}}, "description": "PEM"},
        **documented(["issuing-unavailable"]),
    },
)
def get_ca(central: CentralDependency) -> Response:
    """The issuing CA's certificate and those above it, the root last."""
    return Response(
        issuing_status.issuing_ca(central).chain_pem(),
        media_type="application/pem-certificate-chain",
    )


@public.get(
    "/ca.p7c",
    response_class=Response,
    responses={
        200: {"content": {"application/pkcs7-mime": {}}, "description": "CMS, certificates only"},
        **documented(["issuing-unavailable"]),
    },
)
def get_ca_cms(central: CentralDependency) -> Response:
    """The same for programs that build chains (RFC 5280, 4.2.2.1)."""
    return Response(
        issuing_status.issuing_ca(central).chain_pkcs7(), media_type="application/pkcs7-mime"
    )


@public.get(
    "/crl",
    response_class=Response,
    responses={
        200: {"content": {"application/pkix-crl": {}}, "description": "X.509 CRL, DER"},
        **documented(["issuing-unavailable", "busy"]),
    },
)
def get_crl(central: CentralDependency, address: AddressDependency) -> Response:
    """What the issuing CA revoked (RFC 5280, section 5)."""
    central.limits.visits.charge(address)
    return Response(
        issuing_status.revocation_list(central),
        media_type="application/pkix-crl",
        headers={"Cache-Control": "public, max-age=60"},
    )


async def _body(request: Request) -> bytes:
    return await request.body()


_OCSP: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/ocsp-response": {}}, "description": "OCSP response, DER"},
    **documented(["too-many-requests", "issuing-unavailable", "busy"]),
}


@public.post("/ocsp", response_class=Response, responses=_OCSP)
def post_status(
    central: CentralDependency, address: AddressDependency, body: Annotated[bytes, Depends(_body)]
) -> Response:
    """Whether a card's certificate is revoked: OCSP request and response (RFC 6960, A.1)."""
    central.limits.visits.charge(address)
    answer = issuing_status.status_response(central, body)
    return Response(answer, media_type="application/ocsp-response")


@public.get("/ocsp/{request:path}", response_class=Response, responses=_OCSP)
def get_status(central: CentralDependency, address: AddressDependency, request: str) -> Response:
    """The same with the request in the address, base64."""
    central.limits.visits.charge(address)
    try:
        body = base64.b64decode(request, validate=True)
    # Not base64, or not even ASCII.
    except ValueError:
        body = b""
    answer = issuing_status.status_response(central, body)
    return Response(answer, media_type="application/ocsp-response")
