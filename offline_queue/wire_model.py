"""The base of every message between terminal and central API, and the types of their fields.

msgspec, not pydantic: it takes a tenth of the memory and a tenth of the time to load, which a
terminal pays at every start (``tools.bench``). The central API's framework speaks pydantic; the two
hooks at the end let it read, write and document these messages as its own.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, Self

import msgspec
from msgspec import Meta

if TYPE_CHECKING:
    from pydantic_core.core_schema import CoreSchema

END: Final = r"$(?!\n)"
"""End of a pattern: nothing follows, not even the newline that Python's ``$`` would pass."""
KIOSK_ID: Final = "^[A-Z0-9][A-Z0-9-]{2,31}"
TX_ID: Final = "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
SHA256_HEX: Final = "^[0-9a-f]{64}"
BASE64URL: Final = "^[A-Za-z0-9_-]*"

Sha256Hex = Annotated[str, Meta(pattern=SHA256_HEX + END)]
TxId = Annotated[str, Meta(pattern=TX_ID + END)]
KioskId = Annotated[str, Meta(pattern=KIOSK_ID + END)]
KeyId = Annotated[str, Meta(pattern="^[0-9a-f]{16}" + END)]
"""First 8 bytes of a SHA-256, in hexadecimal."""
Base64Url = Annotated[str, Meta(pattern=BASE64URL + END)]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]
"""As large as every JSON reader can hold exactly (RFC 8259, clause 6)."""
SequenceNumber = Annotated[int, Meta(ge=1, le=2**53 - 1)]
EPOCH_MAX: Final = 2**31 - 1
Epoch = Annotated[int, Meta(ge=1, le=EPOCH_MAX)]
Moment = Annotated[dt.datetime, Meta(tz=True)]
"""A time with its zone as RFC 3339 writes it: never a number, of which nobody knows the unit."""

SHARED: Final = "x-shared-message"
"""Stands for ``$ref`` to a message in a JSON Schema that pydantic writes."""

_VALUE: Final = re.compile(r"^Invalid enum value .* - at ", re.DOTALL)


_BUILDING: Final = threading.Lock()
_DECODERS: Final[dict[type, msgspec.json.Decoder[Any]]] = {}


class MessageError(ValueError):
    """What came is no such message. Its text says where and why, and never names a value."""


class WireModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A message: immutable, nothing is converted, an unknown field is an error.

    Making one in a program checks no types (the type checker did); reading one checks everything.
    """

    SECRET: ClassVar[frozenset[str]] = frozenset()
    """Fields that ``repr`` does not show."""

    @classmethod
    def parse_json(cls, text: bytes | str) -> Self:
        """Read JSON. Raises :class:`MessageError`."""
        try:
            message: Self = decoder_of(cls).decode(text)
            return message
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise MessageError(_why(error)) from None

    @classmethod
    def parse(cls, value: object) -> Self:
        """Read what JSON was turned into: dictionaries, lists, texts. Raises `MessageError`."""
        decoder_of(cls)
        try:
            return msgspec.convert(value, cls)
        except (msgspec.ValidationError, RecursionError) as error:
            raise MessageError(_why(error)) from None

    def json(self) -> bytes:
        """UTF-8, without white space."""
        return msgspec.json.encode(self)

    def plain(self) -> dict[str, Any]:
        """What JSON can hold, as dictionaries, lists, texts."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    def changed(self, **fields: Any) -> Self:
        """Copy with other values in some fields."""
        return msgspec.structs.replace(self, **fields)

    def __repr__(self) -> str:
        shown = (
            f"{name}={'…' if name in self.SECRET else repr(getattr(self, name))}"
            for name in self.__struct_fields__
        )
        return f"{type(self).__name__}({', '.join(shown)})"

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: object, _handler: object) -> CoreSchema:
        from pydantic_core import PydanticCustomError, core_schema

        def read(value: object) -> WireModel:
            try:
                return value if isinstance(value, cls) else cls.parse(value)
            except MessageError as error:
                reason, _, path = str(error).rpartition(" - at ")
                told = {"reason": reason or path, "path": path if reason else ""}
                raise PydanticCustomError("not-valid", "{reason}", told) from None

        return core_schema.no_info_plain_validator_function(
            read,
            serialization=core_schema.plain_serializer_function_ser_schema(msgspec.to_builtins),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, _schema: CoreSchema, _handler: object
    ) -> Mapping[str, str]:
        # pydantic follows references itself, and only to what it wrote: whoever completes the
        # document makes one of this (msgspec.json.schema_components has what it refers to).
        return {SHARED: cls.__name__}


def decoder_of(message: type[WireModel]) -> msgspec.json.Decoder[Any]:
    """Return the decoder of a message type, built once and by one thread.

    msgspec keeps what it knows of a type on the type itself, and two threads that build it at the
    same moment free it twice (msgspec 0.20 to 0.22).
    """
    found = _DECODERS.get(message)
    if found is None:
        with _BUILDING:
            found = _DECODERS.setdefault(message, msgspec.json.Decoder(message))
    return found


def _why(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return "not UTF-8"
    if isinstance(error, RecursionError):
        return "nested too deeply"
    return _VALUE.sub("Invalid enum value - at ", str(error))
