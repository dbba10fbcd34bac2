"""Signing in for a visit: the card signs a challenge, the terminal gets a token for this visit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Final, Literal, cast

import structlog
from pydantic import StringConstraints, ValidationError
from sqlalchemy import CursorResult, delete, update

from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Challenge as ChallengeRow, VisitSession
from backend_stub.ground.trust import Purpose
from backend_stub.ground.types import KioskId, ServerModel
from backend_stub.people.card_signatures import SignatureRefused, holder, read_signed
from backend_stub.people.registries import find_person
from kiosk.contract.visits import Challenge, Person, Session, SignIn
from kiosk.services.oman_time import MUSCAT
from offline_queue.chain import b64url

_RANDOM_BYTES: Final = 32
_BEARER: Final = {"WWW-Authenticate": "Bearer"}

log = structlog.get_logger()


class _Assertion(ServerModel):
    """What the card signed; canonical JSON, see :class:`kiosk.contract.visits.SignIn`."""

    aud: Literal["manfadh-central"]
    challenge_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{22}$")]
    kiosk: KioskId
    nonce: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


def new_challenge(central: Central) -> Challenge:
    """Random bytes for a card to sign once, soon."""
    now = central.clock()
    challenge = Challenge(
        challenge_id=b64url(central.random_bytes(16)),
        nonce=b64url(central.random_bytes(_RANDOM_BYTES)),
        expires_at=now + central.settings.challenge_lifetime,
    )
    with central.database.write() as session:
        # What expired is of no use to anyone: the tables stay as small as the visits going on.
        session.execute(delete(ChallengeRow).where(ChallengeRow.expires_at < now))
        session.execute(delete(VisitSession).where(VisitSession.expires_at < now))
        session.add(
            ChallengeRow(
                id=challenge.challenge_id, nonce=challenge.nonce, expires_at=challenge.expires_at
            )
        )
    return challenge


def sign_in(central: Central, kiosk: str, request: SignIn) -> Session:
    """Open a session, at this terminal, for the holder of the card that signed the challenge.

    Raises :class:`ProblemError`: ``sign-in-refused`` (its ``reason`` says which check failed),
    ``challenge-unknown``, ``signed-by-another`` when the card signed for another terminal.
    """
    now = central.clock()
    try:
        document = read_signed(request.assertion.encode("utf-8"))
        assertion = _Assertion.model_validate(document.payload)
        civil_number = holder(document, central.trust, Purpose.SIGN_IN, [now])
    except SignatureRefused as error:
        log.warning("central.sign_in_refused", code=error.code)
        raise ProblemError(
            "sign-in-refused", error.detail, headers=_BEARER, reason=error.code
        ) from error
    except ValidationError:
        log.warning("central.sign_in_refused", code="assertion-malformed")
        # Not chained: the validator quotes what it was given.
        raise ProblemError(
            "sign-in-refused", headers=_BEARER, reason="assertion-malformed"
        ) from None
    if assertion.kiosk != kiosk:
        log.warning("central.sign_in_refused", code="signed-by-another")
        raise ProblemError("signed-by-another")
    token = b64url(central.random_bytes(_RANDOM_BYTES))
    expires_at = now + central.settings.session_lifetime
    with central.database.write() as session:
        # Looked up and spent in one statement: of two that present it, one gets in.
        spent = session.execute(
            update(ChallengeRow)
            .where(
                ChallengeRow.id == assertion.challenge_id,
                ChallengeRow.nonce == assertion.nonce,
                ChallengeRow.used_at.is_(None),
                ChallengeRow.expires_at > now,
            )
            .values(used_at=now)
        )
        if cast("CursorResult[object]", spent).rowcount != 1:
            log.warning("central.sign_in_refused", code="challenge-unknown")
            raise ProblemError("challenge-unknown", headers=_BEARER)
        session.add(
            VisitSession(
                token_sha256=_digest(token),
                kiosk=kiosk,
                civil_number=civil_number,
                expires_at=expires_at,
            )
        )
        person = find_person(session, civil_number, now.astimezone(MUSCAT).date())
    return Session(token=token, expires_at=expires_at, person=person)


@dataclass(frozen=True, slots=True)
class Visit:
    """A signed-in visit."""

    civil_number: str = field(repr=False)
    signed_in_at: datetime


def visit_of_token(central: Central, kiosk: str, token: str) -> Visit:
    """The visit of the bearer of a token; it is good at the terminal where it was given.

    Raises :class:`ProblemError` ``session-unknown``.
    """
    with central.database.read() as session:
        visit = session.get(VisitSession, _digest(token))
        if visit is None or visit.kiosk != kiosk or visit.expires_at <= central.clock():
            raise ProblemError("session-unknown", headers=_BEARER)
        return Visit(visit.civil_number, visit.expires_at - central.settings.session_lifetime)


def person_of_token(central: Central, kiosk: str, token: str) -> Person:
    """Who the bearer of a token is. Raises as :func:`visit_of_token`."""
    visit = visit_of_token(central, kiosk, token)
    today = central.clock().astimezone(MUSCAT).date()
    with central.database.read() as session:
        return find_person(session, visit.civil_number, today)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
