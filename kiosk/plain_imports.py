"""Python's own ``import`` while PySide is loaded.

PySide replaces ``builtins.__import__`` so that a module may say ``from __feature__ import
snake_case``. To know which modules it concerns it reads the source of every module that is
imported afterwards, through ``inspect.getsource``, which also keeps all of these sources in
``linecache``: 26 MB, and time before the first picture (measured with ``tools.bench``). Nothing
here uses these features. PySide keeps what was there before as ``builtins.__orig_import__`` (Qt
for Python, developer notes, "The __feature__ import").
"""

from __future__ import annotations

import builtins


def use_plain_imports() -> None:
    """Load PySide's core and give ``import`` back. Call before the other imports of a program."""
    import PySide6.QtCore  # noqa: F401 - it replaces ``import`` when it is loaded

    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original
