"""The terminal's revocation list: fetched, believed only when signed, kept, and its age told."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from backend_stub.ground.trust import load_trust_anchors
from backend_stub.issuing.ca import load_issuing_ca
from cardreader.simulator import TRUST
from cardreader.simulator.issuer import BEGIN
from cardreader.simulator.issuing_files import ISSUING_CA_CERTIFICATE, ISSUING_CA_KEY
from cardreader.trust import TrustStore
from kiosk.central.client import CentralUnreachable
from kiosk.config import Reader, Settings
from kiosk.diagnostics import checks, run_checks
from kiosk.workers.card_revocations import (
    REVOCATION_FILE,
    Revocations,
    is_stale,
    with_stored_list,
)

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
STORE = TrustStore.load(TRUST)


def state_list(made: datetime) -> bytes:
    """A list of the simulated state's issuing CA, DER."""
    trust = load_trust_anchors(TRUST)
    ca = load_issuing_ca(
        ISSUING_CA_KEY,
        ISSUING_CA_CERTIFICATE,
        TRUST,
        trust.revocation_lists,
        "https://central.test",
    )
    assert ca is not None
    return ca.revocation_list({}, made)


class Central:
    """Gives what it was told to, one answer after the other; then nothing."""

    def __init__(self, *answers: bytes | Exception) -> None:
        self.answers = list(answers)
        self.asked = threading.Semaphore(0)
        self.closed = False

    def revocation_list(self) -> bytes:
        self.asked.release()
        answer = self.answers.pop(0) if self.answers else CentralUnreachable("no network")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.closed = True


@pytest.fixture
def file(tmp_path):
    return tmp_path / REVOCATION_FILE


def test_a_list_that_came_is_believed_kept_and_handed_out(file):
    handed: list[TrustStore] = []
    revocations = Revocations(STORE, Central(state_list(NOW)), file, renewed=handed.append)
    assert revocations.trust.revocations_as_of() == BEGIN
    assert revocations.renew()
    assert revocations.trust.revocations_as_of() == NOW
    assert handed == [revocations.trust]
    # The next time it is switched on, without a network.
    again = Revocations(STORE, Central(), file, renewed=handed.append)
    assert again.trust.revocations_as_of() == NOW
    assert not again.renew()
    assert again.trust.revocations_as_of() == NOW


def test_an_older_list_that_comes_later_does_not_count_after_a_restart(file):
    older = state_list(NOW - timedelta(days=1))
    revocations = Revocations(STORE, Central(state_list(NOW), older), file, renewed=lambda _: None)
    assert revocations.renew()
    assert revocations.renew()
    assert revocations.trust.revocations_as_of() == NOW
    again = Revocations(STORE, Central(), file, renewed=lambda _: None)
    assert again.trust.revocations_as_of() == NOW


@pytest.mark.parametrize(
    "answer", [b"", b"<html>Sign in to the hotel</html>", CentralUnreachable()]
)
def test_what_is_no_list_changes_nothing(file, answer):
    revocations = Revocations(STORE, Central(answer), file, renewed=lambda _: pytest.fail("handed"))
    assert not revocations.renew()
    assert revocations.trust is STORE
    assert not file.exists()


def test_a_stored_list_that_is_damaged_is_left_aside(file):
    file.write_bytes(state_list(NOW)[:-1])
    assert with_stored_list(STORE, file) is STORE
    file.unlink()
    file.mkdir()
    assert with_stored_list(STORE, file) is STORE


def test_it_asks_at_once_and_again_when_the_network_returns(file):
    central = Central(CentralUnreachable(), state_list(NOW))
    came = threading.Event()
    revocations = Revocations(STORE, central, file, renewed=lambda _: came.set())
    revocations.start()
    assert central.asked.acquire(timeout=5)
    revocations.network_returned()
    assert came.wait(5)
    revocations.stop()
    assert central.closed
    assert not revocations.thread.is_alive()


def test_stale_is_older_than_allowed_or_none_at_all():
    day = timedelta(days=1)
    assert not is_stale(NOW - day, NOW, day)
    assert is_stale(NOW - day - timedelta(seconds=1), NOW, day)
    assert is_stale(None, NOW, day)
    # A terminal whose clock is behind has a list from the future: that is new enough.
    assert not is_stale(NOW + day, NOW, day)


def finding_of(settings: Settings):
    [finding] = [found for found in run_checks(settings) if found.device == "revocation"]
    return finding


def test_diagnose_says_how_old_the_list_is_and_what_that_means(tmp_path, monkeypatch):
    monkeypatch.setattr(checks, "_CHECKS", (checks._revocations,))
    settings = Settings(state_directory=tmp_path, reader=Reader(trust=TRUST))
    old = finding_of(settings)
    assert not old.ok and not old.blocking
    assert "2024-01-01 00:00 UTC" in old.state and "24 h allowed" in old.state
    assert "marked" in old.advice
    (tmp_path / REVOCATION_FILE).write_bytes(state_list(datetime.now(UTC) - timedelta(hours=3)))
    new = finding_of(settings)
    assert new.ok and "3.0 h old" in new.state
    missing = finding_of(Settings(state_directory=tmp_path, reader=Reader(trust=tmp_path)))
    assert not missing.ok and not missing.blocking
