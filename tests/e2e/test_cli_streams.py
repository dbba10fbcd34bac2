"""Commands whose standard streams are full or closed: one sentence, never a traceback."""

from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = (sys.executable, "-c", "from kiosk.cli import main; main()")


def in_shell(redirection: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command with a shell's redirection, for example ``<&-``: standard input is closed."""
    script = f'exec "$@" {redirection}'
    command = ("sh", "-c", script, "sh", *PROGRAM, *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("redirection", "words"),
    [(">/dev/full", "No space left on device"), (">&-", "standard output is closed")],
)
@pytest.mark.parametrize("arguments", [("--version",), ("simulate", "personas", "--json")])
def test_an_answer_that_cannot_be_written_is_said(
    redirection: str, words: str, arguments: tuple[str, ...]
) -> None:
    done = in_shell(redirection, *arguments)
    assert (done.returncode, done.stderr) == (3, f"kiosk: cannot write: {words}.\n")


def test_a_question_that_nobody_can_answer_ends_the_command() -> None:
    done = in_shell("<&-", "card", "verify-pin")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_input_that_is_closed_is_input_that_ended() -> None:
    done = in_shell("<&-", "receipt", "verify", "-")
    assert done.returncode in (1, 3)
    assert "Traceback" not in done.stderr
