"""Short ways to talk to a bare simulated card in bytes, as a reader would."""

from __future__ import annotations

from cardreader.apdu import Protocol7816
from cardreader.simulator import SimulatedCard, issue, persona
from cardreader.simulator.state import CardMemory, personalised

PIV_AID = "A00000030800001000"
ICAO_AID = "A0000002471001"
MANAGEMENT_KEY = bytes(range(32))


def powered(persona_id: str, **options: object) -> SimulatedCard:
    card = issue(persona_id, **options)
    card.power_on()
    return card


def scratch(persona_id: str = "citizen-new") -> tuple[SimulatedCard, CardMemory]:
    """A card with a known AES-256 management key, powered, PIV selected."""
    memory = personalised(persona(persona_id))
    memory.management_key = MANAGEMENT_KEY
    card = powered(persona_id, state=memory)
    select(card, PIV_AID)
    return card, memory


def piv(persona_id: str, protocol: Protocol7816 = Protocol7816.T1) -> SimulatedCard:
    card = powered(persona_id, protocol=protocol)
    select(card, PIV_AID)
    return card


def send(card: SimulatedCard, command: str | bytes) -> tuple[bytes, int]:
    raw = bytes.fromhex(command) if isinstance(command, str) else command
    reply = card.transmit(raw)
    return reply[:-2], int.from_bytes(reply[-2:], "big")


def sw(card: SimulatedCard, command: str | bytes) -> int:
    data, status = send(card, command)
    assert data == b"", "a bare status word was expected"
    return status


def whole(card: SimulatedCard, command: str | bytes) -> tuple[bytes, int]:
    """Send and follow 61xx to the end."""
    data, status = send(card, command)
    while status >> 8 == 0x61:
        more, status = send(card, bytes((0x00, 0xC0, 0x00, 0x00, status & 0xFF)))
        data += more
    return data, status


def select(card: SimulatedCard, aid: str) -> None:
    length = len(aid) // 2
    _, status = send(card, f"00A40400{length:02X}{aid}")
    assert status == 0x9000 or status >> 8 == 0x61


def reference(value: str) -> bytes:
    return value.encode().ljust(8, b"\xff")


def verify(card: SimulatedCard, pin: str) -> int:
    return sw(card, bytes.fromhex("0020008008") + reference(pin))


def tries_left(card: SimulatedCard) -> int:
    return sw(card, "00200080")


def get_data(card: SimulatedCard, tag: str) -> tuple[bytes, int]:
    body = f"5C{len(tag) // 2:02X}{tag}"
    return whole(card, f"00CB3FFF{len(body) // 2:02X}{body}00")


def general_authenticate(
    card: SimulatedCard, algorithm: int, key: int, template: bytes
) -> tuple[bytes, int]:
    """One extended command: lengths of any size without a chain."""
    data = b"\x7c" + _length(len(template)) + template
    header = bytes((0x00, 0x87, algorithm, key, 0x00)) + len(data).to_bytes(2, "big")
    return whole(card, header + data + b"\x00\x00")


def challenge(value: bytes) -> bytes:
    return b"\x82\x00\x81" + _length(len(value)) + value


def response(reply: bytes) -> bytes:
    """The value of 82 in 7C."""
    _, inner = _cut(reply)
    tag, value = _cut(inner)
    assert tag == 0x82
    return value


def _length(size: int) -> bytes:
    return bytes((size,)) if size < 0x80 else b"\x82" + size.to_bytes(2, "big")


def _cut(data: bytes) -> tuple[int, bytes]:
    if data[1] < 0x80:
        assert len(data) == 2 + data[1]
        return data[0], data[2:]
    count = data[1] & 0x7F
    assert len(data) == 2 + count + int.from_bytes(data[2 : 2 + count], "big")
    return data[0], data[2 + count :]
