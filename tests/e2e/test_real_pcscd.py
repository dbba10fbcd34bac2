"""The real pcscd between card and terminal: command line, OpenSC, a whole visit in the window."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from jwcrypto import jwk, jws
from smartcard import scard

from cardreader.pcsc import PcscReaders
from cardreader.simulator import issue, persona
from cardreader.simulator.vpcd import PORT, serve
from kiosk.session import Page, events as ev
from kiosk.session.outcome import ReceiptStep, VisitEnd
from tests.cardreader.simulator.virtual_reader import wait_for_state
from tests.e2e.commands import kiosk, running, started
from tests.pcscd import pcscd  # noqa: F401 - a fixture

pytestmark = [pytest.mark.pcscd, pytest.mark.usefixtures("pcscd")]

HOLDER = persona("citizen-active")
PIN = f"{HOLDER.pin}\n"


@pytest.fixture
def card_in(pcscd: Any) -> Iterator[subprocess.Popen[str]]:  # noqa: F811 - the fixture
    """The card of citizen-active, put in by the command line."""
    with running(
        *("simulate", "card", "--persona", "citizen-active", "--profile", "piv"),
        *("--vpcd", f"127.0.0.1:{PORT}"),
    ) as process:
        wait_for_state(lambda state: bool(state & scard.SCARD_STATE_PRESENT))
        yield process


def answer(done: Any, code: int = 0) -> dict[str, Any]:
    assert done.code == code, done
    value: dict[str, Any] = json.loads(done.output)
    return value


def test_the_command_line_reads_checks_and_signs(card_in, tmp_path):
    """One story, because a card and a daemon take their time to be there."""
    readers = answer(kiosk("card", "list", "--json"))["readers"]
    [ours] = [reader for reader in readers if reader["slot"] != "empty"]
    assert ours["atr"].startswith("3B")
    assert ours["reader"] in kiosk("card", "list").output

    seen = answer(kiosk("card", "inspect", "--json"))
    assert (seen["profile"], seen["genuine"]) == ("piv", True)
    assert seen["name_ar"] == HOLDER.name_ar
    assert (seen["pin"]["tries_left"], seen["pin"]["blocked"]) == (3, False)
    assert HOLDER.civil_number not in json.dumps(seen), "masked"
    assert {use: c["valid"] for use, c in seen["certificates"].items()} == {
        "authentication": True,
        "signature": True,
    }

    wrong = answer(kiosk("card", "verify-pin", "--pin-stdin", "--json", stdin="111222\n"), 1)
    assert (wrong["verified"], wrong["tries_left"]) == (False, 2)
    for nonsense in ("", "12", "abcdef", "1" * 40):
        refused = kiosk("card", "verify-pin", "--pin-stdin", "--json", stdin=f"{nonsense}\n")
        assert answer(refused, 1)["verified"] is False
        assert "Traceback" not in refused.errors
    assert answer(kiosk("card", "inspect", "--json"))["pin"]["tries_left"] == 2, "none was tried"
    assert answer(kiosk("card", "verify-pin", "--pin-stdin", "--json", stdin=PIN))["verified"]

    message = tmp_path / "message"
    message.write_bytes("إلى من يهمه الأمر".encode())
    jose, raw = tmp_path / "jws", tmp_path / "raw"
    sign = ("card", "sign", message, "--pin-stdin", "--json")
    assert answer(kiosk(*sign, "--out", jose, "--format", "jws", stdin=PIN))["signed"] is True
    told = answer(kiosk(*sign, "--out", raw, "--format", "raw", stdin=PIN))
    assert told["algorithm"] == "ES256"

    certificate = card_certificate(jose)
    assert HOLDER.civil_number in certificate.subject.rfc4514_string()
    token = jws.JWS()
    token.deserialize(jose.read_text("ascii"), jwk.JWK.from_pyca(certificate.public_key()))
    assert token.payload == message.read_bytes()
    verify_raw(certificate, raw.read_bytes(), message.read_bytes())
    with pytest.raises(InvalidSignature):
        verify_raw(certificate, raw.read_bytes(), message.read_bytes() + b"!")

    refused = kiosk(*sign, "--out", tmp_path / "none", stdin="111222\n")
    assert answer(refused, 1) == {"signed": False, "tries_left": 2, "reason": "pin-wrong"}
    assert not (tmp_path / "none").exists()


def card_certificate(compact: Path) -> x509.Certificate:
    header = compact.read_text("ascii").split(".")[0]
    decoded = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    return x509.load_der_x509_certificate(base64.b64decode(decoded["x5c"][0]))


def verify_raw(certificate: x509.Certificate, signature: bytes, message: bytes) -> None:
    """``raw`` is r and s as JOSE writes them, or DER: the standard library of the world decides."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    public = certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    half = len(signature) // 2
    r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    public.verify(encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))


def test_the_pin_is_in_no_process_list(card_in):
    process = started("card", "verify-pin", "--pin-stdin", "--json")
    try:
        seen = psutil.Process(process.pid)
        told = " ".join(seen.cmdline()) + json.dumps(seen.environ())
        assert process.stdin is not None
        process.stdin.write(PIN)
        process.stdin.flush()
        said, _ = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, said
    assert (HOLDER.pin or "?") not in told + said


def test_opensc_dumps_the_card_that_the_command_line_put_in(card_in):
    dump = other_software("pkcs15-tool", "--dump")
    assert HOLDER.name_en in dump
    assert "Certificate for Digital Signature" in dump


def test_opensc_signs_with_the_card_that_the_command_line_put_in(card_in, tmp_path):
    (tmp_path / "message").write_bytes(b"hello")
    other_software(
        *("pkcs11-tool", "--login", "--pin", HOLDER.pin or "", "--sign", "--id", "02"),
        *("--mechanism", "ECDSA-SHA256", "--input-file", str(tmp_path / "message")),
        *("--output-file", str(tmp_path / "signature")),
    )
    assert len((tmp_path / "signature").read_bytes()) == 64


def other_software(tool: str, *arguments: str) -> str:
    if shutil.which(tool) is None:
        pytest.skip(f"NOT TESTED AGAINST OTHER SOFTWARE: {tool} is missing (apt: opensc)")
    done = subprocess.run(
        [tool, *arguments], capture_output=True, encoding="latin-1", timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_without_a_card_the_command_line_says_so_and_ends_with_3():
    done = kiosk("card", "inspect", "--json")
    assert done.code == 3, done
    told = json.loads(done.output)
    assert (told["available"], told["error"]) == (False, "ReaderUnavailable")
    assert "card" in told["detail"]
    assert len(done.errors.strip().splitlines()) == 1


class VirtualSlot:
    """The hands that put cards into pcscd's virtual reader."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._server: threading.Thread | None = None

    def insert(self, persona_id: str) -> None:
        """Put the card in."""
        self.remove()
        self._stop.clear()
        arguments = (issue(persona_id), "127.0.0.1", PORT, self._stop)
        self._server = threading.Thread(target=serve, args=arguments)
        self._server.start()

    def remove(self) -> None:
        """Take it out."""
        if self._server is not None:
            self._stop.set()
            self._server.join(10)
            self._server = None


@pytest.fixture
def at_pcscd(switch_on: Any) -> Iterator[Any]:
    """A terminal whose reader is the real pcscd's."""
    slot = VirtualSlot()
    try:
        terminal = switch_on(readers=PcscReaders)
        terminal.rig.readers = slot
        yield terminal
    finally:
        slot.remove()


def test_a_whole_visit_in_the_window_through_the_real_pcscd(at_pcscd):
    terminal = at_pcscd
    for page in terminal.walk("citizen-active"):
        if page is Page.PIN:
            assert terminal.visit.pin.tries_left == 3
        if page is Page.IDENTITY:
            assert terminal.visit.cardholder.name_ar == HOLDER.name_ar
    terminal.wait(lambda: terminal.visit.submission.receipt is ReceiptStep.PRINTED, "the receipt")
    terminal.finish()
    terminal.wait(lambda: terminal.waiting() == 0, "the complaint to arrive")
    assert [t["state"] for t in terminal.received()] == ["registered"]
    assert terminal.findings() == []


def test_cards_pulled_and_wrong_pins_through_the_real_pcscd(at_pcscd):
    terminal = at_pcscd
    terminal.go_to(Page.QUESTION, "resident-worker")
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)

    terminal.go_to(Page.PIN, "resident-worker")
    terminal.press_pin("111222")
    terminal.wait(lambda: terminal.visit.pin.wrong, "the refusal")
    assert terminal.visit.pin.tries_left == 2
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REMOVED)

    terminal.send(ev.Started(), ev.LanguageChosen("ar"))
    terminal.rig.readers.insert("forged")
    terminal.wait_for(Page.CARD_PROBLEM)
    terminal.rig.readers.remove()
    terminal.leave(VisitEnd.CARD_REFUSED)


def test_pcscd_dying_takes_the_terminal_out_of_service_and_back(at_pcscd, pcscd):  # noqa: F811
    pcscd.needs_control()
    terminal = at_pcscd
    terminal.go_to(Page.SERVICES)
    pcscd.stop()
    terminal.wait_for(Page.ENDED)
    terminal.wiped()
    terminal.send(ev.TimerFired(ev.Timer.ENDED_PAGE))
    terminal.rig.readers.remove()
    terminal.wait_for(Page.OUT_OF_SERVICE)
    pcscd.start()
    terminal.wait(lambda: terminal.visit.page is Page.ATTRACT, "service again", patience=10)
    terminal.go_to(Page.IDENTITY)
