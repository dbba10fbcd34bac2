"""A simulated national ID card, whole: chip, applications, issuing state, and people who hold one.

The card carries the ICAO identity application and a PIV or an IAS Classic application with real
keys, PIN counters and certificates, and is driven by APDUs alone. There are two ways to it:

- in the same process: :class:`SimulatedReaders` stands in for PC/SC (``insert``, ``remove``,
  ``detach``), or :func:`issue` gives the bare chip to a test;
- through the real pcscd: :func:`cardreader.simulator.vpcd.serve` puts a card into the virtual
  reader vpcd, where any PC/SC software can use it.

Who holds which card, and why, stands in ``personas.toml``. Keys, faces and the trust anchors lie
under ``data/`` (:data:`TRUST` is the folder that a terminal or the central API is configured with)
and are made by ``python -m tests.cardreader.simulator.making``. Nothing here has legal value.
"""

from pathlib import Path

from cardreader.simulator.card import CONTACT_LATENCY, SimulatedCard, issue
from cardreader.simulator.faults import NO_FAULTS, Faults, FaultyCard, Garble
from cardreader.simulator.issuer import management_key
from cardreader.simulator.personas import (
    Chip,
    KeyType,
    Persona,
    Profile,
    UnknownPersona,
    persona,
    personas,
)
from cardreader.simulator.readers import READER, SimulatedConnection, SimulatedReaders
from cardreader.simulator.state import CardStateUnreadable

TRUST = Path(__file__).parent / "data" / "trust"
"""``csca/*.pem``, ``issuers/*.pem`` and ``crls/*.pem`` of the simulated state."""

__all__ = [
    "CONTACT_LATENCY",
    "NO_FAULTS",
    "READER",
    "TRUST",
    "CardStateUnreadable",
    "Chip",
    "Faults",
    "FaultyCard",
    "Garble",
    "KeyType",
    "Persona",
    "Profile",
    "SimulatedCard",
    "SimulatedConnection",
    "SimulatedReaders",
    "UnknownPersona",
    "issue",
    "management_key",
    "persona",
    "personas",
]
