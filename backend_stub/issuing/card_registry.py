"""The register of cards: which exist, whose they are, which of them may be used.

The state's cards come from the file ``cards.toml`` of the data directory, at the first start. A
card of another maker is added by the office, which has seen its holder: it needs no one-time code.
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import StringConstraints
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend_stub.ground.data_files import DataFileWrong, read_data_file
from backend_stub.ground.database import insert_into
from backend_stub.ground.keys import ServerKeys
from backend_stub.ground.problems import ProblemError
from backend_stub.ground.types import CardSerial, CivilNumber, ServerModel
from backend_stub.issuing.makers_secrets import register_puk
from backend_stub.issuing.management_keys import KeyType, is_guid, seal_key
from backend_stub.issuing.tables import (
    Card,
    CardActivation,
    CardApproval,
    CardCertificate,
    CardState,
)
from kiosk.services.oman_time import MUSCAT

HolderName = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class CardRefused(Exception):
    """The office cannot do this with the card; the message is one sentence."""


class _Row(ServerModel):
    serial: CardSerial
    civil_number: CivilNumber
    holder_name: HolderName
    expires_on: date
    management: Literal["derived"]
    state: Literal[CardState.REGISTERED, CardState.ACTIVATED, CardState.REVOKED]


class _Cards(ServerModel):
    cards: list[_Row]


def seed_cards(session: Session, directory: Path, now: datetime) -> None:
    """Add the cards of the data file that are not here yet. Raises :class:`DataFileWrong`."""
    rows = read_data_file(directory / "cards.toml", _Cards).cards
    for number, row in enumerate(rows):
        if not is_guid(row.serial):
            raise DataFileWrong(f"cards.toml: cards.{number}.serial: not the GUID of a card")
    values = [
        {
            "serial": row.serial,
            "civil_number": row.civil_number,
            "holder_name": row.holder_name,
            "expires_on": row.expires_on,
            "state": row.state.value,
            "approved_by_office": False,
            "management_algorithm": KeyType.AES_256.identifier,
            "registered_at": now,
            "revoked_at": now if row.state is CardState.REVOKED else None,
        }
        for row in rows
    ]
    session.execute(insert_into(session, Card).on_conflict_do_nothing(), values)


def add_card(
    session: Session,
    keys: ServerKeys,
    *,
    serial: str,
    civil_number: str,
    kind: KeyType,
    management_key: bytes,
    puk: bytes | None = None,
    now: datetime,
) -> None:
    """Register a card of another maker, approved: the office has seen who will hold it.

    Its certificates name the holder as the holder's other card does, or by the civil number. The
    same card and holder again replaces the management key, and the PUK with which it comes
    (``None``: its maker's, or what was said before). Raises :class:`CardRefused` when the
    card is another person's, was activated or is revoked, ``ValueError`` for a key or PUK of
    another length.
    """
    sealed, key_id = seal_key(keys, serial, kind, management_key)
    card = session.get(Card, serial, with_for_update=True)
    if card is None:
        name = session.scalar(
            select(Card.holder_name)
            .where(Card.civil_number == civil_number)
            .order_by(Card.registered_at.desc(), Card.serial)
            .limit(1)
        )
        card = Card(
            serial=serial,
            civil_number=civil_number,
            holder_name=name or civil_number,
            state=CardState.APPROVED,
            registered_at=now,
        )
        session.add(card)
    elif card.civil_number != civil_number:
        raise CardRefused("The card is registered for another person.")
    elif card.state == CardState.ACTIVATED:
        raise CardRefused("The card is active; its certificates have to be revoked first.")
    elif card.state == CardState.REVOKED:
        raise CardRefused("The card is revoked.")
    card.state = CardState.APPROVED
    card.approved_by_office = True
    card.management_algorithm = kind.identifier
    card.management_key, card.management_key_id = sealed, key_id
    session.flush()
    if puk is not None:
        register_puk(session, keys, serial, puk)


def revoke_card(session: Session, serial: str, now: datetime, *, activate_again: bool) -> int:
    """Revoke the certificates of a card, and the card too unless it is to be activated again.

    Returns how many certificates were revoked. The keys they were for get no other: a card that is
    activated again makes new ones. Raises :class:`CardRefused` for a card that is not registered.
    """
    card = session.get(Card, serial, with_for_update=True)
    if card is None:
        raise CardRefused("No card with this serial number is registered.")
    certificates = list(
        session.scalars(
            select(CardCertificate).where(
                CardCertificate.card == serial, CardCertificate.revoked_at.is_(None)
            )
        )
    )
    for certificate in certificates:
        certificate.revoked_at = now
    session.execute(delete(CardApproval).where(CardApproval.card == serial))
    session.execute(
        update(CardActivation)
        .where(CardActivation.card == serial)
        .values(manager_challenge=None, authentic_until=None)
    )
    card.activated_at = None
    if activate_again:
        card.state = CardState.APPROVED if card.approved_by_office else CardState.REGISTERED
    else:
        card.state, card.revoked_at = CardState.REVOKED, now
    return len(certificates)


def usable_card(session: Session, serial: str, now: datetime) -> Card:
    """A registered card, its row locked until the transaction ends.

    Raises :class:`ProblemError` ``unknown-card`` or, when it is revoked or has expired,
    ``not-eligible``.
    """
    card = session.get(Card, serial, with_for_update=True)
    if card is None:
        raise ProblemError("unknown-card")
    today = now.astimezone(MUSCAT).date()
    if card.state == CardState.REVOKED or (card.expires_on is not None and card.expires_on < today):
        raise ProblemError("not-eligible")
    return card
