"""Work on the card itself: one-time code, activation, another PIN, unblocking.

The terminal only relays between the card and the central API (:mod:`cardreader.activation`); it
never holds a card's management key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import structlog

from cardreader.activation import ActivationStep, activate
from cardreader.authority import (
    ActivationRefused,
    AuthorityUnavailable,
    CertificateConflict,
    MakersSecretKept,
    RefusalReason,
)
from cardreader.errors import CardError, FingerNotAvailable, PukBlocked, PukWrong
from cardreader.national_id import NationalIdCard
from cardreader.pin import PinWeakness, pin_weakness
from kiosk.central.client import CentralClient, CentralError, CentralRefused
from kiosk.central.issuing import CodeRefused, HttpCardAuthority
from kiosk.contract.application import reference_of
from kiosk.loop.pin_buffer import PinBuffer, SecretShelf, wipe
from kiosk.services import Language
from kiosk.session import effects as ef, events as ev
from kiosk.session.card_task import CardTaskKind
from kiosk.session.effects import Secret
from kiosk.session.state import Cardholder, CardProblem
from kiosk.workers.answering import GONE, Answer, event_of
from kiosk.workers.card import ReaderWorker
from kiosk.workers.keeping import ReceiptSigner
from kiosk.workers.visit_tasks import VisitTasks
from kiosk.workers.worker import Handlers, Worker
from offline_queue.errors import OutboxError
from offline_queue.records import new_tx_id
from offline_queue.store import Outbox
from printer.receipt import ReceiptState

_log = structlog.get_logger()

NEW_PIN = "new-pin"
_TASK_DEADLINE = 120.0
"""A card may take half a minute for one RSA key."""

_STEPS = list(ActivationStep)


class CardServices(Worker):
    """Carries out the card tasks of a visit. Public methods belong to the loop's thread."""

    def __init__(
        self,
        desk: ReaderWorker,
        client: CentralClient,
        outbox: Outbox,
        signer: ReceiptSigner,
        *,
        pad: PinBuffer,
        answer: Answer,
        now: Callable[[], datetime],
    ) -> None:
        self._pad = pad
        self._desk = desk
        self._client = client
        self._outbox = outbox
        self._signer = signer
        self._answer = answer
        self._now = now
        self._shelf = SecretShelf()
        self._lock = threading.Lock()
        self._authority = HttpCardAuthority(client)
        self._tasks = VisitTasks("card-services", answer)

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`. Each takes the digits that are on the pad."""
        return {
            ef.RequestCode: lambda effect, visit: self.request_code(
                effect.cardholder, effect.language, visit
            ),
            ef.CheckCode: lambda _, visit: self.check_code(self._pad.take(), visit),
            ef.KeepSecret: lambda effect, _: self.keep(effect.secret, self._pad.take()),
            ef.TakeNewPin: lambda effect, visit: self._answer(
                self.take_new_pin(self._pad.take(), effect.cardholder), visit
            ),
            ef.CompareNewPin: lambda _, visit: self._answer(
                self.compare_new_pin(self._pad.take()), visit
            ),
            ef.RunCardTask: lambda effect, visit: self.run(
                effect.kind, visit, transport=effect.transport, by_finger=effect.by_finger
            ),
        }

    def request_code(self, holder: Cardholder, language: Language, visit: int) -> None:
        """Have a one-time code sent to the registered telephone, in the visit's language."""
        authority = self._current()
        self._tasks.submit(
            lambda: self._request_code(authority, holder.civil_number, language, visit),
            visit=visit,
            otherwise=ev.CodeNotSent("network"),
        )

    def check_code(self, code: bytearray, visit: int) -> None:
        """Give the entered code to the central API."""
        authority = self._current()
        self._tasks.submit(
            lambda: self._check_code(authority, code, visit),
            visit=visit,
            otherwise=ev.CodeNotSent("network"),
        )

    def keep(self, secret: Secret, digits: bytearray) -> None:
        """Put the digits aside until the card needs them."""
        self._shelf.put(secret.value, digits)

    def take_new_pin(self, pin: bytearray, holder: Cardholder | None) -> ev.Event:
        """Is this PIN hard enough to guess? Kept when it is."""
        weakness = pin_weakness(
            pin,
            birth_date=holder.birth_date if holder else None,
            civil_number=holder.civil_number if holder else None,
        )
        if weakness is None:
            self._shelf.put(NEW_PIN, pin)
            return ev.NewPinTaken()
        wipe(pin)
        return ev.NewPinWeak(PinWeakness(weakness).value)

    def compare_new_pin(self, pin: bytearray) -> ev.Event:
        """The same PIN twice? If not, both are gone."""
        if self._shelf.matches(NEW_PIN, pin):
            return ev.PinsMatch()
        self._shelf.drop(NEW_PIN)
        return ev.PinsDiffer()

    def run(
        self, kind: CardTaskKind, visit: int, *, transport: bool = False, by_finger: bool = False
    ) -> None:
        """Do it; answers with progress and exactly one outcome.

        ``transport``: the card has its keys, and all there is to do is to replace the letter's PIN.
        ``by_finger``: the card has matched its holder's finger, and wants no PUK.
        """
        new = self._shelf.take(NEW_PIN)
        match kind:
            case CardTaskKind.ACTIVATE if not transport:
                authority = self._current()

                def act(card: NationalIdCard) -> None:
                    activate(card, authority, new, lambda step: self._progress(step, visit))
            case CardTaskKind.ACTIVATE | CardTaskKind.CHANGE_PIN:
                old = self._shelf.take(Secret.OLD_PIN)

                def act(card: NationalIdCard) -> None:
                    card.change_pin(old, new)
            case CardTaskKind.UNBLOCK_PIN if by_finger:

                def act(card: NationalIdCard) -> None:
                    card.unblock_pin_by_finger(new)
            case CardTaskKind.UNBLOCK_PIN:
                puk = self._shelf.take(Secret.PUK)

                def act(card: NationalIdCard) -> None:
                    card.unblock_pin(puk, new)

        self._tasks.submit(
            lambda: self._run(kind, act, visit),
            visit=visit,
            otherwise=ev.CardTaskFailed("terminal"),
        )

    def forget(self) -> None:
        """The visit is over: secrets and the approval are gone."""
        self._shelf.wipe()
        with self._lock:
            self._authority = HttpCardAuthority(self._client)

    def stop(self) -> None:
        """Drop what waits, finish what runs."""
        self._tasks.stop()
        self._shelf.wipe()

    def _current(self) -> HttpCardAuthority:
        with self._lock:
            return self._authority

    # --- the worker's thread

    def _request_code(
        self, authority: HttpCardAuthority, civil_number: str, language: Language, visit: int
    ) -> None:
        try:
            serial = self._desk.with_card(lambda card: card.serial, _TASK_DEADLINE).result()
            sent_to = authority.send_code(serial, civil_number, language)
            self._answer(ev.CodeSent(sent_to), visit)
        except CardError as error:
            self._tell_card_error(error, visit)
        except CentralRefused as refused:
            self._answer(ev.CodeNotSent(refused.code or "network"), visit)
        except CentralError:
            self._answer(ev.CodeNotSent("network"), visit)

    def _check_code(self, authority: HttpCardAuthority, code: bytearray, visit: int) -> None:
        try:
            serial = self._desk.with_card(lambda card: card.serial, _TASK_DEADLINE).result()
            authority.enter_code(serial, code.decode("ascii"))
            self._answer(ev.CodeAccepted(), visit)
        except CodeRefused as refused:
            self._answer(ev.CodeRefused(refused.tries_left), visit)
        except CardError as error:
            self._tell_card_error(error, visit)
        except CentralError:
            self._answer(ev.CodeNotSent("network"), visit)
        finally:
            wipe(code)

    def _run(self, kind: CardTaskKind, act: Callable[[NationalIdCard], None], visit: int) -> None:
        try:
            self._desk.with_card(act, _TASK_DEADLINE).result()
            self._answer(self._done(kind), visit)
        except AuthorityUnavailable:
            self._answer(ev.CardTaskFailed("network"), visit)
        except CertificateConflict:
            self._answer(ev.CardTaskFailed("conflict"), visit)
        except MakersSecretKept:
            self._answer(ev.CardTaskFailed(RefusalReason.MAKERS_SECRET.value), visit)
        except ActivationRefused as refused:
            _log.warning("card.activation_refused", reason=refused.reason.value)
            if refused.reason is RefusalReason.NOT_ELIGIBLE:
                self._answer(ev.CardRefused(CardProblem.REVOKED), visit)
            else:
                self._answer(ev.CardTaskFailed(refused.reason.value), visit)
        except PukWrong as wrong:
            self._answer(ev.PukRefused(wrong.tries_left or 1), visit)
        except FingerNotAvailable:
            self._answer(ev.CardRefused(CardProblem.FINGER_REFUSED), visit)
        except PukBlocked:
            self._answer(ev.CardRefused(CardProblem.PUK_BLOCKED), visit)
        except (CardError, ValueError) as error:
            self._tell_card_error(error, visit)
        except OutboxError:
            self._answer(ev.CardTaskFailed("terminal"), visit)

    def _done(self, kind: CardTaskKind) -> ev.CardTaskDone:
        tx_id, done_at = new_tx_id(), self._now()
        head = self._outbox.status().head
        text = self._signer.text(tx_id, kind.value, done_at, head, ReceiptState.CONFIRMED)
        return ev.CardTaskDone(tx_id, reference_of(tx_id), text, done_at)

    def _progress(self, step: ActivationStep, visit: int) -> None:
        self._answer(ev.CardTaskProgress(_STEPS.index(step) + 1, len(_STEPS)), visit)

    def _tell_card_error(self, error: Exception, visit: int) -> None:
        _log.warning("card.failed", error=type(error).__name__)
        if isinstance(error, GONE):
            self._answer(ev.CardRemoved(), visit)
        else:
            self._answer(event_of(error), visit)
