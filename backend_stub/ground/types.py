"""Types of what only the central API speaks: its own messages, and names in addresses.

Messages that terminals share are :class:`offline_queue.wire_model.WireModel`; the patterns here are
theirs.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from kiosk.contract.issuing import CARD_SERIAL
from kiosk.contract.visits import CIVIL_NUMBER, CR_NUMBER
from offline_queue.wire_model import KIOSK_ID, SHA256_HEX, TX_ID

KioskId = Annotated[str, StringConstraints(pattern=KIOSK_ID + "$")]
TxId = Annotated[str, StringConstraints(pattern=TX_ID + "$")]
Sha256Hex = Annotated[str, StringConstraints(pattern=SHA256_HEX + "$")]
CivilNumber = Annotated[str, StringConstraints(pattern=CIVIL_NUMBER + "$")]
CrNumber = Annotated[str, StringConstraints(pattern=CR_NUMBER + "$")]
CardSerial = Annotated[str, StringConstraints(pattern=CARD_SERIAL + "$")]


class ServerModel(BaseModel):
    """Base of its messages and data files: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
