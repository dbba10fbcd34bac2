"""Who the cardholder is: the data groups of the eMRTD application as one record.

Sources: ICAO Doc 9303-10, clause 4.7 (DG1, DG2, DG11, DG13); ISO/IEC 19794-5:2005 (the portrait).

- The **civil number** is the personal number of DG11 (tag ``5F10``).
- The **Arabic name** is the full name of DG11 (tag ``5F0E``), UTF-8.
- Dates, sex, nationality and document number come from the machine readable zone in DG1.
- **DG13** is left to the issuing state. Ours is optional; inside tag ``6D``, each in UTF-8:

  ======== =====================================
  ``5F20`` full name in English as printed
  ``5F21`` ``citizen`` or ``resident``
  ``5F22`` occupation in Arabic
  ``5F23`` occupation in English
  ======== =====================================

  Without it the English name comes from the zone, and an Omani national is a citizen.
"""

from __future__ import annotations

import enum
import io
import re
from dataclasses import dataclass, field
from datetime import date

from PIL import Image

from cardreader import tlv
from cardreader.errors import CardProtocolError
from cardreader.mrz import PartialDate, Sex, Td1, parse_td1

_CIVIL_NUMBER = re.compile(r"[0-9]{4,9}")
_JPEG_MAGIC = b"\xff\xd8\xff"
_MAX_PIXELS = 4_000_000
_OMAN = "OMN"


class HolderKind(enum.StrEnum):
    """Which of the two national cards it is."""

    CITIZEN = "citizen"
    RESIDENT = "resident"


@dataclass(frozen=True, slots=True)
class CardIdentity:
    """The cardholder as the issuing state vouches for them. ``repr`` shows nothing personal.

    ``nationality`` is ISO 3166-1 alpha-3. The portrait is read apart: it is most of the bytes.
    """

    civil_number: str = field(repr=False)
    name_ar: str = field(repr=False)
    name_en: str = field(repr=False)
    birth_date: date | PartialDate = field(repr=False)
    expiry_date: date = field(repr=False)
    sex: Sex = field(repr=False)
    nationality: str = field(repr=False)
    document_number: str = field(repr=False)
    kind: HolderKind
    occupation_ar: str | None = field(repr=False)
    occupation_en: str | None = field(repr=False)

    @property
    def full_birth_date(self) -> date | None:
        """The date of birth where the state knows all of it."""
        return self.birth_date if isinstance(self.birth_date, date) else None


def parse_identity(dg1: bytes, dg11: bytes, dg13: bytes | None, today: date) -> CardIdentity:
    """Read the record from whole files. Authenticity is the caller's business, and comes first.

    Raises :class:`~cardreader.errors.CardProtocolError` when anything is missing or malformed.
    """
    personal = tlv.require(dg11, 0x6B)
    zone = _zone(dg1, today, _full_birth(personal))
    national = tlv.require(dg13, 0x6D) if dg13 is not None else b""
    civil_number = _text(tlv.require(personal, 0x5F10))
    if not _CIVIL_NUMBER.fullmatch(civil_number):
        raise CardProtocolError("the personal number is not a civil number")
    printed_name = _optional_text(national, 0x5F20)
    return CardIdentity(
        civil_number=civil_number,
        # The fillers of the zone may separate the parts of a name here too (Doc 9303-10, 4.7.11).
        name_ar=" ".join(_text(tlv.require(personal, 0x5F0E)).replace("<", " ").split()),
        name_en=printed_name or f"{zone.given_names} {zone.surname}".strip(),
        birth_date=zone.birth_date,
        expiry_date=zone.expiry_date,
        sex=zone.sex,
        nationality=zone.nationality,
        document_number=zone.document_number,
        kind=_kind(_optional_text(national, 0x5F21), zone.nationality),
        occupation_ar=_optional_text(national, 0x5F22),
        occupation_en=_optional_text(national, 0x5F23),
    )


def _full_birth(personal: bytes) -> str:
    """Tag 5F2B, YYYYMMDD: four bytes of digits or eight characters (Doc 9303-10, 4.7.11)."""
    raw = tlv.get(personal, 0x5F2B) or b""
    return raw.hex() if len(raw) == 4 else raw.decode("ascii", "replace")


def _zone(dg1: bytes, today: date, full_birth: str) -> Td1:
    raw = tlv.require(dg1, 0x61, 0x5F1F)
    try:
        return parse_td1(raw.decode("ascii"), today, full_birth)
    except UnicodeDecodeError:
        raise CardProtocolError("the machine readable zone is not ASCII") from None


def _kind(stated: str | None, nationality: str) -> HolderKind:
    if stated is None:
        return HolderKind.CITIZEN if nationality == _OMAN else HolderKind.RESIDENT
    try:
        return HolderKind(stated)
    except ValueError:
        raise CardProtocolError("the kind of cardholder is unknown") from None


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise CardProtocolError("a text on the card is not UTF-8") from None


def _optional_text(container: bytes, tag: int) -> str | None:
    raw = tlv.get(container, tag)
    return _text(raw) or None if raw is not None else None


def parse_portrait(dg2: bytes) -> bytes:
    """The first portrait of DG2 as a JPEG file (Doc 9303-10, 4.7.2; ISO/IEC 19794-5, clause 5).

    JPEG 2000, which many states use, is converted. Raises
    :class:`~cardreader.errors.CardProtocolError` for anything else.
    """
    template = tlv.require(dg2, 0x75, 0x7F61, 0x7F60)
    record = tlv.get(template, 0x5F2E) or tlv.require(template, 0x7F2E)
    image = _image_of(record)
    if image.startswith(_JPEG_MAGIC):
        return image
    try:
        with Image.open(io.BytesIO(image), formats=["JPEG2000"]) as portrait:
            if portrait.width * portrait.height > _MAX_PIXELS:
                raise CardProtocolError("the portrait is too large")
            out = io.BytesIO()
            portrait.convert("RGB").save(out, "JPEG", quality=90)
            return out.getvalue()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise CardProtocolError("the portrait is not an image") from None


_FACIAL_HEADER = 14
_FACIAL_INFORMATION = 20
_FEATURE_POINT = 8
_IMAGE_INFORMATION = 12


def _image_of(record: bytes) -> bytes:
    """The image data of the first face (ISO/IEC 19794-5:2005, figure 2)."""
    if not record.startswith(b"FAC\x00") or len(record) < _FACIAL_HEADER + _FACIAL_INFORMATION:
        raise CardProtocolError("the portrait is not an ISO/IEC 19794-5 record")
    face = record[_FACIAL_HEADER:]
    length = int.from_bytes(face[0:4], "big")
    points = int.from_bytes(face[4:6], "big")
    start = _FACIAL_INFORMATION + points * _FEATURE_POINT + _IMAGE_INFORMATION
    if not start < length <= len(face):
        raise CardProtocolError("the portrait is cut off")
    return face[start:length]
