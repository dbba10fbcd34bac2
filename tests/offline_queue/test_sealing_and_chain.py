"""Sealing and chain: what opens, what verifies, and what must not."""

from __future__ import annotations

import datetime as dt
import hashlib

import pyhpke
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, strategies as st

from offline_queue import chain, sealing
from offline_queue.wire import AttachmentRef, ChainRecord, HeadStatement

TX = "018f2f6e-7c00-7000-8000-000000000001"
PLACE = sealing.associated_data("MCT-001", 1, 1, TX, 1)


def record(**changes: object) -> ChainRecord:
    base: dict[str, object] = {
        "kiosk": "MCT-001",
        "epoch": 1,
        "seq": 1,
        "tx_id": TX,
        "prev": chain.GENESIS,
        "sha256": "ab" * 32,
    }
    return ChainRecord.parse(base | changes)


def test_another_hpke_implementation_opens_the_envelope() -> None:
    key = X25519PrivateKey.generate()
    envelope = sealing.seal(key.public_key().public_bytes_raw(), b"complaint", PLACE)
    suite = pyhpke.CipherSuite.new(
        pyhpke.KEMId.DHKEM_X25519_HKDF_SHA256, pyhpke.KDFId.HKDF_SHA256, pyhpke.AEADId.AES256_GCM
    )
    context = suite.create_recipient_context(
        envelope[:32], pyhpke.KEMKey.from_pyca_cryptography_key(key), info=PLACE
    )
    assert context.open(envelope[32:]) == b"complaint"
    assert len(envelope) == len(b"complaint") + sealing.SEAL_OVERHEAD


@pytest.mark.parametrize(
    "place",
    [
        sealing.associated_data("MCT-002", 1, 1, TX, 1),
        sealing.associated_data("MCT-001", 2, 1, TX, 1),
        sealing.associated_data("MCT-001", 1, 2, TX, 1),
        sealing.associated_data("MCT-001", 1, 1, TX[:-1] + "2", 1),
        sealing.associated_data("MCT-001", 1, 1, TX, 2),
    ],
)
def test_an_envelope_opens_in_its_own_place_only(place: bytes) -> None:
    key = X25519PrivateKey.generate()
    envelope = sealing.seal(key.public_key().public_bytes_raw(), b"complaint", PLACE)
    assert sealing.open_sealed(key, envelope, PLACE) == b"complaint"
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(key, envelope, place)


def test_places_cannot_be_made_to_look_alike() -> None:
    with pytest.raises(ValueError, match="must not contain"):
        sealing.associated_data("MCT|1", 1, 1, TX, 1)


@given(st.binary(max_size=120))
def test_arbitrary_bytes_never_open(envelope: bytes) -> None:
    key = X25519PrivateKey.from_private_bytes(bytes(range(32)))
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(key, envelope, PLACE)


def test_another_key_does_not_open() -> None:
    key = X25519PrivateKey.generate().public_key().public_bytes_raw()
    envelope = sealing.seal(key, b"complaint", PLACE)
    with pytest.raises(sealing.SealBroken):
        sealing.open_sealed(X25519PrivateKey.generate(), envelope, PLACE)


def test_a_records_signature_fits_this_record_and_this_key_only() -> None:
    key, stranger = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    signature = chain.sign_record(key, record())
    assert len(chain.b64url_decode(signature)) == 64
    chain.verify_record(key.public_key(), record(), signature)
    for public, other in [
        (key.public_key(), record(seq=2)),
        (key.public_key(), record(prev="00" * 31 + "01")),
        (stranger.public_key(), record()),
    ]:
        with pytest.raises(chain.ChainBroken):
            chain.verify_record(public, other, signature)
    for broken in ("", signature[:-2], signature + "AA", "A" * 86):
        with pytest.raises(chain.ChainBroken):
            chain.verify_record(key.public_key(), record(), broken)


def test_the_hash_is_that_of_rfc_8785_text() -> None:
    text = (
        f'{{"epoch":1,"kiosk":"MCT-001","prev":"{chain.GENESIS}","seq":1,'
        f'"sha256":"{"ab" * 32}","tx_id":"{TX}"}}'
    )
    assert chain.canonical(record()) == text.encode()


def test_a_key_on_another_curve_is_refused() -> None:
    with pytest.raises(ValueError, match="P-256"):
        chain.sign_record(ec.generate_private_key(ec.SECP384R1()), record())


def test_a_head_is_believed_from_its_key_only() -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    statement = HeadStatement(kiosk="MCT-001", epoch=1, ack_seq=3, head="cd" * 32)
    signed = chain.sign_head(key, statement)
    assert chain.verify_head(public, signed) == statement
    more = signed.changed(statement=statement.changed(ack_seq=4))
    with pytest.raises(chain.ChainBroken):
        chain.verify_head(public, more)
    with pytest.raises(chain.ChainBroken):
        chain.verify_head(Ed25519PrivateKey.generate().public_key().public_bytes_raw(), signed)


@given(st.binary(max_size=70))
def test_base64url_has_one_spelling(data: bytes) -> None:
    text = chain.b64url(data)
    assert chain.b64url_decode(text) == data
    with pytest.raises(ValueError, match="base64url"):
        chain.b64url_decode(text + "=")


@pytest.mark.parametrize("text", ["AB", "A", "A+", "A/A", "é", "AA\n"])
def test_other_spellings_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        chain.b64url_decode(text)


HASHES = st.from_regex(r"[0-9a-f]{64}", fullmatch=True)
NUMBERS = st.integers(1, 2**53 - 1)


@given(
    st.from_regex(r"[A-Z0-9][A-Z0-9-]{2,31}", fullmatch=True),
    st.integers(1, 2**31 - 1),
    NUMBERS,
    st.tuples(HASHES, HASHES, HASHES | st.none()),
)
def test_a_record_written_by_hand_is_what_rfc_8785_asks_for(
    kiosk: str, epoch: int, seq: int, texts: tuple[str, str, str | None]
) -> None:
    prev, sha256, terms = texts
    content = {"kiosk": kiosk, "epoch": epoch, "seq": seq, "prev": prev, "sha256": sha256}
    made = record(**content, terms=terms)
    named = content | {"tx_id": TX} | ({} if terms is None else {"terms": terms})
    assert chain.canonical(made) == rfc8785.dumps(named)


@given(
    HASHES,
    NUMBERS,
    st.integers(1, 9999),
    st.datetimes(timezones=st.just(dt.UTC)),
    st.lists(st.builds(AttachmentRef, sha256=HASHES, size=st.integers(1, 2**23)), max_size=3),
)
def test_terms_written_by_hand_are_what_rfc_8785_asks_for(
    case_ref: str, case_seq: int, version: int, at: dt.datetime, refs: list[AttachmentRef]
) -> None:
    key_id, confirmed_at = "0123456789abcdef", chain.timestamp(at)
    content = {
        "case_ref": case_ref,
        "case_seq": case_seq,
        "schema_version": version,
        "key_id": key_id,
        "confirmed_at": confirmed_at,
        "attachments": [{"sha256": ref.sha256, "size": ref.size} for ref in refs],
    }
    found = chain.terms_hash(case_ref, case_seq, version, key_id, confirmed_at, refs)
    assert found == hashlib.sha256(rfc8785.dumps(content)).hexdigest()
