"""A whole terminal's surroundings, simulated: card reader, printer, network, central API."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

from msgspec.structs import replace

from backend_stub import EmbeddedServer, EnrolmentCode, Settings as CentralSettings
from cardreader.simulator import TRUST, SimulatedReaders
from cardreader.simulator.issuing_files import (
    CARD_MASTER_KEY,
    ISSUING_CA_CERTIFICATE,
    ISSUING_CA_KEY,
)
from cardreader.trust import TrustStore
from kiosk.central.client import CentralClient
from kiosk.config import Settings
from kiosk.enrolment.terminal_identity import TerminalIdentity, enrol, load_identity
from kiosk.papers.receipt_keys import RING_FILE, add_key
from kiosk.simulation.finger import SimulatedFingerSensor
from kiosk.simulation.network import SwitchedLink
from kiosk.simulation.scanner import SimulatedScanner
from printer.transport import NetworkTransport
from printer.virtual import VirtualPrinter


class Rig:
    """Everything around the terminal. A context manager: what it started, it stops."""

    def __init__(
        self,
        directory: Path,
        *,
        on_receipt: Callable[[bytes, bytes], None] = lambda _png, _raw: None,
    ) -> None:
        """``directory`` keeps cards, central API and terminal between runs."""
        self.directory = directory
        self._on_receipt = on_receipt
        self._stack = ExitStack()

    def __enter__(self) -> Rig:
        """Start all. Raises :class:`backend_stub.CentralUnavailable`."""
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        with ExitStack() as stack:
            self._code = secrets.token_hex(16)
            server = EmbeddedServer(
                CentralSettings(
                    database_url=f"sqlite:///{self.directory / 'central.db'}",
                    trust_directory=TRUST,
                    enrolment_codes=(EnrolmentCode(self._code, reusable=True, replaces_key=True),),
                    development=True,
                    issuing_ca_key=ISSUING_CA_KEY,
                    issuing_ca_certificate=ISSUING_CA_CERTIFICATE,
                    card_master_key=CARD_MASTER_KEY,
                )
            )
            self.central_url = stack.enter_context(server)
            parts = urlsplit(self.central_url)
            self.link = SwitchedLink((parts.hostname or "127.0.0.1", parts.port or 80))
            stack.callback(self.link.close)
            self.printer = VirtualPrinter(
                directory=self.directory / "receipts", on_receipt=self._on_receipt
            )
            self.printer_address = self.printer.start()
            stack.callback(self.printer.stop)
            self.readers = SimulatedReaders(state_folder=self.directory / "cards")
            self.trust = TrustStore.load(TRUST)
            self.scanner = SimulatedScanner()
            self.finger = SimulatedFingerSensor()
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all."""
        self._stack.close()

    def insert(self, persona_id: str) -> None:
        """Put a persona's card in; from now on that person's finger is laid on the sensor.

        Raises what :meth:`cardreader.simulator.SimulatedReaders.insert` raises.
        """
        self.readers.insert(persona_id)
        self.finger.holder = persona_id

    def connect_printer(self) -> NetworkTransport:
        """A line to the virtual printer."""
        return NetworkTransport(*self.printer_address)

    def settings(self, base: Settings) -> Settings:
        """``base`` with this rig's network and state directory."""
        return replace(
            base,
            state_directory=self.directory / "terminal",
            central=replace(base.central, url=self.link.url, health_interval_s=1.0),
            reader=replace(base.reader, name="", trust=TRUST),
        )

    def identity(self, settings: Settings) -> TerminalIdentity:
        """The terminal's identity, enrolled; its receipts can be verified on this machine."""
        identity = load_identity(settings.state_directory)
        # Straight to the server: a terminal is enrolled before its network is ever cut.
        client = CentralClient(self.central_url)
        try:
            identity = enrol(identity, settings.kiosk_id, self._code, client)
        finally:
            client.close()
        add_key(self.directory / RING_FILE, identity.device_key.public_key(), settings.kiosk_id)
        return identity
