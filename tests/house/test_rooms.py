"""What a stranger meets first: every room says what lives there, and nothing points elsewhere."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house import PACKAGES, ROOT, tracked

PACKAGE_FILES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("__init__.py"))
]
MACHINE_PATH = re.compile(rb"(?<![A-Za-z0-9_.])/(?:work|farm|root)/|/home/[a-z]")
INDEX_ADDRESS = re.compile(rb"https?://[^\s\"']*/simple\b|(?<!emit-)index-url|pythonhosted")
PATTERNS_STAND_HERE = "tests/house/test_rooms.py"


@pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_package_says_what_lives_there(path) -> None:
    # A package without a line of code that only holds data needs none.
    siblings = [other for other in path.parent.glob("*.py") if other != path]
    if siblings:
        docstring = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        assert len(docstring.split()) >= 5


def test_no_tracked_file_knows_one_machine_or_one_index() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if str(path.relative_to(ROOT)) != PATTERNS_STAND_HERE
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if MACHINE_PATH.search(line) or INDEX_ADDRESS.search(line)
    ]
    assert found == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_release_has_its_hashes(lock: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / lock).read_text("utf-8"))
    releases = [entry for entry in entries if "==" in entry.splitlines()[0]]
    assert len(releases) > 30
    assert [entry.split()[0] for entry in releases if "--hash=sha256:" not in entry] == []
