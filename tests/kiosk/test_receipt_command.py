"""``kiosk receipt verify``: the key decides whose receipt it is, not what the receipt claims."""

import json
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from typer.testing import CliRunner

from kiosk.cli.options import SIMULATION
from kiosk.cli.receipt import app
from kiosk.papers.receipt_keys import RING_FILE, RingError, add_key, public_keys, read_ring
from printer.proof import ReceiptClaims, key_id, sign_receipt
from printer.receipt import ReceiptState

REAL = ec.derive_private_key(11, ec.SECP256R1())
NEIGHBOUR = ec.derive_private_key(12, ec.SECP256R1())
SIMULATED = ec.derive_private_key(13, ec.SECP256R1())


@pytest.fixture
def state(tmp_path):
    add_key(tmp_path / RING_FILE, REAL.public_key(), "MCT-0042")
    add_key(tmp_path / RING_FILE, NEIGHBOUR.public_key(), "MCT-0043")
    add_key(tmp_path / SIMULATION / RING_FILE, SIMULATED.public_key(), "DEMO-01")
    return tmp_path


def signed(key: ec.EllipticCurvePrivateKey, terminal: str) -> str:
    claims = ReceiptClaims(
        tx_id="0192f5b0-1c2d-7abc-8def-0123456789ab",
        service="complaint",
        issued_at=datetime(2026, 11, 21, 22, 17, 5, tzinfo=UTC),
        kiosk=terminal,
        state=ReceiptState.QUEUED,
        fee_baisa=0,
        chain_head=bytes(16),
    )
    return sign_receipt(claims, key, "verify.om")


def verify(state, text: str) -> tuple[int, dict[str, object]]:
    done = CliRunner().invoke(app, ["verify", text, "--json", "--state-directory", str(state)])
    return done.exit_code, json.loads(done.stdout)


@pytest.mark.parametrize(
    ("key", "terminal", "simulated"), [(REAL, "MCT-0042", False), (SIMULATED, "DEMO-01", True)]
)
def test_whether_it_is_simulated_follows_from_the_key(state, key, terminal, simulated):
    code, answer = verify(state, signed(key, terminal))
    assert (code, answer["valid"], answer["simulated"]) == (0, True, simulated)


@pytest.mark.parametrize(
    ("key", "terminal"), [(REAL, "MCT-0043"), (NEIGHBOUR, "MCT-0042"), (SIMULATED, "MCT-0042")]
)
def test_nobody_signs_in_the_name_of_another_terminal(state, key, terminal):
    code, answer = verify(state, signed(key, terminal))
    assert (code, answer) == (1, {"valid": False, "reason": "wrong_terminal"})


def test_a_simulated_terminal_of_a_real_ones_name_is_simulated(state):
    """The name may be the same; the key is not."""
    add_key(state / SIMULATION / RING_FILE, SIMULATED.public_key(), "MCT-0042")
    code, answer = verify(state, signed(SIMULATED, "MCT-0042"))
    assert (code, answer["simulated"]) == (0, True)


def test_small_letters_in_scheme_and_host(state):
    text = signed(REAL, "MCT-0042").replace("HTTPS://VERIFY.OM", "https://verify.om")
    assert verify(state, text)[0] == 0


def test_an_entry_that_calls_a_key_by_anothers_id_is_refused(state):
    [one, other] = read_ring(state / RING_FILE)
    swapped = one.changed(key_id=key_id(NEIGHBOUR.public_key()))
    with pytest.raises(RingError, match="another key"):
        public_keys((swapped, other))
