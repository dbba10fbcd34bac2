"""What becomes of the items of a batch: taken once, answered the same for ever, proofs first."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import jwcrypto.jwk
import jwcrypto.jws
import requests
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from sqlalchemy import create_engine, text

from offline_queue.chain import GENESIS, b64url_decode, verify_head
from offline_queue.wire import SignedHead

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal, new_tx_id


def test_complaint_is_registered_with_hearing_and_notice(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    [answer] = terminal.send(terminal.complaint(card))
    assert answer["outcome"] == "accepted"
    assert answer["result"]["state"] == "registered"
    assert answer["result"]["number"] == "C-2026-000001"
    hearing = answer["result"]["hearing"]
    # Registered on Monday 1 June 10:30 in Muscat: seven full days later is Monday 8 June 10:30.
    assert hearing["starts_at"] == "2026-06-08T06:30:00Z"
    assert "نزوى" in hearing["place_ar"] and "Nizwa" in hearing["place_en"]
    [notice] = central.notices()
    assert notice["recipient"] == "+96891234567"
    assert "C-2026-000001" in notice["text_ar"] and "C-2026-000001" in notice["text_en"]
    assert "8 يونيو 2026" in notice["text_ar"] and "10:30 am" in notice["text_en"]
    assert "+968 2500 0005" in notice["text_ar"]
    assert card.civil_number not in str(notice)
    [received] = central.received()
    assert (received["number"], received["state"]) == ("C-2026-000001", "registered")


def test_head_is_countersigned_over_the_contiguous_prefix(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    key = b64url_decode(terminal.enrolment["head_public_key"])

    def head_of(reply_head: dict[str, object]) -> tuple[int, str]:
        statement = verify_head(key, SignedHead.parse(reply_head))
        assert (statement.kiosk, statement.epoch) == (terminal.kiosk, 1)
        return statement.ack_seq, statement.head

    assert head_of(central.get("/v1/kiosks/MCT-0001/head").json()) == (0, GENESIS)
    items, heads = [], []
    for _ in range(4):
        items.append(terminal.complaint(card))
        heads.append(terminal.head)
    assert head_of(terminal.post(items[0]).json()["head"]) == (1, heads[0])
    # 2 is missing: 3 and 4 are taken, but acknowledged only together with 2.
    reply = terminal.post(items[3], items[2]).json()
    assert [answer["outcome"] for answer in reply["answers"]] == ["accepted", "accepted"]
    assert head_of(reply["head"]) == (1, heads[0])
    assert head_of(terminal.post(items[1]).json()["head"]) == (4, heads[3])
    assert head_of(central.get("/v1/kiosks/MCT-0001/head").json()) == (4, heads[3])


def test_same_item_again_is_a_duplicate_with_the_first_result(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    [first] = terminal.send(item)
    central.clock.advance(days=3)
    [again, twice] = terminal.send(item, item)
    assert again == twice == {**first, "outcome": "duplicate"}
    assert len(central.notices()) == len(central.received()) == 1


def test_numbers_are_gapless_and_begin_again_each_year_in_muscat(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    items = [
        terminal.complaint(card),
        terminal.complaint(card, answers={"mobile": "123"}),
        terminal.complaint(card),
    ]
    numbers = [(answer["result"] or {}).get("number") for answer in terminal.send(*items)]
    assert numbers == ["C-2026-000001", None, "C-2026-000002"]
    # 20:00 in UTC on the last day of the year is the first of January in Muscat.
    central.clock.now = datetime(2026, 12, 31, 20, 0, tzinfo=UTC)
    [answer] = terminal.send(terminal.complaint(card))
    assert answer["result"]["number"] == "C-2027-000001"


def test_the_same_transaction_or_place_with_other_content_is_a_conflict(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    tx_id = item["record"]["tx_id"]
    terminal.send(item)
    other_content = terminal.item(b"other", tx_id, seq=1, prev=GENESIS)
    other_place = terminal.item(b"other", tx_id, seq=2)
    same_place = terminal.item(b"other", seq=1, prev=GENESIS)
    answers = terminal.send(other_content, other_place, same_place)
    assert [(each["outcome"], each["problem"]["code"]) for each in answers] == [
        ("conflict", "tx-id-taken"),
        ("conflict", "tx-id-taken"),
        ("conflict", "seq-taken"),
    ]
    assert len(central.received()) == 1


def test_a_record_that_does_not_follow_forks_the_chain(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    first, third = terminal.complaint(card), None
    after_first = terminal.head
    second_item = terminal.complaint(card)
    third = terminal.complaint(card)
    terminal.send(first, third)
    not_after_first = terminal.item(b"x", seq=2, prev="1" * 64)
    not_before_third = terminal.item(b"x", seq=2, prev=after_first)
    answers = terminal.send(not_after_first, not_before_third, second_item)
    assert [each["outcome"] for each in answers] == ["conflict", "conflict", "accepted"]
    assert {each["problem"]["code"] for each in answers[:2]} == {"chain-forked"}


def test_the_first_record_must_start_the_chain(central: RunningCentral) -> None:
    terminal = central.terminal()
    [answer] = terminal.send(terminal.item(b"x", prev="1" * 64))
    assert (answer["outcome"], answer["problem"]["code"]) == ("rejected", "chain-broken")
    assert central.received() == []


def test_two_posts_of_the_same_items_at_once_take_effect_once(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    items = [terminal.complaint(card) for _ in range(5)]
    start = threading.Barrier(4)

    def post(order: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with requests.Session() as http:
            mine = dataclasses.replace(terminal, http=http)
            start.wait()
            return mine.send(*order)

    orders = [items, items[::-1], items, items[2:] + items[:2]]
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(post, orders))
    results: dict[str, set[str]] = {}
    outcomes = Counter()
    for answer in itertools.chain(*replies):
        results.setdefault(answer["tx_id"], set()).add(answer["result"]["number"])
        outcomes[answer["outcome"]] += 1
    assert outcomes == {"accepted": 5, "duplicate": 15}
    assert all(len(numbers) == 1 for numbers in results.values())
    assert len(central.notices()) == len(central.received()) == 5


def test_many_terminals_at_once_get_distinct_numbers_and_slots(
    central: RunningCentral, card: Card
) -> None:
    terminals = [central.terminal(f"MCT-{n:04d}") for n in range(4)]
    batches = [
        [
            each.complaint(card, answers={"governorate": "musandam", "wilayat": wilayat})
            for wilayat in ("khasab", "daba")
        ]
        for each in terminals
    ]

    def post(work: tuple[Any, list[dict[str, Any]]]) -> list[dict[str, Any]]:
        with requests.Session() as http:
            return dataclasses.replace(work[0], http=http).send(*work[1])

    with ThreadPoolExecutor(4) as pool:
        answers = list(itertools.chain(*pool.map(post, zip(terminals, batches, strict=True))))
    numbers = sorted(answer["result"]["number"] for answer in answers)
    assert numbers == [f"C-2026-{n:06d}" for n in range(1, 9)]
    # One hearing at a time in that office.
    assert len({answer["result"]["hearing"]["starts_at"] for answer in answers}) == 8


def test_restart_keeps_everything(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item, next_item = terminal.complaint(card), terminal.complaint(card)
    [first] = terminal.send(item)
    head = central.get("/v1/kiosks/MCT-0001/head").json()
    keys = central.get("/v1/receipt-keys").json()
    central.restart()
    terminal = dataclasses.replace(terminal, url=central.url, http=central.http)
    assert terminal.request_enrolment().json() == terminal.enrolment
    assert central.get("/v1/kiosks/MCT-0001/head").json() == head
    assert central.get("/v1/receipt-keys").json() == keys
    again, second = terminal.send(item, next_item)
    assert again == {**first, "outcome": "duplicate"}
    assert second["result"]["number"] == "C-2026-000002"


def test_received_document_verifies_with_another_jose_library(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    terminal.send(item)
    engine = create_engine(central.settings.database_url)
    with engine.connect() as connection:
        document = connection.execute(text("SELECT document FROM transactions")).scalar_one()
    engine.dispose()
    token = jwcrypto.jws.JWS()
    token.deserialize(document)
    header = json.loads(base64.urlsafe_b64decode(document.split(".")[0] + "=="))
    certificate = x509.load_der_x509_certificate(base64.b64decode(header["x5c"][0]))
    pem = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    token.verify(jwcrypto.jwk.JWK.from_pem(pem))
    assert json.loads(token.payload)["tx_id"] == item["record"]["tx_id"]
    assert certificate == card.signature[1]


def test_two_terminals_with_one_number_at_once(central: RunningCentral, card: Card) -> None:
    for round_number in range(3):
        tx_id = new_tx_id()
        works = []
        for kiosk in ("MCT-0001", "SLL-0001"):
            terminal = Terminal(central.url, central.http, kiosk).enrol()
            terminal.seq = round_number
            works.append((terminal, terminal.item(card.sign(terminal.payload(card, tx_id)), tx_id)))
        start = threading.Barrier(2)

        def post(work: tuple[Terminal, dict[str, Any]], start: threading.Barrier = start) -> str:
            with requests.Session() as http:
                mine = dataclasses.replace(work[0], http=http)
                start.wait()
                return mine.send(work[1])[0]["outcome"]

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(post, works)) == ["accepted", "accepted"]
    numbers = sorted(each["number"] for each in central.received())
    assert numbers == [f"C-2026-{number:06d}" for number in range(1, 7)]


def test_the_same_item_twice_in_one_batch(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item, poison = terminal.complaint(card), terminal.item(b"poison")
    first, again, refused, refused_again = terminal.send(item, item, poison, poison)
    assert first["outcome"] == "accepted"
    assert again == {**first, "outcome": "duplicate"}
    assert refused == refused_again
    assert refused["outcome"] == "rejected"
    assert len(central.notices()) == 1
