"""From a checked application to the bytes that the card signs, and how a transaction is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

import rfc8785

from kiosk.services.answers import Answer
from kiosk.services.flow import Evidence

SCHEMA_VERSION = 2
"""Version of :class:`Application`'s document."""

# Crockford's alphabet: no I, L, O, U, so that a reference survives handwriting and a telephone.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def reference_of(tx_id: str) -> str:
    """The short form that people quote: the 40 lowest, random bits as ``XXXX-XXXX``."""
    bits = int(tx_id.replace("-", ""), 16) & ((1 << 40) - 1)
    letters = "".join(_ALPHABET[(bits >> shift) & 31] for shift in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def rfc3339(moment: datetime) -> str:
    """UTC with seconds, for example ``2026-11-21T09:30:00Z``."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Paper(Protocol):
    """A scanned or photographed paper that belongs to the application."""

    @property
    def content(self) -> bytes:
        """The picture itself."""
        ...

    @property
    def type(self) -> str:
        """``image/jpeg`` or ``image/png``."""
        ...

    @property
    def sha256(self) -> str:
        """Of ``content``, lower-case hexadecimal: what the card signs."""
        ...


@dataclass(frozen=True, slots=True)
class StaleRevocations:
    """The mark on an application whose card was checked against an old revocation list.

    The terminal had no network for longer than its settings allow. The application is kept all the
    same; the mark is under the signature, so that nobody can take it off on the way.
    """

    as_of: datetime | None
    """When that list was made; ``None``: the terminal had no list of this issuer."""


@dataclass(frozen=True, slots=True)
class Application:
    """A filled and checked form, ready to be signed."""

    tx_id: str
    kiosk: str
    service: str
    catalogue: str
    """Version of the service's definition that the answers were checked against."""
    language: str
    civil_number: str = field(repr=False)
    answers: Mapping[str, Answer] = field(repr=False)
    confirmed_at: datetime
    revocations: StaleRevocations | None = None
    """Set when the card could not be checked against a list that is new enough."""
    definition_sha256: str = ""
    """Of the file that the form was filled with, lower-case hexadecimal."""
    evidence: tuple[Evidence, ...] = ()
    """The facts on which the form relied, with what of them was looked at."""
    signers: tuple[str, ...] = ("holder",)
    """Who signs, in order."""
    papers: tuple[Paper, ...] = ()
    """Uploaded after the transaction, in this order; named here, so that none is exchanged."""

    def document(self) -> bytes:
        """The canonical JSON (RFC 8785) that the card signs."""
        members: dict[str, Any] = {
            "v": SCHEMA_VERSION,
            "tx_id": self.tx_id,
            "kiosk": self.kiosk,
            "service": self.service,
            "catalogue": self.catalogue,
            "definition_sha256": self.definition_sha256,
            "facts": [
                {"id": each.id, "as_of": rfc3339(each.as_of), "values": dict(each.values)}
                for each in self.evidence
            ],
            "signers": list(self.signers),
            "language": self.language,
            "applicant": {"civil_number": self.civil_number},
            "answers": dict(self.answers),
            "confirmed_at": rfc3339(self.confirmed_at),
        }
        if self.revocations is not None:
            as_of = self.revocations.as_of
            members["stale_revocations"] = {"as_of": None if as_of is None else rfc3339(as_of)}
        if self.papers:
            # Of the picture itself: what the outbox seals has another hash each time it is sealed.
            members["attachments"] = [
                {"sha256": paper.sha256, "size": len(paper.content), "type": paper.type}
                for paper in self.papers
            ]
        return rfc8785.dumps(members)
