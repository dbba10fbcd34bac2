"""What this central API revoked itself, for whoever checks a card's certificate here.

The office revokes from a process of its own, so the database is asked again every few seconds; it
is not asked for every signature.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from cryptography import x509
from sqlalchemy import select

from backend_stub.ground.database import Database
from backend_stub.issuing.tables import CardCertificate

_FRESH_S: Final = 2.0


@dataclass(slots=True)
class OwnRevocations:
    """The certificates that were issued and revoked here; may be used by several threads."""

    issuer: x509.Name
    """The issuing CA."""
    database: Database
    monotonic: Callable[[], float] = time.monotonic
    _known: Mapping[int, datetime] = field(default_factory=dict, repr=False)
    _read_at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def revoked_at(self, certificate: x509.Certificate) -> datetime | None:
        """When a certificate was revoked, as of two seconds ago; ``None``: it was not.

        Not to be called within a database transaction.
        """
        if certificate.issuer != self.issuer:
            return None
        return self._all().get(certificate.serial_number)

    def _all(self) -> Mapping[int, datetime]:
        with self._lock:
            now = self.monotonic()
            if self._read_at is None or now - self._read_at >= _FRESH_S:
                self._known, self._read_at = read_revocations(self.database), now
            return self._known


def read_revocations(database: Database) -> dict[int, datetime]:
    """Serial number → when it was revoked, of all certificates that were issued here.

    In whole seconds, as revocation lists say it (RFC 5280, 4.1.2.5) and applications when they
    were signed: a card that was revoked half a second before it signed was revoked when it signed.
    """
    with database.read() as session:
        rows = session.execute(
            select(CardCertificate.serial_number, CardCertificate.revoked_at).where(
                CardCertificate.revoked_at.is_not(None)
            )
        )
        return {int(number, 16): at.replace(microsecond=0) for number, at in rows if at is not None}
