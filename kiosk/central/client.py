"""Asking the central API during a visit. Nothing here may make anybody wait for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import requests
from pydantic import BaseModel, ValidationError

from kiosk.central.wire import Challenge, EmployerSearch, ReceiptKeys, Session, SignIn
from offline_queue.wire import Enrolment, EnrolmentRequest, ServerClock

M = TypeVar("M", bound=BaseModel)


class CentralError(Exception):
    """The central API could not be asked."""


class CentralUnreachable(CentralError):
    """No connection, no answer in time, or somebody else answered."""


class CentralRefused(CentralError):
    """It answered no. ``status`` is the HTTP status, ``code`` its machine-readable reason."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"the central API answered {status} {code}".rstrip())
        self.status = status
        self.code = code


class CentralClient:
    """Blocking calls with bounded time-outs; each thread may use it, one call after another."""

    def __init__(
        self,
        url: str,
        *,
        timeouts: tuple[float, float] = (3.0, 10.0),
        session: Callable[[], requests.Session] = requests.Session,
    ) -> None:
        self._url = url.rstrip("/")
        self._timeouts = timeouts
        self._session = session()

    def health(self) -> ServerClock:
        """Whether the central API is there, and its clock."""
        return self._call("GET", "/v1/health", ServerClock)

    def enrol(self, kiosk: str, request: EnrolmentRequest) -> Enrolment:
        """Introduce this terminal's device key."""
        return self._call("POST", f"/v1/kiosks/{kiosk}/enrolment", Enrolment, body=request)

    def challenge(self) -> Challenge:
        """Random bytes for the card to sign."""
        return self._call("POST", "/v1/challenges", Challenge)

    def sign_in(self, assertion: str) -> Session:
        """Exchange the card's assertion for a token."""
        return self._call("POST", "/v1/sessions", Session, body=SignIn(assertion=assertion))

    def search_employers(self, token: str, query: str) -> EmployerSearch:
        """Establishments by CR number or by part of a name."""
        return self._call(
            "GET", "/v1/employers", EmployerSearch, parameters={"q": query}, token=token
        )

    def receipt_keys(self) -> ReceiptKeys:
        """The public keys that receipts are signed with."""
        return self._call("GET", "/v1/receipt-keys", ReceiptKeys)

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def _call(
        self,
        method: str,
        path: str,
        shape: type[M],
        *,
        body: BaseModel | None = None,
        parameters: dict[str, str] | None = None,
        token: str | None = None,
    ) -> M:
        headers = {"Accept": "application/json"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = body.model_dump_json().encode()
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
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if response.status_code // 100 == 2 and kind == "application/json":
            try:
                return shape.model_validate_json(response.content)
            except ValidationError as error:
                raise CentralUnreachable("an answer of an unknown shape") from error
        if kind == "application/problem+json":
            raise CentralRefused(response.status_code, _problem_code(response))
        raise CentralUnreachable(f"status {response.status_code} from somebody else")


def _problem_code(response: requests.Response) -> str:
    try:
        problem = response.json()
    except requests.JSONDecodeError:
        return ""
    code = problem.get("code", "") if isinstance(problem, dict) else ""
    return code if isinstance(code, str) else ""
