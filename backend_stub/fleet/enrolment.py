"""Enrolment: how a terminal's device key is taken up.

Three things are asked for. A code that an administrator made, for this name, not long ago. The
private half of the key. And where the name is known already: the key that it has until now, or a
code that was made to replace it. Whoever guesses a code or steals a name has only one of them.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend_stub.fleet.kiosks import is_usable, parse_device_key
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import EnrolmentCodeRow, Kiosk, KioskEpoch, UsedEnrolmentCode
from offline_queue.chain import (
    GENESIS,
    ChainBroken,
    b64url,
    enrolment_statement,
    verify_by_device,
)
from offline_queue.wire import Enrolment, EnrolmentRequest

_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is read as a digit."""
_LETTERS: Final = 20
"""100 bits."""
_GROUP: Final = 5
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Code:
    """A code that is accepted for this name."""

    sha256: str
    replaces_key: bool
    reusable: bool
    expires_at: datetime | None


def make_code(
    central: Central, kiosk: str, lifetime: timedelta, *, replaces_key: bool = False
) -> str:
    """Make a one-time code for a terminal; only its hash is kept, so it is shown this once.

    ``replaces_key``: it also lets a new key take the place of one that does not vouch for it,
    because it was revoked, or lost with its disk.
    """
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    now = central.clock()
    with central.database.write() as session:
        session.execute(delete(EnrolmentCodeRow).where(EnrolmentCodeRow.expires_at < now))
        session.add(
            EnrolmentCodeRow(
                code_sha256=_digest(letters),
                kiosk=kiosk,
                replaces_key=replaces_key,
                expires_at=now + lifetime,
            )
        )
    log.warning("central.enrolment_code_made", kiosk=kiosk, replaces_key=replaces_key)
    return "-".join(letters[at : at + _GROUP] for at in range(0, _LETTERS, _GROUP))


def enrol(central: Central, kiosk: str, request: EnrolmentRequest) -> Enrolment:
    """Take up a terminal's device key; the same key again changes nothing, another is a new epoch.

    Raises :class:`ProblemError`: ``enrolment-code-refused``, ``device-key-invalid``,
    ``device-key-unproven``, ``device-key-unvouched``, ``device-key-in-use``, ``device-key-spent``,
    ``too-many-requests``.
    """
    now = central.clock()
    with central.database.read() as session:
        code = _accepted_code(central, session, kiosk, request.code)
    key = parse_device_key(request.device_public_key)
    _must_hold(key, kiosk, request)
    fingerprint = _fingerprint(key)
    with central.database.write() as session:
        known = session.get(Kiosk, kiosk, with_for_update=True)
        if known is not None:
            current = session.get_one(KioskEpoch, (kiosk, known.epoch))
            if current.device_key_sha256 == fingerprint and is_usable(current):
                return _enrolment(central, kiosk, known.epoch)
            if not code.replaces_key:
                _must_be_vouched_for(current, kiosk, request)
        former = session.scalars(
            select(KioskEpoch).where(KioskEpoch.device_key_sha256 == fingerprint)
        ).all()
        if any(row.kiosk != kiosk for row in former):
            raise ProblemError("device-key-in-use")
        if not all(is_usable(row) for row in former):
            raise ProblemError("device-key-spent")
        epoch = 1 if known is None else known.epoch + 1
        if known is None:
            session.add(Kiosk(id=kiosk, epoch=epoch, last_contact_at=now))
        else:
            known.epoch = epoch
            known.last_contact_at = now
        session.flush()
        session.add(
            KioskEpoch(
                kiosk=kiosk,
                epoch=epoch,
                device_key=_pem(key),
                device_key_sha256=fingerprint,
                enrolled_at=now,
                ack_seq=0,
                head=GENESIS,
            )
        )
        if not code.reusable:
            _use_code(session, code, kiosk, epoch, now)
    log.info("central.kiosk_enrolled", kiosk=kiosk, epoch=epoch)
    return _enrolment(central, kiosk, epoch)


def _accepted_code(central: Central, session: Session, kiosk: str, presented: str) -> _Code:
    """The code that was presented; whether it was used is seen when it is spent."""
    for code in central.settings.enrolment_codes:
        same = hmac.compare_digest(code.code.encode(), presented.encode())
        if same and code.kiosk in (None, kiosk):
            digest = hashlib.sha256(presented.encode()).hexdigest()
            return _Code(digest, code.replaces_key, code.reusable, None)
    row = session.get(EnrolmentCodeRow, _digest(presented.upper().translate(_READ_AS)))
    if row is not None and row.kiosk == kiosk:
        return _Code(row.code_sha256, row.replaces_key, False, row.expires_at)
    raise _refused(central, kiosk)


def _refused(central: Central, kiosk: str, detail: str = "") -> ProblemError:
    """A refusal. All of them are counted together, from whatever address they come.

    The right code is never counted, so nobody can keep a terminal from being enrolled.
    """
    log.warning("central.enrolment_refused", kiosk=kiosk)
    wait = central.limits.refused_enrolments.wait_for("")
    if wait > 0:
        return ProblemError("too-many-requests", headers={"Retry-After": str(math.ceil(wait))})
    return ProblemError("enrolment-code-refused", detail)


def _must_hold(key: ec.EllipticCurvePublicKey, kiosk: str, request: EnrolmentRequest) -> None:
    statement = enrolment_statement(kiosk, request.code, request.device_public_key)
    try:
        verify_by_device(key, statement, request.proof)
    except ChainBroken as error:
        raise ProblemError("device-key-unproven") from error


def _must_be_vouched_for(current: KioskEpoch, kiosk: str, request: EnrolmentRequest) -> None:
    statement = enrolment_statement(kiosk, request.code, request.device_public_key)
    try:
        if request.voucher is None or not is_usable(current):
            raise ProblemError("device-key-unvouched")
        verify_by_device(parse_device_key(current.device_key), statement, request.voucher)
    except (ChainBroken, ProblemError) as error:
        log.warning("central.enrolment_unvouched", kiosk=kiosk)
        raise ProblemError("device-key-unvouched") from error


def _use_code(session: Session, code: _Code, kiosk: str, epoch: int, now: datetime) -> None:
    if code.expires_at is not None and code.expires_at <= now:
        raise ProblemError("enrolment-code-refused", "The code has expired.")
    if session.get(UsedEnrolmentCode, code.sha256) is not None:
        log.warning("central.enrolment_refused", kiosk=kiosk)
        raise ProblemError("enrolment-code-refused", "The code was used already.")
    session.add(UsedEnrolmentCode(code_sha256=code.sha256, kiosk=kiosk, epoch=epoch, used_at=now))
    session.flush()


def _enrolment(central: Central, kiosk: str, epoch: int) -> Enrolment:
    head_key = central.keys.head_public_key
    return Enrolment(
        kiosk=kiosk,
        epoch=epoch,
        sealing_key_id=central.keys.sealing_key_id,
        sealing_public_key=b64url(central.keys.sealing_public_key),
        head_key_id=central.keys.head_key_id,
        head_public_key=b64url(head_key),
        receipt_verifier=central.settings.receipt_verifier,
    )


def _digest(letters: str) -> str:
    return hashlib.sha256(letters.encode()).hexdigest()


def _pem(key: ec.EllipticCurvePublicKey) -> str:
    return key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    ).decode("ascii")


def _fingerprint(key: ec.EllipticCurvePublicKey) -> str:
    der = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return hashlib.sha256(der).hexdigest()
