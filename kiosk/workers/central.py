"""The central API during a visit: sign-in with the card, and the labour registry."""

from __future__ import annotations

import threading

import rfc8785
import structlog

from cardreader.errors import CardError
from cardreader.pki import KeyPurpose
from kiosk.central.client import CentralClient, CentralError, CentralRefused
from kiosk.contract.visits import Employer
from kiosk.session import effects as ef, events as ev
from kiosk.session.form import EmployerFound
from kiosk.session.state import CardProblem
from kiosk.workers.answering import Answer
from kiosk.workers.card import ReaderWorker
from kiosk.workers.visit_tasks import VisitTasks
from kiosk.workers.worker import Handlers, Worker

_log = structlog.get_logger()

_SIGN_TIMEOUT = 30.0
_REVOKED = "certificate-revoked"
"""Why a sign-in is refused: ``reason`` of the problem document ``sign-in-refused``."""


class CentralWorker(Worker):
    """Asks the registries on behalf of the cardholder; without an answer the visit goes on."""

    def __init__(
        self, desk: ReaderWorker, client: CentralClient, kiosk: str, answer: Answer
    ) -> None:
        self._desk = desk
        self._client = client
        self._kiosk = kiosk
        self._answer = answer
        self._tasks = VisitTasks("central", answer)
        self._lock = threading.Lock()
        self._token: str | None = None
        self._wanted = ""

    @property
    def handles(self) -> Handlers:
        """See :class:`Worker`."""
        return {
            ef.SignIn: lambda _, visit: self.sign_in(visit),
            ef.SearchEmployers: lambda effect, visit: self.search(effect.query, visit),
            ef.FetchFact: self.fetch,
        }

    def sign_in(self, visit: int) -> None:
        """Let the card sign a challenge; answers SignedIn, or nothing."""
        self._tasks.submit(lambda: self._sign_in(visit), visit=visit, otherwise=None)

    def search(self, query: str, visit: int) -> None:
        """Search establishments; only the newest query that waits is asked."""
        with self._lock:
            self._wanted = query
        unavailable = ev.EmployersFound(query, None)
        self._tasks.submit(lambda: self._search(query, visit), visit=visit, otherwise=unavailable)

    def fetch(self, effect: ef.FetchFact, visit: int) -> None:
        """Ask a registry for a fact; answers FactKnown."""
        unknown = ev.FactKnown(effect.fact_id, None)
        self._tasks.submit(lambda: self._fetch(effect, visit), visit=visit, otherwise=unknown)

    def forget(self) -> None:
        """The visit is over: its token is gone."""
        with self._lock:
            self._token = None
            self._wanted = ""

    def stop(self) -> None:
        """Drop what waits, finish what runs."""
        self._tasks.stop()

    def _sign_in(self, visit: int) -> None:
        try:
            challenge = self._client.challenge()
            payload = rfc8785.dumps(
                {
                    "aud": "manfadh-central",
                    "challenge_id": challenge.challenge_id,
                    "kiosk": self._kiosk,
                    "nonce": challenge.nonce,
                }
            )
            signing = self._desk.sign(KeyPurpose.AUTHENTICATION, payload, None, "sign-in+jws")
            session = self._client.sign_in(signing.result(timeout=_SIGN_TIMEOUT))
        except (CentralError, CardError, TimeoutError) as error:
            _log.warning("central.sign_in_failed", reason=type(error).__name__)
            if isinstance(error, CentralRefused) and error.members.get("reason") == _REVOKED:
                # The terminal's list is an hour old at most; the central API knows at once.
                self._answer(ev.CardRefused(CardProblem.REVOKED), visit)
            return
        with self._lock:
            self._token = session.token
        employers = tuple(_found(employer) for employer in session.person.employers)
        self._answer(ev.SignedIn(session.person.mobile, employers), visit)

    def _fetch(self, effect: ef.FetchFact, visit: int) -> None:
        with self._lock:
            token = self._token
        given = {name: str(value) for name, value in effect.given.items() if value is not None}
        fact = None
        try:
            if token is not None:
                fact = self._client.fact(token, effect.source, given)
        except CentralError as error:
            _log.warning("central.fact_failed", source=effect.source, reason=type(error).__name__)
        self._answer(ev.FactKnown(effect.fact_id, fact), visit)

    def _search(self, query: str, visit: int) -> None:
        with self._lock:
            token, newest = self._token, self._wanted
        if query != newest:
            return
        if token is None:
            self._answer(ev.EmployersFound(query, None), visit)
            return
        try:
            answer = self._client.search_employers(token, query)
        except CentralError as error:
            _log.warning("central.search_failed", reason=type(error).__name__)
            self._answer(ev.EmployersFound(query, None), visit)
            return
        found = tuple(_found(employer) for employer in answer.employers)
        self._answer(ev.EmployersFound(query, found), visit)


def _found(employer: Employer) -> EmployerFound:
    return EmployerFound(employer.cr_number, employer.name_ar, employer.name_en, employer.wilayat)
