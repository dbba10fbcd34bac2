"""Asking the central API during a visit. Nothing here may make anybody wait for long."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
import requests
from urllib3.util import Retry

from kiosk.central.address import is_protected
from kiosk.contract.fleet import HealthNoted, HealthReport, KeyTaken
from kiosk.contract.visits import Challenge, EmployerSearch, ReceiptKeys, Session, SignIn
from kiosk.services.facts import Fact, decode_fact
from offline_queue.bounded_http import AnswerLimits, BoundedSession
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import Enrolment, EnrolmentRequest, ServerClock
from offline_queue.wire_model import MessageError, WireModel

M = TypeVar("M", bound=WireModel)

_NO_CONTENT = 204

ANSWER_MAX_BYTES: Final = 8 * 1024 * 1024
"""Longest answer that is read: a revocation list of every card that was ever lost."""


class CentralError(Exception):
    """The central API could not be asked."""


class CentralUnreachable(CentralError):
    """No connection, no answer in time, or somebody else answered."""


class CentralUnprotected(CentralError):
    """Its address is plain HTTP to another machine: whoever answers there may be anybody."""


class CentralRefused(CentralError):
    """It answered no. ``status`` is the HTTP status, ``code`` its machine-readable reason.

    ``members`` are the other members of the problem document (RFC 9457, clause 3.2).
    """

    def __init__(self, status: int, code: str, members: Mapping[str, Any] | None = None) -> None:
        super().__init__(f"the central API answered {status} {code}".rstrip())
        self.status = status
        self.code = code
        self.members = members or {}


class CentralClient:
    """Blocking calls, bounded in time and size. Threads may share it."""

    def __init__(
        self,
        url: str,
        *,
        timeouts: tuple[float, float] = (3.0, 10.0),
        signer: RequestSigner | None = None,
        ca_file: Path | None = None,
    ) -> None:
        """``timeouts``: seconds for a connection and for the longest silence; an exchange as a
        whole takes no more than both together. ``signer`` signs every request with the device key,
        where the terminal itself asks. ``ca_file``: PEM certificates that replace the public
        certificate authorities. Raises :class:`CentralUnprotected`.
        """
        if not is_protected(url):
            raise CentralUnprotected("an address of the central API begins with https://")
        self._url = url.rstrip("/")
        self._timeouts = timeouts
        # A line that rested may be closed just as it is used again; asking once more harms nobody.
        once_more = Retry(total=1, connect=0, read=1, status=0, allowed_methods={"GET"})
        self._session = BoundedSession(
            AnswerLimits(sum(timeouts), ANSWER_MAX_BYTES),
            ca_file=None if ca_file is None else str(ca_file),
            retries=once_more,
        )
        self._session.auth = signer

    def health(self) -> ServerClock:
        """Whether the central API is there, and its clock."""
        return self.call("GET", "/v1/health", ServerClock)

    def enrol(self, kiosk: str, request: EnrolmentRequest) -> Enrolment:
        """Introduce this terminal's device key."""
        return self.call("POST", f"/v1/kiosks/{kiosk}/enrolment", Enrolment, body=request)

    def ask_key(self, kiosk: str) -> KeyTaken:
        """Whether the device key is taken; the client needs a signer.

        Raises :class:`CentralRefused` with the reason when it is not.
        """
        return self.call("GET", f"/v1/kiosks/{kiosk}/key", KeyTaken)

    def report_health(self, kiosk: str, report: HealthReport) -> HealthNoted:
        """Say how the terminal is; the client needs a signer."""
        return self.call("POST", f"/v1/kiosks/{kiosk}/health", HealthNoted, body=report)

    def challenge(self) -> Challenge:
        """Random bytes for the card to sign."""
        return self.call("POST", "/v1/challenges", Challenge)

    def sign_in(self, assertion: str) -> Session:
        """Exchange the card's assertion for a token."""
        return self.call("POST", "/v1/sessions", Session, body=SignIn(assertion=assertion))

    def search_employers(self, token: str, query: str) -> EmployerSearch:
        """Establishments by CR number or by part of a name."""
        return self.call(
            "GET", "/v1/employers", EmployerSearch, parameters={"q": query}, token=token
        )

    def fact(self, token: str, source: str, given: dict[str, str]) -> Fact:
        """What a registry knows for this person; ``given`` is what it is asked with."""
        response = self._send("GET", f"/v1/facts/{source}", None, given, token)
        if _media_type(response) != "application/json":
            raise CentralUnreachable(f"status {response.status_code} from somebody else")
        try:
            return decode_fact(response.content)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise CentralUnreachable("an answer of an unknown shape") from error

    def receipt_keys(self) -> ReceiptKeys:
        """The public keys that receipts are signed with."""
        return self.call("GET", "/v1/receipt-keys", ReceiptKeys)

    def revocation_list(self) -> bytes:
        """What the issuing CA revoked: an X.509 CRL, DER (``application/pkix-crl``, RFC 2585)."""
        response = self._send("GET", "/v1/crl", None, None, None, accept="application/pkix-crl")
        if _media_type(response) != "application/pkix-crl":
            raise CentralUnreachable(f"status {response.status_code} from somebody else")
        return response.content

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def call(
        self,
        method: str,
        path: str,
        shape: type[M],
        *,
        body: WireModel | None = None,
        parameters: dict[str, str] | None = None,
        token: str | None = None,
    ) -> M:
        """One exchange; ``shape`` is that of a good answer. Raises :class:`CentralError`."""
        response = self._send(method, path, body, parameters, token)
        if _media_type(response) != "application/json":
            raise CentralUnreachable(f"status {response.status_code} from somebody else")
        try:
            return shape.parse_json(response.content)
        except MessageError as error:
            raise CentralUnreachable("an answer of an unknown shape") from error

    def tell(
        self, method: str, path: str, *, body: WireModel | None, token: str | None = None
    ) -> None:
        """One exchange that is answered 204. Raises :class:`CentralError`."""
        response = self._send(method, path, body, None, token)
        if response.status_code != _NO_CONTENT:
            raise CentralUnreachable(f"status {response.status_code} from somebody else")

    def _send(
        self,
        method: str,
        path: str,
        body: WireModel | None,
        parameters: dict[str, str] | None,
        token: str | None,
        *,
        accept: str = "application/json",
    ) -> requests.Response:
        headers = {"Accept": accept}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = body.json()
        try:
            response = self._session.request(
                method,
                self._url + path,
                headers=headers,
                data=data,
                params=parameters,
                timeout=self._timeouts,
                # A portal's redirect is not an answer of the central API.
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise CentralUnreachable(type(error).__name__) from error
        except OSError as error:
            # What requests raises bare for a file of authorities that is not there.
            raise CentralUnreachable("the certificates of its authorities are not there") from error
        if response.status_code // 100 == 2:
            return response
        if _media_type(response) == "application/problem+json":
            problem = _problem(response)
            code = problem.pop("code", "")
            raise CentralRefused(
                response.status_code, code if isinstance(code, str) else "", problem
            )
        raise CentralUnreachable(f"status {response.status_code} from somebody else")


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _problem(response: requests.Response) -> dict[str, Any]:
    try:
        problem = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}
