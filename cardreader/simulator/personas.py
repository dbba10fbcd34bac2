"""The simulated card holders, as typed records of ``personas.toml``."""

from __future__ import annotations

import enum
import functools
import re
import tomllib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from types import MappingProxyType
from typing import Any

_CARDS = uuid.UUID("6f3d1c0e-55f7-4f0e-9a53-0f7c5a8e4b21")
"""Namespace of the cards' GUIDs (RFC 9562, version 5)."""


class Chip(enum.StrEnum):
    """What is in the plastic."""

    NATIONAL = "national"
    MUTE = "mute"
    FOREIGN = "foreign"


class KeyType(enum.StrEnum):
    """The key types of the card's PKI application (SP 800-78-5, table 1)."""

    RSA_2048 = "RSA-2048"
    P_256 = "P-256"
    P_384 = "P-384"


class Profile(enum.StrEnum):
    """Which PKI application a simulated card carries beside the identity data."""

    PIV = "piv"
    IAS_CLASSIC = "ias-classic"


class UnknownPersona(LookupError):
    """No persona has this id. ``known`` lists those that exist."""

    def __init__(self, persona_id: str, known: tuple[str, ...]) -> None:
        super().__init__(f"no persona is called {persona_id!r}; there are: {', '.join(known)}")
        self.known = known


@dataclass(frozen=True, slots=True, repr=False)
class Persona:
    """One invented card holder and the card that was issued. The ``repr`` shows the id only."""

    id: str
    given_en: str
    surname_en: str
    name_ar: str
    civil_number: str
    born: date
    sex: str
    """``M`` or ``F``, as in the machine-readable zone."""
    nationality: str
    """Three letters (ICAO Doc 9303-3, section 5)."""
    kind: str
    """``citizen`` or ``resident``."""
    document_number: str
    """Nine characters at most."""
    issued: date
    expires: date
    occupation_ar: str
    occupation_en: str
    authentication_key: KeyType
    """What slot 9A holds, or will hold after activation."""
    signature_key: KeyType
    """The same for slot 9C."""
    puk: str
    purpose_ar: str
    purpose_en: str
    pin: str | None = None
    """``None`` on a card that is not activated."""
    tries_left: int = 3
    puk_tries_left: int = 3
    activated: bool = True
    chip: Chip = Chip.NATIONAL
    profile: Profile = Profile.PIV
    """The PKI application of the card, unless it is issued with another one."""
    pin_from_letter: bool = False
    """``pin`` is the one of the letter that came with the card (IAS Classic)."""
    finger: bool = False
    """Whether the card keeps a finger of its holder and compares it itself."""
    issuer: str = "state"
    """``state`` or ``other``, an issuer that nobody trusts."""
    forged: bool = False
    revoked: bool = False

    def __repr__(self) -> str:
        return f"Persona({self.id!r})"

    @property
    def name_en(self) -> str:
        """The full name as printed on the card."""
        return f"{self.given_en} {self.surname_en}"

    @property
    def guid(self) -> uuid.UUID:
        """The card's GUID: in the CHUID and in every certificate of the card."""
        return uuid.uuid5(_CARDS, self.document_number)

    @property
    def card_serial(self) -> str:
        """The GUID as 32 upper-case hexadecimal digits."""
        return self.guid.hex.upper()

    @property
    def face(self) -> bytes:
        """The portrait, JPEG, 480 by 600 pixels."""
        portrait = resources.files(__package__) / "data" / "faces" / f"{self.id}.jpg"
        return portrait.read_bytes()


@functools.cache
def personas() -> Mapping[str, Persona]:
    """Every persona by id, in the order of the file."""
    return parse_personas(
        (resources.files(__package__) / "personas.toml").read_text(encoding="utf-8")
    )


def parse_personas(text: str) -> Mapping[str, Persona]:
    """A table of personas from TOML. Raises :class:`ValueError` that names persona and field."""
    return MappingProxyType({key: _parse(key, table) for key, table in tomllib.loads(text).items()})


def persona(persona_id: str) -> Persona:
    """The persona with this id. Raises :class:`UnknownPersona`."""
    found = personas().get(persona_id)
    if found is None:
        raise UnknownPersona(persona_id, tuple(personas()))
    return found


def _parse(persona_id: str, table: dict[str, Any]) -> Persona:
    try:
        parsed = Persona(
            **table
            | {
                "id": persona_id,
                "chip": Chip(table.get("chip", Chip.NATIONAL)),
                "authentication_key": KeyType(table["authentication_key"]),
                "signature_key": KeyType(table["signature_key"]),
                "profile": Profile(table.get("profile", Profile.PIV)),
            }
        )
    except (TypeError, ValueError, KeyError) as error:
        raise ValueError(f"personas.toml, [{persona_id}]: {error}") from error
    for field, pattern, value in (
        ("civil_number", r"\d{4,9}", parsed.civil_number),
        ("document_number", r"[A-Z0-9]{1,9}", parsed.document_number),
        ("pin", r"\d{6}", "000000" if parsed.pin is None else parsed.pin),
        ("puk", r"\d{8}", parsed.puk),
        ("sex", r"[MF]", parsed.sex),
        ("nationality", r"[A-Z]{3}", parsed.nationality),
        ("kind", r"citizen|resident", parsed.kind),
        ("issuer", r"state|other", parsed.issuer),
    ):
        if re.fullmatch(pattern, value) is None:
            raise ValueError(f"personas.toml, [{persona_id}]: {field} does not match {pattern}")
    if parsed.activated != (parsed.pin is not None):
        raise ValueError(f"personas.toml, [{persona_id}]: activated and pin contradict each other")
    return parsed
