"""The signed text of the QR code: valid as it is, invalid after any change."""

import base64
import dataclasses
import hashlib
import re
import subprocess
from datetime import UTC, datetime, timedelta, timezone

import cbor2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pycose.keys import EC2Key
from pycose.messages import CoseMessage, Sign1Message

from printer import qr
from printer.errors import InvalidReason, QrTooLarge, ReceiptInvalid
from printer.layout import render
from printer.proof import (
    ReceiptClaims,
    TerminalKey,
    key_id,
    longest_text,
    sign_receipt,
    signing_key_id,
    verify_receipt,
)
from printer.receipt import ReceiptState
from tests.printer.receipt_samples import complaint

KEY = ec.derive_private_key(0x1D7A3C5E9F, ec.SECP256R1())
KEYS = {key_id(KEY.public_key()): TerminalKey(KEY.public_key(), "MCT-0042")}
CLAIMS = ReceiptClaims(
    tx_id="0192f5b0-1c2d-7abc-8def-0123456789ab",
    service="labour-complaint",
    issued_at=datetime(2026, 11, 21, 22, 17, 5, tzinfo=UTC),
    kiosk="MCT-0042",
    state=ReceiptState.QUEUED,
    fee_baisa=12_500,
    chain_head=bytes(range(16)),
)
TEXT = sign_receipt(CLAIMS, KEY, "verify.manfadh.example.om")
HOST = TEXT.partition("/R#")[0]


def cose_of(text: str) -> bytes:
    encoded = text.partition("#")[2]
    return base64.b32decode(encoded + "=" * (-len(encoded) % 8))


def reason_of(text: str, keys=KEYS) -> InvalidReason:
    with pytest.raises(ReceiptInvalid) as caught:
        verify_receipt(text, keys)
    return caught.value.reason


def resign(payload: object, *, headers=None, protected=None, key=KEY) -> str:
    """Build a receipt as another writer might."""
    message = Sign1Message(
        phdr=protected or {1: -7},
        uhdr=headers or {4: bytes.fromhex(key_id(key.public_key()))},
        payload=payload if isinstance(payload, bytes) else cbor2.dumps(payload),
    )
    numbers = key.private_numbers()
    message.key = EC2Key(
        crv="P_256",
        x=numbers.public_numbers.x.to_bytes(32, "big"),
        y=numbers.public_numbers.y.to_bytes(32, "big"),
        d=numbers.private_value.to_bytes(32, "big"),
    )
    return TEXT.partition("#")[0] + "#" + base64.b32encode(message.encode()).decode().rstrip("=")


def test_a_receipt_says_what_was_signed():
    assert verify_receipt(TEXT, KEYS) == CLAIMS


def test_the_time_is_the_same_instant_in_any_zone():
    muscat = timezone(timedelta(hours=4))
    local = dataclasses.replace(CLAIMS, issued_at=CLAIMS.issued_at.astimezone(muscat))
    assert verify_receipt(sign_receipt(local, KEY, "v.om"), KEYS).issued_at == CLAIMS.issued_at


def test_every_changed_character_is_noticed():
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    for index, character in enumerate(TEXT):
        others = {alphabet[(alphabet.find(character) + step) % 32] for step in (1, 2, 4, 8, 16)}
        if index > len(HOST):
            others.add(character.swapcase())
        for other in (others | {"/", "#"}) - {character}:
            reason_of(TEXT[:index] + other + TEXT[index + 1 :])


def test_the_case_of_scheme_and_host_does_not_count():
    """Browsers and mail programs write them small; path and message stay as they are."""
    rest = TEXT.removeprefix(HOST)
    for host in (HOST.lower(), HOST.capitalize(), HOST.title()):
        assert verify_receipt(host + rest, KEYS) == CLAIMS
        assert signing_key_id(host + rest) == key_id(KEY.public_key())
    for changed in (rest.replace("/R#", "/r#"), rest.lower()):
        assert reason_of(HOST + changed) is InvalidReason.MALFORMED


def test_every_removed_and_doubled_character_is_noticed():
    for index in range(len(TEXT)):
        reason_of(TEXT[:index] + TEXT[index + 1 :])
        reason_of(TEXT[: index + 1] + TEXT[index:])


def test_every_flipped_bit_is_noticed():
    message = cose_of(TEXT)
    prefix = TEXT.partition("#")[0] + "#"
    for bit in range(len(message) * 8):
        changed = bytearray(message)
        changed[bit // 8] ^= 1 << bit % 8
        reason_of(prefix + base64.b32encode(changed).decode().rstrip("="))


def test_a_revoked_key_is_said_to_be_revoked():
    [kid] = KEYS
    for keys in (KEYS, {}):
        with pytest.raises(ReceiptInvalid) as caught:
            verify_receipt(TEXT, keys, {kid})
        assert caught.value.reason is InvalidReason.REVOKED_KEY
    assert verify_receipt(TEXT, KEYS, {"00" * 8}) == CLAIMS


def test_keys_may_change():
    """An older receipt stays valid beside those of the next key."""
    newer = ec.derive_private_key(0x5A, ec.SECP256R1())
    ring = KEYS | {key_id(newer.public_key()): TerminalKey(newer.public_key(), CLAIMS.kiosk)}
    assert verify_receipt(TEXT, ring) == CLAIMS
    assert verify_receipt(sign_receipt(CLAIMS, newer, "v.om"), ring) == CLAIMS


def test_the_reasons():
    stranger = ec.derive_private_key(77, ec.SECP256R1())
    assert reason_of(TEXT, {}) is InvalidReason.UNKNOWN_KEY
    wrong = {key_id(KEY.public_key()): TerminalKey(stranger.public_key(), CLAIMS.kiosk)}
    assert reason_of(TEXT, wrong) is InvalidReason.BAD_SIGNATURE
    moved = TEXT.replace("MANFADH", "MANFATH")
    assert reason_of(moved) is InvalidReason.WRONG_VERIFIER
    other = {key_id(KEY.public_key()): TerminalKey(KEY.public_key(), "MCT-0043")}
    assert reason_of(TEXT, other) is InvalidReason.WRONG_TERMINAL
    for text in ("", "HTTPS://V/R#", "https://v/r#AAAA", TEXT + "A", TEXT + "\n", "HTTPS://V/R#A"):
        assert reason_of(text) is InvalidReason.MALFORMED


@pytest.mark.parametrize(
    "message",
    [b"\x81" * 2400, b"\xd2" * 2400, b"\xd2\x84", b"\xbf" * 100, cbor2.dumps([1, 2, 3, 4])],
    ids=["deep", "tags", "cut", "maps", "untagged"],
)
def test_hostile_cbor_is_malformed(message):
    text = "HTTPS://V/R#" + base64.b32encode(message).decode().rstrip("=")
    assert reason_of(text) is InvalidReason.MALFORMED


def test_good_signatures_over_other_things_are_malformed():
    payload = cbor2.loads(cbor2.loads(cose_of(TEXT)).value[2])
    assert verify_receipt(resign(payload), KEYS) == CLAIMS
    for bad in (
        {**payload, 5: 9},
        {**payload, 7: b"short"},
        {**payload, 3: 10**20},
        {key: value for key, value in payload.items() if key != 6},
        [payload],
        b"\xff\xff",
    ):
        assert reason_of(resign(bad)) is InvalidReason.MALFORMED
    for field, limit in ((2, 40), (4, 40)):
        for name in (
            "",
            "<b>complaint</b>",
            "MCT\u202e2400",
            "\u2067MCT-0042",
            "MCT 0042",
            "MCT-0042\n",
            "شكوى",
            "\u0410-0042",
            "-",
            "&amp;",
            "\U000e0041CT",
            "x" * (limit + 1),
        ):
            assert reason_of(resign({**payload, field: name})) is InvalidReason.MALFORMED
    extra = {4: bytes.fromhex(key_id(KEY.public_key())), 5: b"iv"}
    assert reason_of(resign(payload, headers=extra)) is InvalidReason.MALFORMED
    assert reason_of(resign(payload, protected={1: -7, 3: 0})) is InvalidReason.MALFORMED


def test_another_cose_library_verifies_it_and_refuses_a_changed_one():
    message = CoseMessage.decode(cose_of(TEXT))
    assert isinstance(message, Sign1Message)
    point = KEY.public_key().public_numbers()
    message.key = EC2Key(crv="P_256", x=point.x.to_bytes(32, "big"), y=point.y.to_bytes(32, "big"))
    assert message.verify_signature()
    info = KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert list(message.uhdr.values()) == [hashlib.sha256(info).digest()[:8]]
    message.payload = message.payload[:-1] + bytes([message.payload[-1] ^ 1])
    assert not message.verify_signature()


def test_claims_and_keys_that_cannot_be_signed():
    for change in (
        {"tx_id": "0192F5B0-1C2D-7ABC-8DEF-0123456789AB"},
        {"tx_id": "7"},
        {"service": ""},
        {"kiosk": "k" * 41},
        {"kiosk": "MCT\u202e0042"},
        {"service": "<i>complaint</i>"},
        {"issued_at": datetime(2026, 1, 1)},  # noqa: DTZ001 - a time without a zone is the point
        {"fee_baisa": -1},
        {"chain_head": bytes(15)},
    ):
        with pytest.raises(ValueError):
            dataclasses.replace(CLAIMS, **change)
    with pytest.raises(ValueError, match="P-256"):
        sign_receipt(CLAIMS, ec.generate_private_key(ec.SECP384R1()), "v.om")
    with pytest.raises(ValueError, match="host"):
        sign_receipt(CLAIMS, KEY, "https://v.om/")


def test_a_receipt_needs_no_larger_code_than_its_alphabet_allows():
    """Only the hash sign needs byte mode: version 11 for the text of a usual receipt."""
    assert all(len(qr.matrix(TEXT, width)) == 61 for width in (576, 384))
    assert qr.modules_across(TEXT, 576) == 61


@pytest.mark.parametrize("width", [576, 384])
@pytest.mark.parametrize("languages", ["ar", "en", "both"])
def test_zbar_reads_the_receipt_and_the_text_verifies(tmp_path, width, languages):
    picture = tmp_path / "receipt.png"
    picture.write_bytes(render(complaint(languages, qr_text=TEXT), width).png())
    read = subprocess.run(
        ["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", str(picture)],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert verify_receipt(read.stdout.strip(), KEYS) == CLAIMS


def test_a_code_too_large_is_refused_not_shrunk():
    base = complaint()
    for width, allowed in ((576, 17), (384, 11)):
        assert qr.max_version(width) == allowed
        longest = next(n for n in range(3000, 0, -1) if _fits("HTTPS://V.OM/R#" + "A" * n, width))
        fits = dataclasses.replace(base, qr_text="HTTPS://V.OM/R#" + "A" * longest)
        render(fits, width)
        with pytest.raises(QrTooLarge) as caught:
            render(dataclasses.replace(base, qr_text=fits.qr_text + "A"), width)
        assert (caught.value.version, caught.value.allowed) == (allowed + 1, allowed)
    with pytest.raises(QrTooLarge) as caught:
        render(dataclasses.replace(base, qr_text="A" * 9000), 576)
    assert caught.value.version is None


@pytest.mark.parametrize("service", ["a", "labour-complaint", "s" * 40])
def test_no_receipt_is_longer_than_what_the_terminal_tried_at_start(service):
    longest = longest_text("MCT-0042", ["a", service], "verify.om")
    for moment, fee in ((0, 0), (2**31, 250_000), (2**32 - 1, 2**32 - 1)):
        claims = dataclasses.replace(
            CLAIMS, service=service, issued_at=datetime.fromtimestamp(moment, UTC), fee_baisa=fee
        )
        text = sign_receipt(claims, KEY, "verify.om")
        assert len(text) <= len(longest)
    assert len(text) == len(longest)
    assert reason_of(longest) is InvalidReason.UNKNOWN_KEY
    qr.modules_across(longest, 576)
    with pytest.raises(QrTooLarge):
        qr.modules_across(longest_text("M" * 32, ["complaint"], "v" * 58), 384)


def _fits(text: str, width: int) -> bool:
    version = qr.max_version(width)
    capacity = {17: 507, 11: 254}[version] * 8
    """Data codewords of level M (ISO/IEC 18004, table 7)."""
    alphanumeric, byte = (11, 16) if version >= 10 else (9, 8)
    bits = 0
    for run in re.findall(r"[^#]+|#", text):
        letters = len(run)
        bits += (4 + byte + 8) if run == "#" else 4 + alphanumeric + letters * 11 // 2 + letters % 2
    return bits <= capacity
