"""The seam to what money buys: the labour registry renews a worker's permit through it."""

from __future__ import annotations

from typing import Protocol


class EffectRefused(Exception):
    """The effect cannot be had, now or later; ``reason`` is one of the registry's codes."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class EffectsUnavailable(Exception):
    """The registry cannot be reached now; nothing of the transaction may be kept."""


class Effects(Protocol):
    """What an order's money does, worker by worker, in the transaction that records the money.

    Every function may be called again for the same order and worker, and then changes nothing.
    Workers of an order come in the order of their names, so that two orders for the same workers
    wait for each other's rows without a deadlock. All raise :class:`EffectsUnavailable`.
    """

    def reserve(self, order: str, worker: str) -> None:
        """Keep the effect for this order; nobody else gets it. Raises :class:`EffectRefused`."""

    def apply(self, order: str, worker: str) -> None:
        """Let it happen, reserved or not. Raises :class:`EffectRefused`."""

    def release(self, order: str, worker: str) -> None:
        """Give back what was reserved and not applied."""

    def applied(self, order: str, worker: str) -> bool:
        """Whether it happened, as the registry itself holds it."""


class NothingToBuy:
    """Effects where no service sells any: nothing can be paid for."""

    def reserve(self, *_: str) -> None:
        """Raises :class:`EffectsUnavailable`."""
        raise EffectsUnavailable

    def apply(self, *_: str) -> None:
        """Raises :class:`EffectsUnavailable`."""
        raise EffectsUnavailable

    def release(self, *_: str) -> None:
        """Raises :class:`EffectsUnavailable`."""
        raise EffectsUnavailable

    def applied(self, *_: str) -> bool:
        """Raises :class:`EffectsUnavailable`."""
        raise EffectsUnavailable
