"""The document scanner: the seam that every scanner implements, and the real one over SANE.

SANE's own ``scanimage`` is run for each sheet and the picture comes through a pipe: nothing of a
citizen's paper touches the disk, and a driver that crashes or hangs takes a process of its own
with it. ``kiosk.simulation`` holds a scanner that needs no device.
"""

from __future__ import annotations

import enum
import os
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Protocol

from kiosk.devices import DeviceState, SheetState

SHEET_MAX_BYTES = 5 * 1024 * 1024
"""Largest picture of one sheet; what the outbox takes as one attachment."""

_PROBE_TIMEOUT_S = 20.0
_GRACE_S = 3.0
"""How long ``scanimage`` may take to bring the scanner's carriage back when it is told to end."""
_LOOK_S = 0.1
"""How soon a stop is noticed while nothing comes through the pipe."""
_READ_BYTES = 65536


class ScanProblem(enum.StrEnum):
    """Why there is no picture; the values name what the screen says."""

    NO_SHEET = "noSheet"
    JAM = "jam"
    COVER_OPEN = "coverOpen"
    EMPTY = "empty"
    """Nothing is on the sheet: most often it lies the wrong way up."""
    TOO_LARGE = "tooLarge"
    BUSY = "deviceBusy"
    OFFLINE = "offline"
    """It cannot be opened: unplugged, switched off, or set up wrongly."""
    BROKEN = "hardwareError"

    @property
    def sheet(self) -> SheetState:
        """What this says of the sheet."""
        return _SHEETS.get(self, SheetState.READY)

    @property
    def device(self) -> DeviceState:
        """What this says of the scanner."""
        return _DEVICES.get(self, DeviceState.ONLINE)


_SHEETS = {
    ScanProblem.NO_SHEET: SheetState.NO_SHEET,
    ScanProblem.JAM: SheetState.JAM,
    ScanProblem.EMPTY: SheetState.REJECTED,
    ScanProblem.TOO_LARGE: SheetState.REJECTED,
}
_DEVICES = {
    ScanProblem.JAM: DeviceState.USER_ERROR,
    ScanProblem.COVER_OPEN: DeviceState.USER_ERROR,
    ScanProblem.OFFLINE: DeviceState.OFFLINE,
    ScanProblem.BROKEN: DeviceState.HARDWARE_ERROR,
}

# What ``sane_strstatus`` says (SANE standard 1.06, clause 4.3.11), as ``scanimage`` repeats it on
# its standard error. Its exit status is the SANE_Status too, but not always: when a driver still
# writes while it ends, it ends with 0, or hangs.
_SAID = {
    b"Document feeder out of documents": ScanProblem.NO_SHEET,
    b"Document feeder jammed": ScanProblem.JAM,
    b"Scanner cover is open": ScanProblem.COVER_OPEN,
    b"Device busy": ScanProblem.BUSY,
    b"Invalid argument": ScanProblem.OFFLINE,
    b"Access to resource has been denied": ScanProblem.OFFLINE,
    b"Error during device I/O": ScanProblem.BROKEN,
    b"Out of memory": ScanProblem.BROKEN,
}
_SPEAKS = (b"scanimage: sane_start: ", b"scanimage: sane_read: ", b"scanimage: open of device ")
_OPENS = 1
"""Status of a ``scanimage`` that cannot open the device or that it does not know an option of."""


class ScanFailed(Exception):
    """There is no picture of the sheet."""

    def __init__(self, problem: ScanProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


class ScanStopped(Exception):
    """The scan was given up because somebody asked for it."""


class Scanner(Protocol):
    """What the terminal needs of a document scanner. One thread scans and looks."""

    def look(self) -> None:
        """Return when the scanner is there. Raises :class:`ScanFailed`."""

    def scan(self) -> bytes:
        """One sheet as JPEG or PNG, at most ``SHEET_MAX_BYTES``.

        Raises :class:`ScanFailed` or :class:`ScanStopped`.
        """

    def stop(self) -> None:
        """Give up a scan under way; any thread. Nothing happens when there is none."""


def media_type(picture: bytes) -> str | None:
    """``image/jpeg`` or ``image/png`` by the first bytes, ``None`` for anything else."""
    if picture.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if picture.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    return None


class SaneScanner:
    """A scanner that SANE knows, by its ``scanimage``."""

    def __init__(
        self,
        device: str,
        *,
        mode: str = "Color",
        resolution_dpi: int = 200,
        source: str = "",
        timeout_s: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``device`` as ``scanimage -L`` names it; ``timeout_s`` is what one sheet may take."""
        options = [f"--device-name={device}", "--format=jpeg"]
        if source:
            options.append(f"--source={source}")
        self._command = ["scanimage", *options, f"--mode={mode}", f"--resolution={resolution_dpi}"]
        self._timeout = timeout_s
        self._clock = clock
        self._stopping = threading.Event()

    def look(self) -> None:
        """Open the device and set its options, without scanning."""
        self._run([*self._command, "--dont-scan"], _PROBE_TIMEOUT_S)

    def scan(self) -> bytes:
        """One sheet as JPEG."""
        picture = self._run(self._command, self._timeout)
        if media_type(picture) is None:
            raise ScanFailed(ScanProblem.BROKEN)
        return picture

    def stop(self) -> None:
        """Let a scan under way end; the carriage is brought back."""
        self._stopping.set()

    def _run(self, command: Sequence[str], timeout: float) -> bytes:
        self._stopping.clear()
        try:
            # A session of its own: some drivers read in a child, which must end too.
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ScanFailed(ScanProblem.OFFLINE) from error
        try:
            picture = self._read(process, self._clock() + timeout)
            status = process.wait(timeout=_GRACE_S)
        except subprocess.TimeoutExpired:
            raise ScanFailed(ScanProblem.BROKEN) from None
        finally:
            _end(process)
        if status != 0:
            raise ScanFailed(ScanProblem.OFFLINE if status == _OPENS else ScanProblem.BROKEN)
        return picture

    def _read(self, process: subprocess.Popen[bytes], deadline: float) -> bytes:
        """The picture, once the other end has closed the pipe. Raises what is said meanwhile."""
        assert process.stdout is not None  # noqa: S101 -- both pipes were asked for
        assert process.stderr is not None  # noqa: S101
        picture, said = bytearray(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(process.stderr, selectors.EVENT_READ, said)
            selector.register(process.stdout, selectors.EVENT_READ, picture)
            # A child of the driver may hold the other pipe open for longer.
            while process.stdout in selector.get_map() or process.poll() is None:
                if self._stopping.is_set():
                    raise ScanStopped
                if self._clock() > deadline:
                    raise ScanFailed(ScanProblem.BROKEN)
                for key, _ in selector.select(_LOOK_S):
                    piece = os.read(key.fd, _READ_BYTES)
                    if not piece:
                        selector.unregister(key.fileobj)
                    elif key.data is picture or len(said) < _READ_BYTES:
                        key.data.extend(piece)
                if problem := _problem_in(bytes(said)):
                    raise ScanFailed(problem)
                if len(picture) > SHEET_MAX_BYTES:
                    raise ScanFailed(ScanProblem.TOO_LARGE)
        os.set_blocking(process.stderr.fileno(), False)
        said += process.stderr.read(_READ_BYTES) or b""
        if problem := _problem_in(bytes(said)):
            raise ScanFailed(problem)
        return bytes(picture)


def _problem_in(said: bytes) -> ScanProblem | None:
    """What ``scanimage`` gave as its reason, in the first whole line that gives one."""
    for line in said.split(b"\n")[:-1]:
        if line.startswith(_SPEAKS):
            reason = line.rpartition(b": ")[2]
            return _SAID.get(reason, ScanProblem.BROKEN)
    return None


def _end(process: subprocess.Popen[bytes]) -> None:
    """Leave nothing running: politely first, so that the scanner stops in its resting place."""
    if process.poll() is None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
    # Only now: to write into a closed pipe would end it before it has spoken to the scanner.
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
    try:
        process.wait(timeout=_GRACE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    # A child of the driver may have outlived it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
