"""Schemathesis' requests in a terminal's name, signed as they leave: loaded by schemathesis.

The key is in ``device-key.pem`` of the working directory. Only requests that bear the placeholder
are signed, so that schemathesis can still try what happens to the others.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import schemathesis
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.signed_requests import SIGNATURE_HEADER, RequestSigner

PLACEHOLDER = "to-be-signed"
NOW = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)
"""Where the fuzzed central API's clock stands."""


def _signer() -> RequestSigner:
    key = serialization.load_pem_private_key(Path("device-key.pem").read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return RequestSigner("MCT-0001", 1, key, lambda: NOW)


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    if (case.headers or {}).get(SIGNATURE_HEADER) == PLACEHOLDER:
        kwargs["auth"] = _signer()
