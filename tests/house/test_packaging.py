"""What is installed on a terminal: the program with all its data, its settings, its service."""

from __future__ import annotations

import configparser
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import msgspec
import pytest

from kiosk.config import Section, Settings, load_settings
from tests.house import PACKAGES, ROOT, tracked

EXAMPLE = ROOT / "packaging" / "manfadh.toml"
UNIT = ROOT / "packaging" / "manfadh.service"
POLKIT_RULE = ROOT / "packaging" / "50-manfadh-pcscd.rules"


def test_the_example_settings_are_understood() -> None:
    settings = load_settings(EXAMPLE)
    assert settings.screen.fullscreen
    assert settings.reader.trust == Path("/etc/manfadh/trust")


def test_the_example_shows_every_section() -> None:
    settings = msgspec.structs.asdict(Settings())
    sections = {name for name, value in settings.items() if isinstance(value, Section)}
    assert sections <= tomllib.loads(EXAMPLE.read_text("utf-8")).keys()


def test_the_service_has_an_end_of_memory_and_writes_none_of_it_to_disk() -> None:
    limits = dict(
        line.split("=", 1) for line in UNIT.read_text("utf-8").splitlines() if "=" in line
    )
    assert limits["MemoryMax"] == "1G"
    assert limits["MemorySwapMax"] == limits["LimitCORE"] == "0"
    assert int(limits["TasksMax"]) > 0


def test_service_settings_and_rule_speak_of_the_same_user_and_places() -> None:
    unit = configparser.RawConfigParser(strict=False)
    unit.optionxform = str
    unit.read_string(UNIT.read_text("utf-8"))
    service = unit["Service"]
    assert f'subject.user === "{service["User"]}"' in POLKIT_RULE.read_text("utf-8")
    state = Path("/var/lib") / service["StateDirectory"]
    assert load_settings(EXAMPLE).state_directory == state
    assert f"/etc/manfadh/{EXAMPLE.name}" in UNIT.read_text("utf-8")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """Names of the files in the wheel, built from a copy of what git has."""
    source = tmp_path_factory.mktemp("source")
    for path in tracked():
        copy = source / path.relative_to(ROOT)
        if copy.parts[len(source.parts)] in (*PACKAGES, "pyproject.toml", "README.md"):
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    # What make builds, git does not have.
    for built in (ROOT / "ui" / "i18n").glob("*.qm"):
        (source / built.relative_to(ROOT)).write_bytes(built.read_bytes())
    out = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet", "wheel"]
    offline = ["--no-index", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, *offline, "--wheel-dir", str(out), str(source)], check=True)
    with zipfile.ZipFile(next(out.glob("manfadh-*.whl"))) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_everything_that_the_program_reads(wheel: set[str]) -> None:
    ours = re.compile(rf"({'|'.join(PACKAGES)})/")
    wanted = {name for path in tracked() if ours.match(name := str(path.relative_to(ROOT)))}
    # Translations are installed compiled; what is written for readers of the source is not.
    needed = {name.removesuffix(".ts") + ".qm" if name.endswith(".ts") else name for name in wanted}
    needed = {name for name in needed if not name.endswith(".md")}
    assert sorted(needed - wheel) == []


def test_the_wheel_holds_no_tests(wheel: set[str]) -> None:
    assert [name for name in wheel if name.startswith(("tests/", "tools/", "build/"))] == []
