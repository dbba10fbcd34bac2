"""One case at the console: read it, move it, remark on it, open its papers."""

from __future__ import annotations

from typing import Any, Final

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from backend_stub.cases.delivery import waiting_about
from backend_stub.cases.desk import MoveRefused
from backend_stub.console import casework
from backend_stub.console.casework import NotYours
from backend_stub.ground.central import Central
from backend_stub.http.console.access import (
    ConsoleRefused,
    Form,
    OwnFormDependency,
    Visit,
    VisitDependency,
    language_of,
)
from backend_stub.http.console.move_forms import answers_in, move_form
from backend_stub.http.console.pages import HEADERS, page, words
from backend_stub.http.console.timeline import timeline_rows, waiting_rows
from backend_stub.http.console.views import case_head
from backend_stub.http.routes import CentralDependency
from backend_stub.ingest.opened_papers import PaperAbsent, open_paper, papers_here
from kiosk.services.oman_time import MUSCAT

router = APIRouter()

_LONGEST_ID: Final = 36
_REFUSED_STATUS: Final = {"move-answers": 422, "slot-needed": 422, "move-unknown": 404}


@router.get("/cases/{number}")
def get_case(
    request: Request, central: CentralDependency, visit: VisitDependency, number: str
) -> Response:
    """The whole case, and a line in the audit."""
    return _case_page(request, central, visit, number)


@router.post("/cases/{number}/moves/{move}")
def post_move(
    request: Request,
    central: CentralDependency,
    visit: VisitDependency,
    form: OwnFormDependency,
    number: str,
    move: str,
) -> Response:
    """Move the case; when that is not possible any more, say how it stands now."""
    asked = casework.request_of(
        visit.officer,
        number,
        move,
        client_id=form.one("once")[:_LONGEST_ID],
        answers=answers_in(form.values),
        slot=form.one("slot"),
        why=form.one("why"),
    )
    try:
        with central.database.write() as session:
            casework.move_case(session, central.cases, visit.officer, asked, central.clock())
    except NotYours:
        raise _not_yours(central, visit, number) from None
    except MoveRefused as refused:
        return _case_page(
            request,
            central,
            visit,
            number,
            refused=refused,
            tried=(move, form),
            status=_REFUSED_STATUS.get(refused.code, 409),
        )
    return RedirectResponse(f"/console/cases/{number}?done=moved", 303)


@router.post("/cases/{number}/notes")
def post_note(
    central: CentralDependency, visit: VisitDependency, form: OwnFormDependency, number: str
) -> Response:
    """Keep a remark, which only the office sees."""
    remark = form.one("words")
    if remark.strip():
        try:
            with central.database.write() as session:
                casework.add_note(
                    session, central.cases, visit.officer, number, remark, central.clock()
                )
        except NotYours:
            raise _not_yours(central, visit, number) from None
    return RedirectResponse(f"/console/cases/{number}?done=noted", 303)


@router.get("/cases/{number}/papers/{place}")
def get_paper(
    central: CentralDependency, visit: VisitDependency, number: str, place: str
) -> Response:
    """A paper that the citizen signed for, decrypted, and a line in the audit."""
    wanted = int(place) if place.isascii() and place.isdecimal() and len(place) < 4 else 0
    try:
        with central.database.write() as session:
            tx_id, media_type = casework.paper_of(
                session, central.cases, visit.officer, number, wanted, central.clock()
            )
            picture = open_paper(central, session, tx_id, wanted)
    except NotYours:
        raise _not_yours(central, visit, number) from None
    except PaperAbsent:
        raise ConsoleRefused(404, "paper-absent") from None
    return Response(
        picture,
        media_type=media_type,
        headers=dict(HEADERS)
        | {
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        },
    )


def _case_page(
    request: Request,
    central: Central,
    visit: Visit,
    number: str,
    *,
    refused: MoveRefused | None = None,
    tried: tuple[str, Form] | None = None,
    status: int = 200,
) -> Response:
    language = language_of(request)
    t = words(language)
    now = central.clock()
    try:
        with central.database.write() as session:
            opened = casework.open_case(session, central.cases, visit.officer, number, now)
            here = (
                papers_here(session, opened.view.transaction_id)
                if opened.view.transaction_id
                else frozenset()
            )
            waiting = waiting_about(session, number) if opened.whole else []
            # Read while the session is open: rows belong to it.
            waiting_shown = waiting_rows(waiting, language, t)
    except NotYours:
        raise _not_yours(central, visit, number) from None
    moves: list[dict[str, Any]] = []
    for each in opened.moves:
        mine = tried is not None and tried[0] == each.move.id
        moves.append(
            move_form(
                central.catalogue,
                opened.view.summary,
                each,
                language,
                t,
                today=now.astimezone(MUSCAT).date(),
                sent=tried[1].values if tried is not None and mine else {},
                problems=refused.problems if refused is not None and mine else {},
                nearest=refused.others if refused is not None and mine else (),
                # So that the same form, sent twice, moves the case once.
                once=central.random_bytes(16).hex(),
                open_now=mine,
            )
        )
    done = request.query_params.get("done", "")
    values = {
        "here": "cases",
        "case": case_head(opened, now, language, t),
        "answers": [
            (
                each.definition.label.in_language(language),
                each.text.in_language(language),
                each.definition.personal,
            )
            for each in opened.view.answers
        ],
        "papers": [(place, place in here) for place in range(1, len(opened.view.papers) + 1)],
        "moves": moves,
        "timeline": [
            *waiting_shown,
            *timeline_rows(opened, central.cases, language, t),
        ],
        "refusal": "" if refused is None else t.get(refused.code, t["move-not-open"]),
        "done": done if done in ("moved", "noted") else "",
        "whole": opened.whole,
        "own": opened.own,
    }
    return page(request, "case.html", values, visit=visit, status=status)


def _not_yours(central: Central, visit: Visit, number: str) -> ConsoleRefused:
    """The refusal, once it is in the audit."""
    with central.database.write() as session:
        casework.refuse(session, visit.officer, number, central.clock())
    return ConsoleRefused(404, "no-such-case")
