"""The revocation list of the card issuers: fetched while there is a network, kept for when not.

The list comes from the central API and from nowhere else: an address that stands in a card's
certificate is not asked. It is believed only when one of the terminal's own anchors has signed it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from cardreader.certification_path.revocation import RevocationListInvalid
from cardreader.trust import TrustStore
from kiosk.central.client import CentralClient, CentralError
from kiosk.workers.periodic import Periodic

REVOCATION_FILE = "revocations.crl"
"""The last list that came, DER, in the terminal's state directory."""

_EVERY_S = 3600.0
_AGAIN_S = 300.0
"""After a failure; the return of the network is told and not waited for."""

_log = structlog.get_logger()


def with_stored_list(trust: TrustStore, file: Path) -> TrustStore:
    """``trust`` with the list that was fetched last, where there is one that can be believed."""
    try:
        return trust.with_revocation_list(file.read_bytes())
    except FileNotFoundError:
        return trust
    except (OSError, RevocationListInvalid) as error:
        _log.warning("card.revocations_unusable", reason=type(error).__name__)
        return trust


def is_stale(as_of: datetime | None, now: datetime, max_age: timedelta) -> bool:
    """Whether revocations known ``as_of`` are too old to vouch for a card; so is no list at all."""
    return as_of is None or now - as_of > max_age


class Revocations:
    """Renews the list on a thread of its own and hands out the trust store with it."""

    def __init__(
        self,
        trust: TrustStore,
        client: CentralClient,
        file: Path,
        *,
        renewed: Callable[[TrustStore], None],
    ) -> None:
        """``renewed`` is called on this object's thread; ``client`` is nobody else's."""
        self._trust = with_stored_list(trust, file)
        self._client = client
        self._file = file
        self._renewed = renewed
        self.thread = Periodic("revocations", lambda: _EVERY_S if self.renew() else _AGAIN_S)

    @property
    def trust(self) -> TrustStore:
        """The anchors with the newest list that is known."""
        return self._trust

    def start(self) -> None:
        """Begin to renew."""
        self.thread.start()

    def stop(self) -> None:
        """End; returns when no further call can come, or after ten seconds."""
        self.thread.stop()
        self._client.close()

    def network_returned(self) -> None:
        """Ask now. Any thread."""
        self.thread.soon()

    def renew(self) -> bool:
        """Ask once; whether a list came that can be believed. For this object's thread."""
        try:
            encoded = self._client.revocation_list()
            renewed = self._trust.with_revocation_list(encoded)
            if renewed is not self._trust:
                # An older list must not be what counts after the next start.
                _write(self._file, encoded)
            self._trust = renewed
        except (CentralError, RevocationListInvalid, OSError) as error:
            _log.warning("card.revocations_not_renewed", reason=type(error).__name__)
            return False
        self._renewed(self._trust)
        return True


def _write(file: Path, encoded: bytes) -> None:
    """All of it or nothing: the power may fail at any moment."""
    new = file.with_suffix(".new")
    with new.open("wb") as stream:
        stream.write(encoded)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(file)
