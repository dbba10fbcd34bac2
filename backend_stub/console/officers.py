"""Who an officer is: account, office, role, and the two things that prove it."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend_stub.console.tables import OfficerRow, OfficerSessionRow
from backend_stub.ground.keys import ServerKeys
from offline_queue.sealing import open_sealed, seal

HASHER: Final = PasswordHasher()
"""Argon2id with the library's present parameters (RFC 9106, clause 4)."""
LEAST_PASSWORD: Final = 12
"""Characters, beside the code of the telephone (NIST SP 800-63B, 3.1.1.2)."""
MOST_PASSWORD: Final = 256
_ACCOUNT: Final = re.compile(r"[a-z][a-z0-9._-]{1,47}")
_ISSUER: Final = "Manfadh"
_BASE32: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SECRET_LETTERS: Final = 32
"""160 bits, the length of the HMAC's output (RFC 4226, clause 4, R6)."""


class Role(enum.StrEnum):
    """What an officer is for."""

    OFFICER = "officer"
    """Reads and moves the cases of the own office."""
    SUPERVISOR = "supervisor"
    """Besides reads the cases of other offices, and the audit."""


class OfficerRefused(Exception):
    """An officer is not added or removed; the message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as everything but sign-in knows one."""

    id: str
    name: str = field(repr=False)
    office: str
    role: Role

    @property
    def supervises(self) -> bool:
        """Whether other offices' cases and the audit may be read."""
        return self.role is Role.SUPERVISOR


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOfficer:
    """An officer to be added."""

    id: str
    name: str = field(repr=False)
    office: str
    role: Role
    password: str = field(repr=False)


def add_officer(
    session: Session,
    keys: ServerKeys,
    new: NewOfficer,
    at: datetime,
    random_bytes: Callable[[int], bytes],
) -> str:
    """Add an officer; the TOTP provisioning URI, which nobody can ask for again.

    An account that was removed may be added again, with another secret. Raises
    :class:`OfficerRefused`.
    """
    if not _ACCOUNT.fullmatch(new.id):
        raise OfficerRefused("An account's name is 2 to 48 of a-z, 0-9, dot, hyphen, underscore.")
    if not 1 <= len(new.name.strip()) <= OfficerRow.name.type.length:
        raise OfficerRefused("An officer has a name of at most 120 letters.")
    if not LEAST_PASSWORD <= len(new.password) <= MOST_PASSWORD:
        raise OfficerRefused(f"A password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters.")
    row = session.get(OfficerRow, new.id, with_for_update=True)
    if row is not None and row.removed_at is None:
        raise OfficerRefused(f"There is an officer {new.id} already.")
    secret = "".join(_BASE32[byte % 32] for byte in random_bytes(_SECRET_LETTERS))
    values = {
        "name": new.name.strip(),
        "office": new.office,
        "role": new.role.value,
        "password_hash": HASHER.hash(new.password),
        "totp_sealed": seal(keys.sealing_public_key, secret.encode("ascii"), _place(new.id)),
        "totp_key_id": keys.sealing_key_id,
        "totp_used": None,
        "failed_tries": 0,
        "locked_until": None,
        "added_at": at,
        "removed_at": None,
    }
    if row is None:
        session.add(OfficerRow(id=new.id, **values))
    else:
        for name, value in values.items():
            setattr(row, name, value)
    return pyotp.TOTP(secret).provisioning_uri(name=new.id, issuer_name=_ISSUER)


def remove_officer(session: Session, account: str, at: datetime) -> None:
    """Take an officer's way in, at once. Raises :class:`OfficerRefused`."""
    row = session.get(OfficerRow, account, with_for_update=True)
    if row is None or row.removed_at is not None:
        raise OfficerRefused(f"There is no officer {account}.")
    row.removed_at = at
    session.execute(delete(OfficerSessionRow).where(OfficerSessionRow.officer == account))


def list_officers(session: Session) -> list[Officer]:
    """All who may sign in, by account."""
    rows = session.scalars(
        select(OfficerRow).where(OfficerRow.removed_at.is_(None)).order_by(OfficerRow.id)
    )
    return [officer_of(row) for row in rows]


def officer_of(row: OfficerRow) -> Officer:
    """The officer of a row."""
    return Officer(row.id, row.name, row.office, Role(row.role))


def totp_of(keys: ServerKeys, row: OfficerRow) -> pyotp.TOTP | None:
    """The officer's codes; ``None`` when the key that opens the secret is not here.

    Raises :class:`offline_queue.sealing.SealBroken` for a secret that is another account's.
    """
    private = keys.sealing_private_key(row.totp_key_id)
    if private is None:
        return None
    return pyotp.TOTP(open_sealed(private, row.totp_sealed, _place(row.id)).decode("ascii"))


def _place(account: str) -> bytes:
    return f"officer totp|{account}".encode("ascii")
