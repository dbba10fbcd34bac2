"""What is written down about the terminal's work, and nothing about the people it serves.

``events.toml`` is the catalogue: every event's id, level, meaning, permitted fields and sentence in
both languages. ``log.py`` is the structured log that lets only catalogued events through,
``chain.py`` the append-only, hash-chained audit journal.
"""

from kiosk.journal.catalogue import load_events
from kiosk.journal.chain import Break, Journal, JournalError, read_journal, verify_journal
from kiosk.journal.log import configure_logging

__all__ = [
    "Break",
    "Journal",
    "JournalError",
    "configure_logging",
    "load_events",
    "read_journal",
    "verify_journal",
]
