"""A card made of a script: each command it expects, byte for byte, and what it replies."""

from __future__ import annotations

from collections.abc import Sequence

from cardreader.apdu import Protocol7816

T0_ATR = bytes.fromhex("3B7A9600008065B08520040272D641")
# Historical bytes 80 73 00 00 40: card capabilities with extended lengths.
T1_EXTENDED_ATR = bytes.fromhex("3B8501807300004037")


class ScriptedConnection:
    """Fails the test on any command that the script does not have next."""

    def __init__(
        self,
        *script: tuple[str, str],
        protocol: Protocol7816 = Protocol7816.T0,
        atr: bytes = T0_ATR,
    ) -> None:
        self.reader = "scripted"
        self.atr = atr
        self.protocol = protocol
        self.buffers: list[bytes | bytearray] = []
        self._script: list[tuple[bytes, bytes]] = [
            (bytes.fromhex(command), bytes.fromhex(reply)) for command, reply in script
        ]

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        assert self._script, f"unexpected command {bytes(apdu).hex().upper()}"
        expected, reply = self._script.pop(0)
        assert bytes(apdu) == expected, (bytes(apdu).hex().upper(), expected.hex().upper())
        self.buffers.append(apdu)
        return reply

    def disconnect(self, *, reset: bool = True) -> None:
        pass

    def finished(self) -> bool:
        """Whether every expected command came."""
        return not self._script


class RepeatingConnection:
    """A hostile card: replies in turn for ever, whatever is asked."""

    def __init__(self, replies: Sequence[bytes], protocol: Protocol7816 = Protocol7816.T0) -> None:
        self.reader = "hostile"
        self.atr = T0_ATR
        self.protocol = protocol
        self.count = 0
        self._replies = replies

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        return self._replies[self.count % len(self._replies)]

    def disconnect(self, *, reset: bool = True) -> None:
        pass
