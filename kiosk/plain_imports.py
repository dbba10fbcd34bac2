"""What is kept from loading before the first picture: reading of sources, and doubles of typing.

PySide replaces ``builtins.__import__`` so that a module may say ``from __feature__ import
snake_case``. To know which modules it concerns it reads the source of every module that is
imported afterwards, through ``inspect.getsource``, which also keeps all of these sources in
``linecache``: 26 MB, and time before the first picture (measured with ``tools.bench``). Nothing
here uses these features. PySide keeps what was there before as ``builtins.__orig_import__`` (Qt
for Python, developer notes, "The __feature__ import").
"""

from __future__ import annotations

import builtins
import sys


def use_plain_imports() -> None:
    """Load PySide's core and give ``import`` back. Call before the other imports of a program."""
    import PySide6.QtCore  # noqa: F401 - it replaces ``import`` when it is loaded

    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def load_msgspec() -> None:
    """Load msgspec without typing_extensions.

    It asks there for names that Python's own typing has had since 3.11, and takes these when there
    is no such module: a tenth of the time to the first picture.
    """
    if "typing_extensions" in sys.modules:
        return
    # Python's way to say that a module is not to be had (language reference, 5.3.1).
    sys.modules["typing_extensions"] = None  # type: ignore[assignment]
    try:
        import msgspec  # noqa: F401 - whoever imports it later finds it
    finally:
        del sys.modules["typing_extensions"]
