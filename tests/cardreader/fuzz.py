"""Cards that answer anything: every operation ends in a result or a typed error, and soon.

A real (simulated) card answers, and some of its replies are replaced, cut, lengthened, flipped, or
never come; or there is no card at all behind the replies. In the suite a few thousand examples run;
``python -m tests.cardreader.fuzz --examples 100000`` runs as many as one has time for.
"""

from __future__ import annotations

import argparse
import logging
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies as st

from cardreader import CardConnection, CardError, CardRemoved, CardTimeout, Protocol7816
from cardreader.errors import ReaderUnavailable
from cardreader.tlv import build
from tests.cardreader.operations import KINDS, MAKERS, OPERATIONS, Kind, memory_for, office

MOST_EXCHANGES = 4000
"""Five files at the most exchanges for one, and a few dozen commands."""
MOST_SECONDS, MOST_SECONDS_OUTSIDE = 5.0, 60.0
"""Of the processor, and by the clock on a busy machine; nothing here waits for anything."""

Change = Callable[[bytes], bytes]


@dataclass
class FuzzedConnection:
    """A card whose ``changes`` befall the replies to the commands with these numbers."""

    inner: CardConnection | None
    changes: dict[int, Change]
    protocol: Protocol7816
    otherwise: list[bytes]
    reader: str = "fuzzed"
    atr: bytes = bytes.fromhex("3B8501807300004037")
    count: int = 0

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        self.count += 1
        if self.count > MOST_EXCHANGES:
            raise AssertionError("too many exchanges")
        if self.inner is None:
            reply = self.otherwise[self.count % len(self.otherwise)]
        else:
            reply = self.inner.transmit(apdu)
        change = self.changes.get(self.count)
        return reply if change is None else change(reply)

    def disconnect(self, *, reset: bool = True) -> None:
        pass


class Powered:
    """The simulated card as a connection."""

    def __init__(self, kind: Kind, operation: str) -> None:
        self._card = kind.make(memory_for(operation, kind), operation)
        self.reader = "simulated"
        self.atr = self._card.power_on()
        self.protocol = self._card.protocol

    def transmit(self, apdu: bytes | bytearray) -> bytes:
        return self._card.transmit(apdu)

    def disconnect(self, *, reset: bool = True) -> None:
        self._card.power_off()


def _raising(error: CardError) -> Change:
    def change(_reply: bytes) -> bytes:
        raise error

    return change


_WORDS = (
    "9000 6100 61FF 6C00 6C10 6282 6300 63C0 63C2 6700 6982 6983 6984 6985 "
    "6A80 6A82 6A86 6A88 6B00 6D00 6E00 6F00"
)
STATUS = st.one_of(
    st.sampled_from([bytes.fromhex(word) for word in _WORDS.split()]),
    st.binary(min_size=2, max_size=2),
)
_TAGS = (
    "30 34 53 5C 61 6B 6D 70 71 75 77 7C 7F49 80 81 82 86 A0 DF21 DF2F "
    "5F1F 5F0E 5F10 7F61 7F60 7F2E 5F2E 9F7F"
)
TAGS = st.sampled_from([int(tag, 16) for tag in _TAGS.split()])
TLV = st.recursive(
    st.builds(build, TAGS, st.binary(max_size=40)),
    lambda inner: st.builds(build, TAGS, st.lists(inner, max_size=3).map(b"".join)),
    max_leaves=5,
)
REPLIES = st.one_of(
    st.binary(max_size=300),
    STATUS,
    st.builds(bytes.__add__, TLV, STATUS),
    st.builds(bytes.__add__, st.binary(max_size=300), STATUS),
    st.builds(lambda size: bytes(size) + b"\x90\x00", st.integers(0, 70_000)),
)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    REPLIES.map(lambda reply: lambda _: reply),
    STATUS.map(lambda status: lambda reply: reply[:-2] + status),
    st.integers(0, 260).map(lambda keep: lambda reply: reply[:keep]),
    st.integers(0, 260).map(lambda keep: lambda reply: reply[:keep] + b"\x90\x00"),
    st.binary(min_size=1, max_size=300).map(
        lambda more: lambda reply: reply[:-2] + more + reply[-2:]
    ),
    st.tuples(st.integers(0, 259), st.integers(1, 255)).map(
        lambda flip: (
            lambda reply: bytes(
                byte ^ flip[1] if index == flip[0] else byte for index, byte in enumerate(reply)
            )
        )
    ),
    st.sampled_from([CardRemoved("gone"), CardTimeout("late"), ReaderUnavailable("gone")]).map(
        _raising
    ),
)


@dataclass(frozen=True)
class Example:
    """One card behaviour and what is done to it."""

    operation: str
    kind: Kind
    changes: dict[int, Change]
    otherwise: list[bytes]


EXAMPLES = st.builds(
    Example,
    operation=st.sampled_from(sorted(OPERATIONS)),
    kind=st.sampled_from(KINDS * 6 + MAKERS),
    changes=st.dictionaries(
        st.one_of(st.integers(1, 12), st.integers(1, 70)), CHANGES, min_size=1, max_size=4
    ),
    # Mostly a card that makes sense up to the first change; sometimes nothing but replies.
    otherwise=st.one_of(st.just([]), st.just([]), st.lists(REPLIES, max_size=8)),
)


def run(example: Example) -> str:
    """Do it; returns what came of it. Raises AssertionError, or whatever should not happen."""
    inner = None if example.otherwise else Powered(example.kind, example.operation)
    protocol = Protocol7816.T0 if "T0" in example.kind.name else Protocol7816.T1
    connection = FuzzedConnection(inner, example.changes, protocol, example.otherwise)
    secrets: list[bytearray] = []
    began, began_outside = time.thread_time(), time.monotonic()
    try:
        OPERATIONS[example.operation](connection, office(example.kind), secrets)
        outcome = "result"
    except CardError as error:
        outcome = type(error).__name__
    seconds, outside = time.thread_time() - began, time.monotonic() - began_outside
    assert seconds < MOST_SECONDS, f"took {seconds:.1f} s"
    assert outside < MOST_SECONDS_OUTSIDE, f"took {outside:.1f} s by the clock"
    assert not any(map(any, secrets)), "a secret was left in its buffer"
    return outcome


def fuzz(examples: int, chosen_seed: int | None = None) -> Counter[tuple[str, str]]:
    """Run so many examples; what came of them, by operation."""
    outcomes: Counter[tuple[str, str]] = Counter()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(example=EXAMPLES)
    def behave(example: Example) -> None:
        outcomes[(example.operation, run(example))] += 1

    if chosen_seed is not None:
        behave = seed(chosen_seed)(behave)
    behave()
    return outcomes


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    began = time.monotonic()
    outcomes = fuzz(arguments.examples, arguments.seed)
    for (operation, outcome), count in sorted(outcomes.items()):
        print(f"{operation:14} {outcome:28} {count:8}")
    seconds = time.monotonic() - began
    print(f"{sum(outcomes.values())} card behaviours in {seconds:.0f} s, none without a typed end")


if __name__ == "__main__":
    main()
