"""Finding a transaction by what its terminal calls it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend_stub.ground.tables import Transaction


def find_transaction(
    session: Session, kiosk: str, tx_id: str, *, lock: bool = False
) -> Transaction | None:
    """The terminal's own transaction of this number, if it is here."""
    query = select(Transaction).where(Transaction.kiosk == kiosk, Transaction.tx_id == tx_id)
    return session.scalar(query.with_for_update() if lock else query)
