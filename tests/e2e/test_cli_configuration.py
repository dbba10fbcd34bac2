"""One clear sentence for a configuration that is wrong, and for what a terminal lacks."""

from __future__ import annotations

import pytest

from tests.e2e.commands import config_with_trust, free_port, kiosk, refused_in_one_sentence


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('kiosk_id = "lower case"', "kiosk_id"),
        ("[screen]\nwidth = 10", "screen.width"),
        ('[screen]\nwidth = "wide"', "screen.width"),
        ("[screen]\nwidht = 1080", "screen.widht"),
        ('[central]\nurl = "ftp://x"', "central.url"),
        ("[central]\nhealth_interval_s = 0", "central.health_interval_s"),
        ("[printer]\nport = 70000", "printer.port"),
        ('[printer]\nconnection = "smoke"', "printer.connection"),
        ("[timers]\nidle_before_pin = -1", "timers.idle_before_pin"),
        ('[log]\nlevel = "loud"', "log.level"),
        ("no_such_section = 1", "no_such_section"),
    ],
)
@pytest.mark.parametrize("command", [("run",), ("queue", "status"), ("diagnose",)])
def test_a_broken_configuration_names_the_key(tmp_path, text, key, command):
    path = tmp_path / "terminal.toml"
    path.write_text(text, "utf-8")
    refused_in_one_sentence(kiosk(*command, "--config", path), str(path), key)


@pytest.mark.parametrize("content", [b"[screen", b"\xff\xfe\x00"])
def test_what_is_no_toml_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "terminal.toml"
    path.write_bytes(content)
    refused_in_one_sentence(kiosk("run", "--config", path), str(path), "TOML")


def test_a_configuration_that_cannot_be_read(tmp_path):
    refused_in_one_sentence(kiosk("run", "--config", tmp_path / "none.toml"), "none.toml")
    refused_in_one_sentence(kiosk("run", "--config", tmp_path), str(tmp_path))


def test_a_configuration_error_never_repeats_the_value(tmp_path):
    """A password in the wrong place must not go to the screen and the log."""
    path = tmp_path / "terminal.toml"
    path.write_text('[central]\nurl = "https//user:hunter2@central"', "utf-8")
    done = kiosk("run", "--config", path)
    refused_in_one_sentence(done, "central.url")
    assert "hunter2" not in done.errors


def test_a_terminal_that_is_not_enrolled_says_what_to_do(tmp_path):
    done = kiosk(
        "run", "--config", config_with_trust(tmp_path), "--state-directory", tmp_path / "new"
    )
    refused_in_one_sentence(done, "DEMO-01", "kiosk enrol")


def test_a_terminal_without_trust_anchors_does_not_start(tmp_path):
    refused_in_one_sentence(kiosk("run", "--state-directory", tmp_path), "reader.trust")
    empty = config_with_trust(tmp_path, tmp_path)
    refused_in_one_sentence(
        kiosk("run", "--config", empty, "--state-directory", tmp_path), str(tmp_path)
    )


def test_enrolment_without_a_central_api(tmp_path):
    path = tmp_path / "terminal.toml"
    path.write_text(f'[central]\nurl = "http://127.0.0.1:{free_port()}"', "utf-8")
    where = ("--config", path, "--state-directory", tmp_path / "new")
    refused_in_one_sentence(kiosk("enrol", *where, stdin="a-long-enough-code\n"))
    short = kiosk("enrol", *where, stdin="hush\n")
    refused_in_one_sentence(short, "code")
    assert "hush" not in short.errors, "a code is a secret even when it is wrong"


def test_a_receipt_is_checked_with_the_authorities_that_the_configuration_names(tmp_path):
    path = tmp_path / "terminal.toml"
    path.write_text(f'[central]\nca_file = "{tmp_path}/none.pem"', "utf-8")
    asked = ("--central", f"https://127.0.0.1:{free_port()}", "--config", path)
    done = kiosk("receipt", "verify", "HTTPS://X/R#AB", *asked)
    refused_in_one_sentence(done, "certificates of its authorities")
