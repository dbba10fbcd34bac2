"""A question of a service, whatever its kind: its words, its input and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, FieldDefinition, Language
from kiosk.services.fields import kind_of
from kiosk.session.intents import InputChanged
from kiosk.session.state import Form, Page, State
from ui.viewmodels.seam import QStringList, QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class QuestionViewModel(QObject):
    """The question on the screen.

    ``asked`` fires when the question or its words change, ``changed`` while it is being answered,
    so that the answers of a list are not made anew at every tap.
    """

    asked = Signal()
    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send) -> None:
        super().__init__()
        self._catalogue = catalogue
        self._send = send
        self._form: Form | None = None
        self._field: FieldDefinition | None = None
        self._language: Language = "ar"
        self._problems: list[str] = []

    def show(self, state: State) -> None:
        """Take over a new state; the last question stays until there is another."""
        visit = state.visit
        form = visit.form
        if form is None:
            if self._form is not None:
                self._form = None
                self._problems = []
                self.changed.emit()
            return
        if visit.page is not Page.QUESTION:
            return
        service = self._catalogue.service(form.service_id)
        field = service.fields[form.index]
        is_new = field is not self._field or visit.language != self._language
        places_changed = self._form is None or form.answers != self._form.answers
        if form == self._form and not is_new:
            return
        self._form, self._field, self._language = form, field, visit.language
        self._problems = [
            self._catalogue.problem_text(problem, visit.language, service)
            for problem in form.problems
            if problem.field == field.id
        ]
        if is_new or (places_changed and bool(field.within)):
            self.asked.emit()
        self.changed.emit()

    @Property(str, notify=asked)
    def fieldId(self) -> str:
        return self._field.id if self._field else ""

    @Property(str, notify=asked)
    def kind(self) -> str:
        return self._field.kind if self._field else ""

    @Property(str, notify=asked)
    def editor(self) -> str:
        """Which editor takes the answer: a QML file without its ending."""
        return f"{kind_of(self._field.kind).editor}Editor" if self._field else ""

    @Property(str, notify=asked)
    def question(self) -> str:
        return self._text("question")

    @Property(str, notify=asked)
    def help(self) -> str:
        return self._text("help")

    @Property(str, notify=asked)
    def label(self) -> str:
        return self._text("label")

    @Property(bool, notify=asked)
    def required(self) -> bool:
        return self._field is None or self._field.required

    @Property(int, notify=asked)
    def maximum(self) -> int:
        """Characters of a text; 0 without a limit."""
        return (self._field.maximum or 0) if self._field else 0

    @Property(QVariantList, notify=asked)
    def options(self) -> list[dict[str, Any]]:
        """``code, text, icon, name`` of what can be chosen; ``name`` is for tests."""
        field = self._field
        if field is None or self._form is None:
            return []
        choices = kind_of(field.kind).choices
        if choices is None:
            return []
        situation = self._catalogue.situation(self._form.answers, date.min)
        return [
            {
                "code": choice.code,
                "text": choice.text.in_language(self._language),
                "icon": choice.icon,
                "name": f"{'place' if field.level else 'option'}_{choice.code}",
            }
            for choice in choices(field, situation)
        ]

    @Property(QStringList, notify=changed)
    def chosen(self) -> list[str]:
        """Codes of the options that are chosen."""
        return self._codes()

    @Property(str, notify=changed)
    def text(self) -> str:
        """What is typed so far."""
        return self._typed()

    @Property(str, notify=changed)
    def periodFrom(self) -> str:
        return self._period("from")

    @Property(str, notify=changed)
    def periodTo(self) -> str:
        return self._period("to")

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """Nothing is answered yet."""
        raw = self._form.input if self._form else None
        if isinstance(raw, Mapping):
            return not any(raw.values())
        return not raw

    @Property(QStringList, notify=changed)
    def problems(self) -> list[str]:
        return self._problems

    @Slot(str)
    def choose(self, code: str) -> None:
        self._send(InputChanged(code))

    @Slot(str)
    def toggle(self, code: str) -> None:
        chosen = self._codes()
        if code in chosen:
            chosen.remove(code)
        else:
            chosen.append(code)
        self._send(InputChanged(chosen))

    @Slot(str)
    def write(self, text: str) -> None:
        if text != self._typed():
            self._send(InputChanged(text))

    @Slot(str, str)
    def writePeriod(self, first: str, last: str) -> None:
        self._send(InputChanged({"from": first, "to": last}))

    def _text(self, name: str) -> str:
        if self._field is None:
            return ""
        text = {"question": self._field.question, "help": self._field.help}
        sentence = text.get(name, self._field.label)
        return sentence.ar if self._language == "ar" else sentence.en

    def _codes(self) -> list[str]:
        raw = self._form.input if self._form else None
        if isinstance(raw, str):
            return [raw]
        return [str(code) for code in raw] if isinstance(raw, list | tuple) else []

    def _typed(self) -> str:
        raw = self._form.input if self._form else None
        return raw if isinstance(raw, str) else ""

    def _period(self, end: str) -> str:
        raw = self._form.input if self._form else None
        value = raw.get(end) if isinstance(raw, Mapping) else None
        return value if isinstance(value, str) else ""
