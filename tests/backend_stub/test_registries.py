"""Searching employers as people type them, and registries that know every simulated card."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

import cardreader
from backend_stub.ground.data_files import DataFileWrong
from backend_stub.ground.database import Database
from backend_stub.ground.settings import DATA_DIRECTORY
from backend_stub.ground.tables import Citizen
from backend_stub.people.name_normalisation import fold
from backend_stub.people.registries import seed
from kiosk.services import load_catalogue

from .cards import Card
from .conftest import RunningCentral
from .test_signin import bearer, challenge, sign_in

Search = Callable[[str], list[str]]


@pytest.fixture
def search(central: RunningCentral, card: Card) -> Search:
    token = sign_in(central, card.answer(challenge(central), "MCT-0001")).json()["token"]

    def ask(query: str) -> list[str]:
        reply = central.get(
            "/v1/employers",
            params={"q": query},
            headers=bearer(token),
            auth=central.at_terminal(),
        )
        assert reply.status_code == 200, reply.text
        return [employer["cr_number"] for employer in reply.json()["employers"]]

    return ask


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("الأفق", "الافق"),
        ("إشراقة", "اشراقه"),
        ("آفاق", "افاق"),
        ("مُقَاوَلات", "مقاولات"),
        ("مقـــاولات", "مقاولات"),
        ("مصطفى", "مصطفي"),
        ("مسؤول", "مسوول"),
        ("دائرة", "دايرة"),
        ("ماء", "ما"),
        ("ی ک", "ي ك"),
        ("١١٠٠٠١٣", "1100013"),
        ("۱۱۰۰۰۱۳", "1100013"),
        ("Café", "CAFE"),
        ("ش.م.م", "ش م م"),
        ("\u200fصور\u200e", "صور"),
        ("ﻻ", "لا"),
    ],
)
def test_fold_makes_spellings_equal(one: str, other: str) -> None:
    assert fold(one) == fold(other)


def test_fold_keeps_different_names_apart() -> None:
    assert fold("صور") != fold("سور")
    assert fold("") == fold(" ،.!") == ""


def test_search_by_number(search: Search) -> None:
    assert search("1500046") == ["1500046"]
    assert search("١٥٠٠٠٤٦") == ["1500046"]
    assert search("15000") == ["1500014", "1500028", "1500032", "1500046"]
    assert search("500046") == []


def test_search_by_name_whatever_the_spelling(search: Search) -> None:
    for query in ("الأفق الأزرق", "الافق", "افق ازرق", "الأُفُق", "blue HORIZON", "horizon blue"):
        assert search(query) == ["1100013"], query
    assert search("مؤسسه لبان") == search("موسسة اللبان") == ["1200021"]
    assert search("Al Seeb") == ["1100027"]
    assert search("خريف zzz") == []


def test_best_match_first_and_active_before_closed(search: Search) -> None:
    # "Advanced Building" no longer works; "Nizwa ... Building" does.
    assert search("building") == ["1500014", "1100077"]
    assert search("sur") == ["1800016"]
    assert search("شركة البناء")[0] == "1100077"


def test_search_is_bounded_and_takes_wildcards_literally(search: Search) -> None:
    assert len(search("شركة")) <= 20
    for query in ("%%", "__", "a", "ا", "' OR 1=1", "\\\\", "\u0000\u0000"):
        assert search(query) == [], query


def test_every_simulated_card_holder_is_known() -> None:
    path = Path(cardreader.__file__).parent / "simulator" / "personas.toml"
    personas = tomllib.loads(path.read_text("utf-8"))
    citizens = {
        row["civil_number"]: row
        for row in tomllib.loads((DATA_DIRECTORY / "civil_registry.toml").read_text("utf-8"))[
            "citizens"
        ]
    }
    assert len(personas) >= 6
    for name, persona in personas.items():
        citizen = citizens.get(persona["civil_number"])
        assert citizen is not None, name
        assert citizen["card_valid_until"] == persona["expires"], name


def test_the_labour_registry_fits_itself_and_the_places() -> None:
    labour = tomllib.loads((DATA_DIRECTORY / "labour_registry.toml").read_text("utf-8"))
    places = load_catalogue().places
    numbers = [row["cr_number"] for row in labour["establishments"]]
    assert len(numbers) == len(set(numbers)) >= 25
    for row in labour["establishments"]:
        assert places.wilayat(row["wilayat"]) is not None, row["cr_number"]
    assert {row["cr_number"] for row in labour["contracts"]} <= set(numbers)


def test_seeding_again_brings_changes_and_a_wrong_file_names_the_key(
    database_url: str, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    for name in ("civil_registry.toml", "labour_registry.toml"):
        (data / name).write_text((DATA_DIRECTORY / name).read_text("utf-8"), "utf-8")
    database = Database(database_url)
    for number in ("91001003", "99999999"):
        content = (data / "civil_registry.toml").read_text("utf-8")
        (data / "civil_registry.toml").write_text(content.replace("91001003", number), "utf-8")
        with database.write() as session:
            seed(session, data)

    with database.read() as session:
        assert session.get_one(Citizen, "99014521").mobile == "99999999"
    (data / "civil_registry.toml").write_text('[[citizens]]\ncivil_number = "x"\n', "utf-8")
    with (
        pytest.raises(DataFileWrong, match=r"civil_registry.toml: citizens.0.civil_number"),
        database.write() as session,
    ):
        seed(session, data)
    database.close()
