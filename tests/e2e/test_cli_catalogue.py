"""``kiosk backend catalogue``: two people and a server publish, on the command line."""

from __future__ import annotations

import json

import pytest

from kiosk.services.catalogue import DATA
from tests.e2e.commands import kiosk

PASSPHRASE = "a passphrase of some length"


@pytest.fixture
def office(tmp_path):
    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n", "utf-8")
    return tmp_path


def run(office, *arguments: str, code: int = 0) -> dict:
    done = kiosk(
        "backend", "catalogue", *arguments,
        "--passphrase-file", str(office / "passphrase"), "--json",
    )  # fmt: skip
    assert done.code == code, done.errors
    assert PASSPHRASE not in done.output + done.errors
    return json.loads(done.output)


def test_from_keys_to_an_edition_and_back(office):
    for name in ("root-1", "root-2", "content-1", "content-2", "server"):
        run(office, "new-key", str(office / f"{name}.pem"))
    publication = ("--publication", str(office / "publication"))

    def key(name: str) -> tuple[str, str]:
        return "--key", str(office / f"{name}.pem")

    run(
        office, "found", *publication,
        "--root-key", str(office / "root-1.pem"), "--root-key", str(office / "root-2.pem"),
        "--content-key", str(office / "content-1.pem"),
        "--content-key", str(office / "content-2.pem"),
        "--server-key", str(office / "server.pem"),
    )  # fmt: skip
    first = run(office, "sign", str(DATA), *publication, *key("content-1"))
    assert first == {"edition": 1, "signatures": 1, "needed": 2, "complete": False}
    assert "1 of 2" in run(office, "publish", *publication, *key("server"), code=1)["refused"]
    assert run(office, "sign", *publication, *key("content-2"))["complete"]
    assert run(office, "publish", *publication, *key("server"))["edition"] == 1
    run(office, "rollback", "--to", "1", *publication, *key("content-1"), *key("content-2"))
    assert run(office, "publish", *publication, *key("server"))["edition"] == 2


def test_every_fault_of_a_catalogue_is_said_at_once(office):
    broken = office / "catalogue"
    (broken / "services").mkdir(parents=True)
    for name in ("shelves.toml", "places.json", "problems.toml"):
        (broken / name).write_bytes((DATA / name).read_bytes())
    (broken / "services" / "a.toml").write_text("id = 1\n", "utf-8")
    (broken / "services" / "b.toml").write_text("id = \n", "utf-8")
    run(office, "new-key", str(office / "key.pem"))
    said = run(
        office, "sign", str(broken), "--publication", str(office / "publication"),
        "--key", str(office / "key.pem"), code=1,
    )  # fmt: skip
    assert {(each["file"], each["line"]) for each in said["faults"]} == {
        ("a.toml", 1),
        ("b.toml", 1),
    }
