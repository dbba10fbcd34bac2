"""What a cardholder's PIN is: exactly six ASCII digits, as bytes that can be wiped."""

from __future__ import annotations

PIN_LENGTH = 6


def is_pin(pin: bytes | bytearray) -> bool:
    """Whether ``pin`` has the form of a PIN; says nothing about whether it is the right one."""
    return len(pin) == PIN_LENGTH and all(0x30 <= digit <= 0x39 for digit in pin)


class MalformedPin(ValueError):
    """The PIN was not six digits. It was not sent to the card and cost no try."""

    def __init__(self) -> None:
        super().__init__("a PIN is exactly six digits")
