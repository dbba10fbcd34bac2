"""Callbacks: what the gateway tells a merchant by itself, signed, again until it is heard."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import requests
import structlog

from backend_stub.peers.gateway.ledger import Ledger, Session
from backend_stub.peers.gateway.vices import Vices

SIGNATURE_HEADER: Final = "Gateway-Signature"
_TRIES: Final = 6
_PAUSE: Final = timedelta(seconds=5)
_TIMEOUT_S: Final = 5.0

_log = structlog.get_logger()


def sign(secret: str, body: str, at: int) -> str:
    """``t=``, the time in Unix seconds, and ``v1=``, HMAC-SHA-256 over ``t.body``."""
    mac = hmac.new(bytes.fromhex(secret), f"{at}.{body}".encode(), hashlib.sha256)
    return f"t={at},v1={mac.hexdigest()}"


def plan(ledger: Ledger, session: Session, vices: Vices, now: datetime) -> None:
    """Write down the callbacks about a session, as the vices want them."""
    if vices.callbacks_lost:
        return
    body = json.dumps(
        {
            "session_id": session.id,
            "client_reference_id": session.reference,
            "payment_status": vices.undocumented_status or session.status,
            "total_amount": session.paid_amount or session.amount,
        }
    )
    ledger.plan_callback(session.id, body, now + timedelta(seconds=vices.callbacks_delayed_s))
    if vices.callbacks_doubled or vices.callbacks_delayed_s:
        ledger.plan_callback(session.id, body, now)


class CallbackSender:
    """A thread that delivers what the ledger has planned."""

    def __init__(
        self,
        ledger: Ledger,
        url: str,
        secret: str,
        clock: Callable[[], datetime],
        vices: Callable[[], Vices],
    ) -> None:
        """``url`` is the merchant's; without one nothing is sent."""
        self._ledger = ledger
        self._url = url
        self._secret = secret
        self._clock = clock
        self._vices = vices
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="gateway-callbacks", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is not delivered stays in the ledger."""
        self._stopping = True
        self._wake.set()
        self._thread.join()

    def wake(self) -> None:
        """Something was planned."""
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping:
            self.deliver()
            self._wake.wait(0.5)
            self._wake.clear()

    def deliver(self) -> None:
        """Send everything that is due."""
        if not self._url:
            return
        for number, body, tries in self._ledger.callbacks_due(self._clock()):
            if self._sent(body) or tries + 1 >= _TRIES:
                self._ledger.callback_done(number)
            else:
                self._ledger.callback_later(number, self._clock() + _PAUSE * (tries + 1))

    def _sent(self, body: str) -> bool:
        secret = "00" * 32 if self._vices().callbacks_forged else self._secret
        signature = sign(secret, body, int(self._clock().timestamp()))
        headers = {SIGNATURE_HEADER: signature, "Content-Type": "application/json"}
        try:
            answer = requests.post(
                self._url, body.encode(), headers=headers, timeout=_TIMEOUT_S, allow_redirects=False
            )
        except requests.RequestException as error:
            _log.warning("gateway.callback_failed", error=type(error).__name__)
            return False
        return answer.ok
