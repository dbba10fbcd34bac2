"""Data files of an installation: TOML, read once into typed values."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, ValidationError

from backend_stub.ground.types import ServerModel

Shape = TypeVar("Shape", bound=BaseModel)


class DataFileWrong(Exception):
    """A data file cannot be used; the message names file and key."""


class Bilingual(ServerModel):
    """A text in both languages of the state."""

    ar: Annotated[str, Field(min_length=1)]
    en: Annotated[str, Field(min_length=1)]


def read_data_file(path: Path, shape: type[Shape]) -> Shape:
    """Parse a TOML data file. Raises :class:`DataFileWrong`."""
    try:
        return shape.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise DataFileWrong(f"The data file {path.name} cannot be read.") from error
    except tomllib.TOMLDecodeError as error:
        raise DataFileWrong(f"{path.name}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise DataFileWrong(f"{path.name}: {key}: {first['msg']}") from error
