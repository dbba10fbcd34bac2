"""For a visit: sign-in with the card, and what the registries know.

Every request is signed by the terminal at which the visit is, and its token is good there only.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response

from backend_stub.ground.problems import documented
from backend_stub.http.routes import (
    SIGNED,
    CentralDependency,
    Credentials,
    SignerDependency,
    visit_bearer,
)
from backend_stub.people.registries import search_employers
from backend_stub.people.signin import new_challenge, person_of_token, sign_in
from kiosk.contract.visits import Challenge, EmployerSearch, Person, Session, SignIn

router = APIRouter(tags=["visits"])

VisitCredentials = Annotated[Credentials, Depends(visit_bearer)]


@router.post("/challenges", responses=documented([*SIGNED, "too-many-requests", "busy"]))
def post_challenge(
    central: CentralDependency, signer: SignerDependency, response: Response
) -> Challenge:
    """Ask for random bytes that the card then signs; good once, for two minutes."""
    central.limits.visits.charge(signer.kiosk)
    response.headers["Cache-Control"] = "no-store"
    return new_challenge(central)


@router.post(
    "/sessions",
    responses=documented(
        [
            *SIGNED,
            "sign-in-refused",
            "challenge-unknown",
            "invalid",
            "too-many-requests",
            "busy",
        ]
    ),
)
def post_session(
    request: Annotated[SignIn, Body()],
    central: CentralDependency,
    signer: SignerDependency,
    response: Response,
) -> Session:
    """Sign in with the card's answer to a challenge.

    A refusal carries `reason`: which check of the card's signature or certificate failed.
    """
    central.limits.visits.charge(signer.kiosk)
    response.headers["Cache-Control"] = "no-store"
    return sign_in(central, signer.kiosk, request)


@router.get("/me", responses=documented([*SIGNED, "session-unknown", "busy"]))
def get_me(
    central: CentralDependency,
    signer: SignerDependency,
    credentials: VisitCredentials,
    response: Response,
) -> Person:
    """What the registries know of the person who signed in."""
    response.headers["Cache-Control"] = "no-store"
    return person_of_token(central, signer.kiosk, _token(credentials))


@router.get("/employers", responses=documented([*SIGNED, "session-unknown", "invalid", "busy"]))
def get_employers(
    central: CentralDependency,
    signer: SignerDependency,
    credentials: VisitCredentials,
    q: Annotated[str, Query(min_length=1, max_length=64)],
) -> EmployerSearch:
    """Find an employer by the first digits of its CR number or by parts of its name.

    Spelling does not matter in Arabic (hamza, teh marbuta, alef maqsura, marks, article) nor do
    case and the script of digits. At most 20, best first; none for less than two characters.
    """
    person_of_token(central, signer.kiosk, _token(credentials))
    with central.database.read() as session:
        return EmployerSearch(employers=search_employers(session, q))


def _token(credentials: Credentials) -> str:
    return credentials.credentials if credentials else ""
