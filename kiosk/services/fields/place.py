"""A governorate, or a wilayat within the governorate of an earlier answer."""

from __future__ import annotations

from kiosk.services.definition import FieldDefinition
from kiosk.services.fields.kind import Answer, Choice, FieldKind, Invalid, Situation
from kiosk.services.languages import Language
from kiosk.services.places import Place
from kiosk.services.texts import Text


def _offered(definition: FieldDefinition, situation: Situation) -> tuple[Place, ...]:
    if definition.level == "governorate":
        return situation.places.governorates
    if not definition.within:
        return tuple(w for g in situation.places.governorates for w in g.wilayats)
    chosen = situation.answers.get(definition.within)
    governorate = situation.places.governorate(chosen) if isinstance(chosen, str) else None
    return governorate.wilayats if governorate else ()


def _parse(definition: FieldDefinition, raw: Answer, situation: Situation) -> Answer:
    if not isinstance(raw, str):
        raise Invalid("wrong-type")
    if raw not in {place.id for place in _offered(definition, situation)}:
        raise Invalid("unknown-choice")
    return raw


def _describe(
    definition: FieldDefinition, answer: Answer, language: Language, situation: Situation
) -> str:
    places = situation.places
    is_governorate = definition.level == "governorate"
    place = places.governorate(answer) if is_governorate else places.wilayat(answer)
    return place.name(language) if place else str(answer)


def _choices(definition: FieldDefinition, situation: Situation) -> tuple[Choice, ...]:
    return tuple(
        Choice(place.id, Text(ar=place.ar, en=place.en))
        for place in _offered(definition, situation)
    )


KIND = FieldKind(
    parse=_parse,
    describe=_describe,
    editor="Options",
    choices=_choices,
    takes=frozenset({"level", "within"}),
    needs=frozenset({"level"}),
)
