"""Every effect of a visit is carried out by exactly one worker."""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.app import Kiosk
from kiosk.session import effects as ef
from kiosk.workers.card import ReaderWorker
from kiosk.workers.card_services import CardServices
from kiosk.workers.central import CentralWorker
from kiosk.workers.fingers import FingerWorker
from kiosk.workers.keeping import Keeper
from kiosk.workers.printing import Printing
from kiosk.workers.receipt_mail import ReceiptMailer
from kiosk.workers.scanning import ScanWorker
from kiosk.workers.worker import EffectsUnclear, Handlers, Worker, merged

WORKERS: tuple[type[Worker], ...] = (
    ReaderWorker,
    CardServices,
    CentralWorker,
    FingerWorker,
    Keeper,
    Printing,
    ReceiptMailer,
    ScanWorker,
)


def all_handlers() -> list[Handlers]:
    """What each says that it handles: known before there is a device."""
    own = object.__new__(Kiosk)._own_handlers
    return [own, *(object.__new__(worker).handles for worker in WORKERS)]


def test_every_effect_has_exactly_one_handler() -> None:
    assert set(merged(all_handlers())) == set(get_args(ef.Effect))


def test_every_worker_is_here() -> None:
    assert set(Worker.__subclasses__()) == set(WORKERS)


def test_an_effect_that_nobody_handles_is_named() -> None:
    without = [h for h in all_handlers() if ef.SignAndKeep not in h]
    with pytest.raises(EffectsUnclear, match="nobody carries out SignAndKeep"):
        merged(without)


def test_an_effect_that_two_handle_is_named() -> None:
    twice: Handlers = {ef.ReadCard: lambda _effect, _visit: None}
    with pytest.raises(EffectsUnclear, match="ReadCard is carried out twice"):
        merged([*all_handlers(), twice])
