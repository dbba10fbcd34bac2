"""What all commands share: exit codes, JSON answers, PIN entry, and errors as one sentence."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any, NoReturn

import typer

from backend_stub import CentralUnavailable
from cardreader.errors import CardError
from cardreader.simulator import CardStateUnreadable, UnknownPersona
from cardreader.trust import TrustStoreInvalid
from kiosk.central.client import CentralError
from kiosk.config import ConfigError
from kiosk.journal import JournalError
from kiosk.receipt_keys import RingError
from kiosk.services import CatalogueError
from kiosk.terminal_identity import IdentityError
from offline_queue.errors import OutboxError
from ui.app import WindowFailed

REFUSED = 1
USAGE = 2
UNAVAILABLE = 3

_EXPECTED: tuple[type[Exception], ...] = (
    CardError,
    CardStateUnreadable,
    CatalogueError,
    CentralError,
    CentralUnavailable,
    ConfigError,
    IdentityError,
    JournalError,
    OutboxError,
    RingError,
    TrustStoreInvalid,
    UnknownPersona,
    WindowFailed,
)


def is_expected(error: Exception) -> bool:
    """Whether an error is one that a person at the terminal can act on."""
    return isinstance(error, _EXPECTED)


def sentence_of(error: Exception) -> str:
    """The error as one sentence."""
    text = str(error).strip() or type(error).__name__
    return text if text.endswith((".", "!")) else f"{text}."


def answer(value: dict[str, Any], *, as_json: bool, text: str) -> None:
    """Print one JSON object, or the same as text."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1) if as_json else text)


def refuse(value: dict[str, Any], *, as_json: bool, text: str) -> NoReturn:
    """Print the answer and end with "refused"."""
    answer(value, as_json=as_json, text=text)
    raise typer.Exit(REFUSED)


def read_pin(from_stdin: bool, prompt: str = "PIN: ") -> bytearray:
    """A PIN from the prompt or the next line of standard input, as bytes that can be wiped."""
    if from_stdin:
        line = sys.stdin.buffer.readline()
        return bytearray(line.rstrip(b"\r\n"))
    return bytearray(getpass.getpass(prompt).encode())
