"""``kiosk enrol``: the terminal introduces itself to the central API."""

from __future__ import annotations

import sys

import typer

from kiosk.central.client import CentralClient
from kiosk.cli.options import ConfigFile, StateDirectory, settings_from
from kiosk.receipt_keys import RING_FILE, add_key
from kiosk.terminal_identity import enrol as enrol_at
from kiosk.terminal_identity import load_identity


def enrol(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
) -> None:
    """Introduce this terminal to the central API; the one-time code comes on standard input."""
    settings = settings_from(config, state_directory)
    code = sys.stdin.readline().strip()
    client = CentralClient(settings.central.url)
    try:
        identity = enrol_at(
            load_identity(settings.state_directory), settings.kiosk_id, code, client
        )
    finally:
        client.close()
    ring = settings.state_directory / RING_FILE
    add_key(ring, identity.device_key.public_key(), settings.kiosk_id)
    epoch = identity.enrolment.epoch if identity.enrolment else 0
    typer.echo(f"{settings.kiosk_id} is enrolled, epoch {epoch}.")
