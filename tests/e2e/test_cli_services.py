"""``kiosk catalogue``: what an official does before a definition is published."""

from __future__ import annotations

import json

import pytest

from kiosk.services import load_catalogue
from kiosk.services.catalogue import DATA
from tests.e2e.commands import kiosk
from tests.kiosk.services.definitions import SOUND, changed

OWN = sorted(load_catalogue().published)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "services"
    folder.mkdir()
    (folder / "library-card.toml").write_text(SOUND, "utf-8")
    return folder


def line_with(words: str) -> int:
    return SOUND[: SOUND.index(words)].count("\n") + 1


def test_what_comes_with_the_program_is_sound():
    done = kiosk("catalogue", "check", DATA, "--json")
    assert done.code == 0, done.output
    assert sorted(json.loads(done.output)["services"]) == OWN


def test_a_file_and_a_folder_of_files_are_checked_like_a_whole_catalogue(folder):
    for path in (folder, folder / "library-card.toml"):
        done = kiosk("catalogue", "check", path)
        assert (done.code, done.output) == (0, "library-card, version 2026-12-01: sound\n")


def test_all_faults_of_all_files_are_said_at_once(folder):
    (folder / "library-card.toml").write_text(changed('kind = "line"', 'kind = "poem"'), "utf-8")
    (folder / "museum.toml").write_text("id = museum\n", "utf-8")
    (folder / "opera.toml").write_text(
        SOUND.replace('id = "library-card"', 'id = "opera"'), "utf-8"
    )
    (folder / "theatre.toml").write_text(
        SOUND.replace('id = "library-card"', 'id = "theatre"').replace("{office}", "{seat}"),
        "utf-8",
    )
    (folder / "zoo.toml").write_text(SOUND.replace('id = "library-card"', 'id = "zoo"'), "utf-8")
    done = kiosk("catalogue", "check", folder)
    assert done.code == 1
    said = [line.split(": ")[:2] for line in done.output.splitlines()]
    assert [key for _, key in said] == [
        "fields[1].kind", "id", "case.notices[1].email.text.ar", "case.notices[1].email.text.en",
        "case.prefix",
    ]  # fmt: skip
    assert [place.split(":")[0] for place, _ in said] == [
        "library-card.toml", "museum.toml", "theatre.toml", "theatre.toml", "zoo.toml",
    ]  # fmt: skip
    faults = json.loads(kiosk("catalogue", "check", folder, "--json").output)["faults"]
    assert [fault["key"] for fault in faults] == [key for _, key in said]


def test_the_other_files_of_a_catalogue_are_checked_too(folder):
    catalogue = folder.parent
    (catalogue / "places.json").write_bytes((DATA / "places.json").read_bytes())
    (catalogue / "shelves.toml").write_text('[[shelves]]\nid = "Work"\nicon = "x"\n', "utf-8")
    (catalogue / "problems.toml").write_text("[texts]\n", "utf-8")
    done = kiosk("catalogue", "check", catalogue)
    assert done.code == 1
    said = [line.split(": ")[:2] for line in done.output.splitlines()]
    assert said == [
        ["shelves.toml:1", "shelves[0].title"],
        ["shelves.toml:2", "shelves[0].id"],
        ["problems.toml:1", "texts.wrong-type"],
        # Sentences of its own for problems of which there are none any more.
        [f"library-card.toml:{line_with('required = { ar')}", "fields[0].problems.required"],
        [f"library-card.toml:{line_with('too-long =')}", "fields[1].problems.too-long"],
    ]
    (catalogue / "places.json").unlink()
    assert "places.json:1: No such file" in kiosk("catalogue", "check", catalogue).output


def test_a_number_of_the_programs_own_services_is_not_given_twice(folder):
    prefix = load_catalogue().service("complaint").case.prefix
    (folder / "library-card.toml").write_text(
        changed('prefix = "L"', f'prefix = "{prefix}"'), "utf-8"
    )
    done = kiosk("catalogue", "check", folder / "library-card.toml")
    assert done.code == 1
    assert "case.prefix: complaint numbers its cases with" in done.output


def test_a_service_is_shown_as_a_person_reads_it(folder):
    done = kiosk("catalogue", "show", "--file", folder / "library-card.toml")
    assert done.code == 0
    for line in (
        "Library card  (library-card, version 2026-12-01)",
        "  Fee from 2021-01-01: 0.500 OMR",
        "  if person.kind is citizen or resident",
        "    else it is shown with: For citizens and residents.",
        "  2. Where do you study?  (school: line)",
        "     asked only if “Purpose” is “Study”",
        "     asked only if “Student” is yes",
        "  branches: branches, asked with governorate = “Governorate”",
        "  9. How can we reach you?  (one page)",
        "  [received] Your request is here  (start)",
        "      → given: Give the card  (give, by officer; asks Shelf; notice given)",
        "      → withdrawn: Withdraw  (withdraw, by citizen; if “Purpose” is “Leisure”)",
        "      → withdrawn: Time is over  (time-is-up, by system; when decision is over)",
        "  reminder given: 3 days before the due day, while received",
    ):
        assert line in done.output.splitlines(), done.output
    arabic = kiosk("catalogue", "show", "--file", folder / "library-card.toml", "--language", "ar")
    assert "بطاقة المكتبة" in arabic.output


@pytest.mark.parametrize("service_id", OWN)
def test_every_service_of_the_program_can_be_shown(service_id):
    definition = load_catalogue().service(service_id)
    for language in ("ar", "en"):
        done = kiosk("catalogue", "show", service_id, "--language", language)
        assert done.code == 0
        for each in definition.fields:
            assert each.question.in_language(language) in done.output
    told = json.loads(kiosk("catalogue", "show", service_id, "--json").output)
    assert [each["id"] for each in told.get("fields", [])] == [
        each.id for each in definition.fields
    ]


def test_the_list_names_every_service_with_its_version():
    done = kiosk("catalogue", "list", "--language", "ar")
    for service in load_catalogue().services:
        assert service.id in done.output and service.title.ar in done.output
    assert len(json.loads(kiosk("catalogue", "list", "--json").output)["services"]) == len(OWN)


@pytest.mark.parametrize(
    "arguments",
    [("check", "nowhere.toml"), ("show", "nothing"), ("show",), ("list", "--language", "la")],
)
def test_what_cannot_be_asked_is_a_mistake_in_the_command(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert kiosk("catalogue", *arguments).code == 2


def test_a_file_that_defines_another_service_is_not_shown_as_this_one(folder):
    done = kiosk("catalogue", "show", "complaint", "--file", folder / "library-card.toml")
    assert done.code == 2
    (folder / "library-card.toml").write_text("id = 1\n", "utf-8")
    assert kiosk("catalogue", "show", "--file", folder / "library-card.toml").code == 1
