"""The registries that the central API answers from: who a person is, where they work, employers.

Their content comes from two files of the data directory and is brought up to date at every start.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import Field
from sqlalchemy import and_, case, or_, select
from sqlalchemy.orm import Session

from backend_stub.ground.data_files import Bilingual, read_data_file
from backend_stub.ground.database import insert_into
from backend_stub.ground.tables import Base, Citizen, Employment, Establishment
from backend_stub.ground.types import CivilNumber, CrNumber, ServerModel
from backend_stub.people.name_normalisation import fold
from kiosk.contract.visits import Employer, Person

SEARCH_LIMIT: Final = 20
_SHORTEST_SEARCH: Final = 2
_BETWEEN_NAMES: Final = "| "
_LONGER_THAN_ARTICLE: Final = 4
_LATIN_ARTICLES: Final = frozenset({"al", "el"})


class _CitizenRow(ServerModel):
    civil_number: CivilNumber
    mobile: Annotated[str, Field(pattern=r"^\d{8}$")] | None = None
    card_valid_until: date | None = None


class _CivilRegistry(ServerModel):
    citizens: list[_CitizenRow]


class _EstablishmentRow(ServerModel):
    cr_number: CrNumber
    name: Bilingual
    wilayat: str
    active: bool = True


class _ContractRow(ServerModel):
    civil_number: CivilNumber
    cr_number: CrNumber
    since: date
    until: date | None = None


class _LabourRegistry(ServerModel):
    establishments: list[_EstablishmentRow]
    contracts: list[_ContractRow]


def seed(session: Session, directory: Path) -> None:
    """Bring the registries to the content of the data files. Raises :class:`DataFileWrong`."""
    civil = read_data_file(directory / "civil_registry.toml", _CivilRegistry)
    labour = read_data_file(directory / "labour_registry.toml", _LabourRegistry)
    _upsert(session, Citizen, [row.model_dump() for row in civil.citizens])
    _upsert(
        session,
        Establishment,
        [
            {
                "cr_number": row.cr_number,
                "name_ar": row.name.ar,
                "name_en": row.name.en,
                "wilayat": row.wilayat,
                "active": row.active,
                "folded": f"{fold(row.name.ar)} {_BETWEEN_NAMES}{fold(row.name.en)}",
            }
            for row in labour.establishments
        ],
    )
    _upsert(session, Employment, [row.model_dump() for row in labour.contracts])


def find_person(session: Session, civil_number: str, today: date) -> Person:
    """What the registries know of a person; little or nothing for someone they do not know."""
    citizen = session.get(Citizen, civil_number)
    employers = session.scalars(
        select(Establishment)
        .join(Employment, Employment.cr_number == Establishment.cr_number)
        .where(
            Employment.civil_number == civil_number,
            or_(Employment.until.is_(None), Employment.until >= today),
        )
        .order_by(Employment.since.desc())
    )
    return Person(
        civil_number=civil_number,
        mobile=citizen.mobile if citizen else None,
        employers=[_employer(row) for row in employers],
        card_valid_until=citizen.card_valid_until if citizen else None,
    )


def search_employers(session: Session, query: str) -> list[Employer]:
    """Employers by the first digits of the CR number or by parts of a name, best first.

    At most 20; none for a query of less than two letters or digits.
    """
    folded = fold(query)
    if len(folded) < _SHORTEST_SEARCH:
        return []
    name = Establishment.folded
    matches = and_(*(name.contains(word, autoescape=True) for word in _search_words(folded)))
    digits = folded.replace(" ", "")
    rank = case(
        (name.startswith(folded, autoescape=True), 1),
        (name.contains(f"{_BETWEEN_NAMES}{folded}", autoescape=True), 1),
        (name.contains(f" {folded}", autoescape=True), 2),
        else_=3,
    )
    if digits.isascii() and digits.isdecimal():
        by_number = Establishment.cr_number.startswith(digits)
        matches = or_(matches, by_number)
        rank = case((by_number, 0), else_=rank)
    rows = session.scalars(
        select(Establishment)
        .where(matches)
        .order_by(rank, Establishment.active.desc(), Establishment.cr_number)
        .limit(SEARCH_LIMIT)
    )
    return [_employer(row) for row in rows]


def _search_words(folded: str) -> list[str]:
    """The words to look for; the article is left out, since people add and drop it freely."""
    words = [
        word.removeprefix("ال") if len(word) > _LONGER_THAN_ARTICLE else word
        for word in folded.split()
    ]
    return [word for word in words if word not in _LATIN_ARTICLES] or words


def _employer(row: Establishment) -> Employer:
    return Employer(
        cr_number=row.cr_number,
        name_ar=row.name_ar,
        name_en=row.name_en,
        wilayat=row.wilayat,
        active=row.active,
    )


def _upsert(session: Session, table: type[Base], rows: list[dict[str, Any]]) -> None:
    mapper = table.__mapper__
    keys = [column.name for column in mapper.primary_key]
    statement = insert_into(session, table)
    changes = {
        column.name: statement.excluded[column.name]
        for column in mapper.columns
        if column.name not in keys
    }
    session.execute(statement.on_conflict_do_update(index_elements=keys, set_=changes), rows)
