"""What the payments desk does at the console: compare, look at one order, list what is unknown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from backend_stub.ground.central import CentralUnavailable
from backend_stub.ground.database import Database, DatabaseUnavailable
from backend_stub.ground.settings import GatewayAccess
from backend_stub.opening import nothing_to_buy
from backend_stub.payments.book import AttemptView
from backend_stub.payments.gateway_client import HttpGateway
from backend_stub.payments.ports import UnknownOrder
from backend_stub.payments.process import Payments
from backend_stub.payments.reconciliation import Difference, reconcile
from backend_stub.payments.states import State
from backend_stub.payments.store import SqlStore
from backend_stub.payments.words import Silent

_LOOKS_BACK: Final = timedelta(days=365)


class OrderUnknown(Exception):
    """No order and no attempt has this name."""


@dataclass(frozen=True, slots=True)
class UnknownAttempt:
    """An attempt that nobody can say the end of."""

    order: str
    case: str
    view: AttemptView


def compare_now(database_url: str, access: GatewayAccess) -> list[Difference]:
    """Take in the gateway's statement and compare. Raises :class:`CentralUnavailable`."""
    with _store(database_url) as store:
        gateway = HttpGateway(access.url, access.merchant_key)
        process = Payments(store, gateway, _now, _no_new_attempts)
        try:
            return reconcile(process, store, gateway, _now())
        except Silent:
            raise CentralUnavailable("The gateway gives no statement now.") from None


def list_unknown(database_url: str) -> list[UnknownAttempt]:
    """Attempts whose outcome is unknown, oldest first. Raises :class:`CentralUnavailable`."""
    with _store(database_url) as store:
        books = [store.read(order) for order in store.all_orders(_now() - _LOOKS_BACK)]
    return [
        UnknownAttempt(book.order.id, book.order.case, view)
        for book in books
        for view in book.attempts.values()
        if view.state is State.UNKNOWN
    ]


def show_order(database_url: str, name: str) -> dict[str, Any]:
    """Everything recorded of an order, named by itself or by one of its attempts.

    Raises :class:`OrderUnknown` and :class:`CentralUnavailable`.
    """
    with _store(database_url) as store:
        try:
            book = store.read(name)
        except UnknownOrder:
            try:
                book = store.read(store.order_of(name))
            except UnknownOrder:
                raise OrderUnknown(f"no order and no attempt {name} is here") from None
    order = asdict(book.order)
    # The telephone is the payer's own; whoever needs it finds it in the case.
    del order["mobile"]
    return {
        "order": order,
        "total_baisa": book.order.total,
        "attempts": {name: str(view.state) for name, view in book.attempts.items()},
        "records": [{"kind": type(each).__name__, **asdict(each)} for each in book.records],
    }


@contextmanager
def _store(database_url: str) -> Iterator[SqlStore]:
    try:
        database = Database(database_url)
    except DatabaseUnavailable as error:
        raise CentralUnavailable(str(error)) from error
    try:
        yield SqlStore(database, nothing_to_buy)
    finally:
        database.close()


def _now() -> datetime:
    return datetime.now(UTC)


def _no_new_attempts() -> str:
    raise AssertionError("the console begins no payment")
