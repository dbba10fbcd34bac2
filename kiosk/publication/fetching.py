"""Where an edition comes from: the central API, or a folder on a USB stick."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import requests
from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient import FetcherInterface

_CHUNK: Final = 65_536
_TOGETHER_S: Final = 60.0
"""One file may take so long, however slowly its bytes come."""


class HttpFetcher(FetcherInterface):
    """Files of the central API. TUF itself bounds their size."""

    def __init__(
        self,
        *,
        ca_file: Path | None,
        timeout: tuple[float, float],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.verify = True if ca_file is None else str(ca_file)
        self._timeout = timeout
        self._monotonic = monotonic

    def _fetch(self, url: str) -> Iterator[bytes]:
        ends = self._monotonic() + _TOGETHER_S
        # No redirect is followed: who may send catalogues is decided by signatures, but where this
        # terminal connects to is not for a stranger to choose.
        with self._session.get(
            url, stream=True, timeout=self._timeout, allow_redirects=False,
            headers={"Accept-Encoding": "identity"},
        ) as response:  # fmt: skip
            if response.status_code != requests.codes.ok:
                raise DownloadHTTPError("not served", response.status_code)
            for chunk in response.iter_content(_CHUNK):
                if self._monotonic() > ends:
                    raise DownloadError("too slow")
                yield chunk

    def close(self) -> None:
        """Give back the connections."""
        self._session.close()


class FolderFetcher(FetcherInterface):
    """Files of a folder; addresses begin with ``folder:///``."""

    BASE: Final = "folder:///"

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = (self._folder / unquote(url.removeprefix(self.BASE))).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            # TUF asks for the next root document until there is none.
            raise DownloadHTTPError("not there", 404)
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                yield chunk
