"""Card issuing: who is allowed, is it the real card, which key gets a certificate, does it work.

What a terminal relays between a card and the central API. Every step may come twice and in several
attempts; what was issued stays issued. See :mod:`kiosk.contract.issuing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import structlog
from cryptography.hazmat.primitives.serialization import Encoding
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Citizen
from backend_stub.issuing.ca import Holder, Purpose
from backend_stub.issuing.card_registry import usable_card
from backend_stub.issuing.codes import activation_notice, require_approval
from backend_stub.issuing.makers_secrets import (
    keep_new_puk,
    keep_renewed_key,
    new_management_key,
    new_puk,
    renewed_key,
    replaced_secrets,
)
from backend_stub.issuing.management_keys import KeyType, ManagementKey, ManagementKeyUnknown
from backend_stub.issuing.requests import KeyRefused, key_sha256, requested_key, require_proof
from backend_stub.issuing.status import issuing_ca
from backend_stub.issuing.tables import Card, CardActivation, CardCertificate, CardState
from kiosk.contract.issuing import (
    Algorithm,
    CardResponse,
    Completion,
    IssuedCertificate,
    KeyRequest,
    ManagerAnswer,
    NewManagementKey,
    NewPuk,
    Record,
    Witness,
)
from offline_queue.chain import b64url, b64url_decode

PURPOSES: Final[tuple[Purpose, ...]] = ("authentication", "signature")
KEY_ALGORITHMS: Final[tuple[Algorithm, ...]] = ("ES256", "ES384", "RS256")
"""Kinds of key that are certified, best first: the one that every card makes at once."""
_CHALLENGE_BYTES: Final = 32

log = structlog.get_logger()


def begin(central: Central, serial: str, token: str) -> Record:
    """Start an activation or go on with it; the card has to show again that it is the real one.

    Raises :class:`ProblemError`: ``unknown-card``, ``not-approved``, ``not-eligible``,
    ``issuing-unavailable``.
    """
    now = central.clock()
    with central.database.write() as session:
        card = usable_card(session, serial, now)
        approval = require_approval(session, card, token, now)
        issuing_ca(central)
        key = _management_key(central, card)
        replaces, handed_out = replaced_secrets(session, card, key)
        activation = session.get(CardActivation, serial)
        if activation is None:
            activation = CardActivation(
                card=serial, proof_challenge=central.random_bytes(_CHALLENGE_BYTES)
            )
            session.add(activation)
        activation.approval = approval
        activation.manager_challenge = activation.authentic_until = None
        return Record(
            management_algorithm=key.kind.identifier,
            key_algorithms={purpose: list(KEY_ALGORITHMS) for purpose in PURPOSES},
            challenge=b64url(activation.proof_challenge),
            certificates={
                purpose: b64url(row.certificate) for purpose, row in _issued(session, card).items()
            },
            completed=card.state == CardState.ACTIVATED,
            replaces=replaces,
            handed_out=handed_out,
        )


def answer_witness(central: Central, serial: str, token: str, request: Witness) -> ManagerAnswer:
    """Show the card that we know its management key, and ask whether it does.

    Raises :class:`ProblemError` as :func:`begin`, ``card-not-authentic``, ``too-many-requests``.
    """
    now = central.clock()
    with central.database.write() as session:
        card, activation = _continued(session, serial, token, now)
        central.limits.card_witnesses.charge(serial)
        key = _management_key(central, card)
        if request.renewed:
            with _known_keys():
                key = renewed_key(session, central.management_keys, card) or key
        witness = _block(request.witness, key.kind)
        challenge = central.random_bytes(key.kind.block)
        activation.manager_challenge, activation.authentic_until = challenge, None
        return ManagerAnswer(witness=b64url(key.decrypt(witness)), challenge=b64url(challenge))


def check_response(central: Central, serial: str, token: str, request: CardResponse) -> None:
    """Believe the card, for this attempt.

    Raises :class:`ProblemError` as :func:`begin`, ``card-not-authentic``.
    """
    now = central.clock()
    with central.database.write() as session:
        card, activation = _continued(session, serial, token, now)
        key = _management_key(central, card)
        response = _block(request.response, key.kind)
        challenge = activation.manager_challenge
        with _known_keys():
            renewed = renewed_key(session, central.management_keys, card)
        if challenge is not None and renewed is not None and renewed.answers(challenge, response):
            keep_renewed_key(session, card)
            log.info("central.card_key_replaced")
        elif challenge is None or not key.answers(challenge, response):
            log.warning("central.card_not_authentic")
            raise ProblemError("card-not-authentic")
        activation.authentic_until = now + central.settings.approval_lifetime


def hand_out_management_key(central: Central, serial: str, token: str) -> NewManagementKey:
    """The key that takes the place of a well-known one, for a card that is believed.

    Raises :class:`ProblemError` as :func:`begin`, ``card-not-authentic``.
    """
    with central.database.write() as session, _known_keys():
        card = _believed(central, session, serial, token)
        key = new_management_key(
            session, central.keys, central.management_keys, card, central.random_bytes
        )
        return NewManagementKey(key=b64url(key))


def hand_out_puk(central: Central, serial: str, token: str) -> NewPuk:
    """The PUK that a believed card has, and the one that it gets. Raises as above."""
    with central.database.write() as session, _known_keys():
        card = _believed(central, session, serial, token)
        present, new = new_puk(
            session, central.keys, central.management_keys, card, central.random_bytes
        )
        return NewPuk(present=b64url(present), new=b64url(new))


def note_puk_replaced(central: Central, serial: str, token: str) -> None:
    """The card has its new PUK. Raises as above."""
    with central.database.write() as session:
        keep_new_puk(session, _believed(central, session, serial, token), central.clock())
    log.info("central.card_puk_replaced")


def certify(central: Central, serial: str, token: str, request: KeyRequest) -> IssuedCertificate:
    """Issue the certificate for a key; the one that was issued when it comes again.

    Raises :class:`ProblemError` as :func:`begin`, ``card-not-authentic``, ``key-refused``.
    """
    now = central.clock()
    with central.database.write() as session:
        card = _believed(central, session, serial, token)
        try:
            key = requested_key(request.request, request.purpose, serial)
        except KeyRefused as refused:
            raise _key_refused(refused) from refused
        fingerprint = key_sha256(key)
        issued = _issued(session, card).get(request.purpose)
        if issued is not None:
            if issued.key_sha256 != fingerprint:
                raise _key_refused(KeyRefused("another key has the certificate"))
            return IssuedCertificate(certificate=b64url(issued.certificate))
        same_key = select(CardCertificate.card).where(CardCertificate.key_sha256 == fingerprint)
        if session.scalar(same_key) is not None:
            raise _key_refused(KeyRefused("the key has another certificate"))
        holder = Holder(serial, card.civil_number, card.holder_name, card.expires_on)
        certificate = issuing_ca(central).certify(
            holder, request.purpose, key, now, central.random_bytes(16)
        )
        encoded = certificate.public_bytes(Encoding.DER)
        session.add(
            CardCertificate(
                serial_number=f"{certificate.serial_number:x}",
                card=serial,
                purpose=request.purpose,
                key_sha256=fingerprint,
                certificate=encoded,
                issued_at=now,
                expires_at=certificate.not_valid_after_utc,
            )
        )
    log.info("central.card_certified", purpose=request.purpose)
    return IssuedCertificate(certificate=b64url(encoded))


def complete(central: Central, serial: str, token: str, request: Completion) -> None:
    """The card is active once both keys have signed; its holder is told.

    Raises :class:`ProblemError` as :func:`begin`, ``key-refused``, ``makers-secret``.
    """
    now = central.clock()
    with central.database.write() as session:
        card, activation = _continued(session, serial, token, now)
        if replaced_secrets(session, card, _management_key(central, card))[0]:
            raise ProblemError("makers-secret")
        issued = _issued(session, card)
        if set(issued) != set(PURPOSES) or set(request.proofs) != set(PURPOSES):
            raise _key_refused(KeyRefused("a certificate or a proof is missing"))
        for purpose, proof in request.proofs.items():
            try:
                certificate = issued[purpose].certificate
                require_proof(certificate, proof, serial, activation.proof_challenge)
            except KeyRefused as refused:
                raise _key_refused(refused) from refused
        if card.state == CardState.ACTIVATED:
            return
        card.state, card.activated_at = CardState.ACTIVATED, now
        citizen = session.get(Citizen, card.civil_number)
        if citizen is not None and citizen.mobile is not None:
            session.add(activation_notice(session, card, citizen.mobile, now))
    log.info("central.card_activated")


def _believed(central: Central, session: Session, serial: str, token: str) -> Card:
    """The card, if it has shown in this attempt that it knows its management key."""
    now = central.clock()
    card, activation = _continued(session, serial, token, now)
    if activation.authentic_until is None or activation.authentic_until <= now:
        raise ProblemError("card-not-authentic")
    return card


def _continued(
    session: Session, serial: str, token: str, now: datetime
) -> tuple[Card, CardActivation]:
    """The card and its activation, which this very approval began last."""
    card = usable_card(session, serial, now)
    approval = require_approval(session, card, token, now)
    activation = session.get(CardActivation, serial)
    if activation is None or activation.approval != approval:
        # Another terminal has begun since: what this one's card had shown counts no more.
        raise ProblemError("card-not-authentic")
    return card, activation


def _issued(session: Session, card: Card) -> dict[Purpose, CardCertificate]:
    rows = session.scalars(
        select(CardCertificate).where(
            CardCertificate.card == card.serial, CardCertificate.revoked_at.is_(None)
        )
    )
    by_purpose = {row.purpose: row for row in rows}
    return {purpose: by_purpose[purpose] for purpose in PURPOSES if purpose in by_purpose}


def _management_key(central: Central, card: Card) -> ManagementKey:
    with _known_keys():
        return central.management_keys.of(card)


@contextmanager
def _known_keys() -> Iterator[None]:
    try:
        yield
    except ManagementKeyUnknown:
        log.error("central.management_key_unknown")
        raise ProblemError("issuing-unavailable") from None


def _block(encoded: str, kind: KeyType) -> bytes:
    try:
        block = b64url_decode(encoded)
    except ValueError:
        block = b""
    if len(block) != kind.block:
        raise ProblemError("card-not-authentic")
    return block


def _key_refused(refused: KeyRefused) -> ProblemError:
    log.warning("central.card_key_refused", reason=str(refused))
    return ProblemError("key-refused", f"{refused}.".capitalize())
