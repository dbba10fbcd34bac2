"""What a technician reads: each fault has its sentence, a wrong setting says what may stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.client import CentralRefused, CentralUnreachable
from kiosk.cli.card import told
from kiosk.cli.errors import sentence_of
from kiosk.config import ConfigError, Printer, Settings, load_settings
from kiosk.diagnostics.advice import PRINT_ADVICE, printer_advice
from kiosk.diagnostics.checks import _printer
from offline_queue.errors import OutboxFull, OutboxUnavailable, Reason
from printer.jobs import Reason as PrintReason
from printer.status import Cover, Cutter, Device, PaperState, PrinterStatus


def test_every_reason_has_an_advice() -> None:
    assert all(reason.advice for reason in Reason)
    assert set(PRINT_ADVICE) == set(PrintReason)


@pytest.mark.parametrize("reason", Reason)
def test_an_outbox_that_is_not_available_says_what_to_do(reason: Reason) -> None:
    told = sentence_of(OutboxUnavailable(reason))
    assert reason.value in told
    assert told.endswith(reason.advice)


def test_what_is_a_kind_of_unavailable_says_so_too() -> None:
    assert sentence_of(OutboxFull()).endswith(Reason.QUOTA.advice)


def test_a_central_api_that_is_not_there_or_refuses_the_code() -> None:
    assert sentence_of(CentralUnreachable("ConnectionError")) == (
        "the central API is not reached: ConnectionError. Check the network and its address."
    )
    assert sentence_of(CentralRefused(403, "enrolment-code-refused")).endswith("get a new one.")
    assert sentence_of(CentralRefused(403, "epoch-revoked")).endswith("403 epoch-revoked.")


WELL = (Device.ONLINE, PaperState.FULL, Cover.CLOSED, Cutter.OK)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (WELL, ""),
        ((Device.OFFLINE, PaperState.OUT, Cover.CLOSED, Cutter.OK), "roll"),
        ((Device.OFFLINE, PaperState.OUT, Cover.OPEN, Cutter.OK), "cover"),
        ((Device.HARDWARE_ERROR, PaperState.FULL, Cover.CLOSED, Cutter.FAULT), "cutter"),
        ((Device.HARDWARE_ERROR, PaperState.FULL, Cover.CLOSED, Cutter.OK), "replace"),
        ((Device.OFFLINE, PaperState.FULL, Cover.CLOSED, Cutter.OK), "lamps"),
        ((Device.NO_DEVICE, PaperState.UNKNOWN, Cover.UNKNOWN, Cutter.UNKNOWN), "cable"),
        ((Device.UNKNOWN, PaperState.UNKNOWN, Cover.UNKNOWN, Cutter.UNKNOWN), "off and on"),
    ],
)
def test_a_printer_that_is_not_ready_says_what_to_do(
    state: tuple[Device, PaperState, Cover, Cutter], words: str
) -> None:
    advice = printer_advice(PrinterStatus(*state))
    assert words in advice
    assert bool(advice) is (state != WELL)


def test_a_card_is_told_in_lines() -> None:
    value = {
        "name_en": "X",
        "genuine": True,
        "pin": {"tries_left": 3, "blocked": False, "as": None},
    }
    lines = ["name en: X", "genuine: yes", "pin:", "  tries left: 3", "  blocked: no"]
    assert list(told(value)) == [*lines, "  as: not known"]


def test_a_device_file_that_nobody_named_is_asked_for() -> None:
    found = _printer(Settings(printer=Printer(connection="device")))
    assert not found.ok
    assert "printer.device" in found.advice


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('kiosk_id = "x y"', "kiosk_id: must be 3 to 32 capital letters"),
        ('kiosk_idd = "X"', "kiosk_idd: there is no such setting; perhaps kiosk_id"),
        ("quite_another = 1", "quite_another: there is no such setting"),
        ('[printer]\nconnection = "usb"', "printer.connection: must be one of network, device,"),
        ("[printer]\nwidth_dots = 500", "printer.width_dots: must be one of 384, 576"),
        ('[central]\nurl = "central"', "central.url: must be an address that begins with https://"),
        ("[central]\nreed_timeout_s = 3", "perhaps read_timeout_s"),
        ('[timers]\ncountdown = "long"', "timers.countdown: Expected a number, got text in quotes"),
        ("screen = 5", "screen: Expected a section"),
    ],
)
def test_a_wrong_setting_says_what_may_stand_there(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "terminal.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert told in str(caught.value)
