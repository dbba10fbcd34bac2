"""Everything that is misshapen in one document, not only the first of it.

``msgspec`` stops at the first key that is unknown, missing or of the wrong type. Whoever writes a
definition wants to hear of all of them, so the shape is walked part by part and each part is
converted by itself.
"""

from __future__ import annotations

import enum
import re
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Struct, UnsetType

from kiosk.services.languages import LANGUAGES
from kiosk.services.texts import Text, convert

_PLACE: Final = re.compile(r" - at `[^`]+`$")
_PATTERN: Final = re.compile(r"matching regex '(.*)'")
_NAMES: Final = re.compile(r"^\^\[a-z\]")
_TYPES: Final = {
    "str": "a text in quotation marks",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list in square brackets",
    "object": "a table",
    "date": "a date such as 2026-12-31",
}
_EXPECTED: Final = re.compile(r"^Expected `(?P<wanted>[^`]+)`, got `(?P<found>[^`]+)`")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: its path within the file, and the reason in a sentence."""

    path: str
    reason: str


class _Unusable:
    """In place of a part with which nothing can be done."""


_UNUSABLE: Final = _Unusable()
_STAND_INS: Final[tuple[Any, ...]] = (
    {language: "?" for language in LANGUAGES},
    "?",
    1,
    [],
    date(2021, 1, 1),
)
"""In place of what is missing or misshapen, so that the rest can be looked at. No name is made up:
of it other faults would follow."""


def shape_faults(raw: Mapping[str, Any], shape: type[Struct]) -> tuple[list[Fault], Any]:
    """Every fault of the shape, and the document without them where that can be.

    The second value lets the rest of a document be checked as well: unknown keys are left out and
    misshapen sentences replaced; ``None`` when what is missing cannot be made up.
    """
    faults: list[Fault] = []
    mended = _check(raw, shape, "", faults)
    return faults, None if mended is _UNUSABLE else mended


def _check(raw: Any, shape: Any, path: str, faults: list[Fault]) -> Any:
    shape = _some(shape)
    inner = _plain(shape)
    before = len(faults)
    if inner is Text:
        mended = raw
    elif isinstance(inner, type) and issubclass(inner, Struct) and isinstance(raw, Mapping):
        mended = _check_struct(raw, inner, path, faults)
    elif typing.get_origin(inner) is tuple and isinstance(raw, list):
        element = typing.get_args(inner)[0]
        mended = [_check(each, element, f"{path}[{at}]", faults) for at, each in enumerate(raw)]
        if any(each is _UNUSABLE for each in mended):
            return _UNUSABLE
    elif typing.get_origin(inner) is dict and isinstance(raw, Mapping):
        element = typing.get_args(inner)[1]
        mended = {key: _check(raw[key], element, f"{path}.{key}", faults) for key in raw}
        if any(each is _UNUSABLE for each in mended.values()):
            return _UNUSABLE
    else:
        mended = raw
    if len(faults) > before:
        return mended
    try:
        convert(mended, shape)
    except msgspec.ValidationError as error:
        faults.append(Fault(path, _in_words(str(error), raw, inner)))
        return _stand_in(shape)
    return mended


def _check_struct(
    raw: Mapping[str, Any], shape: type[Struct], path: str, faults: list[Fault]
) -> Any:
    keys = {each.encode_name: each for each in msgspec.structs.fields(shape)}
    mended: dict[str, Any] = {}
    usable = True
    for name in raw:
        if name not in keys:
            faults.append(Fault(_below(path, name), "there is no such key"))
    for name, key in keys.items():
        if name in raw:
            mended[name] = _check(raw[name], key.type, _below(path, name), faults)
            usable = usable and mended[name] is not _UNUSABLE
        elif key.required:
            faults.append(Fault(_below(path, name), "this key is missing"))
            mended[name] = _stand_in(_some(key.type))
            usable = usable and mended[name] is not _UNUSABLE
    return mended if usable else _UNUSABLE


def _stand_in(shape: Any) -> Any:
    """A value of this shape, or :data:`_UNUSABLE`."""
    if isinstance(shape, type) and issubclass(shape, enum.Enum):
        return next(iter(shape)).value
    for value in (*typing.get_args(shape), *_STAND_INS):
        try:
            convert(value, shape)
        except msgspec.ValidationError:
            continue
        return value
    return _UNUSABLE


def _some(shape: Any) -> Any:
    """The type without "or nothing", which TOML cannot say."""
    if typing.get_origin(shape) in (typing.Union, UnionType):
        some = [each for each in typing.get_args(shape) if each not in (NoneType, UnsetType)]
        return some[0] if len(some) == 1 else shape
    return shape


def _plain(shape: Any) -> Any:
    """The type without its bounds."""
    return typing.get_args(shape)[0] if typing.get_origin(shape) is Annotated else shape


def _in_words(message: str, raw: Any, shape: Any) -> str:
    """What ``msgspec`` says, for somebody who writes no programs."""
    if typing.get_origin(shape) is Literal:
        known = [str(each) for each in typing.get_args(shape) if each != ""]
        return f"{raw!r} is none of: {', '.join(known)}"
    if isinstance(shape, type) and issubclass(shape, enum.Enum):
        return f"{raw!r} is none of: {', '.join(str(each.value) for each in shape)}"
    pattern = _PATTERN.search(message)
    if pattern and isinstance(raw, str):
        if _NAMES.match(pattern[1]):
            return f"{raw!r} is no name: small letters, digits, - and _, a letter first"
        return f"{raw!r} is not of the form {pattern[1]}"
    types = _EXPECTED.match(message)
    if types:
        wanted, found = types["wanted"].replace(" | null", ""), types["found"]
        return f"{_TYPES.get(wanted, wanted)} is expected, not {_TYPES.get(found, found)}"
    return _PLACE.sub("", message)


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
