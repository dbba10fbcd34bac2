"""Who gets in at the console, and above all who does not."""

from __future__ import annotations

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from backend_stub import Settings
from backend_stub.console.officer_office import add_officer, list_officers, remove_officer
from backend_stub.console.officers import NewOfficer, OfficerRefused, Role
from backend_stub.console.tables import OfficerRow, OfficerSessionRow
from backend_stub.ground.limits import Rate
from backend_stub.http.console.texts import TEXTS

from .counter import PASSWORD, Counter, text_of


def test_an_officer_signs_in_with_password_and_code(counter: Counter) -> None:
    officer = counter.officer("salim")
    assert officer.get("/console").headers["Location"] == "/console/sign-in"
    answer = officer.sign_in()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/console")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie and "Path=/console" in cookie
    assert "Officer salim" in officer.read("/console")
    answer = officer.post("/console/sign-out", **{"form-token": officer.form_token()})
    assert answer.headers["Location"] == "/console/sign-in"
    assert officer.get("/console").status_code == 303


def test_only_on_this_machine_the_cookie_travels_without_tls(counter: Counter) -> None:
    officer = counter.officer("salim")
    host = "central.manfadh.example"
    answer = officer.http.post(
        counter.url + "/console/sign-in",
        data={"account": "salim", "password": PASSWORD, "code": officer.code()},
        headers={"Host": host, "Origin": f"https://{host}"},
        allow_redirects=False,
    )
    assert answer.status_code == 303 and "Secure" in answer.headers["Set-Cookie"]
    counter.world.clock.advance(minutes=1)
    assert "Secure" not in officer.sign_in().headers["Set-Cookie"]


def test_whatever_is_wrong_the_answer_is_the_same(counter: Counter) -> None:
    officer = counter.officer("salim")
    answers = [officer.sign_in(password="another password")]
    counter.world.clock.advance(minutes=1)
    answers.append(officer.sign_in(code="000000"))
    # Locked now, though everything is right.
    answers.append(officer.sign_in())
    counter.world.clock.advance(minutes=1)
    unknown = dataclasses.replace(officer, account="nobody")
    answers.append(unknown.sign_in())
    counter.world.clock.advance(minutes=1)
    answers.append(officer.sign_in(password="x" * 300))
    assert {each.status_code for each in answers} == {403}
    assert len({each.text for each in answers}) == 1
    assert TEXTS["sign-in-refused"].ar in answers[0].text
    counter.world.clock.advance(minutes=1)
    assert officer.sign_in().status_code == 303


def test_a_code_is_good_once(counter: Counter) -> None:
    officer = counter.officer("salim")
    earlier = officer.totp.at(counter.world.clock() - timedelta(seconds=30))
    code = officer.code()
    assert officer.sign_in(code=code).status_code == 303
    counter.world.clock.advance(seconds=3)
    assert officer.sign_in(code=code).status_code == 403
    counter.world.clock.advance(seconds=3)
    assert officer.sign_in(code=earlier).status_code == 403
    counter.world.clock.advance(seconds=30)
    assert officer.sign_in().status_code == 303


def test_of_one_code_used_at_once_by_many_one_opens(counter: Counter) -> None:
    officer = counter.officer("salim")
    code = officer.code()
    with ThreadPoolExecutor(4) as crowd:
        fresh = [dataclasses.replace(officer, http=type(officer.http)()) for _ in range(4)]
        answers = list(crowd.map(lambda each: each.sign_in(code=code).status_code, fresh))
    assert sorted(answers) == [303, 403, 403, 403]


@pytest.mark.parametrize("counter", [Rate(100, 100)], indirect=True)
def test_every_failure_doubles_the_wait(counter: Counter) -> None:
    officer = counter.officer("salim")
    clock = counter.world.clock
    for failures in range(12):
        assert officer.sign_in(code="000000").status_code == 403
        with counter.world.central.database.read() as session:
            row = session.get_one(OfficerRow, "salim")
            assert row.failed_tries == failures + 1 and row.locked_until is not None
            wait = (row.locked_until - clock()).total_seconds()
        assert wait == min(2**failures, 900)
        clock.advance(seconds=wait - 0.5)
        # Not even looked at: neither does it count.
        assert officer.sign_in().status_code == 403
        clock.advance(seconds=0.5)
    assert officer.sign_in().status_code == 303
    with counter.world.central.database.read() as session:
        assert session.get_one(OfficerRow, "salim").failed_tries == 0


@pytest.mark.parametrize("counter", [Rate(1 / 3600, 5)], indirect=True)
def test_one_address_cannot_try_for_ever(counter: Counter) -> None:
    officer = counter.officer("salim")
    stranger = dataclasses.replace(officer, account="x")
    statuses = [stranger.sign_in(code="1").status_code for _ in range(7)]
    assert statuses == [403] * 5 + [429] * 2
    assert TEXTS["too-many-tries"].ar in officer.sign_in().text


def test_a_session_ends_when_nobody_is_there_and_after_a_day(counter: Counter) -> None:
    clock = counter.world.clock
    officer = counter.at_work("salim")
    clock.advance(minutes=19)
    assert officer.get("/console").status_code == 200
    clock.advance(minutes=19)
    assert officer.get("/console").status_code == 200
    clock.advance(minutes=20)
    assert officer.get("/console").status_code == 303
    assert officer.sign_in().status_code == 303
    for _ in range(31):
        clock.advance(minutes=15)
        assert officer.get("/console").status_code == 200
    clock.advance(minutes=15)
    assert officer.get("/console").status_code == 303


def test_a_form_of_an_ended_session_does_nothing(counter: Counter) -> None:
    number = counter.world.open_case().number
    officer = counter.at_work("salim")
    token = officer.form_token()
    counter.world.clock.advance(minutes=30)
    answer = officer.post(
        f"/console/cases/{number}/moves/vet", **{"form-token": token, "once": "1"}
    )
    assert answer.headers["Location"] == "/console/sign-in"
    assert counter.world.case(number).state == "registered"


@pytest.mark.parametrize("kind", ["no-token", "other-token", "no-origin", "foreign", "null"])
def test_a_form_from_elsewhere_does_nothing(counter: Counter, kind: str) -> None:
    number = counter.world.open_case().number
    officer, other = counter.at_work("salim"), counter.at_work("huda")
    token = {"no-token": "", "other-token": other.form_token()}.get(kind, officer.form_token())
    origin = {"no-origin": None, "foreign": "https://evil.example", "null": "null"}.get(kind, "")
    for path in (f"/console/cases/{number}/moves/vet", f"/console/cases/{number}/notes"):
        answer = officer.post(
            path, origin=origin, **{"form-token": token, "once": "1", "words": "x"}
        )
        assert answer.status_code == 403 and TEXTS["foreign-form"].ar in answer.text
    answer = officer.post("/console/sign-out", origin=origin, **{"form-token": token})
    assert answer.status_code == 403
    assert len(counter.world.events(number)) == 1
    assert officer.get("/console").status_code == 200


def test_who_is_removed_is_out_at_once_and_may_come_back(counter: Counter) -> None:
    officer = counter.at_work("salim")
    url = counter.settings.database_url
    remove_officer(url, "salim", counter.world.clock)
    assert officer.get("/console").status_code == 303
    counter.world.clock.advance(minutes=1)
    assert officer.sign_in().status_code == 403
    assert list_officers(url) == []
    with pytest.raises(OfficerRefused):
        remove_officer(url, "salim", counter.world.clock)
    again = counter.officer("salim")
    assert again.totp.secret != officer.totp.secret
    assert officer.sign_in().status_code == 403
    counter.world.clock.advance(minutes=1)
    assert again.sign_in().status_code == 303


@pytest.mark.parametrize(
    "wrong",
    [{"id": "Salim"}, {"id": "s"}, {"office": "atlantis"}, {"name": " "}, {"password": "short"}],
)
def test_an_officer_who_cannot_be_added(settings: Settings, wrong: dict[str, str]) -> None:
    right = {"id": "salim", "name": "Salim", "office": "muscat", "password": PASSWORD}
    new = NewOfficer(role=Role.OFFICER, **(right | wrong))
    with pytest.raises(OfficerRefused):
        add_officer(settings.database_url, new, keys=settings.key_file)
    assert PASSWORD not in repr(new)


def test_the_database_holds_nothing_that_opens_the_door(counter: Counter) -> None:
    officer = counter.at_work("salim")
    token = officer.http.cookies["manfadh-console"]
    with counter.world.central.database.read() as session:
        row = session.scalars(select(OfficerRow)).one()
        assert row.password_hash.startswith("$argon2id$")
        assert officer.totp.secret.encode() not in row.totp_sealed
        assert session.scalars(select(OfficerSessionRow)).one().token_sha256 != token
    with counter.world.central.database.write() as session:
        # A sealed secret that is moved to another account opens nothing.
        session.execute(text("UPDATE officer SET id = 'huda' WHERE id = 'nobody'"))
    other = counter.officer("huda")
    with counter.world.central.database.write() as session:
        mine, theirs = session.get_one(OfficerRow, "salim"), session.get_one(OfficerRow, "huda")
        theirs.totp_sealed, theirs.totp_key_id = mine.totp_sealed, mine.totp_key_id
    counter.world.clock.advance(minutes=1)
    assert dataclasses.replace(other, totp=officer.totp).sign_in().status_code == 403


def test_no_page_without_signing_in(counter: Counter) -> None:
    number = counter.world.open_case().number
    officer = counter.officer("salim")
    for path in ("", "/calendar", "/audit", f"/cases/{number}", f"/cases/{number}/papers/1"):
        answer = officer.get(f"/console{path}")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/console/sign-in")
    officer.http.cookies.set("manfadh-console", "x" * 43)
    assert officer.get("/console").status_code == 303
    assert text_of(officer.get("/console/sign-in").text)
