"""Threads that read a message type for the first time together.

msgspec 0.22 keeps what it knows of a type on the type, and threads that build it at the same moment
crash the process: each try is therefore a process of its own.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

TRIES = 5

WIRE = """
from offline_queue import wire
from offline_queue.wire_model import MessageError, WireModel
kinds = [k for k in vars(wire).values() if isinstance(k, type) and issubclass(k, WireModel)]
def read():
    for kind in kinds:
        for attempt in (kind.parse_json, kind.parse):
            try:
                attempt(b"{}" if attempt == kind.parse_json else {})
            except MessageError:
                pass
"""
CATALOGUE = """
from kiosk.services.catalogue import DATA, read_catalogue
def read():
    read_catalogue(DATA)
"""
TOGETHER = """
import sys, threading
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(8)
def together():
    barrier.wait()
    read()
threads = [threading.Thread(target=together) for _ in range(8)]
for thread in threads: thread.start()
for thread in threads: thread.join()
"""


@pytest.mark.parametrize("first_use", [WIRE, CATALOGUE], ids=["wire", "catalogue"])
def test_eight_threads_read_for_the_first_time_together(first_use: str) -> None:
    for _ in range(TRIES):
        done = subprocess.run([sys.executable, "-c", first_use + TOGETHER], capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
