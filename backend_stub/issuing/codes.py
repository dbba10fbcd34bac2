"""Who stands at the terminal: one-time codes to the registered telephone, and approvals."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Citizen, Notification
from backend_stub.issuing.card_registry import usable_card
from backend_stub.issuing.tables import Card, CardApproval, CardCode, CardState
from kiosk.contract.issuing import Approval, CodeSent, CodeWanted
from offline_queue.chain import b64url

CODES_PER_HOUR: Final = 5
TRIES: Final = 3
_HOUR: Final = timedelta(hours=1)
_DIGITS: Final = 6
_SHOWN: Final = 3
_TOKEN_BYTES: Final = 32
_USED_AR: Final = "منفذ: رمز تفعيل بطاقتك الشخصية. لم يعد صالحًا."
_USED_EN: Final = "Manfadh: a code to activate your ID card. It is good no more."
_BEARER: Final = {"WWW-Authenticate": "Bearer"}

log = structlog.get_logger()


def send_code(central: Central, serial: str, wanted: CodeWanted) -> CodeSent:
    """Send a code by SMS; what was sent before is good no more.

    Raises :class:`ProblemError`: ``unknown-card``, ``not-eligible``, ``no-mobile``,
    ``too-many-codes``.
    """
    now = central.clock()
    code = _new_code(central)
    with central.database.write() as session:
        card = usable_card(session, serial, now)
        if card.civil_number != wanted.civil_number:
            raise ProblemError("not-eligible")
        citizen = session.get(Citizen, wanted.civil_number)
        if citizen is None or citizen.mobile is None:
            raise ProblemError("no-mobile")
        _forget_old(session, now)
        _charge(session, serial, now)
        # Of several codes only the last is good: guesses cannot be spread over them.
        session.execute(update(CardCode).where(CardCode.card == serial).values(tries_left=0))
        lifetime = central.settings.code_lifetime
        notice = _code_notice(card, citizen.mobile, code, lifetime, now, wanted.language)
        session.add(notice)
        session.flush()
        expires_at = now + central.settings.code_lifetime
        session.add(
            CardCode(
                id=b64url(central.random_bytes(16)),
                card=serial,
                code_mac=_mac(central, serial, code),
                notification=notice.id,
                tries_left=TRIES,
                created_at=now,
                expires_at=expires_at,
            )
        )
        mobile = citizen.mobile
    log.info("central.card_code_sent")
    hidden = "•" * (len(mobile) - _SHOWN)
    return CodeSent(sent_to=hidden + mobile[-_SHOWN:], expires_at=expires_at)


def approve(central: Central, serial: str, code: str) -> Approval:
    """Exchange the code for an approval; a code is good once.

    Raises :class:`ProblemError`: ``unknown-card``, ``not-eligible``, ``code-wrong`` with
    ``tries_left``.
    """
    now = central.clock()
    token = b64url(central.random_bytes(_TOKEN_BYTES))
    expires_at = now + central.settings.approval_lifetime
    with central.database.write() as session:
        card = usable_card(session, serial, now)
        sent = session.scalar(
            select(CardCode).where(
                CardCode.card == serial, CardCode.tries_left > 0, CardCode.expires_at > now
            )
        )
        # Not raised in here: a try that was used up has to be kept.
        right = sent is not None and hmac.compare_digest(sent.code_mac, _mac(central, serial, code))
        tries_left = 0
        if right and sent is not None:
            sent.tries_left = 0
            _blank(session, [sent.notification])
            session.add(
                CardApproval(token_sha256=digest(token), card=serial, expires_at=expires_at)
            )
            if card.state == CardState.REGISTERED:
                card.state = CardState.APPROVED
        elif sent is not None:
            sent.tries_left -= 1
            tries_left = sent.tries_left
    if not right:
        log.warning("central.card_code_wrong", tries_left=tries_left)
        raise ProblemError("code-wrong", tries_left=tries_left)
    log.info("central.card_approved")
    return Approval(token=token, expires_at=expires_at)


def require_approval(session: Session, card: Card, token: str, now: datetime) -> str:
    """What stands for this approval in the database; empty for a card that the office approved.

    Raises :class:`ProblemError` ``not-approved``.
    """
    if card.approved_by_office:
        return ""
    approval = session.get(CardApproval, digest(token)) if token else None
    if approval is None or approval.card != card.serial or approval.expires_at <= now:
        raise ProblemError("not-approved", headers=_BEARER)
    return approval.token_sha256


def activation_notice(session: Session, card: Card, mobile: str, now: datetime) -> Notification:
    """Tells the holder that the card is active: whoever did not do it hears of it.

    In the language in which the last code was sent; Arabic where the office approved the card.
    """
    language = session.scalar(
        select(Notification.language)
        .join(CardCode, CardCode.notification == Notification.id)
        .where(CardCode.card == card.serial)
        .order_by(Notification.id.desc())
        .limit(1)
    )
    return _sms(
        card,
        mobile,
        now,
        language or "ar",
        ar="منفذ: فُعّلت بطاقتك الشخصية واختير رقمها السري الآن. "
        "إن لم تفعل ذلك بنفسك فراجع مكتب الأحوال المدنية فورًا.",
        en="Manfadh: your ID card was activated and its PIN chosen just now. "
        "If that was not you, go to the civil status office at once.",
    )


def digest(token: str) -> str:
    """What is stored of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def _new_code(central: Central) -> str:
    # 8 random bytes over 10**6: no digit is noticeably likelier than another.
    return f"{int.from_bytes(central.random_bytes(8)) % 10**_DIGITS:0{_DIGITS}d}"


def _mac(central: Central, serial: str, code: str) -> bytes:
    # Keyed: a million codes are soon tried against a bare hash by whoever reads the database.
    key = central.keys.short_lived_secret("one-time codes")
    return hmac.digest(key, f"{serial}|{code}".encode("ascii"), "sha256")


def _charge(session: Session, serial: str, now: datetime) -> None:
    within_the_hour = (CardCode.card == serial, CardCode.created_at > now - _HOUR)
    sent, oldest = session.execute(
        select(func.count(CardCode.id), func.min(CardCode.created_at)).where(*within_the_hour)
    ).one()
    if sent >= CODES_PER_HOUR:
        wait = int((oldest + _HOUR - now).total_seconds()) + 1
        raise ProblemError("too-many-codes", headers={"Retry-After": str(wait)})


def _forget_old(session: Session, now: datetime) -> None:
    old = list(session.scalars(select(CardCode).where(CardCode.created_at <= now - _HOUR)))
    _blank(session, [code.notification for code in old])
    for code in old:
        session.delete(code)
    session.execute(delete(CardApproval).where(CardApproval.expires_at <= now))


def _blank(session: Session, notifications: list[int]) -> None:
    """Take codes that are good no more out of the notices they were sent in."""
    session.execute(
        update(Notification)
        .where(Notification.id.in_(notifications))
        .values(text_ar=_USED_AR, text_en=_USED_EN)
    )


def _code_notice(
    card: Card, mobile: str, code: str, lifetime: timedelta, now: datetime, language: str
) -> Notification:
    minutes = int(lifetime.total_seconds() // 60)
    return _sms(
        card,
        mobile,
        now,
        language,
        ar=f"منفذ: رمز تفعيل بطاقتك الشخصية {code}، صالح {minutes} دقائق. "
        "لا تعطه لأحد؛ لن يطلبه منك أي موظف.",
        en=f"Manfadh: the code to activate your ID card is {code}, valid for {minutes} minutes. "
        "Give it to nobody; no employee will ask for it.",
    )


def _sms(
    card: Card, mobile: str, now: datetime, language: str, *, ar: str, en: str
) -> Notification:
    return Notification(
        created_at=now,
        channel="sms",
        recipient=f"+968{mobile}",
        language=language,
        text_ar=ar,
        text_en=en,
        about=f"card {card.serial[-8:]}",
    )
