"""What every worker has in common, and how their effects are brought together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, get_args

from kiosk.session.effects import Effect

Handler = Callable[[Any, int], None]
"""Carries out an effect, of the type it stands for, for the visit with this number."""

Handlers = Mapping[type, Handler]
"""By the effect's type."""


class Worker:
    """Carries out some of a visit's effects. Methods belong to the loop's thread and do not block,
    except ``stop``.
    """

    @property
    def handles(self) -> Handlers:
        """The effects that this worker carries out."""
        return {}

    def start(self) -> None:
        """Begin to work; nothing where there is nothing to begin."""

    def stop(self) -> None:
        """Finish what was begun and let go of every device and thread."""

    def forget(self) -> None:
        """The visit is over: drop everything that is of it."""


class EffectsUnclear(Exception):
    """An effect that nobody carries out, or two do. The message names it."""


def merged(handlers: Iterable[Handlers]) -> dict[type, Handler]:
    """One handler for each effect. Raises :class:`EffectsUnclear`."""
    found: dict[type, Handler] = {}
    for each in handlers:
        for effect, handler in each.items():
            if effect in found:
                raise EffectsUnclear(f"{effect.__name__} is carried out twice")
            found[effect] = handler
    if missing := set(get_args(Effect)) - set(found):
        names = ", ".join(sorted(effect.__name__ for effect in missing))
        raise EffectsUnclear(f"nobody carries out {names}")
    return found
