"""A request without the card: its number and a code on the applicant's telephone.

Whether a number exists, and whose telephone belongs to it, is told to nobody: the answer is the
same in every case, and only the telephone of the application gets a code.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend_stub.cases.notices import contacts
from backend_stub.cases.tables import CaseFile, RequestCodeRow, RequestSessionRow
from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Notification
from kiosk.contract.cases import RequestSession
from offline_queue.chain import b64url

_LIFETIME: Final = timedelta(minutes=5)
_SESSION: Final = timedelta(minutes=15)
_MOST_TRIES: Final = 5
_MOST_CODES: Final = 5
_HOUR: Final = timedelta(hours=1)
_DIGITS: Final = 6
_BEARER: Final = {"WWW-Authenticate": "Bearer"}


def send_code(central: Central, number: str, mobile: str) -> None:
    """Send a code if the request is there and has this telephone; else do nothing."""
    now = central.clock()
    with central.database.write() as session:
        session.execute(delete(RequestCodeRow).where(RequestCodeRow.created_at <= now - _HOUR))
        row = session.get(CaseFile, number, with_for_update=True)
        if row is None:
            return
        service = central.cases.definitions.of_case(session, row.definition_sha256)
        own, _ = contacts(service, row.answers)
        sent = session.scalars(select(RequestCodeRow).where(RequestCodeRow.number == number)).all()
        if own is None or not hmac.compare_digest(own, mobile) or len(sent) >= _MOST_CODES:
            return
        code = f"{int.from_bytes(central.random_bytes(8)) % 10**_DIGITS:0{_DIGITS}d}"
        minutes = int(_LIFETIME.total_seconds() // 60)
        session.add(
            RequestCodeRow(
                number=number,
                code_mac=_mac(central, number, code),
                created_at=now,
                expires_at=now + _LIFETIME,
                tries=0,
            )
        )
        session.add(
            Notification(
                created_at=now,
                channel="sms",
                recipient=f"+968{own}",
                language=row.language,
                # No event of the case: what opens it is not for its timeline.
                about=f"code {number}"[:24],
                notice="code",
                text_ar=f"منفذ: رمز متابعة الطلب {number} هو {code}، صالح {minutes} دقائق. "
                "لا تعطه لأحد.",
                text_en=f"Manfadh: the code to follow request {number} is {code}, valid for "
                f"{minutes} minutes. Give it to nobody.",
            )
        )


def open_session(central: Central, number: str, code: str) -> RequestSession:
    """A session for one request. Raises :class:`ProblemError` ``code-wrong``."""
    now = central.clock()
    token = b64url(central.random_bytes(32))
    with central.database.write() as session:
        right = _use(central, session, number, code)
        if right:
            session.execute(delete(RequestSessionRow).where(RequestSessionRow.expires_at < now))
            session.add(
                RequestSessionRow(
                    token_sha256=_digest(token), number=number, expires_at=now + _SESSION
                )
            )
    if not right:
        # After the commit: a wrong try counts.
        raise ProblemError("code-wrong")
    return RequestSession(token=token, expires_at=now + _SESSION)


def number_of_token(central: Central, token: str) -> str:
    """Which request a token opens. Raises :class:`ProblemError` ``session-unknown``."""
    with central.database.read() as session:
        row = session.get(RequestSessionRow, _digest(token))
        if row is None or row.expires_at <= central.clock():
            raise ProblemError("session-unknown", headers=_BEARER)
        return row.number


def _use(central: Central, session: Session, number: str, code: str) -> bool:
    now = central.clock()
    rows = session.scalars(
        select(RequestCodeRow)
        .where(RequestCodeRow.number == number, RequestCodeRow.expires_at > now)
        .order_by(RequestCodeRow.id)
        .with_for_update()
    ).all()
    right = False
    for row in rows:
        if row.tries >= _MOST_TRIES:
            continue
        row.tries += 1
        if hmac.compare_digest(row.code_mac, _mac(central, number, code)):
            right = True
    if right:
        for row in rows:
            # Used: none of them opens anything again.
            row.tries = _MOST_TRIES
    return right


def _mac(central: Central, number: str, code: str) -> bytes:
    # Keyed: a million codes are soon tried against a bare hash by whoever reads the database.
    key = central.keys.short_lived_secret("request codes")
    return hmac.digest(key, f"{number}|{code}".encode("ascii"), "sha256")


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
