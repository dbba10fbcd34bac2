"""Settings of a terminal: one TOML file, parsed once into typed values.

Every key has a default that suits ``kiosk run --simulate``; a terminal in the field sets at least
``kiosk_id`` and ``[central]``. ``docs/technician.md`` lists every key.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta, Struct, field

from kiosk.central.address import is_protected
from kiosk.services import Language


class ConfigError(Exception):
    """The configuration cannot be used; the message names the file and the key."""


def _user_state() -> Path:
    # Late: a terminal in the field names its directory.
    from platformdirs import user_state_path

    return user_state_path("manfadh")


class Section(Struct, frozen=True, forbid_unknown_fields=True):
    """Base of every section: immutable, an unknown key is an error."""


class Screen(Section, frozen=True):
    """The kiosk's window."""

    width: Annotated[int, Meta(ge=480, le=7680)] = 1080
    height: Annotated[int, Meta(ge=480, le=7680)] = 1920
    fullscreen: bool = False
    language: Language = "ar"
    """Language of the attract page; every visit chooses its own."""


class Central(Section, frozen=True):
    """The central API."""

    url: Annotated[
        str,
        Meta(
            pattern=r"^https?://[^\s/]+(/[^\s]*)?$",
            description="an address that begins with https:// or http://",
        ),
    ] = "http://127.0.0.1:8080"
    ca_file: Path | None = None
    """PEM certificates of the authorities that vouch for it; none: those that everybody trusts."""
    connect_timeout_s: Annotated[float, Meta(gt=0, le=60)] = 3.0
    read_timeout_s: Annotated[float, Meta(gt=0, le=120)] = 10.0
    health_interval_s: Annotated[float, Meta(ge=0.2, le=600)] = 5.0

    def __post_init__(self) -> None:
        """Raises ``ValueError`` for an address that anybody on the way could answer for."""
        if not is_protected(self.url):
            raise ValueError("must begin with https://; http:// is for this machine alone")


class Reader(Section, frozen=True):
    """The citizen's card reader."""

    name: str = ""
    """Part of the PC/SC reader's name; empty takes the first reader."""
    trust: Path | None = None
    """Directory with ``csca/*.pem`` and ``issuers/*.pem``; no real terminal starts without."""
    revocation_max_age_h: Annotated[float, Meta(gt=0, le=8760)] = 24.0
    """Older than this, a revocation list vouches for no card: applications are kept and marked."""


class Printer(Section, frozen=True):
    """The receipt printer."""

    connection: Literal["network", "device", "none"] = "network"
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 9100
    device: str = ""
    """Device file of a printer on USB or a serial line."""
    width_dots: Literal[384, 576] = 576
    """58 mm or 80 mm paper."""


class Scanner(Section, frozen=True):
    """The document scanner."""

    device: Annotated[str, Meta(max_length=255)] = ""
    """SANE's name of it, as ``scanimage -L`` says; empty: the terminal has none."""
    source: Annotated[str, Meta(max_length=100)] = ""
    """``--source`` of the device, for example ``ADF``; empty: the device's own."""
    mode: Annotated[str, Meta(min_length=1, max_length=40)] = "Color"
    resolution_dpi: Annotated[int, Meta(ge=75, le=600)] = 200
    timeout_s: Annotated[float, Meta(ge=5, le=300)] = 60.0
    """How long one sheet may take."""


class CatalogueSource(Section, frozen=True):
    """Where newer services come from."""

    root: Path | None = None
    """The publication's first root document; none: the catalogue that came with the program."""
    check_interval_h: Annotated[float, Meta(ge=0.01, le=168)] = 1.0


class Timers(Section, frozen=True):
    """How long a visit waits, in seconds."""

    idle_before_pin: Annotated[float, Meta(ge=5, le=600)] = 60.0
    idle_after_pin: Annotated[float, Meta(ge=5, le=600)] = 120.0
    countdown: Annotated[float, Meta(ge=5, le=300)] = 45.0


class Log(Section, frozen=True):
    """Structured log, one JSON object a line."""

    level: Literal["debug", "info", "warning", "error"] = "info"
    file: Path | None = None
    """None: standard error."""


class Settings(Section, frozen=True):
    """All settings of one terminal."""

    kiosk_id: Annotated[
        str,
        Meta(
            pattern=r"^[A-Z0-9][A-Z0-9-]{2,31}$",
            description="3 to 32 capital letters, digits and hyphens, no hyphen first",
        ),
    ] = "DEMO-01"
    state_directory: Path = field(default_factory=_user_state)
    """Outbox, journal, device key, print journal."""
    screen: Screen = field(default_factory=Screen)
    central: Central = field(default_factory=Central)
    reader: Reader = field(default_factory=Reader)
    printer: Printer = field(default_factory=Printer)
    scanner: Scanner = field(default_factory=Scanner)
    catalogue: CatalogueSource = field(default_factory=CatalogueSource)
    timers: Timers = field(default_factory=Timers)
    log: Log = field(default_factory=Log)


def load_settings(path: Path | None) -> Settings:
    """The settings in ``path``; the defaults when there is none.

    Raises :class:`ConfigError` with a sentence that names the file and the key.
    """
    if path is None:
        return Settings()
    try:
        # Some editors begin a file with a byte order mark, which TOML does not know.
        raw = tomllib.loads(path.read_text("utf-8-sig"))
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not TOML: {error}") from error
    try:
        return _parse(raw)
    except msgspec.ValidationError as error:
        raise ConfigError(f"{path}: {'; '.join(_problems(raw))}") from error


def _parse(raw: Mapping[str, Any]) -> Settings:
    return msgspec.convert(raw, Settings, dec_hook=_path)


def _path(kind: type, raw: Any) -> Any:
    if kind is not Path or not isinstance(raw, str) or not raw.startswith(("/", "~")):
        # One that depends on where the program is started is another one tomorrow.
        raise msgspec.ValidationError("must be a path that begins with / or ~")
    try:
        return Path(raw).expanduser()
    except RuntimeError as error:
        raise msgspec.ValidationError("begins with ~, and there is no such home") from error


def _problems(raw: Mapping[str, Any]) -> Iterator[str]:
    """One sentence for each wrong key: every key is tried alone, the others at their defaults."""
    for name, value in raw.items():
        if isinstance(value, Mapping) and value and name in Settings.__struct_fields__:
            tried = {f"{name}.{key}": {name: {key: each}} for key, each in value.items()}
        else:
            tried = {name: {name: value}}
        for key, alone in tried.items():
            try:
                _parse(alone)
            except msgspec.ValidationError as error:
                yield f"{key}: {_sentence(key, str(error).partition(' - at `$')[0])}"


_IN_WORDS = {
    "`float`": "a number",
    "`int`": "a whole number",
    "`str`": "text in quotes",
    "`bool`": "true or false",
    "`object`": "a section",
    "`array`": "a list",
}


def _sentence(key: str, problem: str) -> str:
    """What may stand there; never what does, which may be a secret."""
    # Late: most configurations are right.
    import difflib

    section_name, _, name = key.rpartition(".")
    section = type(getattr(Settings(), section_name)) if section_name else Settings
    if name not in section.__struct_fields__:
        near = difflib.get_close_matches(name, section.__struct_fields__, 1)
        return "there is no such setting" + (f"; perhaps {near[0]}" if near else "")
    kind = get_type_hints(section, include_extras=True)[name]
    if get_origin(kind) is Literal:
        return f"must be one of {', '.join(map(str, get_args(kind)))}"
    for meta in getattr(kind, "__metadata__", ()):
        if isinstance(meta, Meta) and meta.description is not None:
            return f"must be {meta.description}"
    for word, meaning in _IN_WORDS.items():
        problem = problem.replace(word, meaning)
    return problem
