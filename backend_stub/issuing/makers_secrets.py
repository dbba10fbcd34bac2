"""What a card has from its maker, and what takes its place before the card is active.

A card that the office has registered comes with its maker's PUK unless the office said another, and
perhaps with a well-known management key. The new values are made here, are the same in every
attempt, and stay sealed beside the management keys: what becomes of a PUK that its holder never
sees is the issuer's decision. See :class:`cardreader.authority.CardAuthority`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from sqlalchemy.orm import Session

from backend_stub.ground.central import RandomBytes
from backend_stub.ground.keys import ServerKeys
from backend_stub.issuing.management_keys import ManagementKey, ManagementKeys, seal_key
from backend_stub.issuing.tables import Card, CardSecret
from kiosk.contract.issuing import CardSecretName
from offline_queue.sealing import seal

MAKERS_PUK: Final = b"12345678"
"""With which makers of general PIV cards deliver them."""
PUK_BYTES: Final = 8

_Kind = Literal["registered-puk", "puk", "management-key"]


def replaced_secrets(
    session: Session, card: Card, key: ManagementKey
) -> tuple[list[CardSecretName], list[CardSecretName]]:
    """What the card has to lose, and for which of that the new value was handed out before.

    The state's own cards were given theirs when they were made.
    """
    if card.management_key is None:
        return [], []
    puk, new_key = _row(session, card, "puk"), _row(session, card, "management-key")
    replaces: list[CardSecretName] = []
    handed_out: list[CardSecretName] = []
    if puk is None or puk.in_use_at is None:
        replaces.append("puk")
        handed_out += ["puk"] if puk is not None else []
    if key.is_well_known:
        replaces.append("management-key")
        handed_out += ["management-key"] if new_key is not None else []
    return replaces, handed_out


def new_management_key(
    session: Session, server: ServerKeys, keys: ManagementKeys, card: Card, random: RandomBytes
) -> bytes:
    """The key that takes the place of a well-known one; made at the first call."""
    row = _row(session, card, "management-key")
    kind = keys.of(card).kind
    if row is None:
        value = random(kind.length)
        sealed, key_id = seal_key(server, card.serial, kind, value)
        session.add(
            CardSecret(card=card.serial, kind="management-key", sealed=sealed, key_id=key_id)
        )
        return value
    return keys.sealed(card, row.sealed, row.key_id).value


def renewed_key(session: Session, keys: ManagementKeys, card: Card) -> ManagementKey | None:
    """The new management key while nobody knows whether the card has it."""
    row = _row(session, card, "management-key")
    return None if row is None else keys.sealed(card, row.sealed, row.key_id)


def keep_renewed_key(session: Session, card: Card) -> None:
    """The card has answered with its new management key: that is its key from now on."""
    row = _row(session, card, "management-key")
    if row is not None:
        card.management_key, card.management_key_id = row.sealed, row.key_id
        session.delete(row)


def new_puk(
    session: Session, server: ServerKeys, keys: ManagementKeys, card: Card, random: RandomBytes
) -> tuple[bytes, bytes]:
    """The PUK that the card is registered with, and the new one; made at the first call."""
    registered, row = _row(session, card, "registered-puk"), _row(session, card, "puk")
    present = MAKERS_PUK if registered is None else _opened_puk(keys, registered)
    if row is not None:
        return present, _opened_puk(keys, row)
    new = present
    while new in (present, MAKERS_PUK):
        # Digits: the only form that all cards and key pads take (SP 800-73-5 part 1, 2.4.3).
        new = b"%08d" % (int.from_bytes(random(8), "big") % 10**PUK_BYTES)
    session.add(_sealed_puk(server, card.serial, "puk", new))
    return present, new


def keep_new_puk(session: Session, card: Card, now: datetime) -> None:
    """The card has its new PUK."""
    row = _row(session, card, "puk")
    if row is not None:
        row.in_use_at = row.in_use_at or now


def register_puk(session: Session, server: ServerKeys, serial: str, puk: bytes) -> None:
    """The office knows with which PUK a card comes. Raises ``ValueError`` unless it has 8 bytes."""
    if len(puk) != PUK_BYTES:
        raise ValueError(f"a PUK has {PUK_BYTES} bytes")
    session.merge(_sealed_puk(server, serial, "registered-puk", puk))
    replaced = session.get(CardSecret, (serial, "puk"))
    if replaced is not None:
        replaced.in_use_at = None


def _row(session: Session, card: Card, kind: _Kind) -> CardSecret | None:
    return session.get(CardSecret, (card.serial, kind))


def _sealed_puk(server: ServerKeys, serial: str, kind: _Kind, puk: bytes) -> CardSecret:
    sealed = seal(server.sealing_public_key, puk, _place(serial, kind))
    return CardSecret(card=serial, kind=kind, sealed=sealed, key_id=server.sealing_key_id)


def _opened_puk(keys: ManagementKeys, row: CardSecret) -> bytes:
    return keys.open(row.sealed, row.key_id, _place(row.card, row.kind))


def _place(serial: str, kind: str) -> bytes:
    return f"card secret|{serial}|{kind}".encode("ascii")
