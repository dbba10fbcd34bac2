"""A person who fills in any service by touch, whatever its questions are.

Knows the kinds of editors, never a service: whoever writes a definition that nobody saw before can
have it walked through.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from kiosk.front import utc_now
from kiosk.services import FieldDefinition, Language, flow
from kiosk.services.fields import Situation, kind_of
from kiosk.services.oman_time import MUSCAT
from kiosk.session import Page
from kiosk.session.filling import filled_of, situation_of
from kiosk.tour.harness import Stage
from kiosk.tour.touch_driver import NotSeen

_SENTENCE: dict[Language, str] = {"ar": "هذا ما رأيته", "en": "this is what i saw"}
_NAME: dict[Language, str] = {"ar": "ورشة الامل", "en": "al amal workshop"}
_SAMPLES = {
    "mobile": "92123456",
    "civil-number": "99014521",
    "cr-number": "1234567",
    "money": "450.500",
    "count": "2",
    "months": "12",
    "iban": "om260010000000000000000",
    "email": "salim",
}
_MOST_PAGES = 40


class Filler:
    """Fills in the form on the screen, page after page, up to the check page."""

    def __init__(self, stage: Stage, prefer: dict[str, str] | None = None) -> None:
        """``prefer``: the option to choose, by question; else the first is taken."""
        self._stage = stage
        self._prefer = prefer or {}

    def fill_in(self) -> list[str]:
        """Answer everything; the ids of the pages in their order."""
        stage = self._stage
        pages: list[str] = []
        for _ in range(_MOST_PAGES):
            stage.hands.wait(self._ready, "a page of questions")
            if stage.visit.page is Page.CHECK:
                stage.picture("check")
                return pages
            if stage.visit.page is Page.PAPERS:
                pages.append(self._scan())
                continue
            page = self._page()
            pages.append(page.id)
            for definition in () if page.confirms else page.fields:
                self._answer(definition, alone=len(page.fields) == 1)
            stage.hands.settle()
            stage.picture(page.id)
            stage.hands.tap("continueButton")
            stage.hands.wait(partial(self._left, page.id), f"the page after {page.id}")
        raise NotSeen("the end of the questions")

    def _ready(self) -> bool:
        form = self._stage.visit.form
        page = self._stage.visit.page
        return page in (Page.CHECK, Page.PAPERS) or (
            page is Page.QUESTION and form is not None and not form.asked_for
        )

    def _left(self, page_id: str) -> bool:
        visit = self._stage.visit
        return visit.page is not Page.QUESTION or (
            visit.form is not None and visit.form.page != page_id
        )

    def _scan(self) -> str:
        stage = self._stage
        form = stage.visit.form
        page_id = form.page if form else ""
        stage.scan(2)
        stage.picture(page_id)
        stage.hands.tap("continueButton")
        stage.hands.wait(lambda: stage.visit.page is not Page.PAPERS, f"the page after {page_id}")
        return page_id

    def _page(self) -> flow.QuestionPage:
        visit, catalogue = self._stage.visit, self._stage.kiosk.catalogue
        if visit.form is None:
            raise NotSeen("a form")
        now = utc_now()
        filled = filled_of(visit, visit.form, catalogue, now, now.astimezone(MUSCAT).date())
        page = flow.page_called(catalogue.service(visit.form.service_id), filled, visit.form.page)
        if page is None:
            raise NotSeen(f"page {visit.form.page}")
        return page

    def _answer(self, definition: FieldDefinition, *, alone: bool) -> None:
        form = self._stage.visit.form
        if form is not None and form.inputs.get(definition.id):
            return  # it is known already
        if not definition.required and not alone:
            return
        editor = kind_of(definition.kind).editor
        how = self._editors().get(editor)
        if how is None:
            raise NotSeen(f"a way to answer with {editor}")
        how(definition)

    def _editors(self) -> dict[str, Callable[[FieldDefinition], None]]:
        return {
            "Options": self._choose,
            "List": self._pick,
            "Line": self._write,
            "Text": self._tell,
            "Date": self._date,
            "Period": self._date,
            "Establishment": self._name,
        }

    def _choose(self, definition: FieldDefinition) -> None:
        choices = kind_of(definition.kind).choices
        codes = [c.code for c in choices(definition, self._situation())] if choices else []
        wanted = self._prefer.get(definition.id, codes[0] if codes else "")
        prefix = "place" if definition.level else "option"
        self._stage.hands.tap(f"{prefix}_{wanted}")

    def _pick(self, definition: FieldDefinition) -> None:
        rows = self._situation().rows(definition.options_from) or ()
        free = [row.id for row in rows if row.blocked is None]
        if not free:
            raise NotSeen(f"a row of {definition.options_from} that can be chosen")
        self._stage.hands.tap(f"row_{free[0]}")

    def _write(self, definition: FieldDefinition) -> None:
        self._stage.hands.tap(f"field_{definition.id}")
        sample = _SAMPLES.get(definition.kind, _NAME[self._stage.language])
        self._stage.hands.type(sample)
        if definition.kind == "email":
            self._stage.hands.tap("key_gmail.com")

    def _tell(self, definition: FieldDefinition) -> None:
        self._stage.hands.tap(f"field_{definition.id}")
        self._stage.hands.type(_SENTENCE[self._stage.language])

    def _name(self, definition: FieldDefinition) -> None:
        hands = self._stage.hands
        hands.tap(f"field_{definition.id}")
        hands.type(_NAME[self._stage.language])
        if self._stage.visit.signed_in:
            hands.wait(lambda: hands.sees("useThisName"), "the offer to use the name")
            hands.tap("useThisName")

    def _date(self, definition: FieldDefinition) -> None:
        ahead = 30 if definition.future_only else -3
        day = (utc_now().astimezone(MUSCAT) + timedelta(days=ahead)).strftime("%d%m%Y")
        self._stage.hands.type(day)

    def _situation(self) -> Situation:
        visit, catalogue = self._stage.visit, self._stage.kiosk.catalogue
        if visit.form is None:
            raise NotSeen("a form")
        now = utc_now()
        today = now.astimezone(MUSCAT).date()
        return situation_of(visit, visit.form, catalogue, now, today)
