"""The catalogue of events and the code say the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.journal import load_events
from tests.house import ROOT, sources

LOGGERS = {"log", "_log"}
LEVELS = {"debug", "info", "warning", "error", "critical", "exception"}
RECORDERS = {"Record", "_record"}
"""What writes an event at the level that the catalogue gives it."""
EVENT_ID = re.compile(r"[a-z]+\.[a-z_]+")


@dataclass(frozen=True)
class Use:
    """One place that writes an event."""

    where: str
    event_id: str | None
    """``None`` when the id is not a constant."""
    level: str | None
    """``None`` when the catalogue decides."""
    fields: frozenset[str]


def uses_in(path: Path) -> Iterator[Use]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        where = f"{path.relative_to(ROOT)}:{node.lineno}"
        fields = frozenset(keyword.arg for keyword in node.keywords if keyword.arg)
        if level := _level_of(node.func):
            yield Use(where, _constant(node.args[0]), level, fields)
        elif _name(node.func) in RECORDERS and (event_id := _constant(node.args[0])):
            pairs = node.args[1].elts if _is_tuple(node.args[1:2]) else []
            keys = {_constant(pair.elts[0]) for pair in pairs if isinstance(pair, ast.Tuple)}
            yield Use(where, event_id, None, fields | frozenset(key for key in keys if key))


def _level_of(function: ast.expr) -> str | None:
    """``warning`` for ``_log.warning`` and for ``structlog.get_logger().warning``."""
    if not isinstance(function, ast.Attribute) or function.attr not in LEVELS:
        return None
    logger = function.value
    made_here = isinstance(logger, ast.Call) and _name(logger.func) == "get_logger"
    return function.attr if made_here or _name(logger) in LOGGERS else None


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant(node: ast.expr) -> str | None:
    text = node.value if isinstance(node, ast.Constant) else None
    return text if isinstance(text, str) and EVENT_ID.fullmatch(text) else None


def _is_tuple(arguments: list[ast.expr]) -> bool:
    return bool(arguments) and isinstance(arguments[0], ast.Tuple)


USES = [use for path in sources() for use in uses_in(path)]


def test_the_code_is_read_at_all() -> None:
    rooms = {use.where.split("/")[0] for use in USES}
    assert {"kiosk", "cardreader", "offline_queue", "printer", "ui", "backend_stub"} <= rooms


def test_every_event_has_a_constant_id() -> None:
    assert [use.where for use in USES if use.event_id is None] == []


def test_every_event_is_in_the_catalogue() -> None:
    events = load_events()
    missing = [f"{use.where} {use.event_id}" for use in USES if use.event_id not in events]
    assert not missing, "\n".join(missing)


def test_events_are_written_at_the_level_of_the_catalogue() -> None:
    events = load_events()
    wrong = [
        f"{use.where} {use.event_id} {use.level}"
        for use in USES
        if use.level is not None
        and use.event_id in events
        and use.level != events[use.event_id].level
    ]
    assert not wrong, "\n".join(wrong)


def test_events_carry_only_declared_fields() -> None:
    events = load_events()
    undeclared = [
        f"{use.where} {use.event_id} {sorted(use.fields - set(events[use.event_id].fields))}"
        for use in USES
        if use.event_id in events and use.fields - set(events[use.event_id].fields)
    ]
    assert not undeclared, "\n".join(undeclared)


def test_the_catalogue_holds_nothing_that_nobody_writes() -> None:
    constants = {
        node.value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = sorted(load_events().keys() - constants)
    assert not unused, "\n".join(unused)
