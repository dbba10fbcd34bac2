"""The central API: what the terminals talk to, and what integrators develop against.

A stub in scope (one service, fictional registries), not in quality: enrolment, sign-in, ingest,
complaints with hearings and notices follow the real rules. ``create_app(settings)`` builds the
FastAPI application, ``serve`` runs it until stopped, ``EmbeddedServer`` runs it inside another
process. SQLite file by default, PostgreSQL by URL.

Where things live: ``routes/`` is HTTP and nothing else, ``pages/`` what browsers see;
``admission.py``, ``limits.py`` and ``request_signatures.py`` stand at the door; ``ingest.py`` and
``deciding.py`` decide about every item of a batch, ``transactions.py`` reads and writes what they
decide about, ``conflicts.py`` what happens when a chain forks, ``attachments.py`` takes what
belongs to a transaction, ``folders.py`` what is carried by hand; ``fleet.py``, ``backups.py`` and
``metrics.py`` are for the fleet administrator; ``registries.py``, ``complaints.py``,
``hearings.py`` and ``notifications.py`` are what a transaction reads and causes; ``trust.py`` and
``signatures.py`` check cards; ``issuing*.py`` and ``card_*.py`` activate them, ``office.py`` and
``fleet_office.py`` are what the card office and the fleet administrator do at the console;
``keys.py`` holds the API's own keys; ``tables.py`` and ``database.py`` are the storage; ``data/``
holds the fictional registries and offices; ``problems.py`` lists every error the API can answer.
"""

from backend_stub.app import create_app
from backend_stub.central import CentralUnavailable
from backend_stub.server import EmbeddedServer, Tls, serve
from backend_stub.settings import EnrolmentCode, Settings

__all__ = [
    "CentralUnavailable",
    "EmbeddedServer",
    "EnrolmentCode",
    "Settings",
    "Tls",
    "create_app",
    "serve",
]
