"""The central API: what the terminals talk to, and what integrators develop against.

A stub in scope (fictional registries), not in quality: enrolment, sign-in, ingest, cases with
appointments and notices follow the real rules. ``create_app(settings)`` builds the
FastAPI application, ``serve`` runs it until stopped, ``EmbeddedServer`` runs it inside another
process. SQLite file by default, PostgreSQL by URL.

Where things live, from the top floor down; a room imports from those below it only:

* ``http/``: the application, what stands at its door, ``routes/`` and what browsers see, ``pages/``
* ``console/``: what the card office and the fleet administrator do; ``opening.py`` opens it all
* ``ingest/``: what becomes of each item of a batch, of attachments and of folders carried by hand
* ``services/``: what data cannot say about a service, and the facts that services ask about
* ``cases/``: what an accepted application becomes, for every service the same
* ``fleet/``: terminals; ``people/``: registries and sign-in; ``issuing/``: activation of cards;
  ``publication/``: the catalogue, signed and published; ``payments/``: orders and their money
* ``peers/``: other institutions, simulated as programs of their own; nothing here imports them
* ``ground/``: database, tables, keys, trust, problems, limits, metrics, settings

``data/`` holds the fictional registries and offices.
"""

from backend_stub.ground.central import CentralUnavailable
from backend_stub.ground.settings import EnrolmentCode, Settings
from backend_stub.http.app import create_app
from backend_stub.http.server import EmbeddedServer, Tls, serve

__all__ = [
    "CentralUnavailable",
    "EmbeddedServer",
    "EnrolmentCode",
    "Settings",
    "Tls",
    "create_app",
    "serve",
]
