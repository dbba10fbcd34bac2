"""``kiosk run``: the terminal itself.

The attract page is on the screen before card, queue, printer and network are even imported; that
is why this file imports them inside its functions.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.cli.errors import UNAVAILABLE
from kiosk.cli.settings import SIMULATION, settings_from, size_of
from kiosk.config import (
    ConfigError,
    Printer as PrinterSettings,
    Scanner as ScannerSettings,
    Settings,
)
from kiosk.front import Front
from kiosk.loop.lean_imports import load_for_visits
from kiosk.loop.memory import keep_what_is_loaded
from kiosk.services import LANGUAGES
from ui.app import make_application

if TYPE_CHECKING:
    from kiosk.app import Kiosk
    from kiosk.equipment.scanner import Scanner
    from kiosk.remote_screen import RemoteScreen
    from kiosk.simulation import Workbench
    from kiosk.workers.printing import Connect

_VNC_DEADLINE_S = 5.0

_WORKBENCH_WIDTH = 884
"""The workbench's window and the gap before it, in pixels."""


def run(arguments: Sequence[str]) -> None:
    """Open the terminal; ``arguments`` as on the command line, without the command's name."""
    options = _options().parse_args(arguments)
    settings = settings_from(options.config, options.state_directory)
    screen = settings.screen
    if options.size is not None:
        screen = replace(screen, width=options.size[0], height=options.size[1])
    if options.language is not None:
        screen = replace(screen, language=options.language)
    settings = replace(settings, screen=screen)
    if options.simulate:
        _run_simulated(settings, with_workbench=options.workbench)
    else:
        _run_real(settings)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="kiosk run", description="Open the terminal.")
    parser.add_argument(
        "--config",
        type=Path,
        default=os.environ.get("MANFADH_CONFIG"),
        help="settings of the terminal (TOML); otherwise MANFADH_CONFIG names them",
    )
    parser.add_argument(
        "--state-directory", type=Path, help="where outbox, journal and keys are kept"
    )
    parser.add_argument(
        "--simulate",
        action="store_true",
        help="simulate every device and the central API; adds the workbench",
    )
    parser.add_argument("--size", type=_size, help="size of the design, for example 1080x1920")
    parser.add_argument("--language", choices=LANGUAGES, help="language of the attract page")
    parser.add_argument(
        "--workbench",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="show the workbench beside a simulated kiosk",
    )
    return parser


def _size(text: str) -> tuple[int, int]:
    try:
        return size_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _run_real(settings: Settings) -> None:
    trust = settings.reader.trust
    if trust is None:
        raise ConfigError("reader.trust: a terminal needs the directory of its trust anchors")
    with _face(settings) as (application, front):
        from cardreader.pcsc import PcscReaders
        from cardreader.trust import TrustStore
        from kiosk.app import Devices, Kiosk
        from kiosk.enrolment.terminal_identity import load_identity
        from kiosk.equipment import chime
        from kiosk.journal import configure_logging

        configure_logging(settings.log.level, settings.log.file)
        devices = Devices(
            readers=PcscReaders(),
            trust=TrustStore.load(trust),
            printer=_printer(settings.printer),
            chime=chime.play,
            scanner=_scanner(settings.scanner),
        )
        kiosk = Kiosk(settings, load_identity(settings.state_directory), devices, front=front)
        _serve(application, [kiosk])


def _run_simulated(settings: Settings, *, with_workbench: bool) -> None:
    beside = _WORKBENCH_WIDTH if with_workbench else 0
    with _face(settings, beside) as (application, front):
        from kiosk.app import Devices, Kiosk
        from kiosk.equipment import chime
        from kiosk.journal import configure_logging
        from kiosk.simulation import Rig, Workbench

        configure_logging(settings.log.level, settings.log.file)
        with Rig(settings.state_directory / SIMULATION) as rig:
            simulated = rig.settings(settings)
            devices = Devices(
                rig.readers,
                rig.trust,
                rig.connect_printer,
                chime=chime.play,
                scanner=rig.scanner,
                finger=rig.finger,
            )
            kiosk = Kiosk(simulated, rig.identity(simulated), devices, front=front)
            windows: list[Kiosk | Workbench] = [kiosk]
            if with_workbench:
                windows.append(Workbench(rig, beside=kiosk.window.window))
            _serve(application, windows)


@contextmanager
def _face(settings: Settings, beside: int = 0) -> Iterator[tuple[QGuiApplication, Front]]:
    """The attract page on the screen; taken down when the rest cannot be started."""
    screen = _prepare_screen(settings, beside)
    application = make_application()
    front = Front(settings)
    if screen is not None:
        _confine(screen)
    try:
        front.window.wait_until_seen()
        load_for_visits()
        yield application, front
    finally:
        front.window.close()


def _prepare_screen(settings: Settings, beside: int) -> RemoteScreen | None:
    """Choose the platform before Qt starts; a machine without a display gets VNC.

    ``beside`` is room to the right of the kiosk, in pixels.
    """
    from kiosk.remote_screen import RemoteScreen, needs_remote_screen

    if not needs_remote_screen():
        return None
    screen = RemoteScreen((settings.screen.width + beside, settings.screen.height))
    os.environ["QT_QPA_PLATFORM"] = screen.platform
    return screen


def _serve(application: QGuiApplication, windows: Sequence[Kiosk | Workbench]) -> None:
    for window in windows:
        window.start()
    keep_what_is_loaded()
    # Python sees a signal only while it runs: a slow heartbeat lets Ctrl-C through.
    heartbeat = QTimer()
    heartbeat.timeout.connect(lambda: None)
    heartbeat.start(200)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: application.quit())
    try:
        application.exec()
    finally:
        for window in reversed(windows):
            window.stop()


def _confine(screen: RemoteScreen) -> None:
    """Bring the VNC socket to 127.0.0.1 as soon as Qt has opened it, or end."""
    deadline = time.monotonic() + _VNC_DEADLINE_S

    def attempt() -> None:
        try:
            screen.confine()
        except LookupError:
            if time.monotonic() > deadline:
                sys.stderr.write("kiosk: the window cannot be served over VNC.\n")
                QGuiApplication.exit(UNAVAILABLE)
            else:
                QTimer.singleShot(0, attempt)
        else:
            sys.stderr.write(
                f"The kiosk is shown over VNC on 127.0.0.1, port {screen.port}. Look at it with\n"
                f"  vncviewer 127.0.0.1::{screen.port}\n"
                f"and from another machine through\n"
                f"  ssh -L {screen.port}:127.0.0.1:{screen.port} …\n"
            )

    QTimer.singleShot(0, attempt)


def _printer(settings: PrinterSettings) -> Connect | None:
    from printer.transport import DeviceTransport, NetworkTransport

    if settings.connection == "network":
        return lambda: NetworkTransport(settings.host, settings.port)
    if settings.connection == "device":
        return lambda: DeviceTransport(settings.device)
    return None


def _scanner(settings: ScannerSettings) -> Scanner | None:
    if not settings.device:
        return None
    from kiosk.equipment.scanner import SaneScanner

    return SaneScanner(
        settings.device,
        mode=settings.mode,
        resolution_dpi=settings.resolution_dpi,
        source=settings.source,
        timeout_s=settings.timeout_s,
    )
