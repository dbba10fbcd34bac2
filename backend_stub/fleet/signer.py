"""Who signed a request: a terminal, by the device key of one of its epochs."""

from __future__ import annotations

from dataclasses import dataclass

from backend_stub.ground.problems import ProblemError


@dataclass(frozen=True, slots=True)
class Signer:
    """A terminal whose key of this epoch is in use, and signed."""

    kiosk: str
    epoch: int

    def must_be(self, kiosk: str, epoch: int | None = None) -> None:
        """Refuse what is about another terminal, or about an epoch after the signer's.

        A later key may speak for an earlier epoch: it carries to its end what the terminal kept
        under the key before. Raises :class:`ProblemError` ``signed-by-another``.
        """
        if kiosk != self.kiosk or (epoch is not None and epoch > self.epoch):
            raise ProblemError("signed-by-another")
