"""What an officer sees and does at the console, and what never happens there."""

from __future__ import annotations

import re

from sqlalchemy import select

from backend_stub import Settings
from backend_stub.cases.delivery import ShownGateway, hand_over
from backend_stub.console.officers import Role
from backend_stub.console.tables import AuditRow
from backend_stub.http.console.texts import TEXTS
from kiosk.services.case_definition import Actor

from ..cards import Card
from ..case_world import CaseWorld
from ..conftest import Start
from ..terminal import new_tx_id
from ..test_evidence import JPEG, PNG, file_complaint, named, sealed, upload
from .counter import Counter, Officer

REPORT = {
    "against": "establishment",
    "establishment": {"cr_number": "1500046", "name": "ورشة سمائل الحديثة للكهرباء"},
    "violations": [],
    "governorate": "ad-dakhiliyah",
    "wilayat": "samail",
    "description": "I saw it myself.",
    "mobile": "91234567",
}


def said(officer: Officer, name: str) -> str:
    return TEXTS[name].in_language("en")


def audited(counter: Counter) -> list[tuple[str, str, str | None, str | None]]:
    with counter.world.central.database.read() as session:
        rows = session.scalars(select(AuditRow).order_by(AuditRow.id))
        return [(row.officer, row.act, row.number, row.detail) for row in rows]


def test_an_officer_moves_a_case_and_everything_is_on_record(counter: Counter) -> None:
    number = counter.world.open_case().number
    salim = counter.at_work("salim")
    page = salim.read(f"/console/cases/{number}")
    assert "Ad Dakhiliyah" in page and "99014521" in page and "450.500" in page
    answer = salim.move(number, "set-hearing", why="complete")
    assert answer.headers["Location"] == f"/console/cases/{number}?done=moved"
    hand_over(counter.world.central.database, ShownGateway(), counter.world.clock)
    page = salim.read(f"/console/cases/{number}?done=moved")
    assert f"{said(salim, 'moved')} Your hearing is set" in page
    assert "complete" in page and "Delivered" in page and "91234567" in page
    event = next(each for each in counter.world.events(number) if each.move == "set-hearing")
    assert (event.actor, event.who) == (Actor.OFFICER, "salim")
    assert audited(counter) == [
        ("salim", "sign-in", None, None),
        ("salim", "case", number, None),
        ("salim", "move", number, "set-hearing"),
        ("salim", "case", number, None),
    ]


def test_the_same_form_twice_moves_once(counter: Counter) -> None:
    number = counter.world.open_case().number
    salim = counter.at_work("salim")
    assert salim.move(number, "set-hearing", once="a").status_code == 303
    assert salim.move(number, "set-hearing", once="a").status_code == 303
    assert [each.move for each in counter.world.events(number)].count("set-hearing") == 1


def test_a_move_that_became_impossible_is_told_with_the_present_state(counter: Counter) -> None:
    number = counter.world.open_case().number
    salim = counter.at_work("salim")
    counter.world.move(number, "withdraw", Actor.CITIZEN)
    answer = salim.move(number, "vet")
    assert answer.status_code == 409
    page = salim.move(number, "vet").text
    assert TEXTS["move-not-open"].ar in page and "سُحبت الشكوى" in page
    assert salim.move(number, "no-such-move").status_code == 404


def test_a_time_that_is_gone_is_told_with_the_nearest(counter: Counter) -> None:
    number = counter.world.open_case().number
    salim = counter.at_work("salim")
    page = salim.get(f"/console/cases/{number}?lang=en").text
    slot = re.findall(r'value="(ad-dakhiliyah@[^"]+)"', page)[0]
    others = [counter.world.open_case().number for _ in range(4)]
    for each in others:
        counter.world.move(each, "withdraw", Actor.CITIZEN)
    for each in (counter.world.open_case().number for _ in range(2)):
        try:
            counter.world.move(each, "new-hearing", slot=slot)
        except Exception as refused:  # noqa: BLE001 - one of them may find it full already
            assert "slot-gone" in str(refused)
    answer = salim.move(number, "new-hearing", slot=slot)
    assert answer.status_code == 409
    assert TEXTS["slot-gone"].en in answer.text and TEXTS["nearest"].en in answer.text
    assert counter.world.case(number).state == "registered"


def test_a_form_with_a_wrong_answer_comes_back_as_it_was_filled(counter: Counter) -> None:
    sha256 = counter.world.sha256("document-registration")
    definition = counter.world.central.cases.definitions.named(sha256)
    assert definition is not None
    number = counter.world.open_case(
        sha256,
        **{each.id: None for each in definition.definition.fields if not each.required},
    ).number
    row = counter.world.case(number)
    salim = counter.at_work("salim", row.office)
    moves = {
        move.id: move
        for move in definition.definition.case.moves  # type: ignore[union-attr]
        if Actor.OFFICER in move.by and move.asks and row.state in move.from_
    }
    move = next(iter(moves.values()))
    asked = move.asks[0]
    answer = salim.move(number, move.id, **{f"answer.{asked.id}": "", "why": "half <done>"})
    assert answer.status_code == 422 and 'aria-invalid="true"' in answer.text
    assert "half &lt;done&gt;" in answer.text
    answer = salim.move(number, move.id, **{f"answer.{asked.id}": "A stamped copy"})
    assert answer.status_code == 303
    assert "A stamped copy" in salim.read(f"/console/cases/{number}")


def test_another_offices_case_does_not_exist_for_an_officer(counter: Counter) -> None:
    number = counter.world.open_case().number
    huda = counter.at_work("huda", "muscat")
    assert number not in huda.read("/console")
    assert number not in huda.read("/console?office=ad-dakhiliyah")
    assert number not in huda.read("/console?office=*").replace(f"q={number}", "")
    there, nowhere = huda.get(f"/console/cases/{number}"), huda.get("/console/cases/C-2026-000099")
    assert there.status_code == nowhere.status_code == 404
    assert there.text.replace(number, "") == nowhere.text.replace("C-2026-000099", "")
    for answer in (
        huda.move(number, "vet"),
        huda.post(
            f"/console/cases/{number}/notes", **{"form-token": huda.form_token(), "words": "x"}
        ),
        huda.get(f"/console/cases/{number}/papers/1"),
        huda.get("/console/audit"),
    ):
        assert answer.status_code in (403, 404)
    assert len(counter.world.events(number)) == 1
    assert ("huda", "refused", number, None) in audited(counter)


def test_a_supervisor_reads_other_offices_but_moves_nothing_there(counter: Counter) -> None:
    number = counter.world.open_case().number
    noor = counter.at_work("noor", "muscat", role=Role.SUPERVISOR)
    assert number in noor.read("/console?office=*")
    assert number in noor.read("/console?q=99014521")
    page = noor.read(f"/console/cases/{number}")
    assert "99014521" in page and said(noor, "not-own") in page
    assert said(noor, "moves") not in page
    assert noor.move(number, "vet").status_code == 404
    audit = noor.read(f"/console/audit?number={number}")
    assert said(noor, "act-case") in audit and said(noor, "act-refused") in audit
    assert "99014521" not in noor.read("/console/audit")


def test_of_a_confidential_case_nothing_of_the_applicant_leaves_the_office(
    counter: Counter,
) -> None:
    number = counter.world.open_case(counter.world.sha256("violation-report"), **REPORT).number
    office = counter.world.case(number).office
    hand_over(counter.world.central.database, ShownGateway(), counter.world.clock)
    own = counter.at_work("salim", office)
    page = own.read(f"/console/cases/{number}")
    assert "99014521" in page and "91234567" in page and "I saw it myself." in page
    noor = counter.at_work("noor", "muscat", role=Role.SUPERVISOR)
    for path in (
        f"/console/cases/{number}",
        "/console?office=*",
        f"/console?q={number}",
        "/console/audit",
    ):
        html = noor.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
        for secret in ("99014521", "91234567", "I saw it myself", "••"):
            assert secret not in html
    assert said(noor, "not-whole") in noor.read(f"/console/cases/{number}")
    assert number not in noor.read("/console?q=99014521")
    assert noor.get(f"/console/cases/{number}/papers/1").status_code == 404


def test_what_a_citizen_wrote_is_text_and_stays_in_its_place(counter: Counter) -> None:
    bidi = "‮drawkcab‬ مرحبا (123)"
    number = counter.world.open_case(
        description=f"</dd><script>alert(1)</script>{{{{ 7*7 }}}} {bidi}",
        employer={"cr_number": "1500046", "name": '"><img src=x onerror=alert(1)>'},
    ).number
    salim = counter.at_work("salim")
    answer = salim.get(f"/console/cases/{number}?lang=en")
    assert "<script" not in answer.text and "<img src=x" not in answer.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}" in answer.text
    # Each answer is a paragraph of its own for the bidirectional algorithm.
    assert re.search(r'<dd dir="auto">[^<]*drawkcab[^<]*</dd>', answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"
    token = salim.form_token()
    words = "<b>called</b> \u202eevil"
    salim.post(f"/console/cases/{number}/notes", **{"form-token": token, "words": words})
    assert "&lt;b&gt;called&lt;/b&gt;" in salim.get(f"/console/cases/{number}").text
    sought = salim.get("/console?q=<script>alert(1)</script>&lang=en").text
    assert "<script" not in sought


def test_lists_are_filtered_and_show_no_whole_civil_number(counter: Counter) -> None:
    first = counter.world.open_case().number
    counter.world.clock.advance(days=25)
    second = counter.world.open_case().number
    salim = counter.at_work("salim")
    everything = salim.read("/console")
    assert first in everything and second in everything
    assert "99014521" not in everything and "•••••521" in everything
    soon = salim.read("/console?soon=1")
    assert first in soon and second not in soon
    counter.world.move(second, "withdraw", Actor.CITIZEN)
    assert second not in salim.read("/console")
    assert second in salim.read("/console?closed=1")
    assert second in salim.read("/console?where=complaint:withdrawn&closed=1")
    assert first not in salim.read("/console?where=complaint:withdrawn&closed=1")
    assert second in salim.read(f"/console?q={second.lower()}")
    for odd in ("page=-1", "page=99999999999", "where=::", "office=<x>", "q=%25", "page=x"):
        assert salim.get(f"/console?{odd}").status_code == 200


def test_the_calendar_shows_the_load_of_every_time(counter: Counter) -> None:
    numbers = [counter.world.open_case().number for _ in range(3)]
    salim = counter.at_work("salim")
    page = salim.read("/console/calendar?from=2026-06-08")
    assert all(number in page for number in numbers)
    assert "2 of 2" in page and "1 of 2" in page and "0 of 2" in page
    for odd in ("from=x", "from=9999-12-31", "from=0001-01-01", "calendar=x", "office=muscat"):
        assert salim.get(f"/console/calendar?{odd}").status_code == 200
    assert "Muscat" not in salim.read("/console/calendar?office=muscat")


def test_a_paper_is_decrypted_for_the_office_and_noted(
    settings: Settings, start_central: Start, card: Card
) -> None:
    central = start_central(settings)
    terminal, tx_id = central.terminal(), new_tx_id()
    uploads = sealed(terminal, tx_id, JPEG, PNG)
    papers = [named(JPEG), named(PNG, "image/png")]
    number = file_complaint(terminal, card, tx_id, papers, uploads)["result"]["number"]
    upload(central, terminal, tx_id, uploads[0])
    counter = Counter(settings, CaseWorld.open(settings), central.url, None)
    counter.world.clock.now = central.clock()
    office = counter.world.case(number).office
    salim = counter.at_work("salim", office)
    page = salim.read(f"/console/cases/{number}")
    assert f"Paper 1 Paper 2 {TEXTS['paper-waiting'].en}" in page
    answer = salim.get(f"/console/cases/{number}/papers/1")
    assert answer.content == JPEG and answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert ("salim", "paper", number, "1") in audited(counter)
    for other in ("2", "3", "0", "x", "1.0"):
        assert salim.get(f"/console/cases/{number}/papers/{other}").status_code == 404
    elsewhere = "muscat" if office != "muscat" else "dhofar"
    huda = counter.at_work("huda", elsewhere)
    assert huda.get(f"/console/cases/{number}/papers/1").status_code == 404
    counter.world.close()
