"""Rate limits: how often one terminal or one address may ask (token buckets).

A limit protects the others from one that runs wild; a terminal that works as it should never
meets it. The refusal is 429 with ``Retry-After``, after the body was read.
"""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backend_stub.ground.problems import ProblemError

_MAX_KEYS: Final = 20_000
"""Who asked longest ago is forgotten first: memory stays bounded whoever comes."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests that one may send: ``per_second`` in the long run, ``burst`` at once."""

    per_second: float
    burst: int


@dataclass(frozen=True, slots=True)
class Rates:
    """How often each may ask."""

    batches: Rate = Rate(20, 100)
    """By one terminal, once its signature is seen: nobody can use up another's."""
    visits: Rate = Rate(5, 60)
    """Challenges and sign-ins at one terminal, once its signature is seen."""
    enrolments: Rate = Rate(1, 30)
    """Attempts from one address: codes are not for guessing."""
    officers: Rate = Rate(1, 20)
    """Attempts to sign in at the console from one address: each costs time and memory."""
    refused_enrolments: Rate = Rate(1 / 60, 20)
    """Attempts with a wrong code, from all addresses together."""
    health: Rate = Rate(1, 20)
    """Reports by one terminal, once its token is seen."""
    card_witnesses: Rate = Rate(0.2, 60)
    """Witnesses of one card, once its holder is identified: each uses the management key."""


@dataclass(slots=True)
class TokenBuckets:
    """One bucket for each key; may be used by several threads."""

    rate: Rate
    monotonic: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def wait_for(self, key: str) -> float:
        """Take one token. 0 when there was one, else the seconds until there is."""
        with self._lock:
            now = self.monotonic()
            tokens, at = self._buckets.get(key, (float(self.rate.burst), now))
            tokens = min(self.rate.burst, tokens + (now - at) * self.rate.per_second)
            wait = 0.0
            if tokens >= 1:
                tokens -= 1
            else:
                wait = (1 - tokens) / self.rate.per_second
            self._buckets[key] = tokens, now
            self._buckets.move_to_end(key)
            if len(self._buckets) > _MAX_KEYS:
                self._buckets.popitem(last=False)
            return wait

    def charge(self, key: str) -> None:
        """Take one token. Raises :class:`ProblemError` ``too-many-requests`` when there is none."""
        wait = self.wait_for(key)
        if wait > 0:
            raise ProblemError("too-many-requests", headers={"Retry-After": str(math.ceil(wait))})


@dataclass(frozen=True, slots=True)
class RateLimits:
    """The buckets of everything that is limited; see :class:`Rates`."""

    batches: TokenBuckets
    visits: TokenBuckets
    enrolments: TokenBuckets
    officers: TokenBuckets
    refused_enrolments: TokenBuckets
    health: TokenBuckets
    card_witnesses: TokenBuckets

    @classmethod
    def of(cls, rates: Rates) -> RateLimits:
        """Full buckets."""
        return cls(
            TokenBuckets(rates.batches),
            TokenBuckets(rates.visits),
            TokenBuckets(rates.enrolments),
            TokenBuckets(rates.officers),
            TokenBuckets(rates.refused_enrolments),
            TokenBuckets(rates.health),
            TokenBuckets(rates.card_witnesses),
        )


@dataclass(frozen=True, slots=True)
class Room:
    """How many batches are decided at once, how many may wait, and for how long, in seconds."""

    at_once: int = 2
    waiting: int = 256
    patience_s: float = 15.0
