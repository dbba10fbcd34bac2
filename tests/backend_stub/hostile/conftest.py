"""The fixtures of the central API's tests: SQLite and PostgreSQL alike."""

from __future__ import annotations

from ..conftest import (
    card,
    central,
    database_url,
    issuer,
    postgres,
    settings,
    start_central,
)

__all__ = ["card", "central", "database_url", "issuer", "postgres", "settings", "start_central"]
