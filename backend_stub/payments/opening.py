"""Opening payment: from what an installation decides to a desk that can work."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec
import structlog

from backend_stub.ground.database import Database
from backend_stub.ground.keys import read_secret_file
from backend_stub.ground.problems import place_of
from backend_stub.ground.settings import GatewayAccess
from backend_stub.payments.callbacks import secret_from
from backend_stub.payments.desk import PaymentDesk
from backend_stub.payments.gateway_client import HttpGateway
from backend_stub.payments.links import Links
from backend_stub.payments.notices import TextMessages
from backend_stub.payments.process import Payments
from backend_stub.payments.store import EffectsOf, SqlStore

log = structlog.get_logger()


class PaymentUnavailable(Exception):
    """Payment cannot be offered; the message is one sentence for the person at the console."""


def read_access(url: str, keys: Path) -> GatewayAccess:
    """The gateway's address, and what it shares with us from a file that nobody else may read.

    Raises :class:`PaymentUnavailable` and :class:`~backend_stub.ground.keys.KeysUnavailable`.
    """
    try:
        content = msgspec.json.decode(read_secret_file(keys), type=_Keys)
    except (msgspec.DecodeError, UnicodeDecodeError):
        # Not chained: the parser's message may quote the file.
        raise PaymentUnavailable(f"The file {keys} does not hold a gateway's keys.") from None
    return GatewayAccess(url.rstrip("/"), content.merchant_key, content.callback_secret)


class _Keys(msgspec.Struct, frozen=True):
    merchant_key: str
    callback_secret: str


def open_payments(
    access: GatewayAccess,
    *,
    database: Database,
    effects_of: EffectsOf,
    public_url: str,
    link_secret: bytes,
    clock: Callable[[], datetime],
) -> PaymentDesk:
    """Put payment together. Raises :class:`PaymentUnavailable`."""
    try:
        secret = secret_from(access.callback_secret)
    except ValueError as error:
        raise PaymentUnavailable(
            "The gateway's callback secret is not at least 128 bits in hexadecimal."
        ) from error
    links = Links(public_url, link_secret)
    store = SqlStore(database, effects_of, TextMessages(links))
    gateway = HttpGateway(
        access.url, access.merchant_key, access.expire_in_minutes, return_url=public_url
    )
    process = Payments(store, gateway, clock, _new_reference, failed=_note)
    return PaymentDesk(process, store, gateway, links, secret)


def _new_reference() -> str:
    """80 random bits in 16 letters and digits: short enough to be read over the telephone."""
    return base64.b32encode(secrets.token_bytes(10)).decode("ascii")


def _note(error: Exception) -> None:
    log.error("central.payments_failed", error=type(error).__name__, where=place_of(error))
