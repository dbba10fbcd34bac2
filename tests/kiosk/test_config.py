"""Settings of a terminal: defaults, a whole file, and errors that name the key."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.central.client import CentralClient, CentralUnprotected
from kiosk.config import ConfigError, Settings, load_settings

WHOLE = """
kiosk_id = "MCT-SEEB-02"
state_directory = "/var/lib/manfadh"
[screen]
width = 1920
height = 1080
fullscreen = true
language = "en"
[central]
url = "https://central.example.om/api"
connect_timeout_s = 2
read_timeout_s = 8.5
health_interval_s = 10
[reader]
name = "Identiv"
trust = "/etc/manfadh/trust"
[printer]
connection = "device"
device = "/dev/usb/lp0"
width_dots = 384
[timers]
idle_before_pin = 90
idle_after_pin = 180
countdown = 60
[log]
level = "warning"
file = "/var/log/manfadh/kiosk.log"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "terminal.toml"
    path.write_text(text, "utf-8")
    return path


def test_without_a_file_every_setting_has_its_default():
    settings = load_settings(None)
    assert settings == Settings()
    assert (settings.screen.width, settings.screen.height) == (1080, 1920)
    assert settings.reader.trust is None


def test_a_whole_file_is_taken_over(tmp_path):
    settings = load_settings(write(tmp_path, WHOLE))
    assert settings.kiosk_id == "MCT-SEEB-02"
    assert settings.central.url == "https://central.example.om/api"
    assert settings.printer.width_dots == 384
    assert settings.reader.trust == Path("/etc/manfadh/trust")
    assert settings.timers.countdown == 60
    assert settings.log.level == "warning"


def test_an_empty_file_is_the_defaults(tmp_path):
    assert load_settings(write(tmp_path, "")) == Settings()


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("kiosk_id = 7", "kiosk_id"),
        ('kiosk_id = "AB"', "kiosk_id"),
        ('kiosk_id = "A/../B"', "kiosk_id"),
        ("screen = 5", "screen"),
        ("[screen]\nheight = 1e9", "screen.height"),
        ('[screen]\nlanguage = "fr"', "screen.language"),
        ('[central]\nurl = "central"', "central.url"),
        ('[central]\nurl = "http://a b"', "central.url"),
        ('[central]\nurl = "http://central.example.om"', "central.url"),
        ('[central]\nurl = "http://192.0.2.7:8080"', "central.url"),
        ('[central]\nurl = "http://[portal/login"', "central.url"),
        ('[central]\nurl = "http://127.0.0.1.example.om"', "central.url"),
        ('state_directory = ""', "state_directory"),
        ('state_directory = "state"', "state_directory"),
        ('state_directory = "~nobody-of-that-name/x"', "state_directory"),
        ('[reader]\ntrust = "trust"', "reader.trust"),
        ('[log]\nfile = ""', "log.file"),
        ("[central]\nconnect_timeout_s = nan", "central.connect_timeout_s"),
        ("[central]\nread_timeout_s = inf", "central.read_timeout_s"),
        ("[printer]\nwidth_dots = 500", "printer.width_dots"),
        ("[printer]\nport = 0", "printer.port"),
        ("[timers]\ncountdown = 1", "timers.countdown"),
        ("[log]\nlevel = 3", "log.level"),
        ("[log]\ncolour = true", "log.colour"),
    ],
)
def test_an_error_names_file_and_key(tmp_path, text, key):
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert str(path) in str(caught.value)
    assert f"{key}: " in str(caught.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080", "http://[::1]:8080", "http://localhost", "https://a.om/api"]
)
def test_plain_http_is_for_this_machine(tmp_path, url):
    assert load_settings(write(tmp_path, f'[central]\nurl = "{url}"')).central.url == url


def test_no_client_speaks_plainly_to_another_machine():
    with pytest.raises(CentralUnprotected):
        CentralClient("http://central.example.om")


def test_a_home_is_found(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = load_settings(write(tmp_path, 'state_directory = "~/manfadh"'))
    assert settings.state_directory == tmp_path / "manfadh"


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    path = tmp_path / "terminal.toml"
    path.write_bytes(b"\xef\xbb\xbf" + b'kiosk_id = "MCT-SEEB-02"')
    assert load_settings(path).kiosk_id == "MCT-SEEB-02"


def test_every_wrong_key_is_named_at_once(tmp_path):
    with pytest.raises(ConfigError) as caught:
        load_settings(write(tmp_path, "[screen]\nwidth = 1\nheight = 1\n[x]"))
    for key in ("screen.width", "screen.height", "x"):
        assert f"{key}: " in str(caught.value)


def test_settings_do_not_change_while_the_terminal_runs():
    with pytest.raises(AttributeError):
        Settings().screen.width = 5  # type: ignore[misc]
