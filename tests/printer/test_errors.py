"""The hierarchy of errors: drawn in one docstring, true, and each with its advice."""

import inspect
import re

import printer
from printer import errors
from printer.errors import PrintingError


def drawn() -> dict[str, str]:
    """Each error of the drawing with the one it hangs under."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"    ([│├└─ ]*)([A-Z]\w+) {2,}\S", line):
            depth = len(match[1]) // 4
            above[depth:] = [match[2]]
            parents[match[2]] = above[depth - 1] if depth else "Exception"
    return parents


def defined() -> dict[str, type[PrintingError]]:
    kinds = dict(inspect.getmembers(errors, inspect.isclass))
    return {name: kind for name, kind in kinds.items() if issubclass(kind, PrintingError)}


def test_the_drawing_is_the_hierarchy():
    assert drawn() == {name: kind.__bases__[0].__name__ for name, kind in defined().items()}


def test_every_error_that_is_raised_has_advice_in_whole_sentences():
    bases = {kind.__bases__[0] for kind in defined().values()}
    for name, kind in defined().items():
        assert name in printer.__all__
        if kind not in bases:
            assert kind.advice.endswith("."), name
