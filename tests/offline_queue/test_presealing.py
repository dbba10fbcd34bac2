"""What is done before a visit comes: key agreements, room in the log."""

from __future__ import annotations

import os
import shutil
import types
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyhpke
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from hypothesis import given, strategies as st

from offline_queue import presealing, schema
from offline_queue.presealing import Presealer
from offline_queue.sealing import SEAL_OVERHEAD, SealBroken, open_sealed
from offline_queue.store import Outbox
from offline_queue.verify import verify_outbox
from tests.offline_queue.world import Central, FakeClock, Terminal, submission

KEY = X25519PrivateKey.generate()
PUBLIC = KEY.public_key().public_bytes_raw()


@given(st.binary(max_size=300), st.binary(min_size=1, max_size=120))
def test_the_library_opens_what_was_sealed_with_an_agreement(payload: bytes, place: bytes) -> None:
    envelope = presealing.seal_with(presealing.agree(KEY.public_key()), payload, place)
    assert open_sealed(KEY, envelope, place) == payload
    assert len(envelope) == len(payload) + SEAL_OVERHEAD
    with pytest.raises(SealBroken):
        open_sealed(KEY, envelope, place + b"1")


def test_another_hpke_implementation_opens_it_too() -> None:
    envelope = presealing.seal_with(presealing.agree(KEY.public_key()), b"complaint", b"place")
    suite = pyhpke.CipherSuite.new(
        pyhpke.KEMId.DHKEM_X25519_HKDF_SHA256, pyhpke.KDFId.HKDF_SHA256, pyhpke.AEADId.AES256_GCM
    )
    context = suite.create_recipient_context(
        envelope[:32], pyhpke.KEMKey.from_pyca_cryptography_key(KEY), info=b"place"
    )
    assert context.open(envelope[32:]) == b"complaint"


def test_no_agreement_serves_twice_whoever_seals_at_the_same_time() -> None:
    presealer = Presealer(PUBLIC)

    def seal_some(first: int) -> list[bytes]:
        found = []
        for number in range(first, first + 40):
            presealer.prepare()
            found.append(presealer.seal(b"%d" % number, b"%d" % number))
        return found

    with ThreadPoolExecutor(4) as pool:
        envelopes = [each for part in pool.map(seal_some, range(0, 160, 40)) for each in part]
    presealer.close()
    assert len({envelope[:32] for envelope in envelopes}) == 160
    for number, envelope in enumerate(envelopes):
        assert open_sealed(KEY, envelope, b"%d" % number) == b"%d" % number


def test_ready_agreements_are_taken_first_and_none_are_needed() -> None:
    presealer = Presealer(PUBLIC)
    made = [presealing.agree(KEY.public_key()) for _ in range(2)]
    presealer._ready.extend(made)
    beginnings = [presealer.seal(b"x", b"place")[:32] for _ in range(4)]
    assert beginnings[:2] == [each.encapsulated for each in made]
    assert not set(beginnings[2:]) & set(beginnings[:2])
    presealer.close()


def test_the_thread_keeps_a_few_ready_and_ends() -> None:
    presealer = Presealer(PUBLIC)
    presealer.prepare()
    thread = presealer._thread
    assert thread is not None
    presealer._wanted.put(False)  # behind the wish that it is just fulfilling
    thread.join()
    assert len(presealer._ready) == presealing._READY
    presealer.close()
    presealer.prepare()
    assert not presealer._ready
    assert presealer._thread is thread  # nothing is begun any more


def test_an_agreement_shows_nothing_of_its_secret() -> None:
    agreement = presealing.agree(KEY.public_key())
    assert agreement.secret.hex() not in repr(agreement)
    assert repr(agreement.secret) not in repr(agreement)


def test_a_key_that_agrees_with_everyone_is_refused() -> None:
    with pytest.raises(ValueError):
        presealing.agree(X25519PublicKey.from_public_bytes(bytes(32)))


def log_of(terminal: Terminal) -> Path:
    return terminal.path.with_name(f"{terminal.path.name}-wal")


def test_visits_go_on_while_the_log_is_lengthened_and_after_it_does_not_grow(
    terminal: Terminal, outbox: Outbox
) -> None:
    with ThreadPoolExecutor(1) as pool:
        prepared = pool.submit(outbox.prepare)
        kept = [outbox.enqueue(submission()) for _ in range(20)]
        prepared.result()
    length = log_of(terminal).stat().st_size
    assert length == schema._LOG_BYTES
    kept += [outbox.enqueue(submission()) for _ in range(20)]
    outbox.prepare()  # a second time does nothing
    assert log_of(terminal).stat().st_size == length
    assert [each.seq for each in kept] == list(range(1, 41))


def test_a_crash_leaves_a_lengthened_log_with_all_that_was_kept(
    terminal: Terminal, outbox: Outbox, central: Central, tmp_path: Path, clock: FakeClock
) -> None:
    outbox.prepare()
    kept = [outbox.enqueue(submission()) for _ in range(30)]
    left = tmp_path / "left"
    left.mkdir()
    for end in ("", "-wal", ".lock"):
        shutil.copy(f"{terminal.path}{end}", left)
    after = Terminal(left / terminal.path.name, terminal.device_key, terminal.enrolment, clock)
    with after.open() as again:
        status = again.status()
        assert (status.last_seq, status.head) == (30, kept[-1].head)
        again.prepare()
        assert again.enqueue(submission()).seq == 31
    head_key = central.signing.public_key().public_bytes_raw()
    assert verify_outbox(after.path, terminal.device_key.public_key(), head_key) == []


def test_a_disk_with_little_room_is_left_its_room(
    terminal: Terminal, outbox: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox.enqueue(submission())
    length = log_of(terminal).stat().st_size
    little = types.SimpleNamespace(f_bavail=200 * 256, f_frsize=4096)
    with monkeypatch.context() as patch:
        patch.setattr(os, "statvfs", lambda _: little)
        outbox.prepare()
    assert log_of(terminal).stat().st_size == length
    outbox.close()
    outbox.prepare()  # a closed one has nothing to prepare
    assert not log_of(terminal).exists()
