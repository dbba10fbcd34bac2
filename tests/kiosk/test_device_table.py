"""Every device is one row; whoever speaks of devices goes by the table."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import get_type_hints

import pytest

from kiosk.devices import DEVICES, Device, DeviceState, PaperState, Terminal, can_serve, faults
from kiosk.journal import load_events

WELL = Terminal(
    reader=DeviceState.ONLINE,
    printer=DeviceState.ONLINE,
    paper=PaperState.FULL,
    outbox=DeviceState.ONLINE,
    central=DeviceState.ONLINE,
)


def test_every_device_of_the_terminal_has_a_row() -> None:
    kinds = get_type_hints(Terminal)
    assert {device.name for device in DEVICES} == {
        name for name, kind in kinds.items() if kind is DeviceState
    }


def test_the_journal_takes_every_state_that_there_is() -> None:
    told = load_events()["terminal.changed"].fields
    assert set(told) == {each.name for each in fields(Terminal)}


def test_a_terminal_that_is_well_serves_and_lacks_nothing() -> None:
    assert can_serve(WELL)
    assert faults(WELL) == ()


@pytest.mark.parametrize("state", DeviceState)
@pytest.mark.parametrize("device", DEVICES, ids=lambda device: device.name)
def test_a_state_is_well_or_a_fault_with_its_remedy(device: Device, state: DeviceState) -> None:
    terminal = replace(WELL, **{device.name: state})
    assert can_serve(terminal) == (state not in device.stops_visits)
    expected = [] if state in device.well else [(device.name, state, device.remedy_in(state))]
    assert [(each.device, each.state, each.remedy) for each in faults(terminal)] == expected
