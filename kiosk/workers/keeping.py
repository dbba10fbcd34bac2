"""Sign, seal, commit: the moment from which a transaction takes effect exactly once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from cryptography.hazmat.primitives.asymmetric import ec

from cardreader.errors import CardError
from cardreader.pki import KeyPurpose
from kiosk.contract.application import (
    SCHEMA_VERSION,
    Application,
    StaleRevocations,
    reference_of,
    rfc3339,
)
from kiosk.loop.pin_buffer import PinBuffer, wipe
from kiosk.services import Catalogue
from kiosk.services.oman_time import MUSCAT
from kiosk.session import effects as ef, events as ev
from kiosk.session.outcome import HearingProposal
from kiosk.workers.answering import GONE, Answer, event_of
from kiosk.workers.card import ReaderWorker
from kiosk.workers.card_revocations import is_stale
from kiosk.workers.worker import Handlers, Worker
from offline_queue.errors import OutboxError
from offline_queue.records import Enqueued, Submission, case_ref, new_tx_id
from offline_queue.store import Outbox
from offline_queue.syncer import Syncer
from offline_queue.wire import ItemAnswer, Outcome
from printer.proof import CHAIN_HEAD_BYTES, ReceiptClaims, sign_receipt
from printer.receipt import ReceiptState

_log = structlog.get_logger()

_SIGN_TIMEOUT = 30.0
"""Above the card's own deadline: the card layer answers first."""


@dataclass(frozen=True, slots=True)
class ReceiptSigner:
    """What turns a kept transaction into the text of a verifiable QR code."""

    kiosk: str
    device_key: ec.EllipticCurvePrivateKey
    verifier: str
    catalogue: Catalogue

    def text(
        self, tx_id: str, service: str, issued_at: datetime, head: str, state: ReceiptState
    ) -> str:
        """The signed QR text; ``head`` is the outbox chain's head in hex."""
        day = issued_at.astimezone(MUSCAT).date()
        claims = ReceiptClaims(
            tx_id=tx_id,
            service=service,
            issued_at=issued_at,
            kiosk=self.kiosk,
            state=state,
            fee_baisa=self.catalogue.service(service).fee_on(day),
            chain_head=bytes.fromhex(head)[:CHAIN_HEAD_BYTES],
        )
        return sign_receipt(claims, self.device_key, self.verifier)


@dataclass(frozen=True, slots=True)
class _Kept:
    tx_id: str
    service: str
    confirmed_at: datetime
    enqueued: Enqueued


class Keeper(Worker):
    """Takes a checked application to the outbox, and the central API's answer to the visit."""

    def __init__(
        self,
        desk: ReaderWorker,
        outbox: Outbox,
        syncer: Syncer,
        signer: ReceiptSigner,
        *,
        secret: bytes,
        pad: PinBuffer,
        answer: Answer,
        outbox_changed: Callable[[], None],
        now: Callable[[], datetime],
        revocation_max_age: timedelta,
    ) -> None:
        """``outbox_changed`` is called, in any thread, when the outbox refused.

        A card that could only be checked against a revocation list older than
        ``revocation_max_age`` signs as well; its application is marked.
        """
        self._desk = desk
        self._outbox = outbox
        self._syncer = syncer
        self._signer = signer
        self._secret = secret
        self._pad = pad
        self._answer = answer
        self._outbox_changed = outbox_changed
        self._now = now
        self._max_age = revocation_max_age
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="keeper")
        self._lock = threading.Lock()
        self._last: _Kept | None = None

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {ef.SignAndKeep: lambda effect, visit: self.keep(effect, self._pad.take(), visit)}

    def keep(self, effect: ef.SignAndKeep, pin: bytearray, visit: int) -> None:
        """Sign and commit; answers with exactly one event."""
        self._worker.submit(self._keep, effect, pin, visit)

    def answered(self, tx_id: str, answer: ItemAnswer) -> None:
        """The central API's answer to a transaction; any thread."""
        _log.info("transaction.answered", tx_id=tx_id, outcome=answer.outcome.value)
        with self._lock:
            kept = self._last
        if kept is None or kept.tx_id != tx_id:
            return
        if answer.outcome in (Outcome.REJECTED, Outcome.CONFLICT):
            self._answer(ev.Answered(tx_id, None, rejected=True))
        elif answer.result is not None:
            hearing = answer.result.hearing
            proposal = (
                HearingProposal(hearing.starts_at, hearing.place_ar, hearing.place_en)
                if hearing
                else None
            )
            text = self._text(kept, ReceiptState.CONFIRMED)
            self._answer(ev.Answered(tx_id, answer.result.number, proposal, text))

    def forget(self) -> None:
        """The visit is over; later answers concern nobody at the screen."""
        with self._lock:
            self._last = None

    def stop(self) -> None:
        """Finish what was begun."""
        self._worker.shutdown(wait=True, cancel_futures=False)

    def _keep(self, effect: ef.SignAndKeep, pin: bytearray, visit: int) -> None:
        try:
            kept = self._sign_and_commit(effect, pin)
        except CardError as error:
            _log.warning("card.failed", error=type(error).__name__)
            if isinstance(error, GONE):
                self._answer(ev.CardRemoved(), visit)
            self._answer(event_of(error), visit)
        except OutboxError as error:
            _log.error("transaction.not_kept", error=type(error).__name__)
            self._answer(ev.KeepingFailed(), visit)
            self._outbox_changed()
        except Exception as error:  # noqa: BLE001 -- whatever it was, the citizen is told the truth
            _log.error("transaction.not_kept", error=type(error).__name__)
            self._answer(ev.KeepingFailed(), visit)
        else:
            self._tell(kept, visit)
        finally:
            wipe(pin)

    def _sign_and_commit(self, effect: ef.SignAndKeep, pin: bytearray) -> _Kept:
        tx_id = new_tx_id()
        confirmed_at = self._now()
        stale = self._stale_revocations(confirmed_at)
        published = self._signer.catalogue.published[effect.service_id]
        application = Application(
            tx_id=tx_id,
            kiosk=self._signer.kiosk,
            service=effect.service_id,
            catalogue=published.definition.version,
            definition_sha256=published.sha256,
            evidence=effect.evidence,
            signers=tuple(role.value for role in published.definition.sign),
            language=effect.language,
            civil_number=effect.cardholder.civil_number,
            answers=effect.answers,
            confirmed_at=confirmed_at,
            revocations=stale,
            papers=effect.papers,
        )
        signed = self._desk.sign(
            KeyPurpose.SIGNATURE, application.document(), pin, "application+jws"
        ).result(timeout=_SIGN_TIMEOUT)
        submission = Submission(
            tx_id=tx_id,
            case_ref=case_ref(self._secret, tx_id),
            schema_version=SCHEMA_VERSION,
            payload=signed.encode("ascii"),
            confirmed_at=confirmed_at,
            attachments=tuple(paper.content for paper in effect.papers),
        )
        kept = _Kept(tx_id, effect.service_id, confirmed_at, self._outbox.enqueue(submission))
        if stale is not None:
            as_of = "none" if stale.as_of is None else rfc3339(stale.as_of)
            _log.warning("transaction.stale_revocations", tx_id=tx_id, as_of=as_of)
        return kept

    def _stale_revocations(self, now: datetime) -> StaleRevocations | None:
        """The mark, when the signer's certificate may have been revoked without our knowing."""
        asked = self._desk.with_card(
            lambda card: card.revocations_as_of(KeyPurpose.SIGNATURE), _SIGN_TIMEOUT
        )
        as_of = asked.result(timeout=_SIGN_TIMEOUT)
        return StaleRevocations(as_of) if is_stale(as_of, now, self._max_age) else None

    def _tell(self, kept: _Kept, visit: int) -> None:
        with self._lock:
            self._last = kept
        text = self._text(kept, ReceiptState.QUEUED)
        self._answer(ev.Kept(kept.tx_id, reference_of(kept.tx_id), text, kept.confirmed_at), visit)
        self._syncer.wake()
        # The syncer may have carried it away before the visit knew of it.
        recorded = self._outbox.result(kept.tx_id)
        if recorded is not None and recorded.answer is not None:
            self.answered(kept.tx_id, recorded.answer)

    def _text(self, kept: _Kept, state: ReceiptState) -> str:
        return self._signer.text(
            kept.tx_id, kept.service, kept.confirmed_at, kept.enqueued.head, state
        )
