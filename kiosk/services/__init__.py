"""The service catalogue: what the terminal offers and the rules behind it.

A service is one declarative file in ``data/services/``: its questions, who may use it, what
becomes of it, texts in every language, fees and deadlines with their dates.

* ``definition.py``, ``case_definition.py``: the shape of such a file; ``reading.py`` reads one,
  ``consistency.py`` and ``case_consistency.py`` say what does not fit together in it
* ``fields/``: the kinds of questions, one file each
* ``conditions.py``, ``facts.py``: when a question is asked, and what the registries know
* ``flow.py``: from definition, answers and facts to the pages of a visit
* ``answers.py``, ``wording.py``: from input to an answer and back to words
* ``catalogue.py``: all services together

The terminal and the central API validate with this same package; it knows no Qt and no network.
"""

from kiosk.services.catalogue import Catalogue, FieldProblem, load_catalogue
from kiosk.services.definition import FieldDefinition, ServiceDefinition, ServiceKind
from kiosk.services.languages import LANGUAGES, Language
from kiosk.services.reading import CatalogueError
from kiosk.services.texts import Text

__all__ = [
    "LANGUAGES",
    "Catalogue",
    "CatalogueError",
    "FieldDefinition",
    "FieldProblem",
    "Language",
    "ServiceDefinition",
    "ServiceKind",
    "Text",
    "load_catalogue",
]
