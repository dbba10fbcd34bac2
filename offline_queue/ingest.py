"""The seam to the central API, and what can happen to a request on its way there."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Protocol

from offline_queue.wire import (
    AttachmentStatus,
    BatchAnswer,
    BatchRequest,
    Problem,
    SignedHead,
    SignedTicket,
)


@dataclass(frozen=True, slots=True)
class BatchReply:
    """The central API's answer to a batch, and its clock when it gave one."""

    answer: BatchAnswer
    server_time: dt.datetime | None


@dataclass(frozen=True, slots=True)
class HeadReply:
    """The central API's signed head, and the wait before the first batch that it asks for."""

    head: SignedHead
    wait_s: float = 0.0


class CentralIngest(Protocol):
    """What the syncer needs of the central API. Every call raises ``TransportError``."""

    def post_batch(self, request: BatchRequest) -> BatchReply:
        """Hand over a batch; the same batch again has no further effect."""
        ...

    def head(self, kiosk: str, epoch: int | None = None) -> HeadReply:
        """Ask how far the central API holds this terminal's chain, and when a batch may come.

        The chain of the current epoch, unless another is named.
        """
        ...

    def attachment_status(self, ticket: SignedTicket) -> AttachmentStatus:
        """Ask how much of an attachment the central API holds."""
        ...

    def put_attachment(self, ticket: SignedTicket, first: int, data: bytes) -> AttachmentStatus:
        """Hand over sealed bytes of an attachment, the first of them at place ``first``."""
        ...


class TransportError(Exception):
    """Base of what can happen instead of an answer."""


class NoAnswer(TransportError):
    """Nobody we know answered: no network, time-out, reset, a stranger's page, half an answer."""


class Unreachable(NoAnswer):
    """No connection came about: nothing of the request left this terminal."""


class ServerFault(TransportError):
    """The central API answered that it failed, or that it is still at it. Try again later."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the central API answered {status}")
        self.status = status


class Busy(ServerFault):
    """The central API asks to come back later; ``retry_after_s`` when it said in how long."""

    def __init__(self, status: int, retry_after_s: float | None) -> None:
        super().__init__(status)
        self.retry_after_s = retry_after_s


class Refused(TransportError):
    """The central API does not let this terminal in, or cannot prove who it is.

    Somebody has to look at it. ``reason`` is ``tls`` or the status code, ``problem`` the central
    API's own word when it gave one.
    """

    def __init__(self, reason: str, problem: Problem | None = None) -> None:
        super().__init__(f"no admission: {reason}")
        self.reason = reason
        self.problem = problem


class BatchRefused(TransportError):
    """The batch as a whole was not read: something in it, or its size.

    ``problem`` is the central API's own reason; ``None`` when the refusal may be somebody
    else's, such as a proxy's.
    """

    def __init__(self, status: int, problem: Problem | None) -> None:
        super().__init__(f"the batch was refused with {status}")
        self.status = status
        self.problem = problem


class AttachmentRefused(TransportError):
    """An attachment was not taken; the transactions are not concerned, and it is tried again."""

    def __init__(self, status: int, problem: Problem | None) -> None:
        super().__init__(f"the attachment was refused with {status}")
        self.status = status
        self.problem = problem
