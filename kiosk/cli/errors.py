"""How a command ends: exit codes, and errors as one sentence."""

from __future__ import annotations

import errno

REFUSED = 1
USAGE = 2
UNAVAILABLE = 3

_NOT_WRITTEN = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF})
"""Standard output is full or gone, and so is a file that was opened long ago."""

EXPECTED = frozenset(
    {
        "backend_stub.ground.central.CentralUnavailable",
        "backend_stub.ground.keys.KeysUnavailable",
        "backend_stub.payments.opening.PaymentUnavailable",
        "backend_stub.peers.gateway.program.GatewayUnavailable",
        "cardreader.errors.CardError",
        "cardreader.simulator.personas.UnknownPersona",
        "cardreader.simulator.state.CardStateUnreadable",
        "cardreader.trust.TrustStoreInvalid",
        "kiosk.central.client.CentralError",
        "kiosk.config.ConfigError",
        "kiosk.journal.chain.JournalError",
        "kiosk.papers.receipt_keys.RingError",
        "kiosk.remote_screen.NoFreePort",
        "kiosk.services.reading.CatalogueError",
        "kiosk.enrolment.terminal_identity.IdentityError",
        "kiosk.simulation.card_terminal.PortTaken",
        "offline_queue.errors.OutboxError",
        "printer.errors.PrintingError",
        "ui.app.WindowFailed",
    }
)
"""What a person at the terminal can act on, by name: a command loads only what it needs, and what
was never loaded was never raised."""


def is_expected(error: Exception) -> bool:
    """Whether an error is one that a person at the terminal can act on.

    So is every file that cannot be read or written, wherever that shows, and an answer or a
    question that finds no room or nobody.
    """
    if isinstance(error, OSError) and (error.filename is not None or error.errno in _NOT_WRITTEN):
        return True
    if isinstance(error, EOFError):
        return True
    return any(f"{kind.__module__}.{kind.__qualname__}" in EXPECTED for kind in type(error).__mro__)


def sentence_of(error: Exception) -> str:
    """The error in one line, with what to do where that is known."""
    text = str(error).strip() or type(error).__name__
    if isinstance(error, OSError) and error.filename is not None:
        text = f"{error.filename}: {error.strerror}"
    elif isinstance(error, OSError) and error.errno in _NOT_WRITTEN:
        text = f"cannot write: {error.strerror}"
    elif isinstance(error, EOFError):
        text = "standard input ended before it was read"
    if _is(error, "CentralUnreachable"):
        text = f"the central API is not reached: {text}"
    return " ".join(
        part if part.endswith((".", "!")) else f"{part}." for part in (text, *_advice(error))
    )


def _advice(error: Exception) -> tuple[str, ...]:
    """What to do about it, where that is known."""
    own = getattr(error, "advice", "")
    if isinstance(own, str) and own:
        return (own,)
    if _is(error, "CentralUnreachable"):
        return ("Check the network and its address.",)
    if getattr(error, "code", None) == "enrolment-code-refused":
        return ("A code counts once and for one terminal: get a new one.",)
    return ()


def _is(error: Exception, name: str) -> bool:
    return any(kind.__name__ == name for kind in type(error).__mro__)
