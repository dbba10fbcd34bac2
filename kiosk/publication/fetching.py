"""Where an edition comes from: the central API, or a folder on a USB stick."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import requests
from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient import FetcherInterface

from offline_queue.bounded_http import AnswerLimits, BoundedSession

_CHUNK: Final = 65_536
_FILE_MAX_BYTES: Final = 2_000_000
"""The longest of TUF's own documents; what is signed for may be smaller."""
_WHOLE_S: Final = 60.0
"""One file may take so long, however slowly its bytes come."""


class HttpFetcher(FetcherInterface):
    """Files of the central API, whole, and none longer than a file of an edition may be.

    No redirect is followed: who may send catalogues is decided by signatures, but where this
    terminal connects to is not for a stranger to choose.
    """

    def __init__(
        self, *, ca_file: Path | None, timeout: tuple[float, float], whole_s: float = _WHOLE_S
    ) -> None:
        """``timeout``: seconds for a connection and for the longest silence."""
        self._session = BoundedSession(
            AnswerLimits(whole_s, _FILE_MAX_BYTES),
            ca_file=None if ca_file is None else str(ca_file),
        )
        self._timeout = timeout

    def _fetch(self, url: str) -> Iterator[bytes]:
        response = self._session.get(url, timeout=self._timeout, allow_redirects=False)
        if response.status_code != requests.codes.ok:
            raise DownloadHTTPError("not served", response.status_code)
        # Not a generator: TUF makes download errors only of what is raised before it iterates.
        return iter((response.content,))

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
