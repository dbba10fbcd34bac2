"""What it takes to add a kind of question or a service, tried in a copy of the house.

The counts are the house's measure of itself: a kind of question is its Python file, its editor and
its sentences; a service is one file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house import PACKAGES, ROOT
from tests.kiosk.services.definitions import SOUND

pytestmark = pytest.mark.window

ADDITIONS = Path(__file__).with_name("additions")
KINDS = Path("kiosk", "services", "fields")
EDITORS = Path("ui", "qml", "Manfadh", "Pages")
DATA = Path("kiosk", "services", "data")
SENTENCE = 'bad-colour = { ar = "أدخل لونًا مثل ‎#a1b2c3", en = "Enter a colour such as #a1b2c3" }\n'


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A copy of everything that runs."""
    copy = tmp_path / "house"
    for name in (*PACKAGES, "tests"):
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc")
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    return copy


def digests(house: Path) -> dict[str, str]:
    return {
        str(path.relative_to(house)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in house.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


def touched(house: Path, before: dict[str, str]) -> set[str]:
    after = digests(house)
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def run(house: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=house,
        env=os.environ | {"PYTHONPATH": str(house), "PYTHONDONTWRITEBYTECODE": "1",
                          "QT_QPA_PLATFORM": "offscreen", "QT_QUICK_BACKEND": "software"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def add_service(house: Path, old: str, new: str) -> None:
    """The sound definition of the tests under another name, with one question changed."""
    assert old in SOUND
    text = SOUND.replace('"library-card"', '"painted-sign"', 1).replace(old, new, 1)
    (house / DATA / "services" / "painted-sign.toml").write_text(text, "utf-8")


def test_a_kind_of_question_is_three_files(house: Path) -> None:
    before = digests(house)
    shutil.copy(ADDITIONS / "colour.py.txt", house / KINDS / "colour.py")
    shutil.copy(ADDITIONS / "ColourEditor.qml", house / EDITORS / "ColourEditor.qml")
    with (house / DATA / "problems.toml").open("a", encoding="utf-8") as sentences:
        sentences.write(SENTENCE)
    assert touched(house, before) == {
        str(KINDS / "colour.py"),
        str(EDITORS / "ColourEditor.qml"),
        str(DATA / "problems.toml"),
    }
    add_service(house, 'id = "purpose"\nkind = "choice"', 'id = "colour"\nkind = "colour"')
    definition = house / DATA / "services" / "painted-sign.toml"
    text = definition.read_text("utf-8")
    options = text[text.index("options = [") : text.index("]\n\n[[fields]]") + 2]
    text = text.replace(options, "").replace(
        'field = "purpose", is = ["study"]', 'field = "colour", is = ["#000000"]'
    )
    text = text.replace('field = "purpose", is = ["leisure"]', 'field = "colour"')
    definition.write_text(text, "utf-8")
    (house / "look.py").write_bytes((ADDITIONS / "look.py.txt").read_bytes())
    assert run(house, "look.py").splitlines() == ["Enter a colour such as #a1b2c3", "#00ff00"]


def test_a_service_is_one_file(house: Path) -> None:
    before = digests(house)
    add_service(house, "Library card", "Painted sign")
    assert touched(house, before) == {str(DATA / "services" / "painted-sign.toml")}
    command = "from kiosk.cli import main; main()"
    assert "painted-sign" in run(house, "-c", command, "catalogue", "list")
    assert "Painted sign" in run(house, "-c", command, "catalogue", "show", "painted-sign")
    run(house, "-c", command, "catalogue", "check", str(house / DATA))
