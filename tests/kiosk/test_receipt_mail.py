"""Receipts that wait for the network: sealed, delivered once, never given up too early."""

from __future__ import annotations

import os
from concurrent.futures import Future
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from PIL import Image

from kiosk.central.client import CentralRefused, CentralUnreachable
from kiosk.contract.receipts import ReceiptMail, receipt_place
from kiosk.session import events as ev
from kiosk.workers.receipt_mail import ReceiptMailer
from offline_queue.chain import b64url, b64url_decode
from offline_queue.sealing import key_id, open_sealed
from offline_queue.wire import Enrolment
from printer.bitmap import ReceiptBitmap

TX = "01938f00-0000-7000-8000-00000000abcd"
LINK = "HTTPS://VERIFY.EXAMPLE.OM/R#2KCEHIQBEYQ"
PAPER = ReceiptBitmap(576, 40, bytes(72 * 20) + b"\xff" * 72 * 20)
KEY = X25519PrivateKey.generate()
NOW = datetime(2026, 11, 22, tzinfo=UTC).timestamp()


class Central:
    """Answers as it is told and remembers what it was sent."""

    def __init__(self) -> None:
        self.answer: Exception | None = None
        self.mails: list[ReceiptMail] = []

    def tell(self, method: str, path: str, *, body: ReceiptMail) -> None:
        assert (method, path) == ("POST", "/v1/kiosks/MCT-0042/receipts")
        if self.answer is not None:
            raise self.answer
        self.mails.append(body)

    def close(self) -> None:
        pass


@pytest.fixture
def central() -> Central:
    return Central()


@pytest.fixture
def heard() -> list[ev.Event]:
    return []


@pytest.fixture
def mailer(central, heard, tmp_path) -> ReceiptMailer:
    public = KEY.public_key().public_bytes_raw()
    enrolment = Enrolment(
        kiosk="MCT-0042",
        epoch=1,
        sealing_key_id=key_id(public),
        sealing_public_key=b64url(public),
        head_key_id="0" * 16,
        head_public_key=b64url(bytes(32)),
        receipt_verifier="VERIFY.EXAMPLE.OM",
    )
    return ReceiptMailer(
        central,
        enrolment,
        tmp_path / "receipts-to-send",
        draw=lambda _: drawn(),
        answer=lambda event, visit: heard.append(event),
        now=lambda: NOW,
    )


def drawn() -> Future[ReceiptBitmap]:
    done: Future[ReceiptBitmap] = Future()
    done.set_result(PAPER)
    return done


def keep(mailer: ReceiptMailer) -> None:
    mailer.keep(TX, LINK, drawn(), 1)


def test_a_receipt_waits_for_its_transaction_and_goes_once(mailer, central, heard, tmp_path):
    keep(mailer)
    assert heard == [ev.ReceiptMailKept(TX)]
    for answer in (
        CentralUnreachable("no network"),
        CentralRefused(404, "receipt-of-nothing"),
        CentralRefused(403, "epoch-frozen"),
        CentralRefused(503, "busy"),
    ):
        central.answer = answer
        assert mailer.step() == 1
    central.answer = None
    assert mailer.step() == 0
    assert mailer.step() == 0
    [mail] = central.mails
    opened = open_sealed(KEY, b64url_decode(mail.sealed), receipt_place("MCT-0042", TX))
    link, _, pdf = opened.partition(b"\n")
    assert (link.decode(), pdf) == (LINK, pdf)
    assert pdf.startswith(b"%PDF-")
    assert list((tmp_path / "receipts-to-send").iterdir()) == []


def test_at_the_terminal_nobody_can_read_what_waits(mailer, tmp_path):
    keep(mailer)
    [path] = (tmp_path / "receipts-to-send").iterdir()
    content = path.read_bytes()
    assert LINK.encode() not in content
    assert b64url(LINK.encode())[:-2].encode() not in content
    assert path.stat().st_mode & 0o077 == 0


def test_what_was_kept_before_a_restart_is_sent_after_it(mailer, central):
    keep(mailer)
    mailer.start()
    mailer.stop()
    assert [mail.tx_id for mail in central.mails] == [TX]


def test_a_receipt_that_cannot_be_drawn_or_kept_is_told(mailer, heard, tmp_path):
    drawn: Future[ReceiptBitmap] = Future()
    drawn.set_exception(ValueError("no glyph"))
    mailer.keep(TX, LINK, drawn, 1)
    (tmp_path / "receipts-to-send").write_bytes(b"a file where the folder should be")
    keep(mailer)
    assert heard == [ev.ReceiptMailFailed(TX)] * 2


@pytest.mark.parametrize("why", ["unreadable", "damaged", "thirty days"])
def test_what_can_never_be_delivered_is_given_up(mailer, central, tmp_path, why):
    keep(mailer)
    [path] = (tmp_path / "receipts-to-send").iterdir()
    central.answer = CentralRefused(404, "receipt-of-nothing")
    if why == "unreadable":
        central.answer = CentralRefused(422, "receipt-unreadable")
    elif why == "damaged":
        path.write_bytes(path.read_bytes()[:100])
    else:
        month_ago = NOW - 31 * 24 * 3600
        os.utime(path, (month_ago, month_ago))
    assert mailer.step() == 0
    assert not path.exists()


def test_the_pdf_is_the_bitmap(tmp_path):
    """The page holds the very dots, as a fax of T.6: an image of 576 x 40, one bit each."""
    pdf = PAPER.pdf()
    data = pdf[pdf.index(b"stream\n") + 7 : pdf.index(b"\nendstream")]
    assert b"/CCITTFaxDecode" in pdf
    assert b"/Width 576" in pdf
    assert b"/Height 40" in pdf
    tiff = tmp_path / "fax.tif"
    PAPER.image().save(tiff, "TIFF", compression="group4")
    with Image.open(tiff) as again:
        assert ReceiptBitmap.from_image(again.convert("1")) == PAPER
        [offset], [size] = again.tag_v2[273], again.tag_v2[279]
    assert data.startswith(tiff.read_bytes()[offset : offset + size])
