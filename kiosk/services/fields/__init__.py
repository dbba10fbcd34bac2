"""The kinds of questions, one file each; a new kind is a new file here and is found by its name.

A definition says ``kind = "cr-number"``, and ``cr_number.py`` beside this file says what that is.
The terminal and the central API parse with the same functions.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from kiosk.services.fields.kind import Answer, Choice, FieldKind, Invalid, Situation

_HELPERS = frozenset({"kind", "entering", "choosing"})


@cache
def kind_names() -> frozenset[str]:
    """The names that a definition may use."""
    modules = {module.name for module in pkgutil.iter_modules(__path__)}
    return frozenset(name.replace("_", "-") for name in modules - _HELPERS)


@cache
def kind_of(name: str) -> FieldKind:
    """The kind of this name; ``KeyError`` when there is none."""
    if name not in kind_names():
        raise KeyError(name)
    found = importlib.import_module(f"{__name__}.{name.replace('-', '_')}").KIND
    assert isinstance(found, FieldKind)  # noqa: S101 - a module without one is our own mistake
    return found


__all__ = ["Answer", "Choice", "FieldKind", "Invalid", "Situation", "kind_names", "kind_of"]
