"""Requests that the terminal's device key signs: HTTP Message Signatures (RFC 9421).

Every item of a batch is signed already; this signature says that the terminal itself sends it, now,
and that nobody on the way changed method, address or body. The profile is narrow on purpose: one
signature with the label ``kiosk``, ``ecdsa-p256-sha256`` (RFC 9421, clause 3.3.4), over method,
path, query and ``Content-Digest`` (RFC 9530, of the bytes as they travel, an empty body too), with
``created`` and ``keyid`` = ``KIOSK/EPOCH``. Both sides of it are here.

A terminal's clock may be wrong by years. The central API refuses a signature that is not of the
last minutes with its own time in ``CLOCK_HEADER``; the signer notes the difference and sends the
same request once more. The difference is dropped when it no longer helps: the clock may have been
set right since.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from cryptography.hazmat.primitives.asymmetric import ec
from requests.auth import AuthBase

from offline_queue.chain import b64url, b64url_decode, sign_by_device, verify_signature
from offline_queue.wire_model import EPOCH_MAX

CLOCK_HEADER: Final = "Manfadh-Clock"
"""Answer header with the central API's time: whole seconds since 1970, UTC."""

DIGEST_HEADER: Final = "Content-Digest"
INPUT_HEADER: Final = "Signature-Input"
SIGNATURE_HEADER: Final = "Signature"

_LABEL: Final = "kiosk"
_COVERED: Final = '("@method" "@path" "@query" "content-digest")'
_INPUT: Final = re.compile(
    rf"{_LABEL}=(?P<parameters>{re.escape(_COVERED)}"
    r";created=(?P<created>[0-9]{1,15})"
    r';keyid="(?P<kiosk>[A-Z0-9][A-Z0-9-]{2,31})/(?P<epoch>[1-9][0-9]{0,9})"'
    r';alg="ecdsa-p256-sha256")',
    re.ASCII,
)
_SIGNATURE: Final = re.compile(rf"{_LABEL}=:([A-Za-z0-9+/]{{86}}==):", re.ASCII)
_UNAUTHORIZED: Final = 401


class RequestNotSigned(Exception):
    """The request bears no signature of this profile, or not all that it needs."""


@dataclass(frozen=True, slots=True)
class RequestSignature:
    """A request's signature as it came, not yet checked against any key."""

    kiosk: str
    epoch: int
    created: int
    """Seconds since 1970, by the signer."""
    message: bytes
    """The signature base (RFC 9421, clause 2.5)."""
    signature: str
    """64 bytes, r then s, as base64url."""

    def verify(self, public_key: ec.EllipticCurvePublicKey) -> None:
        """Check it. Raises ``ChainBroken`` when this key did not make it."""
        verify_signature(public_key, self.message, self.signature)


class RequestSigner(AuthBase):
    """Signs requests with the device key: an authentication for :mod:`requests`."""

    def __init__(
        self,
        kiosk: str,
        epoch: int,
        device_key: ec.EllipticCurvePrivateKey,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        """Sign for ``kiosk`` with the P-256 key of ``epoch``."""
        self._key_name = f"{kiosk}/{epoch}"
        self._device_key = device_key
        self._now = now
        self._skew = 0

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign a request that is about to be sent; its body is bytes, text or nothing."""
        self._sign(request)
        request.register_hook("response", self._once_more)  # type: ignore[no-untyped-call] # requests leaves it so
        return request

    def headers(self, method: str, target: str, body: bytes) -> dict[str, str]:
        """The headers that sign one request; ``target`` is its path and query."""
        # Never negative: the profile has no sign, and its refusal would not tell the time.
        created = max(0, int(self._now().timestamp()) + self._skew)
        parameters = (
            f'{_COVERED};created={created};keyid="{self._key_name}";alg="ecdsa-p256-sha256"'
        )
        digest = content_digest(body)
        message = _signature_base(method, target, digest, parameters)
        raw = b64url_decode(sign_by_device(self._device_key, message))
        return {
            DIGEST_HEADER: digest,
            INPUT_HEADER: f"{_LABEL}={parameters}",
            SIGNATURE_HEADER: f"{_LABEL}=:{base64.b64encode(raw).decode()}:",
        }

    def _sign(self, request: requests.PreparedRequest) -> None:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else body
        if not isinstance(content, bytes):
            raise TypeError("a signed request has its whole body from the start")
        request.headers.update(self.headers(request.method or "", request.path_url, content))

    def _once_more(self, response: requests.Response, **how: Any) -> requests.Response:
        told = response.headers.get(CLOCK_HEADER, "")
        if response.status_code != _UNAUTHORIZED:
            return response
        if re.fullmatch(r"[0-9]{1,11}", told) is not None:
            self._skew = int(told) - int(self._now().timestamp())
        elif self._skew:
            self._skew = 0
        else:
            return response
        response.close()
        again = response.request.copy()
        self._sign(again)
        # Past the session, which calls this hook: there is no third try.
        answer: requests.Response = response.connection.send(again, **how)
        answer.history.append(response)
        answer.request = again
        return answer


def content_digest(body: bytes) -> str:
    """The ``Content-Digest`` of a body as it travels (RFC 9530, clause 2)."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def read_signature(
    method: str, target: str, headers: Mapping[str, str], digest: str
) -> RequestSignature:
    """Read a request's signature; ``digest`` is the ``content_digest`` of the body that came.

    Raises ``RequestNotSigned``.
    """
    found = _INPUT.fullmatch(headers.get(INPUT_HEADER, ""))
    signature = _SIGNATURE.fullmatch(headers.get(SIGNATURE_HEADER, ""))
    if found is None or signature is None or int(found["epoch"]) > EPOCH_MAX:
        raise RequestNotSigned("no signature of this profile")
    if headers.get(DIGEST_HEADER, "") != digest:
        raise RequestNotSigned("the digest is of another body")
    try:
        raw = base64.b64decode(signature[1], validate=True)
    except binascii.Error as error:
        raise RequestNotSigned("the signature is not base64") from error
    return RequestSignature(
        kiosk=found["kiosk"],
        epoch=int(found["epoch"]),
        created=int(found["created"]),
        message=_signature_base(method, target, digest, found["parameters"]),
        signature=b64url(raw),
    )


def _signature_base(method: str, target: str, digest: str, parameters: str) -> bytes:
    """What is signed (RFC 9421, clause 2.5); a missing query is ``?`` (clause 2.2.7)."""
    parts = urlsplit(target)
    lines = (
        f'"@method": {method}',
        f'"@path": {parts.path or "/"}',
        f'"@query": ?{parts.query}',
        f'"content-digest": {digest}',
        f'"@signature-params": {parameters}',
    )
    return "\n".join(lines).encode()
