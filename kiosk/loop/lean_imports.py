"""What a terminal does not load though libraries ask for it: its time and memory have better use.

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
import warnings
from importlib import import_module
from types import ModuleType


def use_plain_imports() -> None:
    """Load PySide's core and give ``import`` back. Call before the other imports of a program."""
    import PySide6.QtCore  # noqa: F401 - it replaces ``import`` when it is loaded

    original = getattr(builtins, "__orig_import__", None)
    if original is not None:
        builtins.__import__ = original


def load_msgspec() -> None:
    """Load msgspec without typing_extensions: a tenth of the time to the first picture.

    It asks there for names that Python's own typing has had since 3.11, and takes these when there
    is no such module.
    """
    _load("msgspec", absent="typing_extensions")


def load_for_visits() -> None:
    """Load the libraries that a terminal needs once its first picture is on the screen."""
    _load_structlog()
    _load_requests()


def _load_structlog() -> None:
    """Load structlog without rich, which it only wants for colours on a console: 6 MB.

    And with an empty asyncio, which it asks for at the top of a module and uses in the methods of
    its asynchronous loggers only: 2 MB, and 25 modules less to load.
    """
    _load("structlog", absent="rich", empty="asyncio")


def _load_requests() -> None:
    """Load requests without charset_normalizer, which guesses what the central API says: 2 MB.

    requests warns that it cannot guess then; of JSON there is nothing to guess (RFC 8259, 8.1).
    And with an empty idna, of which it keeps the name only: 1.5 MB. Should a host's name ever need
    it (RFC 5891), requests and urllib3 ask for it again, and get it.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Unable to find acceptable character detection")
        _load("requests", absent="charset_normalizer", empty="idna")


def _load(name: str, *, absent: str, empty: str | None = None) -> None:
    """Load a module as if another were not to be had, and a third had nothing in it."""
    # Python's way to say that a module is not to be had (language reference, 5.3.1).
    stand_ins: dict[str, ModuleType | None] = {absent: None}
    if empty is not None:
        stand_ins[empty] = ModuleType(empty)
    placed = {each: module for each, module in stand_ins.items() if each not in sys.modules}
    sys.modules.update(placed)  # type: ignore[arg-type] # None, as that reference has it
    try:
        import_module(name)
    finally:
        for each in placed:
            del sys.modules[each]
