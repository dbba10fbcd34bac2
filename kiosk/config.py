"""Settings of a terminal: one TOML file, parsed once into typed values.

Every key has a default that suits ``kiosk run --simulate``; a terminal in the field sets at least
``kiosk_id`` and ``[central]``. ``docs/technician.md`` lists every key.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, Literal

from platformdirs import user_state_path
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from kiosk.services import Language


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file and the key."""


class Section(BaseModel):
    """Base of every section: immutable, an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Screen(Section):
    """The kiosk's window."""

    width: Annotated[int, Field(ge=480, le=7680)] = 1080
    height: Annotated[int, Field(ge=480, le=7680)] = 1920
    fullscreen: bool = False
    language: Language = "ar"
    """Language of the attract page; every visit chooses its own."""


class Central(Section):
    """The central API."""

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s]*)?$")] = (
        "http://127.0.0.1:8080"
    )
    connect_timeout_s: Annotated[float, Field(gt=0, le=60)] = 3.0
    read_timeout_s: Annotated[float, Field(gt=0, le=120)] = 10.0
    health_interval_s: Annotated[float, Field(ge=0.2, le=600)] = 5.0


class Reader(Section):
    """The citizen's card reader."""

    name: str = ""
    """Part of the PC/SC reader's name; empty takes the first reader."""
    trust: Path | None = None
    """Directory with ``csca/*.pem`` and ``issuers/*.pem``; empty: the simulated state's."""
    revocation_max_age_h: Annotated[float, Field(gt=0, le=8760)] = 24.0
    """Older than this, a revocation list vouches for no card: applications are kept and marked."""


class Printer(Section):
    """The receipt printer."""

    connection: Literal["network", "device", "none"] = "network"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 9100
    device: str = ""
    """Device file of a printer on USB or a serial line."""
    width_dots: Literal[384, 576] = 576
    """58 mm or 80 mm paper."""


class Timers(Section):
    """How long a visit waits, in seconds."""

    idle_before_pin: Annotated[float, Field(ge=5, le=600)] = 60.0
    idle_after_pin: Annotated[float, Field(ge=5, le=600)] = 120.0
    countdown: Annotated[float, Field(ge=5, le=300)] = 45.0


class Log(Section):
    """Structured log, one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = None
    """Empty: standard error."""


class Settings(Section):
    """All settings of one terminal."""

    kiosk_id: Annotated[str, StringConstraints(pattern=r"^[A-Z0-9][A-Z0-9-]{2,31}$")] = "DEMO-01"
    state_directory: Path = Field(default_factory=lambda: user_state_path("manfadh"))
    """Outbox, journal, device key, print journal."""
    screen: Screen = Screen()
    central: Central = Central()
    reader: Reader = Reader()
    printer: Printer = Printer()
    timers: Timers = Timers()
    log: Log = Log()


def load_settings(path: Path | None) -> Settings:
    """The settings in ``path``; the defaults when there is none.

    Raises :class:`ConfigError` with a sentence that names the file and the key.
    """
    if path is None:
        return Settings()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    try:
        return Settings.model_validate(raw)
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors(include_input=False)
        )
        raise ConfigError(f"{path}: {reasons}") from error
