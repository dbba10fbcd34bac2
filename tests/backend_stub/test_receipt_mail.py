"""Receipts by text message and e-mail: to whom the transaction names, once, and not before it."""

from __future__ import annotations

from typing import Any

from kiosk.contract.receipts import ReceiptMail, receipt_place
from offline_queue.chain import b64url, b64url_decode
from offline_queue.sealing import seal

from .cards import Card
from .conftest import RunningCentral
from .terminal import Terminal

LINK = "HTTPS://VERIFY.EXAMPLE.OM/R#2KCEHIQBEYQ"
PDF = b"%PDF-1.4 the paper"


def mail(terminal: Terminal, tx_id: str, content: bytes = LINK.encode() + b"\n" + PDF) -> Any:
    """A receipt as the terminal sends it."""
    key = b64url_decode(terminal.enrolment["sealing_public_key"])
    body = ReceiptMail(
        tx_id=tx_id,
        key_id=terminal.enrolment["sealing_key_id"],
        sealed=b64url(seal(key, content, receipt_place(terminal.kiosk, tx_id))),
    )
    return terminal.http.post(
        f"{terminal.url}/v1/kiosks/{terminal.kiosk}/receipts",
        data=body.json().decode(),
        headers={"Content-Type": "application/json"},
        auth=terminal.signer(),
    )


def test_link_by_text_message_and_paper_by_e_mail_once(central: RunningCentral, card: Card) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card, answers={"email": "salim@example.om"})
    [answer] = terminal.send(item)
    last = central.notices()[-1]["id"]

    tx_id = item["record"]["tx_id"]
    assert mail(terminal, tx_id).status_code == 204
    assert mail(terminal, tx_id).status_code == 204, "asked once more after a lost answer"

    sms, email = central.notices(last)
    assert (sms["channel"], sms["recipient"]) == ("sms", "+96891234567")
    assert (email["channel"], email["recipient"]) == ("email", "salim@example.om")
    for notice in (sms, email):
        assert LINK in notice["text_ar"]
        assert LINK in notice["text_en"]
        assert notice["about"] == answer["result"]["number"]
    assert sms["attachment"] is None
    sent = central.get(email["attachment"])
    assert (sent.content, sent.headers["content-type"]) == (PDF, "application/pdf")


def test_without_an_address_there_is_no_e_mail_and_no_pdf_is_kept(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item = terminal.complaint(card)
    [answer] = terminal.send(item)
    last = central.notices()[-1]["id"]
    assert mail(terminal, item["record"]["tx_id"]).status_code == 204
    assert [notice["channel"] for notice in central.notices(last)] == ["sms"]
    number = answer["result"]["number"]
    assert central.get(f"/v1/notifications/receipts/{number}.pdf").status_code == 404


def test_nothing_is_sent_before_the_transaction_is_here_nor_for_another_terminal(
    central: RunningCentral, card: Card
) -> None:
    terminal, other = central.terminal(), central.terminal("MCT-0002")
    item = terminal.complaint(card)
    tx_id = item["record"]["tx_id"]
    early = mail(terminal, tx_id)
    assert (early.status_code, early.json()["code"]) == (404, "receipt-of-nothing")
    terminal.send(item)
    last = central.notices()[-1]["id"]
    assert mail(other, tx_id).json()["code"] == "receipt-of-nothing"
    assert central.notices(last) == []
    assert mail(terminal, tx_id).status_code == 204


def test_what_does_not_open_or_is_no_receipt_is_refused(
    central: RunningCentral, card: Card
) -> None:
    terminal = central.terminal()
    item, another = terminal.complaint(card), terminal.complaint(card)
    terminal.send(item, another)
    last = central.notices()[-1]["id"]
    tx_id = item["record"]["tx_id"]
    for content in (b"", LINK.encode(), b"http://phishing.example\n" + PDF, LINK.encode() + b"\nx"):
        refused = mail(terminal, tx_id, content)
        assert (refused.status_code, refused.json()["code"]) == (422, "receipt-unreadable")
    assert central.notices(last) == []
