"""The cardholder's finger in place of the PUK: the driver, by the byte and against whole cards."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from cardreader import (
    CardNotGenuine,
    CommandRefused,
    FingerBlocked,
    FingerInfo,
    FingerNotAvailable,
    FingerNotMatched,
    MalformedFinger,
    MalformedPin,
    NationalIdCard,
    PinBlocked,
    Protocol7816,
    SecurityStatusNotSatisfied,
)
from cardreader.channel import CardChannel
from cardreader.profiles import MOST_MINUTIAE, MatchOnCardApplication, PivApplication
from cardreader.simulator import Profile, SimulatedReaders, persona
from cardreader.simulator.fingerprints import Finger, seen, template
from tests.cardreader.opening import opened
from tests.cardreader.script import ScriptedConnection

FINGER = "0A0B40 0C0D81"
VERIFY = "00210000 0B 7F2E08 8106 " + FINGER


def inserted(
    persona_id: str,
    protocol: Protocol7816 = Protocol7816.T0,
    profile: Profile | None = None,
) -> NationalIdCard:
    readers = SimulatedReaders(protocol=protocol, profile=profile)
    readers.insert(persona_id)
    return opened(readers)


def finger(persona_id: str, which: Finger = Finger.ENROLLED) -> bytearray:
    return seen(template(persona(persona_id), which))


def scripted(*script: tuple[str, str]) -> tuple[MatchOnCardApplication, ScriptedConnection]:
    connection = ScriptedConnection(*script)
    return MatchOnCardApplication(CardChannel(connection)), connection


@pytest.mark.parametrize(
    ("persona_id", "protocol", "profile"),
    [
        ("pin-blocked", Protocol7816.T0, None),
        ("pin-blocked", Protocol7816.T1, None),
        ("pin-blocked", Protocol7816.T0, Profile.IAS_CLASSIC),
        ("citizen-letter", Protocol7816.T0, None),
    ],
)
def test_the_finger_opens_a_pin(
    persona_id: str, protocol: Protocol7816, profile: Profile | None
) -> None:
    card = inserted(persona_id, protocol, profile)
    assert card.finger_info() == FingerInfo(3, blocked=False)
    presented, new = finger(persona_id), bytearray(b"975310")
    card.verify_finger(presented)
    assert not any(presented)
    card.unblock_pin_by_finger(new)
    assert not any(new)
    assert card.pin_info().tries_left == 3
    card.verify_pin(bytearray(b"975310"))


def test_what_it_costs_in_commands() -> None:
    """A contact exchange takes 52 ms; VERIFY of a finger is one command, whatever the finger."""
    card = inserted("pin-blocked")
    card.identity()
    before = card.exchanges
    card.finger_info()
    card.verify_finger(finger("pin-blocked"))
    card.unblock_pin_by_finger(bytearray(b"975310"))
    # SELECT, ask, VERIFY; SELECT, RESET RETRY COUNTER.
    assert card.exchanges - before == 5


def test_wrong_fingers_count_down_and_then_none_is_taken() -> None:
    card = inserted("pin-blocked")
    for left in (2, 1):
        presented = finger("pin-blocked", Finger.OTHER)
        with pytest.raises(FingerNotMatched) as caught:
            card.verify_finger(presented)
        assert caught.value.tries_left == left
        assert not any(presented)
        assert card.finger_info() == FingerInfo(left, blocked=False)
    with pytest.raises(FingerBlocked):
        card.verify_finger(finger("pin-blocked", Finger.OTHER))
    presented = finger("pin-blocked")
    with pytest.raises(FingerBlocked):
        card.verify_finger(presented)
    assert not any(presented)
    assert card.finger_info() == FingerInfo(0, blocked=True)
    with pytest.raises(PinBlocked):
        card.verify_pin(bytearray(b"629407"))
    card.unblock_pin(bytearray(b"16839245"), bytearray(b"975310"))
    card.verify_pin(bytearray(b"975310"))


def test_neither_log_nor_error_holds_anything_of_the_finger() -> None:
    card = inserted("pin-blocked")
    presented = finger("pin-blocked", Finger.OTHER)
    spelled = bytes(presented).hex()
    with capture_logs() as logs, pytest.raises(FingerNotMatched) as caught:
        card.verify_finger(presented)
    said = f"{logs} {caught.value!r} {caught.value.__dict__} {card!r}".lower()
    assert not any(spelled[at : at + 6] in said for at in range(0, len(spelled), 6))


def test_another_persons_finger_is_a_wrong_one() -> None:
    with pytest.raises(FingerNotMatched):
        inserted("pin-blocked").verify_finger(finger("last-try"))


def test_without_a_finger_no_new_pin() -> None:
    card = inserted("pin-blocked")
    new = bytearray(b"975310")
    with pytest.raises(SecurityStatusNotSatisfied):
        card.unblock_pin_by_finger(new)
    assert not any(new)
    assert card.pin_info().blocked


def test_a_malformed_new_pin_is_not_sent_and_the_match_still_counts() -> None:
    card = inserted("pin-blocked")
    card.verify_finger(finger("pin-blocked"))
    with pytest.raises(MalformedPin):
        card.unblock_pin_by_finger(bytearray(b"9753"))
    card.unblock_pin_by_finger(bytearray(b"975310"))
    assert card.pin_info().tries_left == 3


def test_a_card_without_it_says_so_and_goes_on() -> None:
    card = inserted("resident-worker")
    assert card.finger_info() is None
    presented = finger("resident-worker")
    with pytest.raises(FingerNotAvailable):
        card.verify_finger(presented)
    assert not any(presented)
    new = bytearray(b"975310")
    with pytest.raises(FingerNotAvailable):
        card.unblock_pin_by_finger(new)
    assert not any(new)
    card.verify_pin(bytearray(b"591374"))


def test_no_finger_goes_to_a_card_that_is_not_genuine() -> None:
    card = inserted("forged")
    presented = finger("forged")
    before = card.exchanges
    with pytest.raises(CardNotGenuine):
        card.verify_finger(presented)
    assert not any(presented)
    assert card.exchanges > before


def test_the_commands_byte_for_byte_and_nothing_left_in_their_buffers() -> None:
    application, connection = scripted(
        ("00A404000D A000000030800000000AB10001", "6105"),
        ("0020000000", "63C3"),
        (VERIFY, "9000"),
    )
    application.select()
    assert application.finger_info() == FingerInfo(3, blocked=False)
    presented = bytearray.fromhex(FINGER)
    application.verify_finger(presented)
    assert connection.finished()
    assert not any(presented)
    assert not any(connection.buffers[-1]), "the buffer that went to the card"


def test_a_long_finger_is_one_command() -> None:
    minutiae = bytes(3 * MOST_MINUTIAE)
    application, connection = scripted(
        ("00210000F7 7F2E81F3 8181F0" + minutiae.hex(), "9000"),
    )
    application.verify_finger(bytearray(minutiae))
    assert connection.finished()


@pytest.mark.parametrize("size", [0, 1, 5, 3 * MOST_MINUTIAE + 3])
def test_what_is_no_finger_is_not_sent(size: int) -> None:
    application, _ = scripted()
    presented = bytearray(b"\x11" * size)
    with pytest.raises(MalformedFinger):
        application.verify_finger(presented)
    assert not any(presented)


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("63C2", FingerNotMatched),
        ("6300", FingerNotMatched),
        ("63C0", FingerBlocked),
        ("6983", FingerBlocked),
        ("6A80", CommandRefused),
        ("6D00", CommandRefused),
        ("6F00", CommandRefused),
    ],
)
def test_what_a_card_may_answer_to_a_finger(reply: str, error: type[Exception]) -> None:
    application, connection = scripted((VERIFY, reply))
    presented = bytearray.fromhex(FINGER)
    with pytest.raises(error):
        application.verify_finger(presented)
    assert connection.finished(), "asked once"
    assert not any(presented)
    assert not any(connection.buffers[0])


@pytest.mark.parametrize(
    ("reply", "info"),
    [
        ("63C1", FingerInfo(1, blocked=False)),
        ("63C0", FingerInfo(0, blocked=True)),
        ("6983", FingerInfo(0, blocked=True)),
        ("9000", FingerInfo(None, blocked=False)),
        ("6A80", FingerInfo(None, blocked=False)),
    ],
)
def test_what_a_card_may_tell_of_its_tries(reply: str, info: FingerInfo) -> None:
    application, _ = scripted(("0020000000", reply))
    assert application.finger_info() == info


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        ("6A86", FingerNotAvailable),
        ("6D00", FingerNotAvailable),
        ("6982", SecurityStatusNotSatisfied),
        ("6300", CommandRefused),
        ("6A80", CommandRefused),
    ],
)
def test_what_a_card_may_answer_to_the_new_pin(reply: str, error: type[Exception]) -> None:
    connection = ScriptedConnection(("002C028008 393735333130FFFF", reply))
    new = bytearray(b"975310")
    with pytest.raises(error):
        PivApplication(CardChannel(connection)).unblock_pin_after_match(new)
    assert connection.finished()
    assert not any(new)
    assert not any(connection.buffers[0])
