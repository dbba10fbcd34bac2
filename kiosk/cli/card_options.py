"""What every ``kiosk card`` command takes, and how it comes to the card in the reader."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

from cardreader.errors import (
    CardError,
    CardNotGenuine,
    CardProtocolError,
    PinBlocked,
    PinEntryCancelled,
    PinWrong,
    PukBlocked,
    PukWrong,
    ReaderUnavailable,
)
from cardreader.national_id import NationalIdCard, open_card
from cardreader.pcsc import PcscConnection, PcscReaders
from cardreader.pin import MalformedPin
from cardreader.pinpad import NoPinPad
from cardreader.readers import ReaderStatus
from cardreader.simulator import TRUST as SIMULATED_TRUST
from cardreader.trust import TrustStore
from kiosk.cli.options import settings_from
from kiosk.cli.outcome import refuse, sentence_of
from kiosk.workers.card_revocations import REVOCATION_FILE, with_stored_list

Reader = Annotated[str, typer.Option(help="Part of the reader's name; empty takes the first.")]
Trust = Annotated[
    Path | None,
    typer.Option(help="Directory of trust anchors; default: the configured or the simulated one."),
]
PinStdin = Annotated[
    bool, typer.Option("--pin-stdin", help="Read the PIN from standard input, not the prompt.")
]

_PATIENCE_S = 3.0
"""How long a reader and a card are waited for: pcscd may just be starting."""


class NotActivated(CardError):
    """The card has no PIN or no certificate yet."""

    advice = "Activate it first: kiosk card activate, or at the terminal."

    def __init__(self) -> None:
        super().__init__("the card is not activated")


def require_activated(card: NationalIdCard) -> None:
    """Raise :class:`NotActivated` for a card that has no PIN yet. A PIN from a letter is one."""
    if card.issuing() is not None and card.pin_info().transport:
        raise NotActivated


NO_READER = "no reader is attached, or pcscd does not run: check its cable, start pcscd"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the card is, and whom to believe about it: the options of the same names."""

    reader: str
    trust: Path | None
    config: Path | None

    def with_card(self, act: Callable[[NationalIdCard], T]) -> T:
        """What ``act`` says of the card in the reader. See :meth:`with_connection`."""
        return self.with_connection(lambda _, card: act(card))

    def with_connection(self, act: Callable[[PcscConnection, NationalIdCard], T]) -> T:
        """The same with the connection to the reader; the card is reset afterwards.

        Raises :class:`~cardreader.errors.ReaderUnavailable` when no card came, what ``act`` raises,
        :class:`~cardreader.trust.TrustStoreInvalid`, :class:`kiosk.config.ConfigError`.
        """
        trust = self._believed()
        with watched() as readers:
            found = wait(lambda: self._seat(readers))
            if found is None:
                raise ReaderUnavailable(self._missing(readers))
            connection = readers.connect(found.reader)
            try:
                card = open_card(connection, trust, _now, identity_required=False)
                return act(connection, card)
            finally:
                connection.disconnect(reset=True)

    def _seat(self, readers: PcscReaders) -> ReaderStatus | None:
        taken = (r for r in readers.readers() if self.reader in r.reader and r.slot != "empty")
        return next(taken, None)

    def _missing(self, readers: PcscReaders) -> str:
        attached = [r.reader for r in readers.readers()]
        if not attached:
            return NO_READER
        if not any(self.reader in reader for reader in attached):
            return f"no reader is called {self.reader}, but {', '.join(attached)}"
        return "no card is in the reader: insert it chip first, facing up"

    def _believed(self) -> TrustStore:
        settings = settings_from(self.config)
        store = TrustStore.load(self.trust or settings.reader.trust or SIMULATED_TRUST)
        return with_stored_list(store, settings.state_directory / REVOCATION_FILE)


@contextmanager
def watched() -> Iterator[PcscReaders]:
    """The readers of this machine, under watch."""
    readers = PcscReaders()
    readers.start(lambda _event: None)
    try:
        yield readers
    finally:
        readers.stop()


def wait(look: Callable[[], T | None]) -> T | None:
    """What ``look`` finds before patience ends."""
    deadline = time.monotonic() + _PATIENCE_S
    while (found := look()) is None and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def refuse_because(error: Exception, what: str, *, as_json: bool) -> NoReturn:
    """``what`` was not done: how many tries are left, and why a card that is not genuine is not."""
    value: dict[str, Any] = {what: False, "tries_left": getattr(error, "tries_left", None)}
    refuse({**value, "reason": reason_of(error)}, as_json=as_json, text=sentence_of(error))


def reason_of(error: Exception) -> str:
    """The one word of a JSON answer for why a card did not do something."""
    if isinstance(error, CardNotGenuine):
        return error.reason.value
    return next((word for kind, word in _REASONS if isinstance(error, kind)), "not-allowed")


_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (NotActivated, "not-activated"),
    (PinWrong, "pin-wrong"),
    (PinBlocked, "pin-blocked"),
    (PinEntryCancelled, "pin-entry-cancelled"),
    (PukWrong, "puk-wrong"),
    (PukBlocked, "puk-blocked"),
    (MalformedPin, "malformed"),
    (NoPinPad, "no-pin-pad"),
    (CardProtocolError, "unreadable"),
    (ValueError, "pin-not-allowed"),
)


def _now() -> datetime:
    return datetime.now(UTC)
