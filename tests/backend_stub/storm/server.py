"""The central API in a process of its own, and what processes use of the cores."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

SERVE = """
import logging, sys
from pathlib import Path
import structlog
from backend_stub import EnrolmentCode, Settings, serve
from backend_stub.ground.limits import Rate, Rates
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
directory = Path(sys.argv[1])
serve(
    Settings(
        sys.argv[2],
        directory,
        key_file=directory / "keys.json",
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        # The whole fleet has one address here.
        rates=Rates(enrolments=Rate(1e6, 10**6)),
    ),
    port=int(sys.argv[3]),
)
"""


def cpu_seconds(pid: int) -> float:
    """What a process and its children used of the cores, those that ended included."""
    ticks = 0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # The name in parentheses may hold anything; proc(5) counts from behind it.
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended just now
        if entry.name == str(pid):
            ticks += sum(map(int, fields[11:15]))
        elif fields[1] == str(pid):
            ticks += sum(map(int, fields[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")


@dataclass
class Server:
    directory: Path
    database_url: str
    port: int
    process: subprocess.Popen[bytes] | None = None
    ended_cpu_s: float = 0.0

    def cpu_s(self) -> float:
        """CPU seconds of all its lives."""
        return self.ended_cpu_s + (cpu_seconds(self.process.pid) if self.process else 0.0)

    def start(self) -> None:
        command = [sys.executable, "-c", SERVE, str(self.directory), self.database_url]
        self.process = subprocess.Popen([*command, str(self.port)])
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.1)  # another program's start has nothing to wait on
            else:
                return
        raise RuntimeError("the central API did not start")

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is not None:
            self.ended_cpu_s += cpu_seconds(self.process.pid)
            self.process.send_signal(how)
            self.process.wait(timeout=30)
            self.process = None

    def kill_and_restart(self) -> None:
        self.stop(signal.SIGKILL)
        self.start()
