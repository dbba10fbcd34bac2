"""Puts a simulated card into the real pcscd's virtual reader for as long as a block lasts."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from smartcard import scard

from cardreader.simulator import SimulatedCard
from cardreader.simulator.vpcd import PORT, serve

SEEN_WITHIN = 10.0


@contextlib.contextmanager
def in_virtual_reader(card: SimulatedCard) -> Iterator[str]:
    """Serve ``card`` and wait until pcscd has noticed it; gives the reader's name."""
    stop = threading.Event()
    server = threading.Thread(target=serve, args=(card, "127.0.0.1", PORT, stop))
    server.start()
    try:
        present = scard.SCARD_STATE_MUTE if card.is_mute else scard.SCARD_STATE_PRESENT
        yield wait_for_state(lambda state: bool(state & present))
    finally:
        stop.set()
        server.join(10)
        assert not server.is_alive()


def wait_for_state(accept: Callable[[int], bool]) -> str:
    """Block until the first reader's PC/SC state is accepted; gives the reader's name."""
    deadline = time.monotonic() + SEEN_WITHIN
    while True:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            pytest.fail("pcscd did not see what the virtual reader was given")
        result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
        if result != scard.SCARD_S_SUCCESS:
            pytest.fail("pcscd does not answer")
        try:
            result, names = scard.SCardListReaders(context, [])
            if result == scard.SCARD_S_SUCCESS:
                reader = next(name for name in names if "Virtual PCD 00 00" in name)
                state = scard.SCARD_STATE_UNAWARE
                while remaining > 0:
                    result, ((_, state, _),) = scard.SCardGetStatusChange(
                        context, int(remaining * 1000), [(reader, state)]
                    )
                    if accept(state):
                        return reader
                    remaining = deadline - time.monotonic()
        finally:
            scard.SCardReleaseContext(context)
