"""The command line: ``kiosk --help``.

One file for each group of commands, loaded when its command is given, because a terminal must not
wait for a web server it does not use. ``errors.py`` has what all share: exit codes and errors as
one sentence. 0 done, 1 refused, 2 usage, 3 device or service unavailable.
"""

from __future__ import annotations

import errno
import os
import sys


def main() -> None:
    """Run a command; what was to be expected ends with one sentence and never with a traceback."""
    from kiosk.cli.errors import UNAVAILABLE, is_expected, sentence_of

    arguments = sys.argv[1:]
    if sys.stdin is None:
        # Closed by whoever started this: nothing comes from there.
        sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: SIM115, PTH123 -- for as long as the process lives
    try:
        if sys.stdout is None and arguments[:1] != ["run"]:
            raise OSError(errno.EBADF, "standard output is closed")
        if arguments[:1] == ["run"]:
            _run(arguments[1:])
        else:
            _command(arguments)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if not is_expected(error):
            raise
        sentence = sentence_of(error)
        # Not where it is standard output itself that cannot be written.
        if "--json" in arguments and not isinstance(error, OSError):
            import json

            # Whoever asked for JSON is told in JSON, too.
            unavailable = {"available": False, "error": type(error).__name__, "detail": sentence}
            sys.stdout.write(json.dumps(unavailable, ensure_ascii=False) + "\n")
        sys.stderr.write(f"kiosk: {sentence}\n")
        sys.exit(UNAVAILABLE)


def _run(arguments: list[str]) -> None:
    # Without the command line's library: the terminal has its first picture on the screen by the
    # time that it is loaded.
    from kiosk.loop.lean_imports import load_msgspec, use_plain_imports
    from kiosk.loop.memory import load_without_collecting

    load_without_collecting()
    use_plain_imports()
    load_msgspec()
    from kiosk.cli.run import run

    run(arguments)


def _command(arguments: list[str]) -> None:
    from kiosk.cli.commands import command_line
    from kiosk.journal import configure_logging

    # Standard output is the answer's alone.
    configure_logging("warning")
    command_line(arguments)()
