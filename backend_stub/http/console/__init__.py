"""The officers' console: web pages without script, Arabic first. No rules live here.

``access.py`` is the way in (cookie, forms, refusals), the ``*_routes.py`` say which path calls
what, ``views.py`` and ``timeline.py`` turn cases into words, ``pages.py`` puts pages together.
"""

from __future__ import annotations

from fastapi import FastAPI

from backend_stub.http.console import case_routes, entrance_routes, list_routes
from backend_stub.http.console.access import ConsoleRefused, SignInNeeded
from backend_stub.http.console.pages import answer_refused, answer_sign_in_needed

__all__ = ["add_console"]


def add_console(app: FastAPI) -> None:
    """Serve the console under ``/console``."""
    for router in (entrance_routes.router, list_routes.router, case_routes.router):
        app.include_router(router, prefix="/console", include_in_schema=False)
    app.add_exception_handler(SignInNeeded, answer_sign_in_needed)
    app.add_exception_handler(ConsoleRefused, answer_refused)
