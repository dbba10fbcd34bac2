"""A sentence of the catalogue in every language of the terminal."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from kiosk.services.languages import LANGUAGES, Language

T = TypeVar("T")

_PLACEHOLDER: Final = re.compile(r"\{([a-z][a-z0-9_-]*)\}")
_BRACES: Final = re.compile(r"\{[^{}]*\}|[{}]")


class Text:
    """One sentence, once for each language. Immutable and hashable."""

    __slots__ = ("_sentences",)

    def __init__(self, **sentences: str) -> None:
        """One keyword for each language; raises ``ValueError`` for a missing or unknown one."""
        missing = [language for language in LANGUAGES if not sentences.get(language, "").strip()]
        if missing:
            raise ValueError(f"not written in {', '.join(missing)}")
        unknown = sorted(set(sentences) - set(LANGUAGES))
        if unknown:
            raise ValueError(f"written in {', '.join(unknown)}, which the terminal does not speak")
        self._sentences = tuple((language, sentences[language]) for language in LANGUAGES)

    def in_language(self, language: Language) -> str:
        """The sentence in one language."""
        for each, sentence in self._sentences:
            if each == language:
                return sentence
        raise KeyError(language)

    def each(self) -> Iterator[tuple[str, str]]:
        """Language and sentence, in the order of the language table."""
        return iter(self._sentences)

    def plain(self) -> dict[str, str]:
        """As JSON carries it."""
        return dict(self._sentences)

    @property
    def ar(self) -> str:
        """In Arabic: the state's language, on every receipt."""
        return self.in_language("ar")

    @property
    def en(self) -> str:
        """In English: the second language of every receipt."""
        return self.in_language("en")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and self._sentences == other._sentences

    def __hash__(self) -> int:
        return hash(self._sentences)

    def __repr__(self) -> str:
        return f"Text({dict(self._sentences)})"


def fill(sentence: str, values: Mapping[str, str]) -> str:
    """The sentence with its placeholders filled, ``{deadline}`` for example.

    Nothing else in braces means anything, and nothing raises: what is not known stays as it is.
    """
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), sentence)


def unfilled(sentence: str, known: Iterable[str]) -> list[str]:
    """Everything in braces that :func:`fill` would leave when only ``known`` has values."""
    fillable = {f"{{{name}}}" for name in known}
    return [found for found in _BRACES.findall(sentence) if found not in fillable]


def decode(kind: type, raw: Any) -> Any:
    """``msgspec``'s hook for types that it does not know: tables of sentences."""
    if kind is not Text:
        raise NotImplementedError(kind)
    if not isinstance(raw, Mapping) or not all(isinstance(value, str) for value in raw.values()):
        raise msgspec.ValidationError("Expected a sentence in every language")
    try:
        return Text(**raw)
    except ValueError as error:
        raise msgspec.ValidationError(str(error)) from error


def encode(value: Any) -> Any:
    """``msgspec``'s hook the other way."""
    if isinstance(value, Text):
        return value.plain()
    raise NotImplementedError(type(value))


def build_decoders(*shapes: Any) -> None:
    """Have msgspec study these types now, at import, in one thread.

    It keeps what it finds on the type itself; threads that do so together crash (msgspec 0.22).
    """
    for shape in shapes:
        msgspec.json.Decoder(shape, dec_hook=decode)


def convert(raw: Any, shape: type[T], *, strict: bool = True) -> T:
    """``raw`` as ``shape``, sentences included; not ``strict``: times as JSON writes them.

    Raises ``msgspec.ValidationError``.
    """
    return msgspec.convert(raw, shape, dec_hook=decode, strict=strict)
