"""Facts: what the central API knows and a service may ask about, in one shape for all of them.

A fact has values, which conditions and prefilled answers read by a dotted path, and rows, which a
list to choose from shows. Rows come ready to be shown: this terminal needs to know nothing of
permits, workers or establishments.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct, field

from kiosk.services.texts import Text, build_decoders, convert, encode

PERSON = "person"
"""The one fact that every visit has, also without a network: what the card itself says."""


class Tone(enum.StrEnum):
    """How a chip or a state is to be felt."""

    PLAIN = "plain"
    GOOD = "good"
    WAITING = "waiting"
    WARNING = "warning"
    BAD = "bad"


class Chip(Struct, frozen=True, kw_only=True):
    """A short word beside a row: ``ends in 12 days``."""

    text: Text
    tone: Tone = Tone.PLAIN


class Row(Struct, frozen=True, kw_only=True):
    """One thing to choose from a list."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Text
    lines: tuple[Text, ...] = ()
    chips: tuple[Chip, ...] = ()
    amount_baisa: int | None = None
    blocked: Text | None = None
    """Why it cannot be chosen, and what helps; the row is shown all the same."""
    group: str = ""
    """Rows of one group can be chosen with one touch."""
    values: dict[str, Any] = field(default_factory=dict)
    """What the row's answer holds besides its id, by name."""


class Fact(Struct, frozen=True, kw_only=True):
    """What a registry said at one moment."""

    id: str
    as_of: datetime
    values: dict[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    groups: dict[str, Text] = field(default_factory=dict)
    """Names of the rows' groups."""


build_decoders(Fact)


def decode_fact(content: bytes) -> Fact:
    """A fact as the central API sends it. Raises ``msgspec.MsgspecError``."""
    return convert(msgspec.json.decode(content), Fact, strict=False)


def encode_fact(fact: Fact) -> bytes:
    """A fact as JSON."""
    return msgspec.json.encode(fact, enc_hook=encode)


def values_of(facts: Mapping[str, Fact]) -> dict[str, Any]:
    """What conditions look at: every fact's values by its id."""
    return {fact_id: fact.values for fact_id, fact in facts.items()}
