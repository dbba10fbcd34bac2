"""The command line under test: as a process of its own, or quickly in this one."""

from __future__ import annotations

import atexit
import functools
import io
import json
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import structlog

from kiosk.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    errors: str


def kiosk(*arguments: object, stdin: str = "") -> Done:
    """Run a command in this process, as the installed script would."""
    output, errors = _Stream(), _Stream()
    handlers, level = logging.root.handlers[:], logging.root.level
    configuration = structlog.get_config()
    with (
        mock.patch.object(sys, "argv", ["kiosk", *map(str, arguments)]),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), "utf-8")),
        mock.patch.object(sys, "stdout", output),
        mock.patch.object(sys, "stderr", errors),
    ):
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
        finally:
            # A command owns its process and sets up logging for all of it.
            logging.root.handlers[:] = handlers
            logging.root.setLevel(level)
            structlog.configure(**configuration)
    return Done(code, output.text, errors.text)


class _Stream(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", write_through=True)

    @property
    def text(self) -> str:
        """Everything that was written."""
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue().decode()


def started(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.Popen[str]:
    """A command in a process of its own; both streams together."""
    return subprocess.Popen(
        [sys.executable, "-c", "from kiosk.cli import main; main()", *map(str, arguments)],
        cwd=ROOT,
        env=surroundings() | (environment or {}),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def surroundings() -> dict[str, str]:
    """An environment without settings of ours; where nothing may be compiled beside the source,
    it is compiled once, into a folder that goes when the tests are over.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("MANFADH_", "XDG_"))}
    if kept.pop("PYTHONDONTWRITEBYTECODE", ""):
        kept["PYTHONPYCACHEPREFIX"] = _bytecode()
    return kept


@functools.cache
def _bytecode() -> str:
    folder = tempfile.mkdtemp(prefix="manfadh-tests-bytecode-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@contextmanager
def running(*arguments: object) -> Iterator[subprocess.Popen[str]]:
    """A command that goes on until the block ends."""
    process = started(*arguments)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def refused_in_one_sentence(done: Done, *words: str, code: int = 3) -> None:
    """Fail unless the command said one sentence with these words, and nothing else."""
    assert done.code == code, done
    assert "Traceback" not in done.errors + done.output
    lines = [line for line in done.errors.splitlines() if not is_log(line)]
    assert len(lines) == 1, done.errors
    assert lines[0].startswith("kiosk: ")
    assert lines[0].endswith((".", "!"))
    for word in words:
        assert word in lines[0], lines[0]
    if done.output:
        # Whoever asked for JSON is told the same sentence in JSON.
        told = json.loads(done.output)
        assert told["available"] is False
        assert f"kiosk: {told['detail']}" == lines[0]


def is_log(line: str) -> bool:
    """The structured log goes to standard error too, unless a file is configured."""
    return line.startswith('{"')


def only_json(done: Done) -> dict[str, Any]:
    """The one object that the command printed."""
    value = json.loads(done.output)
    assert isinstance(value, dict)
    return value


def config_with_trust(tmp_path: Path, trust: object = "") -> Path:
    """Settings of a terminal with trust anchors, by default the simulated state's."""
    from cardreader.simulator import TRUST

    path = tmp_path / "terminal.toml"
    path.write_text(
        f'[reader]\ntrust = "{trust or TRUST}"\n[printer]\nconnection = "none"', "utf-8"
    )
    return path


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
