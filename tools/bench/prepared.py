"""Runs a module in a process that is prepared as ``kiosk run`` prepares its own.

Arguments: the module and its arguments. For processes that are the terminal without its command.
"""

from __future__ import annotations

import runpy
import sys

from kiosk.loop.lean_imports import load_for_visits, load_msgspec, use_plain_imports
from kiosk.loop.memory import load_without_collecting


def main() -> None:
    """Prepare and run."""
    load_without_collecting()
    use_plain_imports()
    load_msgspec()
    load_for_visits()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
