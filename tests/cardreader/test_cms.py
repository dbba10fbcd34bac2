"""CMS signatures, judged by openssl."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cardreader import KeyPurpose, PinWrong, TrustStore, open_card
from cardreader.cms import sign_cms
from cardreader.simulator import READER, TRUST, SimulatedReaders, persona

NOW = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
CONTENT = "شكوى عمالية".encode()


def signed(persona_id: str, pin: bytearray, purpose: KeyPurpose = KeyPurpose.SIGNATURE) -> bytes:
    readers = SimulatedReaders()
    readers.insert(persona_id)
    card = open_card(readers.connect(READER), TrustStore.load(TRUST), lambda: NOW)
    return sign_cms(card, purpose, CONTENT, pin, NOW)


def openssl(*arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    if shutil.which("openssl") is None:
        pytest.skip("CMS NOT VERIFIED BY OPENSSL: it is not installed (apt-get install openssl)")
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False, timeout=30)


# P-256, P-384, RSA-2048.
@pytest.mark.parametrize(
    ("persona_id", "purpose"),
    [
        ("citizen-active", KeyPurpose.SIGNATURE),
        ("employer-owner", KeyPurpose.SIGNATURE),
        ("citizen-active", KeyPurpose.AUTHENTICATION),
        ("citizen-letter", KeyPurpose.SIGNATURE),
    ],
)
def test_openssl_verifies_with_nothing_but_the_root(
    persona_id: str, purpose: KeyPurpose, tmp_path: Path
) -> None:
    pin = bytearray(str(persona(persona_id).pin).encode())
    message, out = tmp_path / "signed.der", tmp_path / "content"
    message.write_bytes(signed(persona_id, pin, purpose))
    assert pin == bytearray(6)
    root = TRUST / "issuers" / "state-root-ca.pem"
    at = str(int(NOW.timestamp()))
    options = ["-verify", "-inform", "DER", "-in", message, "-CAfile", root, "-attime", at]
    if purpose is KeyPurpose.AUTHENTICATION:
        # Its certificate is for signing in; what is looked at here is the signature.
        options += ["-purpose", "any"]
    done = openssl("cms", *options, "-binary", "-out", out, "-no-CApath", "-no-CAstore")
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == CONTENT
    shown = openssl("cms", "-cmsout", "-print", "-noout", "-inform", "DER", "-in", message)
    assert b"id-smime-aa-signingCertificateV2" in shown.stdout


def test_openssl_refuses_a_changed_document(tmp_path: Path) -> None:
    message = tmp_path / "signed.der"
    encoded = signed("citizen-active", bytearray(b"246813"))
    message.write_bytes(encoded.replace(CONTENT, CONTENT[::-1]))
    done = openssl("cms", "-verify", "-inform", "DER", "-in", message, "-noverify")
    assert done.returncode != 0


def test_a_wrong_pin_signs_nothing() -> None:
    pin = bytearray(b"000000")
    with pytest.raises(PinWrong):
        signed("citizen-active", pin)
    assert pin == bytearray(6)
