"""A real pcscd for tests: started when absent, ready before the test runs, always ended.

Only one pcscd can run on a machine, so a lock in the system's temporary directory lets the test
runs of several people take turns. Use it in a test module with::

    from tests.pcscd import pcscd  # noqa: F401 - a fixture

    @pytest.mark.pcscd
    def test_reads_a_card(pcscd): ...
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SOCKET = Path("/run/pcscd/pcscd.comm")
VPCD_PORTS = (35963, 35964)
READY_WITHIN = 10.0
PORT_FREE_WITHIN = 75.0
"""The port of the virtual reader may for a while be the near end of some other connection."""


def missing() -> str | None:
    """What is not installed, or ``None`` when the real PC/SC tests can run."""
    if _binary() is None:
        return "pcscd is not installed (apt-get install pcscd)"
    if not Path("/etc/reader.conf.d/vpcd").exists():
        return "the virtual reader is not installed (apt-get install vsmartcard-vpcd)"
    return None


def _binary() -> str | None:
    return shutil.which("pcscd") or shutil.which("pcscd", path="/usr/sbin:/sbin")


def _answers() -> bool:
    """Whether a daemon accepts connections. Never asked of vpcd's port: it would be a card."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(str(SOCKET)) == 0


def _virtual_reader_listens() -> bool:
    """Whether vpcd has its ports: it does without, and without a word, where one is taken."""
    wanted = {f"{port:04X}" for port in VPCD_PORTS}
    for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:]:
        near, state = line.split()[1], line.split()[3]
        if state == _LISTEN:
            wanted.discard(near.rpartition(":")[2])
    return not wanted


_LISTEN = "0A"  # proc(5), include/net/tcp_states.h


class Pcscd:
    """The daemon under the test's control: ``stop`` and ``start`` play an outage.

    Where the machine runs its own pcscd, that one is used and cannot be stopped.
    """

    def __init__(self, *, ours: bool) -> None:
        self._ours = ours
        self._process: subprocess.Popen[bytes] | None = None

    def needs_control(self) -> None:
        """Skip the test when the daemon belongs to the machine: it must not be stopped."""
        if not self._ours:
            pytest.skip("OUTAGE NOT TESTED: the pcscd on this machine is not ours to stop")

    @property
    def pid(self) -> int:
        """The daemon's process, for a test that stops it in mid-work."""
        assert self._process is not None
        return self._process.pid

    def start_without_readers(self) -> None:
        """Start the daemon with an empty configuration and return when it answers."""
        with tempfile.TemporaryDirectory() as configuration:
            self._launch("--config", configuration)

    def start(self) -> None:
        """Start the daemon and return when it answers; the virtual reader listens then too."""
        if not self._ours:
            return
        deadline = time.monotonic() + PORT_FREE_WITHIN
        self._launch()
        while not _virtual_reader_listens():
            self.stop()
            if time.monotonic() > deadline:
                pytest.fail(f"ports {VPCD_PORTS} of the virtual reader are taken")
            threading.Event().wait(1)
            self._launch()

    def _launch(self, *options: str) -> None:
        binary = _binary()
        assert binary is not None
        self._process = subprocess.Popen(
            [binary, "--foreground", *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        pause = threading.Event()
        deadline = time.monotonic() + READY_WITHIN
        while not _answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                pytest.fail("pcscd did not become ready")
            pause.wait(0.02)

    def stop(self) -> None:
        """End the daemon as an outage would: at once."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait(timeout=10)
        self._process = None
        # A killed pcscd leaves both behind; the next one refuses to start over a live pid only.
        for leftover in (SOCKET, SOCKET.with_name("pcscd.pid")):
            leftover.unlink(missing_ok=True)


@contextmanager
def running() -> Iterator[Pcscd]:
    """A running pcscd with the virtual reader; whoever else wants one waits for it to end."""
    lock_path = Path(tempfile.gettempdir()) / "manfadh-tests-pcscd.lock"
    with lock_path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        daemon = Pcscd(ours=not _answers())
        try:
            daemon.start()
            yield daemon
        finally:
            daemon.stop()


@pytest.fixture
def pcscd() -> Iterator[Pcscd]:
    """A running pcscd with the virtual reader (vpcd, ports 35963 and 35964)."""
    reason = missing()
    if reason is not None:
        pytest.skip(f"REAL PC/SC NOT TESTED: {reason}")
    with running() as daemon:
        yield daemon
