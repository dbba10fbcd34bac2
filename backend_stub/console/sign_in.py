"""Signing in: password and code together, each try counted before it is looked at.

Whatever is wrong, the answer is the same and takes as long: nobody learns whether an account
exists, which part was wrong, or that it is locked.
"""

from __future__ import annotations

import hmac
import threading
from datetime import datetime, timedelta
from typing import Final

import structlog
from argon2.exceptions import VerificationError
from sqlalchemy.orm import Session

from backend_stub.console.audit import Act, note
from backend_stub.console.officers import HASHER, MOST_PASSWORD, officer_of, totp_of
from backend_stub.console.sessions import NewSession, open_session
from backend_stub.console.tables import OfficerRow
from backend_stub.ground.central import Central
from offline_queue.sealing import SealBroken

_STEP_S: Final = 30
_STEPS_AROUND: Final = (0, -1, 1)
"""A telephone's clock may be half a minute off (RFC 6238, 5.2)."""
_FIRST_LOCK: Final = timedelta(seconds=1)
_LONGEST_LOCK: Final = timedelta(minutes=15)
_MOST_DOUBLINGS: Final = 16
# A hash of nothing that anybody has: an unknown account costs as much time as a known one.
_NOBODY: Final = HASHER.hash("\x00nobody\x00")
# Each look takes 64 MiB; a crowd at the door must not take the machine's memory.
_looking = threading.BoundedSemaphore(2)

log = structlog.get_logger()


def sign_in(central: Central, account: str, password: str, code: str) -> NewSession | None:
    """Open a session; ``None`` when it is refused, for whatever reason.

    Each failure locks the account for twice as long as the one before, from one second to a
    quarter of an hour; what is tried meanwhile is not even looked at.
    """
    now = central.clock()
    with central.database.write() as session:
        row = _count_try(session, account, now)
        if row is not None:
            session.flush()
            session.expunge(row)
    right = _password_right(row, password)
    step = None if row is None else _step_of(central, row, code, now)
    if row is None or not right or step is None:
        log.warning("console.sign_in_refused")
        return None
    with central.database.write() as session:
        found = session.get(OfficerRow, row.id, with_for_update=True)
        if (
            found is None
            or found.removed_at is not None
            or found.password_hash != row.password_hash
            # A code opens one session: not this one again, nor an older one.
            or (found.totp_used is not None and step <= found.totp_used)
        ):
            log.warning("console.sign_in_refused")
            return None
        found.totp_used = step
        found.failed_tries = 0
        found.locked_until = None
        if HASHER.check_needs_rehash(found.password_hash):
            found.password_hash = HASHER.hash(password)
        note(session, officer_of(found), Act.SIGN_IN, now)
        return open_session(session, central.random_bytes, found.id, now)


def _count_try(session: Session, account: str, now: datetime) -> OfficerRow | None:
    """The account, its lock set as if the try failed already; ``None`` when it may not try."""
    row = session.get(OfficerRow, account, with_for_update=True)
    if row is None or row.removed_at is not None:
        return None
    if row.locked_until is not None and now < row.locked_until:
        return None
    # First the lock, then the look: tries that come together are still one after the other.
    row.locked_until = now + min(
        _FIRST_LOCK * 2 ** min(row.failed_tries, _MOST_DOUBLINGS), _LONGEST_LOCK
    )
    row.failed_tries += 1
    return row


def _password_right(row: OfficerRow | None, password: str) -> bool:
    with _looking:
        try:
            HASHER.verify(_NOBODY if row is None else row.password_hash, password[:MOST_PASSWORD])
        except VerificationError:
            return False
    return row is not None and len(password) <= MOST_PASSWORD


def _step_of(central: Central, row: OfficerRow, code: str, now: datetime) -> int | None:
    """The time step whose code this is; ``None`` for a wrong one."""
    try:
        totp = totp_of(central.keys, row)
    except SealBroken:
        totp = None
    if totp is None:
        log.error("console.totp_secret_unreadable")
        return None
    present = int(now.timestamp()) // _STEP_S
    given = "".join(code.split()).encode()
    for around in _STEPS_AROUND:
        if hmac.compare_digest(totp.generate_otp(present + around).encode("ascii"), given):
            return present + around
    return None
