"""One question of a page, whatever its kind: its words, its input and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import UNSET
from PySide6.QtCore import Property, QObject, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.services import Catalogue, FieldDefinition, Language
from kiosk.services.fields import Situation, kind_of
from kiosk.session.form import Form
from kiosk.session.intents import InputChanged
from ui.viewmodels.rows import RowsViewModel
from ui.viewmodels.seam import QStringList, QVariantList, Send

QML_IMPORT_NAME = "Manfadh.ViewModels"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class FieldViewModel(QObject):
    """A question on the screen.

    ``asked`` fires when the question or its words change, ``changed`` while it is being answered,
    so that the answers of a list are not made anew at every tap.
    """

    asked = Signal()
    changed = Signal()

    def __init__(self, catalogue: Catalogue, send: Send, parent: QObject) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._send = send
        self._field: FieldDefinition | None = None
        self._situation: Situation | None = None
        self._language: Language = "ar"
        self._raw: Any = None
        self._problems: list[str] = []
        self._rows = RowsViewModel(self._pick, self)

    def show(
        self, field: FieldDefinition | None, form: Form, situation: Situation, language: Language
    ) -> None:
        """Take over a question, what is entered and what is known around it."""
        if field is not None and field.options_from:
            self._show_rows(field, form, situation, language)
        same = field is self._field and language == self._language
        depends = field is not None and bool(field.within or field.options_from)
        before = self._situation
        moved = depends and (
            before is None or (before.answers, before.facts) != (situation.answers, situation.facts)
        )
        self._field, self._situation, self._language = field, situation, language
        raw = None if field is None else form.inputs.get(field.id)
        problems = [] if field is None else self._sentences(field, form)
        now_different = raw != self._raw or problems != self._problems
        self._raw, self._problems = raw, problems
        if not same or moved:
            self.asked.emit()
        if not same or moved or now_different:
            self.changed.emit()

    def sentences(self) -> list[str]:
        """What is wrong with the answer."""
        return self._problems

    def is_empty(self) -> bool:
        """Whether nothing is answered yet."""
        raw = self._raw
        return not any(raw.values()) if isinstance(raw, Mapping) else not raw

    def forget(self) -> None:
        """Nothing of the last visit stays."""
        self._rows.forget()
        self._field, self._situation, self._raw, self._problems = None, None, None, []
        self.asked.emit()
        self.changed.emit()

    def _sentences(self, field: FieldDefinition, form: Form) -> list[str]:
        service = self._catalogue.service(form.service_id)
        return [
            self._catalogue.problem_text(problem, self._language, service)
            for problem in form.problems
            if problem.field == field.id
        ]

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
    def keyboard(self) -> str:
        """The keyboard that a typed answer wants: ``text`` for the visit's language, or empty."""
        wanted = kind_of(self._field.kind).keyboard if self._field else ""
        return self._language if wanted == "text" else wanted

    @Property(str, notify=asked)
    def prefix(self) -> str:
        """Shown before what is typed, for example the country's code."""
        return kind_of(self._field.kind).prefix if self._field else ""

    @Property(str, notify=asked)
    def question(self) -> str:
        return self._field.question.in_language(self._language) if self._field else ""

    @Property(str, notify=asked)
    def help(self) -> str:
        return self._field.help.in_language(self._language) if self._field else ""

    @Property(str, notify=asked)
    def label(self) -> str:
        return self._field.label.in_language(self._language) if self._field else ""

    @Property(bool, notify=asked)
    def required(self) -> bool:
        return self._field is None or self._field.required

    @Property(int, notify=asked)
    def maximum(self) -> int:
        """Characters of a text; 0 without a limit."""
        return (self._field.maximum or 0) if self._field else 0

    @Property(bool, notify=asked)
    def multiple(self) -> bool:
        """More than one can be chosen."""
        return self._field is not None and kind_of(self._field.kind).nothing == []

    @Property(QVariantList, notify=asked)
    def options(self) -> list[dict[str, Any]]:
        """``code, text, icon, name`` of what can be chosen; ``name`` is for tests."""
        field, situation = self._field, self._situation
        choices = kind_of(field.kind).choices if field else None
        if field is None or situation is None or choices is None:
            return []
        return [
            {
                "code": choice.code,
                "text": choice.text.in_language(self._language),
                "icon": choice.icon,
                "name": f"{'place' if field.level else 'option'}_{choice.code}",
            }
            for choice in choices(field, situation)
        ]

    @Property(QObject, notify=asked)
    def rows(self) -> QObject:
        """The list of a registry, a :class:`RowsViewModel`."""
        return self._rows

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
        return self._end_of_period("from")

    @Property(str, notify=changed)
    def periodTo(self) -> str:
        return self._end_of_period("to")

    @Property(bool, notify=changed)
    def empty(self) -> bool:
        """Nothing is answered yet."""
        return self.is_empty()

    @Property(QStringList, notify=changed)
    def problems(self) -> list[str]:
        return self._problems

    @Slot(str)
    def choose(self, code: str) -> None:
        self._enter(code)

    @Slot(str)
    def toggle(self, code: str) -> None:
        chosen = self._codes()
        if code in chosen:
            chosen.remove(code)
        else:
            chosen.append(code)
        self._enter(chosen)

    @Slot(str)
    def write(self, text: str) -> None:
        if text != self._typed():
            self._enter(text)

    @Slot(str, str)
    def writePeriod(self, first: str, last: str) -> None:
        self._enter({"from": first, "to": last})

    @Slot(str, str)
    def writeEstablishment(self, number: str, name: str) -> None:
        """``number`` is empty for a name that was typed."""
        entered = {"cr_number": number or None, "name": name}
        if entered != self._raw:
            self._enter(entered)

    def _show_rows(
        self, field: FieldDefinition, form: Form, situation: Situation, language: Language
    ) -> None:
        fact = self._catalogue.service(form.service_id).fact(field.options_from)
        sentence = ""
        if fact.id in form.unavailable:
            text = self._catalogue.problem_texts["list-unavailable"]
            text = text if fact.unavailable is UNSET else fact.unavailable
            sentence = text.in_language(language)
        raw = form.inputs.get(field.id)
        chosen = [raw] if isinstance(raw, str) else list(raw or ())
        self._rows.show(
            situation.facts.get(fact.id),
            chosen,
            language,
            one=kind_of(field.kind).nothing != [],
            waiting=fact.id in form.asked_for,
            unavailable=sentence,
        )

    def _pick(self, chosen: list[str]) -> None:
        if self._field is not None:
            one = kind_of(self._field.kind).nothing != []
            self._enter(chosen[0] if one else chosen)

    def _codes(self) -> list[str]:
        raw = self._raw
        if isinstance(raw, str):
            return [raw]
        return [str(code) for code in raw] if isinstance(raw, list | tuple) else []

    def _typed(self) -> str:
        return self._raw if isinstance(self._raw, str) else ""

    def _enter(self, raw: Any) -> None:
        if self._field is not None:
            self._send(InputChanged(raw, self._field.id))

    def _end_of_period(self, end: str) -> str:
        value = self._raw.get(end) if isinstance(self._raw, Mapping) else None
        return value if isinstance(value, str) else ""
