"""Other makers' cards through ``kiosk`` and the real pcscd: registered, activated, used, and read
by other people's software afterwards.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from typer.testing import CliRunner

from cardreader.authority import ManagementAlgorithm
from cardreader.simulator.makers import Maker
from cardreader.simulator.makers_card import MAKERS_PIN, MakersCard, delivered_key
from kiosk.cli.backend import app as backend
from tests.cardreader.opensc import by_opensc
from tests.cardreader.test_card_commands import central_api, kiosk_card
from tests.cardreader.virtual_reader import in_virtual_reader
from tests.pcscd import Pcscd, pcscd  # noqa: F401 - a fixture

PIN = "482913"
_THROUGH_PCSCD = (
    Maker.PIVAPPLET,
    Maker.PIVAPPLET_FIRST,
    Maker.YUBIKEY,
    Maker.OPENFIPS201,
    Maker.STRICTEST,
)
"""Those with an ATR, lengths or an identifier of their own; the rest differ above PC/SC."""
_KEY_TYPES = {ManagementAlgorithm.TRIPLE_DES: "3des", ManagementAlgorithm.AES_192: "aes192"}


def register(database: str, serial: str, maker: Maker) -> None:
    """As an administrator does it: the management key comes on standard input."""
    kind = _KEY_TYPES[ManagementAlgorithm(maker.habits.management_algorithm)]
    arguments = ["--database", database, "--serial", serial, "--civil-number", "99014521"]
    done = CliRunner().invoke(
        backend,
        ["add-card", *arguments, "--key-type", kind, "--management-key-stdin"],
        input=f"{delivered_key(maker).hex()}\n",
    )
    assert done.exit_code == 0, done.output


@pytest.mark.pcscd
@pytest.mark.parametrize("maker", _THROUGH_PCSCD, ids=[maker.name for maker in _THROUGH_PCSCD])
def test_registered_activated_used_and_read_by_opensc(
    pcscd: Pcscd,  # noqa: F811 - the fixture
    maker: Maker,
    tmp_path: Path,
) -> None:
    with (
        central_api(tmp_path) as (database, url),
        in_virtual_reader(MakersCard(maker)),
    ):
        code, seen = kiosk_card("inspect")
        assert (code, seen["profile"], seen["genuine"]) == (0, "piv", None)
        assert not any(found["present"] for found in seen["certificates"].values())
        register(database, seen["serial"], maker)
        code, answer = kiosk_card("activate", MAKERS_PIN, PIN, arguments=("--central", url))
        assert (code, answer["activated"], answer["was_active"]) == (0, True, False), answer
        document, out = tmp_path / "document", tmp_path / "signature"
        document.write_bytes(b"a document")
        arguments = (str(document), "--format", "jws", "--out", str(out))
        assert kiosk_card("sign", PIN, arguments=arguments)[0] == 0
        assert out.read_bytes().count(b".") == 2
        code, seen = kiosk_card("inspect")
        assert all(found["valid"] for found in seen["certificates"].values())
        if maker is Maker.STRICTEST:
            # OpenSC asks for the application by its truncated identifier and for nothing else.
            return
        for purpose, identifier in (("authentication", "01"), ("signature", "02")):
            read = by_opensc(identifier).fingerprint(hashes.SHA256()).hex()
            assert read == answer["certificates"][purpose]
