"""An application that is none of the terminal's business, as on a bank card."""

from __future__ import annotations

from cardreader.apdu import CommandApdu, ResponseApdu
from cardreader.simulator.ber import tlv
from cardreader.simulator.status import Status

AID = b"\xf0\x00\x00\x46\x4f\x52\x45\x49\x47\x4e"
"""F0: proprietary, registered with nobody (ISO/IEC 7816-4:2020, 12.3.4)."""


class ForeignApplication:
    """Can be selected and supports nothing else."""

    aid = AID
    proprietary = False

    def select(self) -> bytes:
        """Its control information names only itself."""
        return tlv(0x6F, tlv(0x84, AID))

    def deselect(self) -> None:
        """There is no state to forget."""

    def process(self, command: CommandApdu) -> ResponseApdu:  # noqa: ARG002 - the seam's signature
        """Refuse every instruction with 6D00."""
        return ResponseApdu(b"", Status.INS_NOT_SUPPORTED)
