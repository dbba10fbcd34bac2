"""Receipts that wait to be sent to telephone and address: sealed at once, delivered when they can.

A receipt that was asked for goes to the central API as soon as its transaction is there, which may
be days later when there is no network. Until then it lies in a folder, sealed for the central API:
the terminal itself cannot read it any more.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Final

import structlog

from kiosk.central.client import CentralClient, CentralError, CentralRefused
from kiosk.contract.receipts import SEPARATOR, ReceiptMail, receipt_place
from kiosk.session import effects as ef, events as ev
from kiosk.workers.answering import Answer
from kiosk.workers.periodic import Periodic
from kiosk.workers.worker import Handlers, Worker
from offline_queue.chain import b64url, b64url_decode
from offline_queue.sealing import seal
from offline_queue.wire import Enrolment
from offline_queue.wire_model import MessageError
from printer.bitmap import ReceiptBitmap

_ENDING: Final = ".json"
_AGAIN_S: Final = 60.0
"""How soon to ask again while something waits; news make it sooner."""
_LONGEST_S: Final = 30 * 24 * 3600.0
"""A receipt whose transaction has not arrived by then is not sent any more."""
_FOR_GOOD: Final = frozenset({"receipt-unreadable", "invalid", "body-too-large"})
"""Answers that will be the same next time."""

_log = structlog.get_logger()


class ReceiptMailer(Worker):
    """Keeps and delivers. Methods from any thread, except ``step``, which the thread calls."""

    def __init__(
        self,
        client: CentralClient,
        enrolment: Enrolment,
        folder: Path,
        *,
        draw: Callable[[ef.PrintReceipt], Future[ReceiptBitmap]],
        answer: Answer,
        now: Callable[[], float] = time.time,
    ) -> None:
        """``client`` signs its requests and is nobody else's. ``draw`` draws a receipt as it
        would be printed. ``now`` is seconds since 1970.
        """
        self._client = client
        self._enrolment = enrolment
        self._folder = folder
        self._draw = draw
        self._answer = answer
        self._now = now
        self.thread = Periodic("receipt-mail", lambda: _AGAIN_S if self.step() else None)

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {ef.MailReceipt: self._mail}

    def _mail(self, effect: ef.MailReceipt, visit: int) -> None:
        kept = effect.receipt.submission
        self.keep(kept.tx_id, kept.qr_text, self._draw(effect.receipt), visit)

    def start(self) -> None:
        """Begin to deliver what waits from before."""
        self.thread.start()

    def stop(self) -> None:
        """End; what waits stays in the folder."""
        self.thread.stop()
        self._client.close()

    def nudge(self) -> None:
        """The network is back, or a transaction arrived."""
        self.thread.soon()

    def keep(self, tx_id: str, link: str, drawn: Future[ReceiptBitmap], visit: int) -> None:
        """Keep a receipt once it is drawn; answers ReceiptMailKept or ReceiptMailFailed."""

        def done(future: Future[ReceiptBitmap]) -> None:
            if future.cancelled():
                return
            try:
                self._write(tx_id, link, future.result().pdf())
            except Exception as error:  # noqa: BLE001 -- whatever it was, the citizen is told
                _log.error("receipt.mail_not_kept", error=type(error).__name__)
                self._answer(ev.ReceiptMailFailed(tx_id), visit)
            else:
                self._answer(ev.ReceiptMailKept(tx_id), visit)
                self.thread.soon()

        drawn.add_done_callback(done)

    def step(self) -> int:
        """Try everything that waits; how many still do."""
        waiting = 0
        for path in sorted(self._folder.glob(f"*{_ENDING}")):
            try:
                waiting += not self._deliver(path)
            except CentralError:
                # No network: the others would wait for nothing.
                return waiting + 1
        return waiting

    def _deliver(self, path: Path) -> bool:
        """Whether it is gone, sent or given up. Raises :class:`CentralError` without network."""
        try:
            mail = ReceiptMail.parse_json(path.read_bytes())
        except (OSError, MessageError) as error:
            return self._give_up(path, type(error).__name__)
        try:
            self._client.tell("POST", f"/v1/kiosks/{self._enrolment.kiosk}/receipts", body=mail)
        except CentralRefused as refusal:
            if refusal.code in _FOR_GOOD or self._now() - path.stat().st_mtime > _LONGEST_S:
                return self._give_up(path, refusal.code)
            return False
        _log.info("receipt.mail_sent", tx_id=mail.tx_id)
        path.unlink(missing_ok=True)
        return True

    def _give_up(self, path: Path, reason: str) -> bool:
        _log.warning("receipt.mail_given_up", reason=reason)
        path.unlink(missing_ok=True)
        return True

    def _write(self, tx_id: str, link: str, pdf: bytes) -> None:
        kiosk = self._enrolment.kiosk
        sealed = seal(
            b64url_decode(self._enrolment.sealing_public_key),
            link.encode("ascii") + SEPARATOR + pdf,
            receipt_place(kiosk, tx_id),
        )
        mail = ReceiptMail(
            tx_id=tx_id, key_id=self._enrolment.sealing_key_id, sealed=b64url(sealed)
        )
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f"{tx_id}{_ENDING}"
        half = path.with_suffix(".part")
        with open(half, "wb", opener=_private) as file:
            file.write(mail.json())
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
