"""The structured log: one JSON object a line, only events of the catalogue, only their fields.

What is not in the catalogue is replaced by ``log.unknown_event``: a value that nobody declared can
therefore never carry a name, a number or a PIN into a file.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, TextIO

import structlog

from kiosk.journal.catalogue import load_events

_ALWAYS = frozenset({"event", "level", "timestamp"})


def configure_logging(level: str = "info", file: Path | None = None) -> None:
    """Send every event to ``file`` (appended) or standard error; call once at start."""
    stream: TextIO = sys.stderr
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        stream = file.open("a", encoding="utf-8", buffering=1)
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            only_catalogued,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_level_number(level)),
        logger_factory=structlog.WriteLoggerFactory(stream),
        cache_logger_on_first_use=False,
    )
    # Libraries that use the standard library's logging: their warnings name the logger only, their
    # messages may quote a URL with a search text.
    handler = _ForeignHandler(level=logging.WARNING)
    # Asking once more on a line that rested too long is the ordinary course of things.
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


def only_catalogued(
    _logger: Any, _method: str, event_dict: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace an unknown event, drop unknown fields (structlog processor)."""
    event_id = str(event_dict.get("event", ""))
    definition = load_events().get(event_id)
    if definition is None:
        return {"event": "log.unknown_event", "level": "error", "id": event_id[:64]}
    allowed = _ALWAYS | set(definition.fields)
    kept = {key: value for key, value in event_dict.items() if key in allowed}
    dropped = sorted(set(event_dict) - set(kept))
    if dropped:
        kept["dropped"] = dropped
    return kept


class _ForeignHandler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger().warning("log.foreign", logger_name=record.name, line=record.lineno)


def _level_number(level: str) -> int:
    return {"debug": 10, "info": 20, "warning": 30, "error": 40}[level]
