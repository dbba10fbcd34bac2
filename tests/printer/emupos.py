"""emupos, a printer simulator nobody here wrote, in an environment of its own.

It needs Python 3.13 and other versions of libraries than we do, so it lives under ``build/``,
installed once from ``emupos.lock`` (every file by its hash), and we talk to it as to any printer:
over TCP. What it printed and which faults it has goes through its control API.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import requests

from printer.bitmap import ReceiptBitmap

_LOCK = Path(__file__).with_name("emupos.lock")
_ENVIRONMENT = Path(__file__).parents[2] / "build" / "emupos"
_NARROW = """\
type: printer
name: 58 mm
dpi: 203
width_dots: 384
font_a: { width: 12, height: 24 }
font_b: { width: 9, height: 17 }
code_pages: { 0: PC437 }
default_code_page: 0
drawer_sensor_open_level: high
"""


class Unavailable(Exception):
    """emupos cannot be had on this machine; the message says what is missing."""


class Emupos:
    """Two running printers, 576 and 384 dots wide."""

    def __init__(self, api: int, ports: dict[int, int]) -> None:
        self._api = f"http://127.0.0.1:{api}/api/v1/devices"
        self._ports = ports

    def address(self, width: int) -> tuple[str, int]:
        """Where the printer of this width listens."""
        return "127.0.0.1", self._ports[width]

    def last_receipt(self, width: int) -> ReceiptBitmap:
        """The receipt that was cut off last. Blank paper after the last ink is not kept."""
        return ReceiptBitmap.from_png(self._call(f"p{width}/receipts/latest/image"))

    def receipts(self, width: int) -> int:
        """How many receipts came out."""
        return self._call(f"p{width}/receipts").count(b'"boundary":"cut"')

    def fault(self, width: int, name: str, *, on: bool) -> None:
        """``paper-near-end``, ``paper-out``, ``cover-open`` or ``offline``."""
        self._call(f"p{width}/faults/{name}", "PUT" if on else "DELETE")

    def _call(self, path: str, method: str = "GET") -> bytes:
        answer = requests.request(method, f"{self._api}/{path}", timeout=10)
        answer.raise_for_status()
        return answer.content


@contextlib.contextmanager
def running(directory: Path) -> Iterator[Emupos]:
    """Install emupos if need be and run it. Raises :class:`Unavailable`."""
    program = _installed()
    api, wide, narrow = _free_ports(3)
    (directory / "narrow.yaml").write_text(_NARROW, "utf-8")
    (directory / "emupos.yaml").write_text(
        f"schema: 1\napi: {{ host: 127.0.0.1, port: {api} }}\ndevices:\n"
        + _device("p576", "epson-tm-t20iii", wide)
        + _device("p384", "./narrow.yaml", narrow),
        "utf-8",
    )
    with subprocess.Popen(
        [program, "run", "--config", "emupos.yaml"],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:
        try:
            for line in process.stdout:
                if "control API" in line:
                    break
            else:
                raise AssertionError("emupos did not start")
            # It tells every byte it does not know; nobody listens, but it must not block.
            threading.Thread(target=process.stdout.read, daemon=True).start()
            yield Emupos(api, {576: wide, 384: narrow})
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _device(name: str, profile: str, port: int) -> str:
    return (
        f"  - {{ id: {name}, type: printer, profile: {profile}, receipts_dir: ./receipts,"
        f" connections: [{{ tcp: {{ port: {port} }} }}] }}\n"
    )


def _free_ports(count: int) -> list[int]:
    """Free ports below those that the kernel hands out: nobody gets them before emupos does."""
    found: list[int] = []
    for port in random.Random(os.getpid()).sample(range(20_000, 32_000), 400):
        with contextlib.suppress(OSError):
            socket.create_server(("127.0.0.1", port)).close()
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


def _installed() -> str:
    """Path of the program, its environment made anew whenever the lock file has changed."""
    program = _ENVIRONMENT / "bin" / "emupos"
    mark = _ENVIRONMENT / "lock.sha256"
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if program.exists() and mark.exists() and mark.read_text("ascii") == wanted:
        return str(program)
    python = _python()
    shutil.rmtree(_ENVIRONMENT, ignore_errors=True)
    _run([python, "-m", "venv", str(_ENVIRONMENT)])
    pip = [str(_ENVIRONMENT / "bin" / "python"), "-m", "pip", "install", "--quiet"]
    _run([*pip, "--disable-pip-version-check", "--require-hashes", "-r", str(_LOCK)])
    mark.write_text(wanted, "ascii")
    return str(program)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=100)
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Unavailable(f"emupos cannot be installed: {reason}")


def _python() -> str:
    """A Python of version 3.13 or later: ours, on the PATH, of pyenv, or one that uv knows."""
    candidates = [sys.executable]
    candidates += [found for minor in (13, 14, 15) if (found := shutil.which(f"python3.{minor}"))]
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    candidates += sorted(map(str, root.glob("versions/3.1[3-9]*/bin/python3")))
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv:
        found = subprocess.run(
            [uv, "python", "find", "--no-project", "--offline", ">=3.13"],
            capture_output=True,
            text=True,
        )
        candidates += [found.stdout.strip()] if found.returncode == 0 else []
    check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 13))"
    for candidate in candidates:
        # A shim of pyenv may stand on the PATH for a version that is not switched on.
        if subprocess.run([candidate, "-c", check], capture_output=True).returncode == 0:
            return candidate
    raise Unavailable("emupos needs Python 3.13 or later, and there is none here")
