"""The central API over HTTPS: every way an exchange can end becomes an answer or a typed error.

Whoever answers is a stranger until the answer proves otherwise: hotel portals say 200 with a page,
proxies say 413 in their own words, lines break in the middle of a document.
"""

from __future__ import annotations

import datetime as dt
import email.utils
import gzip
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, NoReturn, TypeVar

import requests
import urllib3.exceptions

from offline_queue.bounded_http import (
    AnswerLimits,
    AnswerTooLong,
    AnswerTooSlow,
    BoundedSession,
    travel_s,
)
from offline_queue.chain import b64url
from offline_queue.ingest import (
    AttachmentRefused,
    BatchRefused,
    BatchReply,
    Busy,
    HeadReply,
    NoAnswer,
    Refused,
    ServerFault,
    Unreachable,
)
from offline_queue.signed_requests import RequestSigner
from offline_queue.wire import (
    TICKET_HEADER,
    AttachmentStatus,
    BatchAnswer,
    BatchRequest,
    Problem,
    SignedHead,
    SignedTicket,
)
from offline_queue.wire_model import MessageError, WireModel

ANSWER_MAX_BYTES: Final = 1024 * 1024
"""Longest answer that is read: fifty items need some twenty thousand bytes."""

_ATTACHMENT_REFUSED: Final = frozenset({400, 404, 405, 409, 411, 413, 415, 416, 422})
"""Answers about this attachment, or of a central API that takes none."""

_GZIP_LEVEL: Final = 1
"""Sealed bytes in base64 shrink by a quarter whatever the effort."""

Answer = TypeVar("Answer", bound=WireModel)


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait, in seconds: for a connection, any next byte, all of an exchange."""

    connect_s: float = 5.0
    silence_s: float = 30.0
    whole_s: float = 210.0


class HttpIngest:
    """``CentralIngest`` over one kept-alive HTTP session. Used by one thread at a time.

    Settings of the environment (proxies, ``.netrc``) are not used: where a terminal sends to is
    its configuration alone.
    """

    def __init__(
        self,
        base_url: str,
        *,
        signer: RequestSigner | None = None,
        ca_file: str | None = None,
        timeouts: Timeouts | None = None,
    ) -> None:
        """Prepare; no connection is made yet.

        ``base_url`` is scheme, host and perhaps a path; ``signer`` signs every request with the
        device key, without which the central API takes none; ``ca_file`` is a PEM bundle that
        replaces the public certificate authorities.
        """
        self._base = base_url.rstrip("/")
        self._timeouts = timeouts or Timeouts()
        self._session = BoundedSession(
            AnswerLimits(self._timeouts.whole_s, ANSWER_MAX_BYTES),
            ca_file=ca_file,
        )
        self._session.auth = signer
        self._session.headers["Accept"] = "application/json, application/problem+json"

    def close(self) -> None:
        """Close kept connections."""
        self._session.close()

    def post_batch(self, request: BatchRequest) -> BatchReply:
        """Hand over a batch: ``POST /v1/batches``, gzip (RFC 9110, clause 8.4.1.3).

        Raises ``TransportError``.
        """
        # mtime 0: the same batch is the same bytes.
        body = gzip.compress(request.json(), compresslevel=_GZIP_LEVEL, mtime=0)
        headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        response, content = self._exchange(
            lambda: self._session.post(
                f"{self._base}/v1/batches",
                data=body,
                headers=headers,
                timeout=self._patience(body),
                allow_redirects=False,
            )
        )
        return BatchReply(_parse(BatchAnswer, response, content), _date(response))

    def head(self, kiosk: str, epoch: int | None = None) -> HeadReply:
        """Ask how far the chain is held: ``GET /v1/kiosks/{kiosk}/head``, with ``?epoch=``.

        Under load the answer says in ``Retry-After`` when the first batch may come. Raises
        ``TransportError``.
        """
        response, content = self._exchange(
            lambda: self._session.get(
                f"{self._base}/v1/kiosks/{kiosk}/head",
                params={} if epoch is None else {"epoch": epoch},
                timeout=(self._timeouts.connect_s, self._timeouts.silence_s),
                allow_redirects=False,
            )
        )
        return HeadReply(_parse(SignedHead, response, content), _retry_after(response) or 0.0)

    def attachment_status(self, ticket: SignedTicket) -> AttachmentStatus:
        """Ask how much is there: ``GET /v1/attachments/{sha256}``. Raises ``TransportError``."""
        return self._attachment("GET", ticket, b"", {})

    def put_attachment(self, ticket: SignedTicket, first: int, data: bytes) -> AttachmentStatus:
        """Hand over a range: ``PUT /v1/attachments/{sha256}`` (RFC 9110, clause 14.5).

        Raises ``TransportError``.
        """
        span = f"bytes {first}-{first + len(data) - 1}/{ticket.ticket.size}"
        headers = {"Content-Type": "application/octet-stream", "Content-Range": span}
        return self._attachment("PUT", ticket, data, headers)

    def _attachment(
        self, method: str, ticket: SignedTicket, data: bytes, headers: dict[str, str]
    ) -> AttachmentStatus:
        proof = {TICKET_HEADER: b64url(ticket.json())}
        response, content = self._exchange(
            lambda: self._session.request(
                method,
                f"{self._base}/v1/attachments/{ticket.ticket.sha256}",
                data=data,
                headers=headers | proof,
                timeout=self._patience(data),
                allow_redirects=False,
            )
        )
        if response.status_code in _ATTACHMENT_REFUSED:
            raise AttachmentRefused(response.status_code, _problem(response, content))
        return _parse(AttachmentStatus, response, content)

    def _patience(self, body: bytes) -> tuple[float, float]:
        """Allow for the time that a body takes on a line of a thousand bits per second."""
        return self._timeouts.connect_s, self._timeouts.silence_s + travel_s(body)

    def _exchange(self, call: Callable[[], requests.Response]) -> tuple[requests.Response, bytes]:
        try:
            response = call()
            return response, response.content
        except (AnswerTooLong, AnswerTooSlow) as error:
            raise NoAnswer(str(error)) from error
        except requests.ConnectTimeout as error:
            raise Unreachable("no connection in time") from error
        except requests.exceptions.SSLError as error:
            if _is_certificate_trouble(error):
                raise Refused("tls") from error
            raise NoAnswer("the connection broke while it was being secured") from error
        except requests.ConnectionError as error:
            if any(isinstance(e, urllib3.exceptions.NewConnectionError) for e in _causes(error)):
                raise Unreachable("no connection") from error
            raise NoAnswer("the connection broke") from error
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            raise NoAnswer("no whole answer came") from error


def _parse(answer: type[Answer], response: requests.Response, content: bytes) -> Answer:
    if response.status_code != requests.codes.ok:
        _raise_for(response, content)
    if _media_type(response) != "application/json":
        raise NoAnswer("a stranger answered")
    try:
        return answer.parse_json(content)
    except MessageError as error:
        raise NoAnswer("the answer cannot be read") from error


def _raise_for(response: requests.Response, content: bytes) -> NoReturn:
    status = response.status_code
    match status:
        case 401 | 403:
            raise Refused(str(status), _problem(response, content))
        case 429 | 503:
            raise Busy(status, _retry_after(response))
        case 400 | 413:
            raise BatchRefused(status, _problem(response, content))
        case 422 if (problem := _problem(response, content)) is not None:
            raise BatchRefused(status, problem)
        case 409:
            raise ServerFault(status)
        case _ if status >= 500:
            raise ServerFault(status)
        case _:
            raise NoAnswer(f"a stranger answered {status}")


def _problem(response: requests.Response, content: bytes) -> Problem | None:
    """Read problem details (RFC 9457); ``None`` when they are not the central API's own."""
    if _media_type(response) != "application/problem+json":
        return None
    try:
        problem = Problem.parse_json(content)
    except MessageError:
        return None
    return problem if problem.code else None


def _media_type(response: requests.Response) -> str:
    return response.headers.get("Content-Type", "").partition(";")[0].strip().lower()


def _date(response: requests.Response) -> dt.datetime | None:
    return _http_date(response.headers.get("Date", ""))


def _http_date(text: str) -> dt.datetime | None:
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    # The first and the last year of the calendar leave no room to reckon with.
    if not dt.MINYEAR < moment.year < dt.MAXYEAR:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


def _retry_after(response: requests.Response) -> float | None:
    """Read ``Retry-After`` (RFC 9110, clause 10.2.3): seconds, or a date by the server's clock."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    until, server_now = _http_date(text), _date(response)
    if until is None or server_now is None:
        return None
    return max(0.0, (until - server_now).total_seconds())


def _is_certificate_trouble(error: BaseException) -> bool:
    """Tell a certificate or protocol that is wrong from a line that broke in the handshake."""
    broke = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)
    return not any(isinstance(cause, broke) for cause in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk what an error of requests wraps: causes, urllib3's reasons, arguments."""
    queue, seen = [error], set[int]()
    while queue:
        current = queue.pop()
        if id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        inner = (current.__cause__, current.__context__, getattr(current, "reason", None))
        queue += [e for e in (*inner, *current.args) if isinstance(e, BaseException)]
