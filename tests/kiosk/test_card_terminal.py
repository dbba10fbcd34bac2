"""The card terminal's adapter against the simulated one, with every vice."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from kiosk.contract.payments import CardStatus
from kiosk.devices import PaymentState
from kiosk.equipment.card_terminal import (
    CardTotals,
    NexoTerminal,
    OutcomePending,
    ReversedAnother,
    TerminalSilent,
)
from kiosk.equipment.nexo import (
    Header,
    NotNexo,
    amount_of,
    answer_in,
    baisa_of,
    request,
    service_id,
)
from kiosk.simulation.card_terminal import SimulatedCardTerminal

NOW = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[SimulatedCardTerminal]:
    device = SimulatedCardTerminal(tmp_path / "card-terminal.db")
    yield device
    device.stop()


@pytest.fixture
def terminal(device: SimulatedCardTerminal) -> NexoTerminal:
    terminal = connect(device.start())
    terminal.login()
    return terminal


def connect(url: str, timeout_s: float = 10) -> NexoTerminal:
    return NexoTerminal(
        url, sale_id="MCT-0001", poi_id="simulated", now=lambda: NOW, answer_timeout_s=timeout_s
    )


def test_approved_is_told_with_amount_and_number(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    assert terminal.state is PaymentState.IDLE
    word = terminal.pay("ref-1", 1500)
    assert (word.status, word.amount, word.transaction) == (
        CardStatus.APPROVED,
        1500,
        "POI-000001",
    )
    assert terminal.state is PaymentState.APPROVED
    assert device.money("ref-1") == 1500
    assert terminal.status("ref-1") == word


def test_declined_takes_nothing(terminal: NexoTerminal, device: SimulatedCardTerminal) -> None:
    device.switch(declines=True)
    assert terminal.pay("ref-1", 1500).status is CardStatus.DECLINED
    assert terminal.state is PaymentState.DECLINED
    assert device.money("ref-1") == 0


@pytest.mark.parametrize("vice", ["silent", "power_cut_after"])
def test_silence_is_asked_about_and_never_repeated(
    terminal: NexoTerminal, device: SimulatedCardTerminal, vice: str
) -> None:
    device.switch(**{vice: True})
    word = terminal.pay("ref-1", 1500)
    assert (word.status, word.amount) == (CardStatus.APPROVED, 1500)
    assert device.money("ref-1") == 1500
    assert terminal.totals() == CardTotals(1500, 0)


def test_a_power_cut_before_the_payment_is_not_found(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    device.switch(power_cut_before=True)
    assert terminal.pay("ref-1", 1500).status is CardStatus.NOT_FOUND
    assert device.money("ref-1") == 0


def test_yes_after_we_gave_up_blocks_until_it_is_known(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    device.switch(approves_late=True)
    assert terminal.pay("ref-1", 1500).status is CardStatus.IN_PROGRESS
    assert terminal.state is PaymentState.OUTCOME_UNKNOWN
    with pytest.raises(OutcomePending) as pending:
        terminal.pay("ref-2", 2000)
    assert pending.value.reference == "ref-1"
    device.finish_late("ref-1")
    assert terminal.status("ref-1").status is CardStatus.APPROVED
    device.switch(approves_late=False)
    assert terminal.pay("ref-2", 2000).status is CardStatus.APPROVED


def test_a_terminal_that_was_killed_asks_for_what_it_does_not_remember(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    terminal.pay("ref-1", 1500)
    device.stop()
    another = connect(device.start())
    another.remember("ref-1")
    assert another.state is PaymentState.OUTCOME_UNKNOWN
    assert another.status("ref-1").amount == 1500
    assert another.state is PaymentState.APPROVED


def test_abort_while_it_waits_for_the_card(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    device.switch(holder_s=30)
    aborting = threading.Timer(0.3, lambda: terminal.abort("ref-1"))
    aborting.start()
    assert terminal.pay("ref-1", 1500).status is CardStatus.ABORTED
    aborting.join()
    assert device.money("ref-1") == 0


def test_given_back_once_for_each_key(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    number = terminal.pay("ref-1", 4500).transaction or ""
    for _ in range(2):
        assert terminal.reverse("ref-1-w1", number, 1500, NOW)
    assert device.money("ref-1") == 3000
    assert terminal.reverse("ref-1-w2", number, 3000, NOW)
    assert not terminal.reverse("ref-1-w3", number, 1, NOW)
    assert terminal.totals() == CardTotals(4500, 4500)


def test_a_reversal_without_an_answer_is_asked_about(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    number = terminal.pay("ref-1", 1500).transaction or ""
    device.switch(silent=True)
    with pytest.raises(TerminalSilent):
        terminal.reverse("key", number, 1500, NOW)
    device.switch(silent=False)
    assert terminal.reverse("key", number, 1500, NOW)
    assert device.money("ref-1") == 0


def test_reversal_of_another_payment_is_noticed(
    terminal: NexoTerminal, device: SimulatedCardTerminal
) -> None:
    first = terminal.pay("ref-1", 1500).transaction or ""
    second = terminal.pay("ref-2", 1500).transaction
    device.switch(reverses_another=True)
    with pytest.raises(ReversedAnother) as wrong:
        terminal.reverse("key", first, 1500, NOW)
    assert wrong.value.transaction == second


def test_nobody_there(tmp_path: Path) -> None:
    terminal = connect("http://127.0.0.1:9/nexo", timeout_s=1)
    with pytest.raises(TerminalSilent):
        terminal.login()
    assert terminal.state is PaymentState.DISCONNECTED
    with pytest.raises(TerminalSilent):
        terminal.pay("ref-1", 1500)
    assert terminal.state is PaymentState.OUTCOME_UNKNOWN


def test_one_omr_and_a_half_is_1_500_in_its_messages_digit_by_digit() -> None:
    header = Header(
        message_category="Payment",
        message_type="Request",
        service_id=service_id("r"),
        sale_id="K",
        poi_id="P",
    )
    assert b'"RequestedAmount":1.500' in request(header, {"RequestedAmount": amount_of(1500)})
    for baisa in (1, 100, 1500, 210_700, 9_999_000):
        assert baisa_of(amount_of(baisa)) == baisa
    with pytest.raises(NotNexo):
        baisa_of(Decimal("1.5005"))


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b"\xff", b'{"SaleToPOIResponse":{"MessageHeader":{}}}']
)
def test_anything_else_is_no_answer(content: bytes) -> None:
    header = Header(
        message_category="Login",
        message_type="Request",
        service_id="A",
        sale_id="K",
        poi_id="P",
    )
    with pytest.raises(NotNexo):
        answer_in(content, header)


def test_an_answer_to_an_earlier_message_is_no_answer() -> None:
    header = Header(
        message_category="Login",
        message_type="Request",
        service_id="NEW",
        sale_id="K",
        poi_id="P",
    )
    old = (
        b'{"SaleToPOIResponse":{"MessageHeader":{"MessageClass":"Service","MessageCategory":"Login",'
        b'"MessageType":"Response","ServiceID":"OLD","SaleID":"K","POIID":"P"},'
        b'"LoginResponse":{"Response":{"Result":"Success"}}}}'
    )
    with pytest.raises(NotNexo):
        answer_in(old, header)
    assert answer_in(old.replace(b"OLD", b"NEW"), header).login_response is not None
