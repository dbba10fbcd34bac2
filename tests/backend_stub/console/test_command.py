"""``kiosk backend officer``: officers come and go, and no password is seen on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.backend_officer import app

PASSWORD = "a long enough password"


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'central.sqlite3'}"


def officer(database_url: str, *arguments: str, stdin: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(app, [*arguments, "--database", database_url], input=stdin)
    assert PASSWORD not in result.output
    return result.exit_code, result.output


def test_officers_come_and_go(database_url: str, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n", "utf-8")
    password.chmod(0o600)
    who = ("salim", "--name", "سالم", "--office", "muscat")
    code, output = officer(database_url, "add", *who, "--password-file", str(password), "--json")
    assert code == 0
    uri = json.loads(output)["totp"]
    assert uri.startswith("otpauth://totp/Manfadh:salim?secret=")
    code, output = officer(database_url, "add", *who, stdin=PASSWORD + "\n")
    assert code == 1 and "already" in output
    code, output = officer(database_url, "list", "--json")
    assert json.loads(output) == {
        "officers": [{"account": "salim", "name": "سالم", "office": "muscat", "role": "officer"}]
    }
    assert uri not in output
    assert officer(database_url, "remove", "salim")[0] == 0
    assert officer(database_url, "remove", "salim")[0] == 1
    assert "no officers" in officer(database_url, "list")[1]


def test_a_password_file_that_others_may_read_is_refused(database_url: str, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD, "utf-8")
    password.chmod(0o644)
    who = ("salim", "--name", "Salim", "--office", "muscat")
    assert officer(database_url, "add", *who, "--password-file", str(password))[0] != 0
    assert "no officers" in officer(database_url, "list")[1]
