"""The table of personas: complete, distinct, and quiet about itself."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path

import pytest
from PIL import Image

from cardreader import simulator
from cardreader.simulator import Chip, KeyType, Profile, UnknownPersona, persona, personas
from cardreader.simulator.personas import parse_personas
from tests.cardreader.simulator.making.__main__ import make_faces

REQUIRED = {
    "citizen-active",
    "citizen-new",
    "citizen-letter",
    "resident-worker",
    "employer-owner",
    "operator",
    "technician",
    "expired",
    "revoked",
    "pin-blocked",
    "last-try",
    "forged",
    "unknown-issuer",
    "mute",
    "foreign",
}


def test_everybody_is_there():
    assert set(personas()) == REQUIRED


@pytest.mark.parametrize("field", ["civil_number", "document_number", "puk", "name_ar", "name_en"])
def test_no_two_share(field):
    values = [getattr(holder, field) for holder in personas().values()]
    assert len(set(values)) == len(values)


def test_pins_are_distinct_and_not_trivial():
    pins = [holder.pin for holder in personas().values() if holder.pin is not None]
    assert len(set(pins)) == len(pins)
    for holder in personas().values():
        pin = holder.pin
        if pin is None:
            assert not holder.activated
            continue
        assert len(set(pin)) >= 5
        steps = {int(b) - int(a) for a, b in itertools.pairwise(pin)}
        assert steps not in ({1}, {-1}, {0})
        assert pin not in (holder.born.strftime("%d%m%y"), holder.born.strftime("%y%m%d"))
        assert pin not in holder.civil_number


def test_the_keys_cover_every_type():
    kinds = {h.authentication_key for h in personas().values()} | {
        h.signature_key for h in personas().values()
    }
    assert kinds == set(KeyType)
    assert persona("citizen-active").authentication_key is KeyType.RSA_2048
    assert persona("citizen-active").signature_key is KeyType.P_256


def test_what_makes_each_special():
    assert not persona("citizen-new").activated
    letter = persona("citizen-letter")
    assert (letter.profile, letter.pin_from_letter) == (Profile.IAS_CLASSIC, True)
    assert {letter.authentication_key, letter.signature_key} == {KeyType.RSA_2048}
    assert persona("resident-worker").nationality == "BGD"
    assert persona("resident-worker").kind == "resident"
    assert persona("expired").expires.year == 2026
    assert persona("revoked").revoked
    assert persona("pin-blocked").tries_left == 0
    assert persona("last-try").tries_left == 1
    assert persona("forged").forged
    assert persona("unknown-issuer").issuer == "other"
    assert persona("mute").chip is Chip.MUTE
    assert persona("foreign").chip is Chip.FOREIGN


@pytest.mark.parametrize("holder", personas().values(), ids=lambda holder: holder.id)
def test_texts_are_in_the_right_script(holder):
    arabic = re.compile(r"[\u0600-\u06FF]")
    for text in (holder.name_ar, holder.occupation_ar, holder.purpose_ar):
        assert arabic.search(text)
        assert not re.search(r"[A-Za-z]", text)
    for text in (holder.name_en, holder.occupation_en, holder.purpose_en):
        assert text.isascii()


@pytest.mark.parametrize("holder", personas().values(), ids=lambda holder: holder.id)
def test_the_face_is_a_small_portrait(holder):
    image = Image.open(io.BytesIO(holder.face))
    assert (image.format, image.size) == ("JPEG", (480, 600))
    assert 6_000 < len(holder.face) < 16_000


def test_faces_differ(tmp_path):
    assert len({holder.face for holder in personas().values()}) == len(personas())
    make_faces(tmp_path)
    assert {path.stem for path in tmp_path.iterdir()} == REQUIRED


@pytest.mark.parametrize("holder", personas().values(), ids=lambda holder: holder.id)
def test_the_repr_says_nothing_personal(holder):
    shown = repr(holder)
    assert holder.id in shown
    for secret in (holder.civil_number, holder.name_ar, holder.surname_en, holder.puk):
        assert secret not in shown
    assert holder.pin is None or holder.pin not in shown


@pytest.mark.parametrize(
    ("line", "replacement", "complaint"),
    [
        ('civil_number = "99014521"', 'civil_number = "12a4"', "civil_number"),
        ('civil_number = "99014521"', 'civil_number = "123"', "civil_number"),
        ('pin = "246813"', 'pin = "1234567"', "pin"),
        ('pin = "246813"', "", "activated and pin"),
        ('puk = "83612479"', 'puk = "1"', "puk"),
        ('puk = "83612479"', "", "puk"),
        ('sex = "M"', 'sex = "X"', "sex"),
        ('authentication_key = "RSA-2048"', 'authentication_key = "RSA-512"', "RSA-512"),
        ('kind = "citizen"', 'colour = "blue"', "colour"),
    ],
)
def test_a_mistake_in_the_table_is_named(line, replacement, complaint):
    text = (Path(simulator.__file__).parent / "personas.toml").read_text(encoding="utf-8")
    first = text[: text.index("[citizen-new]")]
    assert line in first
    with pytest.raises(ValueError, match=rf"\[citizen-active\].*{complaint}"):
        parse_personas(first.replace(line, replacement))


def test_an_unknown_id_names_those_that_exist():
    with pytest.raises(UnknownPersona) as caught:
        persona("nobody")
    assert "citizen-active" in caught.value.known
