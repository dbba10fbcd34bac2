"""A definition as a person reads it: who, what is asked when, what becomes of it.

The sentences around are English, like everything on the command line; the definition's own texts
are in the language that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import UnsetType

from kiosk.services.case_definition import CaseDefinition, Move, Slot
from kiosk.services.conditions import Condition, Scalar
from kiosk.services.definition import FieldDefinition, PaymentTime, ServiceDefinition
from kiosk.services.fields import kind_of
from kiosk.services.languages import Language
from kiosk.services.texts import Text

_OFFLINE = {
    "works": "kept at the terminal, takes effect when the network is back",
    "later": "kept at the terminal; checks and payment follow at the centre",
    "never": "not offered",
}


def outline(service: ServiceDefinition, language: Language) -> list[str]:
    """The lines to print."""
    return list(_Outline(service, language).lines())


class _Outline:
    def __init__(self, service: ServiceDefinition, language: Language) -> None:
        self._service = service
        self._language = language

    def lines(self) -> Iterator[str]:
        """Everything, part by part."""
        service = self._service
        yield f"{self._say(service.title)}  ({service.id}, version {service.version})"
        yield f"  {self._say(service.summary)}"
        yield f"  Shelf {service.category}; about {_number(service.duration_minutes, 'minute')}."
        yield f"  {self._say(service.authority.name)}, {self._say(service.authority.department)}, "\
            f"telephone {service.authority.phone}"  # fmt: skip
        for fee in service.fees:
            amount = f"{fee.amount_baisa / 1000:.3f} OMR" if fee.amount_baisa else "free"
            yield f"  Fee from {fee.valid_from}: {amount}"
        yield from self._who()
        yield from self._facts()
        yield from self._questions()
        yield from self._afterwards()
        if service.case is not None:
            yield from self._case(service.case)

    def _who(self) -> Iterator[str]:
        service = self._service
        yield ""
        yield "WHO MAY USE IT"
        if not service.who:
            yield "  everybody"
        for requirement in service.who:
            yield f"  if {self.condition(requirement.when)}"
            yield f"    else it is shown with: {self._say(requirement.reason)}"
        yield ""
        yield "WITHOUT A NETWORK"
        yield f"  {_OFFLINE[service.offline.policy.value]}"
        yield f"  {self._say(service.offline.says)}"

    def _facts(self) -> Iterator[str]:
        if not self._service.facts:
            return
        yield ""
        yield "FACTS FROM THE CENTRE"
        for fact in self._service.facts:
            asked_with = fact.fixed | {
                name: f"“{self._label(field_id)}”" for name, field_id in fact.given.items()
            }
            given = ", ".join(f"{name} = {value}" for name, value in asked_with.items())
            yield f"  {fact.id}: {fact.source}" + (f", asked with {given}" if given else "")
            if isinstance(fact.unavailable, Text):
                yield f"    when it cannot be had: {self._say(fact.unavailable)}"

    def _questions(self) -> Iterator[str]:
        service = self._service
        if not service.fields:
            return
        yield ""
        yield "QUESTIONS"
        number, page_before = 0, ""
        for each in service.fields:
            if not each.page:
                number += 1
                yield from self._question(each, f"  {number}. ", "     ")
            else:
                if each.page != page_before:
                    number += 1
                    page = service.page(each.page)
                    yield f"  {number}. {self._say(page.question)}  (one page)"
                    if isinstance(page.confirm, Text):
                        yield f"     when everything is known: {self._say(page.confirm)}"
                yield from self._question(each, "     - ", "       ")
            page_before = each.page

    def _question(self, each: FieldDefinition, first: str, then: str) -> Iterator[str]:
        yield f"{first}{self._say(each.question)}  ({each.id}: {each.kind})"
        if each.when is not None:
            yield f"{then}asked only if {self.condition(each.when)}"
        for option in each.options:
            yield f"{then}· {self._say(option.text)}" + (" (on paper)" if option.on_paper else "")
        notes = list(self._notes(each))
        if notes:
            yield f"{then}{'; '.join(notes)}"

    def _notes(self, each: FieldDefinition) -> Iterator[str]:
        if not each.required:
            yield "may be left empty"
        if each.options_from:
            yield f"chosen from the list {each.options_from}"
        if each.prefill:
            source = "the language of the visit" if each.prefill == "language" else each.prefill
            yield f"known beforehand from {source}" + (", then not asked" if each.assumed else "")
        if each.within:
            yield f"within {self._label(each.within)}"
        for name in ("minimum", "maximum", "earliest"):
            bound = getattr(each, name)
            if bound is not None:
                yield f"{name} {bound}"
        if each.contact:
            yield f"notices by {'text message' if each.contact == 'mobile' else 'e-mail'} go here"
        if each.personal:
            yield "only on the case's own page"
        if each.on_receipt:
            yield "on the receipt"

    def _afterwards(self) -> Iterator[str]:
        service = self._service
        yield ""
        yield "AFTERWARDS"
        if service.fields:
            yield f"  signed by {' and '.join(role.value for role in service.sign)}"
        if service.quote:
            yield "  the centre is asked for checks and a price before the signature"
        if service.payment is not PaymentTime.NONE:
            yield f"  paid {service.payment.value.replace('-', ' ')}"
        for step in service.next_steps:
            yield f"  - {self._say(step.text)}"
        for deadline in service.deadlines:
            days = _number(deadline.days, "day")
            yield f"  {{{deadline.id}}}: {days}, from {deadline.valid_from}"

    def _case(self, case: CaseDefinition) -> Iterator[str]:
        yield ""
        yield f"THE CASE  ({self._say(case.number_label)} {case.prefix}-…)"
        rule = case.office
        if rule.of_place:
            yield f"  office of the place {self._label(rule.of_place)}"
        else:
            yield "  office: the least loaded" if rule.least_loaded else f"  office {rule.id}"
        if case.slot is not None:
            how = "proposed at once" if case.slot.on_registration else "by a move"
            if case.slot.chosen_by:
                how = f"chosen with {self._label(case.slot.chosen_by)}"
            yield f"  {self._say(case.slot.label)} from the calendar {case.slot.calendar}, {how}"
        if case.due:
            yield f"  done within the deadline {case.due}"
        if case.confidential:
            yield "  confidential: the other side never learns who applied"
        if case.on_registration:
            yield f"  notices at the start: {', '.join(case.on_registration)}"
        for state in case.states:
            marks = [word for word, so in (("start", state.id == case.start), ("end", state.final))
                     if so]  # fmt: skip
            yield f"  [{state.id}] {self._say(state.text)}" + (
                f"  ({', '.join(marks)})" if marks else ""
            )
            if state.to_do is not None:
                yield f"      {self._say(state.to_do)}"
            for move in case.moves:
                if state.id in move.from_:
                    yield f"      → {move.to}: {self._say(move.label)}  ({self._move(move)})"
        for notice in case.notices:
            channels = "text message" + (" and e-mail" if notice.email is not None else "")
            to = "" if notice.to == "applicant" else f" to {self._label(notice.to)}"
            yield f"  notice {notice.id}, {channels}{to}: {self._say(notice.sms)}"
        for reminder in case.reminders:
            days = _either([_number(day, "day") for day in reminder.days], "and")
            before = "the appointment" if reminder.before == "slot" else "the due day"
            states = " or ".join(reminder.states)
            yield f"  reminder {reminder.notice}: {days} before {before}, while {states}"

    def _move(self, move: Move) -> str:
        parts = [f"{move.id}, by {' or '.join(actor.value for actor in move.by)}"]
        if move.after_deadline:
            parts.append(f"when {move.after_deadline} is over")
        if move.after_days is not None:
            parts.append(f"after {_number(move.after_days, 'day')}")
        if move.after_slot:
            parts.append("after the appointment")
        if move.before_slot is not None:
            parts.append(f"until {_number(move.before_slot, 'day')} before the appointment")
        if move.at_most is not None:
            parts.append(f"at most {move.at_most} times" if move.at_most > 1 else "once")
        if move.when is not None:
            parts.append(f"if {self.condition(move.when)}")
        if move.asks:
            parts.append(f"asks {', '.join(self._say(asked.label) for asked in move.asks)}")
        if move.slot is not Slot.KEEP:
            parts.append(f"{move.slot.value}s the appointment")
        if move.pin:
            parts.append("with PIN")
        if move.notices:
            parts.append(f"notice {', '.join(move.notices)}")
        return "; ".join(parts)

    def condition(self, condition: Condition) -> str:
        """A condition in words."""
        if not isinstance(condition.all_, UnsetType):
            return " and ".join(self._part(each) for each in condition.all_)
        if not isinstance(condition.any_, UnsetType):
            return " or ".join(self._part(each) for each in condition.any_)
        if not isinstance(condition.not_, UnsetType):
            return f"not {self._part(condition.not_)}"
        if isinstance(condition.field_id, str):
            subject, texts = f"“{self._label(condition.field_id)}”", self._texts(condition.field_id)
        else:
            subject, texts = str(condition.fact), {}
        if isinstance(condition.is_, UnsetType):
            return f"{subject} is known" if isinstance(condition.fact, str) else (
                f"{subject} is answered"
            )  # fmt: skip
        return f"{subject} is {_either(texts.get(v, _scalar(v)) for v in condition.is_)}"

    def _part(self, condition: Condition) -> str:
        words = self.condition(condition)
        made_of = (condition.all_, condition.any_)
        return words if all(isinstance(each, UnsetType) for each in made_of) else f"({words})"

    def _label(self, field_id: str) -> str:
        return self._say(self._service.field(field_id).label)

    def _texts(self, field_id: str) -> dict[Scalar, str]:
        """What the answers to a question are called."""
        definition = self._service.field(field_id)
        if kind_of(definition.kind).compares is bool:
            return {True: "yes", False: "no"}
        return {option.code: f"“{self._say(option.text)}”" for option in definition.options}

    def _say(self, text: Text) -> str:
        return text.in_language(self._language)


def _either(words: Iterable[str], link: str = "or") -> str:
    *others, last = words
    return f"{', '.join(others)} {link} {last}" if others else last


def _scalar(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
