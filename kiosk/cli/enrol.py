"""``kiosk enrol``: the terminal introduces itself to the central API."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from kiosk.central.client import CentralClient
from kiosk.cli.options import ConfigFile, StateDirectory, settings_from
from kiosk.enrolment.terminal_identity import enrol as enrol_at, enrol_new_key, load_identity
from kiosk.papers.receipt_keys import RING_FILE, add_key


def enrol(
    config: ConfigFile = None,
    state_directory: StateDirectory = None,
    new_key: Annotated[
        bool,
        typer.Option(
            "--new-key",
            help="With a new device key, where the old one was revoked or frozen.",
        ),
    ] = False,
) -> None:
    """Introduce this terminal to the central API; the one-time code comes on standard input."""
    settings = settings_from(config, state_directory)
    waiting = sys.stdin.isatty()
    code = (getpass.getpass("One-time code: ") if waiting else sys.stdin.readline()).strip()
    client = CentralClient(settings.central.url, ca_file=settings.central.ca_file)
    try:
        introduce = enrol_new_key if new_key else enrol_at
        identity = introduce(
            load_identity(settings.state_directory), settings.kiosk_id, code, client
        )
    finally:
        client.close()
    ring = settings.state_directory / RING_FILE
    add_key(ring, identity.device_key.public_key(), settings.kiosk_id)
    epoch = identity.enrolment.epoch if identity.enrolment else 0
    typer.echo(f"{settings.kiosk_id} is enrolled, epoch {epoch}.")
