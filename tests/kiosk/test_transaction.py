"""What the card signs, how a transaction is called, and the keys that prove a receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, strategies as st

from kiosk.contract.application import Application, reference_of, rfc3339
from kiosk.papers.receipt_keys import RingError, add_key, public_keys, read_ring
from kiosk.services.flow import Evidence
from kiosk.session.form import Paper
from offline_queue.records import new_tx_id
from printer.proof import key_id

APPLICATION = Application(
    tx_id="01938f00-0000-7000-8000-00000000abcd",
    kiosk="DEMO-01",
    service="complaint",
    catalogue="2026-11-01",
    language="ar",
    civil_number="99014521",
    answers={"b": "لم أستلم", "a": [1, None, {"z": True, "y": "\u20ac"}]},
    confirmed_at=datetime(2026, 11, 22, 2, 30, 15, 999_999, timezone(timedelta(hours=4))),
    definition_sha256="c" * 64,
    evidence=(Evidence("person", datetime(2026, 11, 21, 22, tzinfo=UTC), {"kind": "resident"}),),
)


def test_the_document_is_canonical_and_complete():
    document = APPLICATION.document()
    assert rfc8785.dumps(json.loads(document)) == document
    assert json.loads(document) == {
        "v": 2,
        "tx_id": APPLICATION.tx_id,
        "kiosk": "DEMO-01",
        "service": "complaint",
        "catalogue": "2026-11-01",
        "definition_sha256": "c" * 64,
        "facts": [
            {"id": "person", "as_of": "2026-11-21T22:00:00Z", "values": {"kind": "resident"}}
        ],
        "signers": ["holder"],
        "language": "ar",
        "applicant": {"civil_number": "99014521"},
        "answers": {"b": "لم أستلم", "a": [1, None, {"z": True, "y": "\u20ac"}]},
        "confirmed_at": "2026-11-21T22:30:15Z",
    }


def test_papers_are_named_in_their_order_by_what_they_are_before_they_are_sealed():
    papers = (Paper(b"front", "image/jpeg", "a" * 64), Paper(b"back", "image/png", "b" * 64))
    document = replace(APPLICATION, papers=papers).document()
    assert rfc8785.dumps(json.loads(document)) == document
    assert json.loads(document).pop("attachments") == [
        {"sha256": "a" * 64, "size": 5, "type": "image/jpeg"},
        {"sha256": "b" * 64, "size": 4, "type": "image/png"},
    ]
    # Without papers it is the document that every central API knows.
    assert b"attachments" not in APPLICATION.document()


def test_the_applicant_is_not_in_the_representation():
    assert "99014521" not in repr(APPLICATION)
    assert "أستلم" not in repr(APPLICATION)


def test_times_are_utc_in_whole_seconds():
    assert rfc3339(datetime(2026, 1, 1, tzinfo=UTC)) == "2026-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("tx_id", "reference"),
    [
        ("01938f00-0000-7000-8000-000000000000", "0000-0000"),
        ("01938f00-0000-7000-8000-0000ffffffff", "03ZZ-ZZZZ"),
        ("01938f00-0000-7000-8000-00ffffffffff", "ZZZZ-ZZZZ"),
        ("01938f00-0000-7000-8000-000000000020", "0000-0010"),
    ],
)
def test_a_reference_is_the_random_end_of_the_id(tx_id, reference):
    assert reference_of(tx_id) == reference


@given(st.uuids(version=4))
def test_a_reference_can_be_read_aloud(identifier):
    reference = reference_of(str(identifier))
    first, dash, second = reference.partition("-")
    assert (len(first), dash, len(second)) == (4, "-", 4)
    assert not set(reference) & set("ILOU")
    assert reference == reference.upper()


def test_references_of_one_moment_differ():
    assert len({reference_of(new_tx_id()) for _ in range(2000)}) == 2000


# --- the ring of keys


def new_key() -> ec.EllipticCurvePublicKey:
    return ec.generate_private_key(ec.SECP256R1()).public_key()


def test_keys_are_added_once_and_found_by_their_id(tmp_path):
    path = tmp_path / "deeper" / "ring.json"
    one, other = new_key(), new_key()
    add_key(path, one, "DEMO-01")
    add_key(path, other, "DEMO-02")
    add_key(path, one, "DEMO-01")
    ring = read_ring(path)
    assert sorted(key.kiosk for key in ring) == ["DEMO-01", "DEMO-02"]
    assert set(public_keys(ring)) == {key_id(one), key_id(other)}
    assert public_keys(ring)[key_id(one)].public_key.public_numbers() == one.public_numbers()
    assert [file.name for file in path.parent.iterdir()] == ["ring.json"], "no draft is left"


def test_a_revoked_key_proves_nothing(tmp_path):
    path = tmp_path / "ring.json"
    add_key(path, new_key(), "DEMO-01")
    [entry] = read_ring(path)
    assert public_keys((entry.changed(revoked=True),)) == {}


def test_no_ring_is_an_empty_ring(tmp_path):
    assert read_ring(tmp_path / "none.json") == ()


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b"\xff", b'{"keys": 5}'])
def test_a_damaged_ring_names_its_file(tmp_path, content):
    path = tmp_path / "ring.json"
    path.write_bytes(content)
    with pytest.raises(RingError, match=str(path)):
        read_ring(path)
    with pytest.raises(RingError):
        add_key(path, new_key(), "DEMO-01")
    assert path.read_bytes() == content, "nothing is overwritten that was not understood"


def test_a_ring_with_a_key_that_is_none_says_which(tmp_path):
    path = tmp_path / "ring.json"
    add_key(path, new_key(), "DEMO-01")
    [entry] = read_ring(path)
    broken = entry.changed(public_key="-----BEGIN NOTHING-----")
    with pytest.raises(RingError, match=entry.key_id):
        public_keys((broken,))
