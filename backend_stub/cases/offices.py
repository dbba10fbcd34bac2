"""The offices that have cases, and which of them has one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import Field

from backend_stub.ground.data_files import Bilingual, DataFileWrong, read_data_file
from backend_stub.ground.types import ServerModel
from kiosk.services.places import Places
from kiosk.services.texts import Text


class Office(ServerModel):
    """An office: who is responsible, where people come to, whom they call."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,47}$")]
    governorate: str
    name: Bilingual
    address: Bilingual
    phone: Annotated[str, Field(pattern=r"^\d{8}$")]

    def place(self) -> Text:
        """Name and address: where an appointment is."""
        return Text(
            ar=f"{self.name.ar}، {self.address.ar}", en=f"{self.name.en}, {self.address.en}"
        )


class _OfficesFile(ServerModel):
    offices: Annotated[list[Office], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Offices:
    """All offices, by their id; each governorate has exactly one."""

    by_id: Mapping[str, Office]
    _by_governorate: Mapping[str, str]

    def office(self, office_id: str) -> Office:
        """The office with this id; ``KeyError`` when there is none."""
        return self.by_id[office_id]

    def of_place(self, place_id: str) -> Office:
        """The office of a governorate, or of the one a wilayat is in; ``KeyError`` for neither."""
        return self.by_id[self._by_governorate[place_id]]


def load_offices(directory: Path, places: Places) -> Offices:
    """Read ``labour_offices.toml``. Raises :class:`DataFileWrong`."""
    parsed = read_data_file(directory / "labour_offices.toml", _OfficesFile)
    by_id = {office.id: office for office in parsed.offices}
    by_governorate = {office.governorate: office.id for office in parsed.offices}
    known = {governorate.id for governorate in places.governorates}
    if set(by_governorate) != known or not len(parsed.offices) == len(by_id) == len(known):
        raise DataFileWrong("labour_offices.toml: each governorate needs exactly one office")
    of_place = dict(by_governorate)
    for governorate in places.governorates:
        for wilayat in governorate.wilayats:
            # A wilayat that is called like its governorate's capital is in that governorate.
            of_place.setdefault(wilayat.id, by_governorate[governorate.id])
    return Offices(by_id, of_place)
