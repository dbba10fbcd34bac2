"""The files with which a central API issues for the simulated state; no secret, and no legal value.

In a real installation a hardware security module or files of its own stand in their place.
"""

from __future__ import annotations

from pathlib import Path

from cardreader.simulator.issuer import MANAGEMENT_MASTER, key_path

_DATA = Path(__file__).parent / "data"

ISSUING_CA_KEY = _DATA / "keys" / key_path("state-issuing-ca")
"""Private key of the issuing CA, PEM."""
ISSUING_CA_CERTIFICATE = _DATA / "trust" / "issuers" / "state-issuing-ca.pem"
"""Its certificate, PEM."""
CARD_MASTER_KEY = _DATA / "keys" / MANAGEMENT_MASTER
"""Master key of the cards' management keys, JSON."""
