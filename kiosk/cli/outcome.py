"""How a command answers and refuses, and how it asks for a PIN."""

from __future__ import annotations

import getpass
import json
import sys
from typing import Any, NoReturn

import typer

from kiosk.cli.errors import REFUSED, UNAVAILABLE, USAGE, sentence_of

__all__ = ["REFUSED", "UNAVAILABLE", "USAGE", "answer", "read_pin", "refuse", "sentence_of"]


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
