"""``kiosk card`` with a simulated card in the real pcscd."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import structlog
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from typer.testing import CliRunner

from backend_stub import EmbeddedServer, Settings
from backend_stub.console.card_office import add_card
from backend_stub.issuing.management_keys import KeyType
from cardreader.apdu import Protocol7816
from cardreader.simulator import TRUST, Profile, SimulatedCard, issue, persona
from cardreader.simulator.issuer import load_key
from cardreader.simulator.issuing_files import (
    CARD_MASTER_KEY,
    ISSUING_CA_CERTIFICATE,
    ISSUING_CA_KEY,
)
from cardreader.simulator.state import personalised
from kiosk.cli.card import app
from tests.cardreader.vendor_cards import VENDOR_KEY, VendorApplication, vendor_memory
from tests.cardreader.virtual_reader import in_virtual_reader
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture


def kiosk_card(command: str, *lines: str, arguments: tuple[str, ...] = ()) -> tuple[int, Any]:
    """Exit code and the JSON answer; ``lines`` are PINs on standard input."""
    options = ["--json"] + (["--pin-stdin"] if lines else [])
    typed = "".join(f"{line}\n" for line in lines)
    # The log goes to standard error in the real program; here it would get between the answer.
    with structlog.testing.capture_logs():
        result = CliRunner().invoke(app, [command, *arguments, *options], input=typed)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, json.loads(result.stdout)


@pytest.mark.pcscd
def test_pin_commands(pcscd: Pcscd) -> None:  # noqa: F811 - the fixture
    with in_virtual_reader(issue("citizen-active", protocol=Protocol7816.T0)):
        seen = kiosk_card("inspect")[1]
        assert (seen["pin"]["tries_left"], seen["pin_pad"]) == (3, False)
        no_keys = {"verified": False, "tries_left": None, "reason": "no-pin-pad"}
        assert kiosk_card("verify-pin", arguments=("--at-reader",)) == (1, no_keys)
        refused = {"changed": False, "tries_left": None, "reason": "pin-not-allowed"}
        # Weak, and half of the civil number 99014521: the card is not asked.
        assert kiosk_card("change-pin", "246813", "111111") == (1, refused)
        assert kiosk_card("change-pin", "246813", "990145") == (1, refused)
        wrong = {"changed": False, "tries_left": 2, "reason": "pin-wrong"}
        assert kiosk_card("change-pin", "000000", "907152") == (1, wrong)
        changed = kiosk_card("change-pin", "246813", "907152", "907152")
        assert changed == (0, {"changed": True})
        for tries_left in (2, 1, None):
            answer = kiosk_card("verify-pin", "246813")
            reason = "pin-wrong" if tries_left else "pin-blocked"
            refused = {"verified": False, "tries_left": tries_left, "reason": reason}
            assert answer == (1, refused)
        wrong = {"unblocked": False, "tries_left": 2, "reason": "puk-wrong"}
        assert kiosk_card("unblock-pin", "00000000", "482913") == (1, wrong)
        assert kiosk_card("unblock-pin", "83612479", "482913") == (0, {"unblocked": True})
        assert kiosk_card("verify-pin", "482913") == (0, {"verified": True})


def openssl(*arguments: str | Path) -> bytes:
    if shutil.which("openssl") is None:
        pytest.skip("SIGNATURES NOT VERIFIED BY OPENSSL: apt-get install openssl")
    done = subprocess.run(["openssl", *arguments], capture_output=True, check=False, timeout=30)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("persona_id", "profile"),
    [
        ("citizen-active", Profile.PIV),
        ("citizen-letter", Profile.PIV),
        ("citizen-letter", Profile.IAS_CLASSIC),
    ],
    ids=["piv P-256", "piv RSA-2048", "ias RSA-2048"],
)
def test_sign_cms(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    tmp_path: Path,
    persona_id: str,
    profile: Profile,
) -> None:
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.p7m"
    document.write_bytes(b"wages for May")
    pin = persona(persona_id).pin or ""
    with in_virtual_reader(issue(persona_id, protocol=Protocol7816.T0, profile=profile)):
        arguments = (str(document), "--format", "cms", "--out", str(out))
        code, answer = kiosk_card("sign", pin, arguments=arguments)
    assert (code, answer["algorithm"]) == (0, "cms")
    root = TRUST / "issuers" / "state-root-ca.pem"
    verify = ("cms", "-verify", "-inform", "DER", "-in", out, "-CAfile", root)
    assert openssl(*verify) == b"wages for May"


@pytest.mark.pcscd
@pytest.mark.parametrize("profile", list(Profile))
def test_a_raw_rsa_signature_by_openssl(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    tmp_path: Path,
    profile: Profile,
) -> None:
    holder = persona("citizen-letter")
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.sig"
    document.write_bytes(b"wages for May")
    with in_virtual_reader(issue(holder, protocol=Protocol7816.T0, profile=profile)):
        arguments = (str(document), "--format", "raw", "--out", str(out))
        code, answer = kiosk_card("sign", holder.pin or "", arguments=arguments)
    assert (code, answer) == (0, {"signed": True, "algorithm": "RS256", "bytes": 256})
    public = tmp_path / "public.pem"
    key = load_key("citizen-letter-9c").public_key()
    form = PublicFormat.SubjectPublicKeyInfo
    public.write_bytes(key.public_bytes(Encoding.PEM, form))
    verify = ("dgst", "-sha256", "-verify", public, "-signature", out, document)
    assert openssl(*verify) == b"Verified OK\n"


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("persona_id", "reason", "genuine"),
    [
        ("revoked", "signer-revoked", True),
        ("expired", "signer-expired", True),
        ("unknown-issuer", "unknown-issuer", False),
        ("forged", "hash-mismatch", False),
    ],
)
def test_a_card_that_is_not_to_be_believed(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    tmp_path: Path,
    persona_id: str,
    reason: str,
    genuine: bool,
) -> None:
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.jws"
    document.write_bytes(b"wages for May")
    pin = persona(persona_id).pin or ""
    with in_virtual_reader(issue(persona_id, protocol=Protocol7816.T0)):
        code, seen = kiosk_card("inspect")
        assert (code, seen["genuine"]) == (0 if genuine else 1, genuine)
        if genuine:
            unusable = {"present": True, "valid": False, "reason": reason}
            assert seen["certificates"] == dict.fromkeys(("authentication", "signature"), unusable)
        else:
            assert seen["reason"] == reason
            assert "name_en" not in seen
        signing = kiosk_card("sign", pin, arguments=(str(document), "--out", str(out)))
        assert signing == (1, {"signed": False, "tries_left": None, "reason": reason})
        assert not out.exists()
        if not genuine:
            refused = {"verified": False, "tries_left": None, "reason": reason}
            assert kiosk_card("verify-pin", pin) == (1, refused)


@pytest.mark.pcscd
def test_the_letters_pin_is_replaced_without_the_central_api(
    pcscd: Pcscd,  # noqa: F811 - the fixture
) -> None:
    holder = persona("citizen-letter")
    nobody = ("--central", "http://127.0.0.1:1")
    with in_virtual_reader(issue(holder)):
        assert kiosk_card("inspect")[1]["pin"]["to_be_chosen"] is True
        wrong = {"activated": False, "reason": "pin-wrong", "tries_left": 2}
        assert kiosk_card("activate", "000000", "941537", arguments=nobody) == (1, wrong)
        weak = {"activated": False, "reason": "pin-not-allowed"}
        assert kiosk_card("activate", "370518", "111111", arguments=nobody) == (1, weak)
        code, done = kiosk_card("activate", "370518", "941537", arguments=nobody)
        assert (code, done["activated"], done["was_active"]) == (0, True, False)
        assert kiosk_card("inspect")[1]["pin"]["to_be_chosen"] is False
        assert kiosk_card("verify-pin", "941537") == (0, {"verified": True})


@pytest.mark.pcscd
def test_a_card_that_is_not_activated_says_so(pcscd: Pcscd, tmp_path: Path) -> None:  # noqa: F811
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.jws"
    document.write_bytes(b"wages for May")
    with in_virtual_reader(issue("citizen-new", protocol=Protocol7816.T0)):
        for command, what, lines, arguments in (
            ("verify-pin", "verified", ["246813"], ()),
            ("change-pin", "changed", ["246813", "907152"], ()),
            ("sign", "signed", ["246813"], (str(document), "--out", str(out))),
        ):
            refused = {what: False, "tries_left": None, "reason": "not-activated"}
            assert kiosk_card(command, *lines, arguments=arguments) == (1, refused)
        assert not out.exists()


@pytest.mark.pcscd
def test_a_damaged_certificate_costs_nothing_else(pcscd: Pcscd, tmp_path: Path) -> None:  # noqa: F811
    document, out = tmp_path / "complaint.txt", tmp_path / "complaint.jws"
    document.write_bytes(b"wages for May")
    memory = personalised(persona("citizen-active"))
    memory.objects[0x5FC10A] = bytes(range(256)) * 2
    with in_virtual_reader(issue("citizen-active", protocol=Protocol7816.T0, state=memory)):
        code, seen = kiosk_card("inspect")
        assert (code, seen["genuine"], seen["pin"]["tries_left"]) == (0, True, 3)
        assert seen["certificates"]["authentication"]["valid"] is True
        damaged = seen["certificates"]["signature"]
        assert (damaged["valid"], damaged["reason"]) == (False, "unreadable")
        assert damaged["detail"]
        code, refused = kiosk_card("sign", "246813", arguments=(str(document), "--out", str(out)))
        assert (code, refused["reason"]) == (1, "unreadable")


@pytest.mark.pcscd
def test_an_active_card_asks_for_no_code(pcscd: Pcscd) -> None:  # noqa: F811
    with in_virtual_reader(issue("citizen-active", protocol=Protocol7816.T0)):
        nobody = ("--central", "http://127.0.0.1:1")
        code, answer = kiosk_card("activate", arguments=nobody)
        assert (code, answer["was_active"]) == (0, True)


def test_where_a_signature_cannot_be_written_is_found_out_first(tmp_path: Path) -> None:
    document = tmp_path / "complaint.txt"
    document.write_bytes(b"wages for May")
    for out in (tmp_path, tmp_path / "nowhere" / "complaint.jws"):
        done = CliRunner().invoke(app, ["sign", str(document), "--out", str(out), "--pin-stdin"])
        assert done.exit_code == 2
        assert "cannot be written" in " ".join(done.output.split())


# A card of another maker, with the central API ---------------------------------------------------


@contextmanager
def central_api(folder: Path) -> Iterator[tuple[str, str]]:
    """The central API as it runs: its database's URL and its own."""
    database = f"sqlite:///{folder / 'central.db'}"
    settings = Settings(
        database_url=database,
        trust_directory=TRUST,
        issuing_ca_key=ISSUING_CA_KEY,
        issuing_ca_certificate=ISSUING_CA_CERTIFICATE,
        card_master_key=CARD_MASTER_KEY,
        development=True,
    )
    server = EmbeddedServer(settings)
    url = server.start()
    try:
        yield database, url
    finally:
        server.stop()


@pytest.mark.pcscd
@pytest.mark.parametrize(
    "pins", [("482913", "482913"), ("482913",), ("123456", "482913")], ids=["twice", "once", "old"]
)
def test_a_card_of_another_maker_from_beginning_to_end(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    pins: tuple[str, ...],
    tmp_path: Path,
) -> None:
    memory = vendor_memory()
    card = SimulatedCard(
        [VendorApplication(memory)], bytes.fromhex("3B80018081"), protocol=Protocol7816.T1
    )
    with central_api(tmp_path) as (database, url), in_virtual_reader(card):
        code, seen = kiosk_card("inspect")
        assert code == 0
        assert seen["genuine"] is None
        assert seen["certificates"]["signature"] == {"present": False}
        code, answer = kiosk_card("activate", *pins, arguments=("--central", url))
        assert (code, answer) == (1, {"activated": False, "reason": "unknown-card"})
        add_card(
            database,
            serial=seen["serial"],
            civil_number="99014521",
            kind=KeyType.TRIPLE_DES,
            management_key=VENDOR_KEY,
        )
        code, answer = kiosk_card("activate", *pins, arguments=("--central", url))
        assert (code, answer["activated"], answer["was_active"]) == (0, True, False)
        code, again = kiosk_card("activate", *pins, arguments=("--central", url))
        assert (code, again["was_active"]) == (0, True)
        assert again["certificates"] == answer["certificates"]
        document, out = tmp_path / "document", tmp_path / "signature"
        document.write_bytes(b"a document")
        arguments = (str(document), "--format", "raw", "--out", str(out))
        assert kiosk_card("sign", "482913", arguments=arguments)[0] == 0
        code, seen = kiosk_card("inspect")
        assert all(certificate["valid"] for certificate in seen["certificates"].values())


@pytest.mark.pcscd
def test_a_national_card_wants_the_code(pcscd: Pcscd, tmp_path: Path) -> None:  # noqa: F811
    with (
        central_api(tmp_path) as (_, url),
        in_virtual_reader(issue("citizen-new", protocol=Protocol7816.T0)),
    ):
        code, answer = kiosk_card(
            "activate", "000000", "482913", "482913", arguments=("--central", url)
        )
        assert code == 1
        assert answer["reason"] == "code-wrong"
