"""The window over VNC is for this machine alone: Qt itself would listen to everybody."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from kiosk.remote_screen import NoFreePort, RemoteScreen, needs_remote_screen

ROOT = Path(__file__).resolve().parents[2]

SHOW = """
import os
from kiosk.remote_screen import RemoteScreen
screen = RemoteScreen((320, 240))
os.environ["QT_QPA_PLATFORM"] = screen.platform
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QWindow
application = QGuiApplication([])
window = QWindow()
window.resize(320, 240)
window.show()
def confine():
    try:
        screen.confine()
    except LookupError:
        QTimer.singleShot(1, confine)
    else:
        print("SHOWN", screen.port, flush=True)
QTimer.singleShot(0, confine)
QTimer.singleShot(30000, application.quit)
application.exec()
"""


def test_only_this_machine_reaches_the_window():
    process = subprocess.Popen(
        [sys.executable, "-c", SHOW],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout is not None
        shown, port = process.stdout.readline().split()
        assert shown == "SHOWN"
        listening = [
            connection.laddr
            for connection in psutil.Process(process.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening, "somebody must be able to look"
        assert {address.ip for address in listening} == {"127.0.0.1"}
        assert int(port) in {address.port for address in listening}
        assert greeting_of(int(port)).startswith(b"RFB 003.")
    finally:
        process.kill()
        process.communicate()


def greeting_of(port: int) -> bytes:
    """What the VNC server says first (RFC 6143, 7.1.1)."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        return line.recv(12)


def test_a_second_window_takes_the_next_port():
    one, other = RemoteScreen((320, 240)), RemoteScreen((320, 240))
    try:
        assert 5900 <= one.port < other.port <= 5999
        assert one.platform.startswith("vnc:size=320x240:port=")
        assert f"port={one.port}" not in one.platform, "Qt is told another port, never ours"
    finally:
        one._listener.close()
        other._listener.close()


def test_a_window_that_is_not_served_is_never_taken_for_confined():
    screen = RemoteScreen((320, 240))
    with pytest.raises(LookupError):
        screen.confine()
    screen._listener.close()


def test_when_every_port_is_taken_it_says_so(monkeypatch):
    monkeypatch.setattr("kiosk.remote_screen._LAST_PORT", 5899)
    with pytest.raises(NoFreePort, match="5900"):
        RemoteScreen((320, 240))


@pytest.mark.parametrize(
    ("environment", "needed"),
    [
        ({}, True),
        ({"DISPLAY": ""}, True),
        ({"DISPLAY": ":0"}, False),
        ({"WAYLAND_DISPLAY": "wayland-0"}, False),
        ({"QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_only_a_machine_without_display_needs_it(monkeypatch, environment, needed):
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert needs_remote_screen() is needed
