"""What a message is read from, and what it never says."""

from __future__ import annotations

from typing import Annotated, ClassVar

import pytest
from pydantic import TypeAdapter, ValidationError

from offline_queue.wire import VoidReason
from offline_queue.wire_model import Count, KioskId, MessageError, Moment, WireModel


class Visit(WireModel, frozen=True, kw_only=True):
    """For these tests."""

    SECRET: ClassVar = frozenset({"code"})
    kiosk: KioskId
    code: str = "123456"
    count: Count = 0
    at: Moment | None = None
    why: VoidReason | None = None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"[]",
        b"null",
        b"{}",
        b'{"kiosk":"MCT-0001"} {}',
        b'{"kiosk":"MCT-0001\\n"}',
        b'{"kiosk":"MCT-0001\xff"}',
        b'{"kiosk":7}',
        b'{"kiosk":"MCT-0001","colour":"red"}',
        b'{"kiosk":"MCT-0001","count":"1"}',
        b'{"kiosk":"MCT-0001","count":true}',
        b'{"kiosk":"MCT-0001","count":1.5}',
        b'{"kiosk":"MCT-0001","count":-1}',
        b'{"kiosk":"MCT-0001","count":9007199254740992}',
        b'{"kiosk":"MCT-0001","at":1780295400}',
        b'{"kiosk":"MCT-0001","at":"2026-06-01"}',
        b'{"kiosk":"MCT-0001","at":"2026-06-01T06:30:00"}',
        b'{"kiosk":"MCT-0001","why":"no reason"}',
    ],
)
def test_what_is_no_such_message(text: bytes) -> None:
    with pytest.raises(MessageError):
        Visit.parse_json(text)


def test_what_is_written_is_read_again() -> None:
    visit = Visit.parse_json(
        b'{"kiosk":"MCT-0001","at":"2026-06-01T10:30:00+04:00","why":"expired"}'
    )
    assert visit.why is VoidReason.EXPIRED
    assert Visit.parse_json(visit.json()) == visit == Visit.parse(visit.plain())
    assert visit.changed(count=3) == Visit.parse(visit.plain() | {"count": 3})


def test_neither_errors_nor_repr_name_what_nobody_should_see() -> None:
    with pytest.raises(MessageError) as refused:
        Visit.parse({"kiosk": "MCT-0001", "why": "Salim"})
    assert "Salim" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert "123456" not in repr(Visit(kiosk="MCT-0001"))


def test_the_central_api_s_framework_reads_and_writes_it_as_its_own() -> None:
    class_as_field = TypeAdapter(Annotated[list[Visit], "any"])
    (visit,) = class_as_field.validate_python([{"kiosk": "MCT-0001"}])
    assert visit == Visit(kiosk="MCT-0001")
    assert class_as_field.dump_python([visit])[0]["kiosk"] == "MCT-0001"
    with pytest.raises(ValidationError) as refused:
        class_as_field.validate_python([{"kiosk": "MCT-0001", "count": -1}])
    (mistake,) = refused.value.errors()
    assert (mistake["loc"], mistake["ctx"]["path"]) == ((0,), "`$.count`")
