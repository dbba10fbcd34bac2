"""What a registered card has from its maker, and the new values that take its place."""

from __future__ import annotations

import pytest
from sqlalchemy import create_engine, text

from backend_stub.issuing.management_keys import is_well_known

from .conftest import RunningCentral
from .issuing_card import (
    KINDS,
    PURPOSES,
    Relay,
    answered,
    approved,
    on_sqlite,
    refusal,
    register,
    unb64,
)


def test_a_card_is_not_active_before_it_has_a_puk_of_its_own(office: RunningCentral) -> None:
    relay = Relay(office, register(office))
    record = relay.begin()
    assert (record["replaces"], record["handed_out"]) == (["puk"], [])
    assert refusal(relay.post("/puk")) == "card-not-authentic"
    relay.authenticate()
    for purpose in PURPOSES:
        relay.certified(purpose)
    assert refusal(relay.complete(record["challenge"])) == "makers-secret"
    change = answered(relay.post("/puk"))
    assert unb64(change["present"]) == b"12345678"
    new = unb64(change["new"])
    assert len(new) == 8
    assert new.isdigit()
    # The answer was lost; the card may have the new one by now.
    again = relay.begin()
    assert (again["replaces"], again["handed_out"]) == (["puk"], ["puk"])
    relay.authenticate()
    assert answered(relay.post("/puk")) == change
    assert refusal(relay.complete(record["challenge"])) == "makers-secret"
    assert relay.post("/puk-replaced").status_code == 204
    assert relay.begin()["replaces"] == []
    relay.authenticate()
    assert relay.complete(record["challenge"]).status_code == 204


def test_the_office_can_say_with_which_puk_a_card_comes(office: RunningCentral) -> None:
    relay = Relay(office, register(office, puk=b"55667788"))
    relay.begin()
    relay.authenticate()
    assert unb64(answered(relay.post("/puk"))["present"]) == b"55667788"


@pytest.mark.parametrize("kind", ["3des", "aes192", "aes128", "aes256"])
@on_sqlite
def test_a_well_known_management_key_is_replaced(office: RunningCentral, kind: str) -> None:
    known = (bytes(range(1, 9)) * 4)[: KINDS[kind][1]]
    chip = register(office, kind, management_key=known)
    chip.key = known
    relay = Relay(office, chip)
    record = relay.begin()
    assert record["replaces"] == ["puk", "management-key"]
    assert refusal(relay.post("/management-key")) == "card-not-authentic"
    relay.authenticate()
    relay.give_puk(record)
    for purpose in PURPOSES:
        relay.certified(purpose)
    assert refusal(relay.complete(record["challenge"])) == "makers-secret"
    new = unb64(answered(relay.post("/management-key"))["key"])
    assert len(new) == len(known)
    # Whether the card has taken it only the card can say: until then both are its key.
    assert relay.begin()["handed_out"] == ["management-key"]
    relay.authenticate()
    assert unb64(answered(relay.post("/management-key"))["key"]) == new
    chip.key = new
    relay.authenticate(renewed=True)
    assert refusal(relay.post("/witness", {"witness": "AA"})) == "card-not-authentic"
    assert relay.complete(record["challenge"]).status_code == 204
    assert relay.begin()["replaces"] == []
    chip.key = new
    relay.authenticate()


@on_sqlite
def test_a_card_of_the_state_keeps_what_the_state_has_given_it(office: RunningCentral) -> None:
    assert approved(office).begin()["replaces"] == []


@on_sqlite
def test_new_secrets_are_sealed(office: RunningCentral) -> None:
    known = bytes(range(1, 9)) * 3
    chip = register(office, management_key=known, puk=b"55667788")
    chip.key = known
    relay = Relay(office, chip)
    relay.begin()
    relay.authenticate()
    secrets = [unb64(answered(relay.post("/management-key"))["key"])]
    secrets += [unb64(value) for value in answered(relay.post("/puk")).values()]
    engine = create_engine(office.settings.database_url)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT sealed FROM card_secret")).scalars().all()
    engine.dispose()
    assert len(rows) == 3
    assert not any(secret in row for secret in secrets for row in rows)


@pytest.mark.parametrize(
    ("key", "known"),
    [
        (bytes(range(1, 9)) * 3, True),
        (bytes(range(1, 9)) * 2, True),
        (bytes(range(0x40, 0x50)), True),
        (bytes(range(0x40, 0x50)) + bytes(range(0x40, 0x48)), True),
        (bytes(24), True),
        (b"\xff" * 32, True),
        (bytes(range(1, 25)), False),
        (bytes.fromhex("6B1D94E2075CA83F41F60E9D2B7788C5"), False),
    ],
)
def test_which_management_keys_are_well_known(key: bytes, known: bool) -> None:
    assert is_well_known(key) is known
