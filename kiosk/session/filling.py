"""What is known while a form is filled in: the person, the registries' facts, the form itself.

Pure views of a visit, for its steps and for the screens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from kiosk.devices import Terminal, is_online
from kiosk.services import Catalogue, ServiceDefinition, flow
from kiosk.services.conditions import holds
from kiosk.services.definition import OfflinePolicy
from kiosk.services.facts import PERSON, Fact, values_of
from kiosk.services.fields import Situation
from kiosk.services.texts import Text
from kiosk.session.form import EmployerFound, Form
from kiosk.session.state import Visit

PAPERS_EDITOR = "Document"
"""Editor of the kinds whose answer is scanned on the page of papers."""


def person_fact(visit: Visit, catalogue: Catalogue, as_of: datetime) -> Fact:
    """What card and sign-in say of who is here, as the fact that every service may ask about.

    ``kind`` (``citizen``, ``resident``), ``nationality``, ``mobile``; of the newest contract
    ``employer`` (an answer of kind establishment) and ``workplace`` (``governorate``, ``wilayat``).
    """
    holder = visit.cardholder
    values: dict[str, Any] = {}
    if holder is not None:
        values = {"kind": holder.kind, "nationality": holder.nationality}
    if visit.mobile:
        values["mobile"] = visit.mobile
    if visit.employers:
        employer = visit.employers[0]
        name = employer.name_ar if visit.language == "ar" else employer.name_en
        values["employer"] = {"cr_number": employer.cr_number, "name": name}
        values["workplace"] = _workplace(employer, catalogue)
    return Fact(id=PERSON, as_of=as_of, values=values)


def facts_of(visit: Visit, catalogue: Catalogue, now: datetime) -> Mapping[str, Fact]:
    """Every fact that this visit knows."""
    return {PERSON: person_fact(visit, catalogue, now), **visit.facts}


def situation_of(
    visit: Visit, form: Form, catalogue: Catalogue, now: datetime, today: date
) -> Situation:
    """What parsers look at."""
    return catalogue.situation(form.answers, today, facts_of(visit, catalogue, now))


def filled_of(
    visit: Visit, form: Form, catalogue: Catalogue, now: datetime, today: date
) -> flow.Filled:
    """How far the form is filled in."""
    service = catalogue.service(form.service_id)
    situation = situation_of(visit, form, catalogue, now, today)
    known = flow.known_beforehand(service, situation, visit.language)
    return flow.Filled(form.answers, situation.facts, MappingProxyType(known), form.apart)


def refusal(
    service: ServiceDefinition,
    visit: Visit,
    terminal: Terminal,
    catalogue: Catalogue,
    now: datetime,
) -> Text | None:
    """Why this person cannot use the service here and now; ``None``: they can."""
    values = values_of(facts_of(visit, catalogue, now))
    for requirement in service.who:
        if not holds(requirement.when, {}, values):
            return requirement.reason
    if service.offline.policy is OfflinePolicy.NEVER and not is_online(terminal):
        return service.offline.says
    return None


def _workplace(employer: EmployerFound, catalogue: Catalogue) -> dict[str, str]:
    for governorate in catalogue.places.governorates:
        if any(wilayat.id == employer.wilayat for wilayat in governorate.wilayats):
            return {"governorate": governorate.id, "wilayat": employer.wilayat}
    return {}
