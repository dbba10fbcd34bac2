"""Our card, their software: OpenSC and yubico-piv-tool through the real pcscd.

Whoever wrote these tools has never seen this card; what they accept is what the standard means.
PINs stand in command lines here because those tools want them there: the cards are simulated.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from smartcard import scard

from cardreader.apdu import Protocol7816
from cardreader.simulator import issue, persona
from cardreader.simulator.card import answer_to_reset
from cardreader.simulator.issuer import AUTHENTICATION, card_certificate
from cardreader.simulator.state import AES_256, TRIPLE_DES, personalised
from tests.cardreader.simulator.virtual_reader import in_virtual_reader, wait_for_state
from tests.pcscd import pcscd  # noqa: F401 - a fixture

pytestmark = [pytest.mark.pcscd, pytest.mark.usefixtures("pcscd")]

THEIR_DEFAULT_KEY = bytes.fromhex("010203040506070801020304050607080102030405060708")
"""What yubico-piv-tool tries when it is told no management key."""
MESSAGE = b"to whom it may concern"


def run(tool: str, *arguments: str, expect: int = 0) -> str:
    """Run a tool to its end; its output, both streams together."""
    if shutil.which(tool) is None:
        pytest.skip(f"NOT TESTED AGAINST OTHER SOFTWARE: {tool} is not installed")
    done = subprocess.run(
        [tool, *arguments], capture_output=True, encoding="latin-1", timeout=60, check=False
    )
    output = done.stdout + done.stderr
    assert done.returncode == expect, output
    return output


def piv_tool(*arguments: str, expect: int = 0) -> str:
    return run("yubico-piv-tool", "--reader=Virtual", *arguments, expect=expect)


def sign(folder: Path, object_id: str, mechanism: str, pin: str, *more: str) -> bytes:
    (folder / "message").write_bytes(MESSAGE)
    run(
        "pkcs11-tool",
        *("--login", "--pin", pin, "--sign", "--id", object_id, "--mechanism", mechanism),
        *("--input-file", str(folder / "message"), "--output-file", str(folder / "signature")),
        *more,
    )
    return (folder / "signature").read_bytes()


def read_certificate(folder: Path, object_id: str) -> x509.Certificate:
    path = folder / f"{object_id}.der"
    run(
        "pkcs11-tool",
        *("--read-object", "--type", "cert", "--id", object_id, "--output-file", str(path)),
    )
    return x509.load_der_x509_certificate(path.read_bytes())


def openssl_verifies(folder: Path, certificate: x509.Certificate) -> str:
    public = certificate.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "public.pem").write_bytes(public)
    return run(
        "openssl",
        *("dgst", "-sha256", "-verify", str(folder / "public.pem")),
        *("-signature", str(folder / "signature"), str(folder / "message")),
    )


def test_pcscd_sees_the_card_with_its_atr():
    with in_virtual_reader(issue("citizen-active")):
        output = run("opensc-tool", "--atr")
    assert ":".join(f"{byte:02x}" for byte in answer_to_reset(Protocol7816.T1)) in output


def test_opensc_shows_both_certificates_and_both_keys():
    with in_virtual_reader(issue("citizen-active")):
        dump = run("pkcs15-tool", "--dump")
    holder = persona("citizen-active")
    assert f"PKCS#15 Card [{holder.name_en}]" in dump
    assert f"Serial number  : {holder.guid.hex}" in dump
    assert "X.509 Certificate [Certificate for PIV Authentication]" in dump
    assert "X.509 Certificate [Certificate for Digital Signature]" in dump
    assert "Private RSA Key [PIV AUTH key]" in dump
    assert "Private EC Key [SIGN key]" in dump
    assert "Usage          : [0x200], nonRepudiation" in dump


def test_opensc_test_suite_finds_no_error():
    with in_virtual_reader(issue("citizen-active")):
        report = run("pkcs11-tool", "--login", "--pin", "246813", "--test")
    assert "No errors" in report


@pytest.mark.parametrize("protocol", [Protocol7816.T1, Protocol7816.T0])
def test_both_keys_sign_through_opensc_and_openssl_agrees(tmp_path, protocol):
    with in_virtual_reader(issue("citizen-active", protocol=protocol)):
        authentication = read_certificate(tmp_path, "01")
        signed = sign(tmp_path, "01", "SHA256-RSA-PKCS", "246813")
        assert "Verified OK" in openssl_verifies(tmp_path, authentication)
        key = authentication.public_key()
        assert isinstance(key, rsa.RSAPublicKey)
        key.verify(signed, MESSAGE, padding.PKCS1v15(), hashes.SHA256())

        signature = read_certificate(tmp_path, "02")
        more = ("--signature-format", "openssl")
        signed = sign(tmp_path, "02", "ECDSA-SHA256", "246813", *more)
        assert "Verified OK" in openssl_verifies(tmp_path, signature)
        key = signature.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        key.verify(signed, MESSAGE, ec.ECDSA(hashes.SHA256()))


def test_p384_signs_through_opensc(tmp_path):
    with in_virtual_reader(issue("operator")):
        certificate = read_certificate(tmp_path, "02")
        signed = sign(tmp_path, "02", "ECDSA-SHA384", "418265", "--signature-format", "openssl")
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.key_size == 384
    key.verify(signed, MESSAGE, ec.ECDSA(hashes.SHA384()))


def test_opensc_reads_what_the_pin_protects():
    with in_virtual_reader(issue("citizen-active")):
        printed = run(
            "pkcs15-tool",
            *("--verify-pin", "--pin", "246813"),
            *("--read-data-object", "Printed Information", "--raw"),
        )
    assert persona("citizen-active").document_number in printed


def test_yubico_piv_tool_tells_the_status():
    with in_virtual_reader(issue("citizen-active")):
        status = piv_tool("--action=status")
    assert "PIN tries left:\t3" in status
    assert "Slot 9a:" in status
    assert "Slot 9c:" in status
    assert "RSA2048" in status
    assert "ECCP256" in status


def test_yubico_piv_tool_verifies_changes_and_unblocks_the_pin():
    with in_virtual_reader(issue("citizen-active")):
        wrong = piv_tool("--action=verify-pin", "--pin=111222", expect=1)
        assert "2 tries left" in wrong
        piv_tool("--action=verify-pin", "--pin=246813")
        assert "PIN tries left:\t3" in piv_tool("--action=status")
        piv_tool("--action=change-pin", "--pin=246813", "--new-pin=975310")
        for left in (2, 1):
            assert f"{left} tries left" in piv_tool("--action=verify-pin", "--pin=246813", expect=1)
        piv_tool("--action=verify-pin", "--pin=246813", expect=1)
        assert "PIN tries left:\t0" in piv_tool("--action=status")
        piv_tool("--action=verify-pin", "--pin=975310", expect=1)
        piv_tool("--action=unblock-pin", "--pin=83612479", "--new-pin=864213")
        piv_tool("--action=verify-pin", "--pin=864213")


def test_yubico_piv_tool_personalises_a_blank_card(tmp_path):
    """Key on the card, certificate from our issuer, written and used: as an activation does it."""
    holder = persona("citizen-new")
    memory = personalised(holder)
    memory.management_algorithm, memory.management_key = TRIPLE_DES, THEIR_DEFAULT_KEY
    public_path, certificate_path = tmp_path / "public.pem", tmp_path / "certificate.pem"
    with in_virtual_reader(issue(holder, state=memory)):
        piv_tool("--action=unblock-pin", f"--pin={holder.puk}", "--new-pin=864213")
        piv_tool(
            *("--action=generate", "--slot=9a", "--algorithm=ECCP256"),
            f"--output={public_path}",
        )
        public = serialization.load_pem_public_key(public_path.read_bytes())
        assert isinstance(public, ec.EllipticCurvePublicKey)
        certificate = card_certificate(holder, AUTHENTICATION, public)
        certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        piv_tool("--action=import-certificate", "--slot=9a", f"--input={certificate_path}")
        assert "Slot 9a:" in piv_tool("--action=status")
        tested = piv_tool(
            *("--action=verify-pin", "--pin=864213"),
            *("--action=test-signature", "--slot=9a", f"--input={certificate_path}"),
        )
        assert "Successful ECDSA verification" in tested
        assert read_certificate(tmp_path, "01") == certificate


def opensc_piv_tool(key: Path, *arguments: str) -> tuple[int, str]:
    """Exit code and output: the exit code is not always one (see below)."""
    if shutil.which("piv-tool") is None:
        pytest.skip("NOT TESTED AGAINST OTHER SOFTWARE: piv-tool is not installed")
    done = subprocess.run(
        ["piv-tool", *arguments],
        env={**os.environ, "OPENSC_CONF": os.devnull, "PIV_EXT_AUTH_KEY": str(key)},
        capture_output=True,
        encoding="latin-1",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("algorithm", [TRIPLE_DES, AES_256])
def test_openscs_piv_tool_makes_keys_and_writes_a_certificate(tmp_path, algorithm):
    """With triple DES, and with the AES-256 of the national cards."""
    holder = persona("citizen-new")
    memory = personalised(holder)
    if algorithm == TRIPLE_DES:
        memory.management_algorithm, memory.management_key = TRIPLE_DES, THEIR_DEFAULT_KEY
    key_file, public_path = tmp_path / "key", tmp_path / "public.pem"
    key_file.write_text(memory.management_key.hex(":"))
    manager = ("-A", f"M:9B:{algorithm:02X}")
    with in_virtual_reader(issue(holder, state=memory)):
        code, output = opensc_piv_tool(key_file, "--serial")
        assert code == 0
        assert "B4 9D 5B B6" in output
        for slot, kind in ((0x9A, "11"), (0x9C, "07")):
            code, output = opensc_piv_tool(
                key_file, *manager, "-G", f"{slot:02X}:{kind}", "-o", str(public_path)
            )
            made = memory.keys[slot].public_key()
            if code == 0:
                assert serialization.load_pem_public_key(public_path.read_bytes()) == made
            else:
                # OpenSC 0.23 to 0.25 with OpenSSL 3 makes no PEM of the card's answer (its issue
                # 3156); by then the card has made the key.
                assert "gen_key unable to gen" in output
        certificate = card_certificate(holder, AUTHENTICATION, memory.keys[0x9A].public_key())
        path = tmp_path / "certificate.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        # Its exit code is the number of bytes written, cut to eight bits.
        opensc_piv_tool(key_file, *manager, "-C", "9A", "-i", str(path))
        assert read_certificate(tmp_path, "01") == certificate


def test_openscs_piv_tool_with_a_wrong_key_writes_nothing(tmp_path):
    memory = personalised(persona("citizen-new"))
    key_file = tmp_path / "key"
    key_file.write_text(bytes(32).hex(":"))
    with in_virtual_reader(issue("citizen-new", state=memory)):
        code, _ = opensc_piv_tool(key_file, "-A", "M:9B:0C", "-G", "9A:11")
    assert code != 0
    assert memory.keys == {}


def test_opensc_verifies_changes_and_unblocks_the_pin():
    def pkcs15(*arguments: str, expect: int = 0) -> str:
        return run("pkcs15-tool", *arguments, expect=expect)

    def tries_left() -> str:
        """What the card tells OpenSC's piv-tool after an empty VERIFY.

        OpenSC leaves the card as it is when it ends; with a verified PIN it would tell nothing.
        """
        forget, ask = "00:20:FF:80", "00:20:00:80"
        _, output = opensc_piv_tool(Path(os.devnull), "-s", forget, "-s", ask)
        status = re.search(r"SW1=0x63, SW2=0xC(\d)", output)
        assert status is not None, output
        return status[1]

    with in_virtual_reader(issue("citizen-active")):
        assert tries_left() == "3"
        pkcs15("--verify-pin", "--pin", "111222", expect=255)
        assert tries_left() == "2"
        pkcs15("--change-pin", "--pin", "246813", "--new-pin", "975310")
        assert tries_left() == "3"
        for _ in range(3):
            pkcs15("--verify-pin", "--pin", "246813", expect=255)
        assert tries_left() == "0"
        pkcs15("--unblock-pin", "--puk", "83612479", "--new-pin", "864213")
        pkcs15("--verify-pin", "--pin", "864213")
        assert tries_left() == "3"


def test_a_wrong_management_key_writes_nothing():
    with in_virtual_reader(issue("citizen-new")):
        piv_tool("--action=set-chuid", expect=1)
        assert persona("citizen-new").guid.hex in piv_tool("--action=status")


def test_the_card_survives_a_restart_of_pcscd(pcscd):  # noqa: F811 - the fixture
    pcscd.needs_control()
    with in_virtual_reader(issue("citizen-active")):
        pcscd.stop()
        pcscd.start()
        wait_for_state(lambda state: bool(state & scard.SCARD_STATE_PRESENT))
        assert "Successfully verified" in piv_tool("--action=verify-pin", "--pin=246813")


def test_a_mute_card_is_mute_to_pcscd():
    with in_virtual_reader(issue("mute")) as reader:
        assert "Virtual PCD" in reader
    wait_for_state(lambda state: bool(state & scard.SCARD_STATE_EMPTY))


def test_taking_the_card_out_empties_the_reader():
    with in_virtual_reader(issue("citizen-active")):
        pass
    wait_for_state(lambda state: bool(state & scard.SCARD_STATE_EMPTY))
