"""Tampering with each layer of an item gets its own problem code, and never an effect."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import rfc8785
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from hypothesis import given, strategies as st

from backend_stub.people.card_signatures import SignatureRefused, _canonical_object
from offline_queue.chain import b64url, b64url_decode, sign_record
from offline_queue.wire import ChainRecord

from .cards import FROM, Card, Issuer
from .conftest import RunningCentral
from .terminal import ANSWERS, Terminal, new_tx_id


@pytest.fixture
def terminal(central: RunningCentral) -> Terminal:
    return central.terminal()


def outcome(terminal: Terminal, item: dict[str, Any]) -> tuple[str, str]:
    [answer] = terminal.send(item)
    return answer["outcome"], (answer["problem"] or {}).get("code", "")


def signed(terminal: Terminal, card: Card, **changes: Any) -> dict[str, Any]:
    tx_id = new_tx_id()
    payload = terminal.payload(card, tx_id) | changes
    return terminal.item(card.sign(payload), tx_id)


# The terminal's proof: refused without a trace, so the true item can still come.


def test_record_signed_by_another_key(
    central: RunningCentral, terminal: Terminal, card: Card
) -> None:
    item = terminal.complaint(card)
    stranger = ec.generate_private_key(ec.SECP256R1())
    forged = item | {"signature": sign_record(stranger, ChainRecord(**item["record"]))}
    assert outcome(terminal, forged) == ("rejected", "bad-signature")
    assert outcome(terminal, item | {"signature": "AAAA"}) == ("rejected", "bad-signature")
    assert central.received() == []
    assert outcome(terminal, item) == ("accepted", "")


def test_changed_record(terminal: Terminal, card: Card) -> None:
    item = terminal.complaint(card)
    other = {"prev": "1" * 64, "seq": 9, "sha256": "2" * 64, "tx_id": new_tx_id()}
    for field, value in other.items():
        changed = item | {"record": item["record"] | {field: value}}
        assert outcome(terminal, changed) == ("rejected", "bad-signature"), field
    assert outcome(terminal, item) == ("accepted", "")


def test_record_of_another_terminal_in_the_batch(
    central: RunningCentral, terminal: Terminal, card: Card
) -> None:
    other = central.terminal("SLL-0001")
    assert outcome(terminal, other.complaint(card)) == ("rejected", "record-mismatch")


def test_flipped_bit_in_the_envelope(terminal: Terminal, card: Card) -> None:
    item = terminal.complaint(card)
    envelope = bytearray(b64url_decode(item["envelope"]))
    envelope[40] ^= 1
    flipped = item | {"envelope": b64url(bytes(envelope))}
    assert outcome(terminal, flipped) == ("rejected", "envelope-mismatch")
    assert outcome(terminal, item | {"envelope": "A"}) == ("rejected", "envelope-mismatch")
    assert outcome(terminal, item) == ("accepted", "")


# What this API cannot decide yet: the terminal keeps it.


def test_unknown_sealing_key_or_newer_schema_or_service_is_kept_by_the_terminal(
    central: RunningCentral, terminal: Terminal, card: Card
) -> None:
    item = terminal.complaint(card)
    tx_id = new_tx_id()
    newer = terminal.item(card.sign(terminal.payload(card, tx_id)), tx_id, schema_version=3)
    unknown = signed(terminal, card, service="fortune-telling")
    answers = terminal.send(item | {"key_id": "0" * 16}, newer, unknown)
    assert [(each["outcome"], each["problem"]["code"]) for each in answers] == [
        ("retry_after", "sealing-key-unknown"),
        ("retry_after", "schema-unknown"),
        ("retry_after", "service-unknown"),
    ]
    assert all(each["retry_after_s"] >= 60 for each in answers)
    assert central.received() == []
    assert outcome(terminal, item) == ("accepted", "")


# The citizen's proof: final, acknowledged, answered the same for ever.


def test_envelope_sealed_for_another_place(terminal: Terminal, card: Card) -> None:
    item = terminal.complaint(card)
    assert outcome(terminal, item | {"schema_version": 3})[0] == "retry_after"
    moved = terminal.item(b"x")
    moved["envelope"] = item["envelope"]
    record = ChainRecord(**(moved["record"] | {"sha256": item["record"]["sha256"]}))
    moved |= {
        "record": record.plain(),
        "signature": sign_record(terminal.device_key, record),
    }
    assert outcome(terminal, moved) == ("rejected", "envelope-unreadable")


def test_a_rejection_is_final_acknowledged_and_repeated(
    central: RunningCentral, terminal: Terminal
) -> None:
    item = terminal.item(b"not a JWS")
    first = terminal.post(item).json()
    assert first["answers"][0]["problem"]["code"] == "application-not-signed"
    assert first["head"]["statement"]["ack_seq"] == 1
    assert terminal.post(item).json() == first
    [received] = central.received()
    assert (received["state"], received["number"]) == ("rejected", None)
    assert central.notices() == []


def test_signature_of_the_card_is_checked(terminal: Terminal, card: Card) -> None:
    tx_id = new_tx_id()
    head, body, signature = card.sign(terminal.payload(card, tx_id)).split(".")
    raw = bytearray(b64url_decode(signature))
    raw[5] ^= 1
    item = terminal.item(f"{head}.{body}.{b64url(bytes(raw))}", tx_id)
    assert outcome(terminal, item) == ("rejected", "application-signature")
    payload = terminal.payload(card, tx_id := new_tx_id(), language="en")
    swapped = terminal.item(f"{head}.{b64url(rfc8785.dumps(payload))}.{signature}", tx_id)
    assert outcome(terminal, swapped) == ("rejected", "application-signature")


def with_header(terminal: Terminal, card: Card, **changes: Any) -> dict[str, Any]:
    tx_id = new_tx_id()
    head, body, signature = card.sign(terminal.payload(card, tx_id)).split(".")
    header = b64url(json.dumps(json.loads(b64url_decode(head)) | changes).encode())
    return terminal.item(f"{header}.{body}.{signature}", tx_id)


def test_only_listed_algorithms_count_and_must_fit_the_key(terminal: Terminal, card: Card) -> None:
    for algorithm in ("none", "HS256", "PS256", "ES512", "RS256"):
        item = with_header(terminal, card, alg=algorithm)
        assert outcome(terminal, item) == ("rejected", "application-signature"), algorithm


def test_a_header_without_a_usable_certificate(terminal: Terminal, card: Card) -> None:
    for change in (
        {"x5c": None},
        {"x5c": []},
        {"x5c": ["AAAA"]},
        {"x5c": ["not base64!"]},
        {"x5c": [1]},
        {"jwk": {"kty": "EC"}},
        {"crit": ["b64"], "b64": False},
        {"crit": ["exp"]},
    ):
        item = with_header(terminal, card, **change)
        assert outcome(terminal, item) == ("rejected", "application-not-signed"), change


def test_cards_of_every_key_type(terminal: Terminal, issuer: Issuer) -> None:
    for algorithm in ("RS256", "ES256", "ES384"):
        card = Card.make(issuer, algorithm=algorithm)
        assert outcome(terminal, terminal.complaint(card)) == ("accepted", ""), algorithm


def test_chain_through_an_intermediate(terminal: Terminal, issuer: Issuer) -> None:
    middle = Issuer.make("Intermediate CA", issuer)
    card = Card.make(middle, intermediates=(middle.certificate,))
    assert outcome(terminal, terminal.complaint(card)) == ("accepted", "")
    without = Card.make(middle)
    assert outcome(terminal, terminal.complaint(without)) == ("rejected", "certificate-untrusted")


def test_untrusted_issuers(terminal: Terminal, issuer: Issuer, card: Card) -> None:
    impostor = Issuer.make("Issuing CA of the tests")  # the same name, another key
    not_a_ca = Issuer.make("Not an authority", issuer, ca=False)
    for issued in (
        Card.make(impostor),
        Card.make(impostor, intermediates=(impostor.certificate,)),
        Card.make(not_a_ca, intermediates=(not_a_ca.certificate,)),
    ):
        assert outcome(terminal, terminal.complaint(issued)) == (
            "rejected",
            "certificate-untrusted",
        )


def test_the_key_for_signing_in_does_not_sign_applications(terminal: Terminal, card: Card) -> None:
    wrong_slot = Card(card.civil_number, card.algorithm, card.authentication, card.authentication)
    assert outcome(terminal, terminal.complaint(wrong_slot)) == (
        "rejected",
        "certificate-untrusted",
    )


def test_card_that_expired_after_signing_counts(
    central: RunningCentral, terminal: Terminal, issuer: Issuer
) -> None:
    expires = datetime(2026, 6, 10, tzinfo=UTC)
    card = Card.make(issuer, valid=(FROM, expires))
    in_time = signed(terminal, card, confirmed_at="2026-06-09T08:00:00Z")
    too_late = signed(terminal, card, confirmed_at="2026-06-11T08:00:00Z")
    central.clock.now = expires + timedelta(days=5)
    assert outcome(terminal, in_time) == ("accepted", "")
    assert outcome(terminal, too_late) == ("rejected", "certificate-not-valid")


def test_a_terminal_with_a_wrong_clock_loses_nothing(terminal: Terminal, card: Card) -> None:
    period = {"period": {"from": "1970-01-01", "to": None}}
    for confirmed_at in ("1970-01-01T00:00:00Z", "2099-01-01T00:00:00Z"):
        item = signed(terminal, card, confirmed_at=confirmed_at, answers=ANSWERS | period)
        assert outcome(terminal, item) == ("accepted", ""), confirmed_at


@pytest.mark.parametrize("as_of", ["2026-05-01T06:30:00Z", None])
def test_the_mark_of_an_old_revocation_list_is_seen_and_kept(
    terminal: Terminal, card: Card, as_of: str | None
) -> None:
    with structlog.testing.capture_logs() as logs:
        marked = signed(terminal, card, stale_revocations={"as_of": as_of})
        assert outcome(terminal, marked) == ("accepted", "")
        assert outcome(terminal, signed(terminal, card)) == ("accepted", "")
    [seen] = [entry for entry in logs if entry["event"] == "central.stale_revocations"]
    assert (seen["kiosk"], seen["log_level"]) == (terminal.kiosk, "warning")
    assert seen["as_of"] == ("2026-05-01T06:30:00+00:00" if as_of else "none")


def test_not_yet_valid_card(terminal: Terminal, issuer: Issuer) -> None:
    valid = (datetime(2026, 7, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC))
    card = Card.make(issuer, valid=valid)
    assert outcome(terminal, terminal.complaint(card)) == ("rejected", "certificate-not-valid")


def test_certificate_without_a_civil_number(terminal: Terminal, issuer: Issuer) -> None:
    nameless = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Nobody")])
    card = Card.make(issuer, subject=nameless)
    assert outcome(terminal, terminal.complaint(card)) == ("rejected", "certificate-untrusted")


def test_application_of_someone_else(terminal: Terminal, card: Card) -> None:
    item = signed(terminal, card, applicant={"civil_number": "990358174"})
    assert outcome(terminal, item) == ("rejected", "applicant-mismatch")


def test_application_of_another_transaction_or_terminal(terminal: Terminal, card: Card) -> None:
    for change in ({"tx_id": new_tx_id()}, {"kiosk": "SLL-0001"}):
        assert outcome(terminal, signed(terminal, card, **change)) == (
            "rejected",
            "application-mismatch",
        )


def test_payload_must_be_canonical(terminal: Terminal, card: Card) -> None:
    payload = terminal.payload(card, new_tx_id())
    canonical = rfc8785.dumps(payload)
    variants = [
        json.dumps(payload).encode(),
        canonical + b" ",
        canonical.replace(b'"v":1', b'"v":1.0'),
        canonical[:-1] + b',"v":1}',  # a name twice
        canonical.replace(b'"samail"', b'"\\ud800"'),
        b"[" * 5_000 + b"]" * 5_000,
        b"[1]",
        b"\xff",
        b"",
    ]
    for content in variants:
        item = terminal.item(card.sign(content))
        assert outcome(terminal, item) == ("rejected", "application-not-canonical"), content[:40]


TEXTS = st.text() | st.sampled_from(["\x7f", "\u2028", "\U0001f600", "\\", "\x1f\b/", "1.5", "ﬁ"])
NUMBERS = (
    st.integers(-(2**60), 2**60)
    | st.floats()
    | st.sampled_from([10**15 - 1, 10**15, 2**53 - 1, 2**53, -(2**53), 2**63, 2**64, -0.0, 1e21])
)
DOCUMENTS = st.dictionaries(
    TEXTS,
    st.recursive(
        st.none() | st.booleans() | NUMBERS | TEXTS,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
        max_leaves=5,
    ),
    max_size=4,
)


@given(DOCUMENTS, st.booleans(), st.booleans())
def test_canonical_is_what_rfc_8785_says(
    document: dict[str, Any], sort: bool, escape: bool
) -> None:
    try:
        payload = json.dumps(
            document, sort_keys=sort, separators=(",", ":"), ensure_ascii=escape
        ).encode()
        parsed = json.loads(payload)
    except ValueError:
        return
    try:
        canonical = rfc8785.dumps(parsed) == payload
    except ValueError:
        canonical = False
    try:
        assert _canonical_object(payload) == parsed
        assert canonical
    except SignatureRefused:
        assert not canonical


def test_malformed_application(terminal: Terminal, card: Card) -> None:
    for change in (
        {"v": 2},
        {"extra": 1},
        {"language": "fr"},
        {"applicant": {}},
        {"answers": []},
        {"confirmed_at": 1_780_000_000},
        {"confirmed_at": "2026-06-01T10:30:00+04:00"},
        {"confirmed_at": "9999-12-31T23:59:59Z"},
        {"catalogue": "a\u0000b"},
        {"stale_revocations": {}},
        {"stale_revocations": True},
        {"stale_revocations": {"as_of": 1_780_000_000}},
        {"stale_revocations": {"as_of": None, "extra": 1}},
    ):
        assert outcome(terminal, signed(terminal, card, **change)) == (
            "rejected",
            "application-malformed",
        ), change


def test_answers_that_break_a_rule_name_the_field(terminal: Terminal, card: Card) -> None:
    tomorrow = {"from": "2026-06-02", "to": None}
    item = terminal.complaint(card, answers={"period": tomorrow, "wilayat": "salalah"})
    [answer] = terminal.send(item)
    assert answer["outcome"] == "rejected"
    assert answer["problem"]["code"] == "answers-invalid"
    assert {(each["field"], each["code"]) for each in answer["problem"]["errors"]} == {
        ("wilayat", "unknown-choice"),
        ("period", "date-in-future"),
    }


def test_hostile_x5c_with_many_certificates(terminal: Terminal, issuer: Issuer) -> None:
    many = Card.make(issuer, intermediates=(issuer.certificate,) * 8)
    assert outcome(terminal, terminal.complaint(many)) == ("rejected", "application-not-signed")


def test_one_bad_item_takes_nothing_from_the_others(
    central: RunningCentral, terminal: Terminal, card: Card
) -> None:
    items = [
        terminal.complaint(card),
        terminal.item(b"poison"),
        terminal.complaint(card),
        terminal.complaint(card, answers={"mobile": "00"}),
        terminal.complaint(card),
    ]
    assert [answer["outcome"] for answer in terminal.send(*items)] == [
        *("accepted", "rejected", "accepted", "rejected", "accepted")
    ]
    assert len(central.notices()) == 3
    assert base64.b64encode(b"poison").decode() not in str(central.received())
