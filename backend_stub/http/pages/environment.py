"""The one Jinja2 environment of all pages: everything is escaped, and a forgotten value fails."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

_HTTP: Final = Path(__file__).parents[1]

ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader([_HTTP / "pages" / "templates", _HTTP / "console" / "templates"]),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
