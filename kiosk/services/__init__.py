"""The service catalogue: what the terminal offers and the rules behind it.

A service is one declarative file in ``data/services/``: its questions, texts in every language,
fees and deadlines with their dates. ``definition.py`` is the shape of such a file, ``answers.py``
parses what was typed, ``wording.py`` says how answers read, ``catalogue.py`` ties them together.
The terminal and the central API validate with this same package; it knows no Qt and no network.
"""

from kiosk.services.catalogue import Catalogue, CatalogueError, FieldProblem, load_catalogue
from kiosk.services.definition import (
    LANGUAGES,
    FieldDefinition,
    FieldKind,
    Language,
    ServiceDefinition,
    Text,
)

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "CatalogueError",
    "FieldDefinition",
    "FieldKind",
    "FieldProblem",
    "Language",
    "ServiceDefinition",
    "Text",
    "load_catalogue",
]
