"""What stands around a terminal, in a process of its own: central API, printer, card reader.

Standard output gets one line: where all this is, and the configuration of an enrolled terminal.
The process ends when its standard input does.
"""

from __future__ import annotations

import json
import sys
import threading
from multiprocessing.connection import Connection, Listener
from pathlib import Path
from typing import Any

from cardreader.apdu import Protocol7816
from cardreader.errors import CardError
from cardreader.simulator import CONTACT_LATENCY, TRUST, SimulatedReaders, issue, persona
from kiosk.config import Settings
from kiosk.journal import configure_logging
from kiosk.simulation import Rig
from tools.bench.child import say

PERSONA = "resident-worker"


def main() -> None:
    """Stand around until told to end."""
    configure_logging()
    directory = Path(sys.argv[1])
    with Rig(directory) as rig, Listener(str(directory / "reader.socket"), "AF_UNIX") as listener:
        settings = rig.settings(Settings())
        rig.identity(settings)
        host, port = rig.printer_address
        config = directory / "terminal.toml"
        config.write_text(
            f"state_directory = {json.dumps(str(settings.state_directory))}\n"
            f"[central]\nurl = {json.dumps(settings.central.url)}\n"
            f"health_interval_s = {settings.central.health_interval_s}\n"
            f"[reader]\ntrust = {json.dumps(str(TRUST))}\n"
            f"[printer]\nhost = {json.dumps(host)}\nport = {port}\n"
            f"[log]\nfile = {json.dumps(str(directory / 'terminal.log'))}\n",
            encoding="utf-8",
        )
        threading.Thread(target=_accept, args=(listener, rig.readers), daemon=True).start()
        say(config=str(config), reader=listener.address, pin=persona(PERSONA).pin)
        sys.stdin.read()


def _accept(listener: Listener, readers: SimulatedReaders) -> None:
    while True:
        try:
            line = listener.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(line, readers), daemon=True).start()


def _serve(line: Connection[Any, Any], readers: SimulatedReaders) -> None:
    """One line of a terminal: calls one after another, or events only."""
    cards: dict[int, Any] = {}
    slow = None
    while True:
        try:
            name, *arguments = line.recv()
        except (EOFError, OSError):
            return
        try:
            match name:
                case "start":
                    readers.stop()  # whoever watched before is gone
                    readers.start(line.send)
                    continue
                case "connect":
                    card = readers.connect(*arguments)
                    cards[id(card)] = card
                    answer: Any = (id(card), card.reader, card.atr, card.protocol)
                case "transmit":
                    answer = cards[arguments[0]].transmit(arguments[1])
                case "disconnect":
                    answer = cards.pop(arguments[0]).disconnect(reset=arguments[1])
                case "prepare_slow":
                    slow = issue(*arguments, protocol=Protocol7816.T0, latency=CONTACT_LATENCY)
                    answer = None
                case "insert_prepared":
                    answer = readers.insert_card(slow)
                case _:
                    answer = getattr(readers, name)(*arguments)
        except CardError as error:
            answer = error
        line.send(answer)


if __name__ == "__main__":
    main()
