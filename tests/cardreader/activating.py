"""Activation in the tests: the card that waits for it, its office, an office that breaks off."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cardreader.authority import (
    ActivationRecord,
    AuthorityUnavailable,
    CardAuthority,
    ManagerAnswer,
    PukChange,
)
from cardreader.pki import KeyPurpose, Signature
from cardreader.simulator import persona
from cardreader.simulator.authority import SimulatedAuthority

NEW = persona("citizen-new")
PIN = b"482913"


def authority() -> SimulatedAuthority:
    office = SimulatedAuthority()
    office.register(NEW)
    return office


COMPLETION = 11
"""Which call to the authority completes the activation of another maker's card."""


class Interrupted:
    """An authority whose ``at``-th call is done, but whose answer gets lost, or not done at all."""

    def __init__(self, inner: CardAuthority, at: int, *, done: bool) -> None:
        self._inner, self._at, self._done = inner, at, done
        self.count = 0

    def _call(self, call: Callable[[], object]) -> object:
        self.count += 1
        if self.count != self._at:
            return call()
        if self._done:
            call()
        raise AuthorityUnavailable("the network is gone")

    def begin(self, serial: str) -> ActivationRecord:
        return self._call(lambda: self._inner.begin(serial))

    def answer_witness(self, serial: str, witness: bytes, *, renewed: bool) -> ManagerAnswer:
        return self._call(lambda: self._inner.answer_witness(serial, witness, renewed=renewed))

    def new_management_key(self, serial: str) -> bytes:
        return self._call(lambda: self._inner.new_management_key(serial))

    def new_puk(self, serial: str) -> PukChange:
        return self._call(lambda: self._inner.new_puk(serial))

    def puk_replaced(self, serial: str) -> None:
        self._call(lambda: self._inner.puk_replaced(serial))

    def check_response(self, serial: str, response: bytes) -> None:
        self._call(lambda: self._inner.check_response(serial, response))

    def certify(self, serial: str, purpose: KeyPurpose, request: bytes) -> bytes:
        return self._call(lambda: self._inner.certify(serial, purpose, request))

    def complete(self, serial: str, proofs: Mapping[KeyPurpose, Signature]) -> None:
        self._call(lambda: self._inner.complete(serial, proofs))
