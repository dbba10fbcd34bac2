"""Terminals: enrolment, how far their chains are held, their receipt keys."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import structlog
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from backend_stub.ground.central import Central
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.tables import Kiosk, KioskEpoch
from kiosk.contract.visits import ReceiptKey
from offline_queue.chain import sign_head
from offline_queue.wire import HeadStatement, SignedHead

_C: Final = KioskEpoch.__table__.c
# Made once: it is asked twice for each batch.
_DEVICE_KEYS: Final = select(_C.epoch, _C.device_key, _C.revoked_at, _C.frozen_at).where(
    _C.kiosk == bindparam("terminal"), _C.epoch.in_(bindparam("epochs", expanding=True))
)

log = structlog.get_logger()


@lru_cache(maxsize=4096)
def parse_device_key(pem: str) -> ec.EllipticCurvePublicKey:
    """A P-256 public key from PEM. Raises :class:`ProblemError` ``device-key-invalid``.

    What was parsed is kept: a terminal's key is needed for each of its requests. Whether it may
    still send is no part of the key, and is read each time.
    """
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except ValueError as error:
        raise ProblemError("device-key-invalid") from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ProblemError("device-key-invalid")
    return key


def current_head(central: Central, kiosk: str, epoch: int | None) -> SignedHead:
    """How far a terminal's chain is held, countersigned; of its current epoch unless told.

    Raises :class:`ProblemError`: ``kiosk-not-enrolled``, ``epoch-unknown``.
    """
    with central.database.read() as session:
        return signed_head(central, find_epoch(session, kiosk, epoch))


def find_epoch(
    session: Session, kiosk: str, epoch: int | None, *, lock: bool = False
) -> KioskEpoch:
    """The row of a terminal's epoch. Raises as :func:`current_head`."""
    # The terminal's row is the lock for all of its epochs.
    known = session.get(Kiosk, kiosk, with_for_update=lock)
    if known is None:
        raise ProblemError("kiosk-not-enrolled")
    row = session.get(KioskEpoch, (kiosk, known.epoch if epoch is None else epoch))
    if row is None:
        raise ProblemError("epoch-unknown")
    return row


@dataclass(frozen=True, slots=True)
class DeviceKey:
    """The key of one of a terminal's epochs, and whether it may still send."""

    public_key: ec.EllipticCurvePublicKey
    revoked: bool
    frozen: bool

    def must_be_usable(self) -> None:
        """Raise :class:`ProblemError` ``epoch-revoked`` or ``epoch-frozen`` unless it is."""
        refuse_closed(revoked=self.revoked, frozen=self.frozen)


def refuse_closed(*, revoked: bool, frozen: bool) -> None:
    """Raise :class:`ProblemError` ``epoch-revoked`` or ``epoch-frozen`` for an epoch that is."""
    if revoked:
        raise ProblemError("epoch-revoked")
    if frozen:
        raise ProblemError("epoch-frozen")


def device_keys(
    session: Session, kiosk: str, epoch: int, others: Collection[int] = ()
) -> dict[int, DeviceKey]:
    """A terminal's keys by epoch, all in one reading: that of ``epoch``, and ``others`` it has.

    Raises :class:`ProblemError`: ``kiosk-not-enrolled``, ``epoch-unknown`` when ``epoch`` is.
    """
    rows = session.connection().execute(
        _DEVICE_KEYS, {"terminal": kiosk, "epochs": list({epoch, *others})}
    )
    found = {
        number: DeviceKey(parse_device_key(pem), revoked is not None, frozen is not None)
        for number, pem, revoked, frozen in rows
    }
    if epoch not in found:
        find_epoch(session, kiosk, epoch)  # says what is missing
    return found


def is_usable(epoch: KioskEpoch) -> bool:
    """Whether the key of an epoch may still send."""
    return epoch.revoked_at is None and epoch.frozen_at is None


def revoke_epoch(central: Central, kiosk: str, epoch: int) -> None:
    """Take a device key out of use: stolen, or the terminal is no more. Receipts stay readable.

    What the terminal still holds can come with a later epoch, as stranded items. Raises
    :class:`ProblemError`: ``kiosk-not-enrolled``, ``epoch-unknown``.
    """
    with central.database.write() as session:
        row = find_epoch(session, kiosk, epoch, lock=True)
        if row.revoked_at is None:
            row.revoked_at = central.clock()
            log.warning("central.epoch_revoked", kiosk=kiosk, epoch=epoch)


def signed_head(central: Central, row: KioskEpoch) -> SignedHead:
    """Countersign what a row says."""
    statement = HeadStatement(
        kiosk=row.kiosk,
        epoch=row.epoch,
        ack_seq=row.ack_seq,
        head=row.head,
        backed_up_seq=row.backed_up_seq,
    )
    return sign_head(central.keys.head, statement)


def receipt_keys(central: Central) -> list[ReceiptKey]:
    """The device keys of all terminals and epochs: receipts are signed with them."""
    with central.database.read() as session:
        rows = session.scalars(select(KioskEpoch).order_by(KioskEpoch.kiosk, KioskEpoch.epoch))
        return [
            ReceiptKey(
                key_id=row.device_key_sha256[:16],
                kiosk=row.kiosk,
                public_key=row.device_key,
                revoked=row.revoked_at is not None,
            )
            for row in rows
        ]
