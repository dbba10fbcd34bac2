"""The governorates and wilayats of Oman (Royal Decree 101/2020 and later additions)."""

from __future__ import annotations

from msgspec import Struct

from kiosk.services.languages import Language


class Place(Struct, frozen=True):
    """A wilayat."""

    id: str
    ar: str
    en: str

    def name(self, language: Language) -> str:
        """The name in one language."""
        return self.ar if language == "ar" else self.en


class Governorate(Place, frozen=True):
    """A governorate and its wilayats."""

    wilayats: tuple[Place, ...]


class Places(Struct, frozen=True):
    """All 11 governorates with their 63 wilayats."""

    source: str
    governorates: tuple[Governorate, ...]

    def governorate(self, governorate_id: str) -> Governorate | None:
        """The governorate with this id, if there is one."""
        return next((g for g in self.governorates if g.id == governorate_id), None)

    def wilayat(self, wilayat_id: str) -> Place | None:
        """The wilayat with this id, whichever governorate it is in."""
        return next((w for g in self.governorates for w in g.wilayats if w.id == wilayat_id), None)
