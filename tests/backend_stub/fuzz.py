"""Schemathesis against the whole OpenAPI, all checks on: ``python -m tests.backend_stub.fuzz``.

Starts a central API of its own on 127.0.0.1, with one enrolled terminal and an administrator, and
lets schemathesis (https://schemathesis.readthedocs.io) try every operation: documented examples,
boundary values, random requests, and sequences of requests. Exit code 0 only without a failure.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import requests
from cryptography.hazmat.primitives import serialization

from backend_stub import EmbeddedServer, EnrolmentCode, Settings
from backend_stub.ground.limits import Rate, Rates
from offline_queue.signed_requests import RequestSigner

from .cards import Card, Issuer
from .terminal import Terminal

ADMINISTRATOR = "fleet-token"

CONFIG = """
hooks = "{hooks}"

[auth.openapi.administrator]
bearer = "{administrator}"

[auth.openapi.kiosk]
api_key = "to-be-signed"

[auth.openapi.visit]
bearer = "{visit}"

# The one terminal that signs.
[[operations]]
include-path = "/v1/kiosks/{{kiosk}}/health"
parameters = {{ kiosk = "MCT-0001" }}

# What breaks the schema by its length may be too large to be read at all.
[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 415, 422, 428, 429]

# Rules between fields, which a schema does not say: a notice belongs to void items, a range has
# the length of its body, an assertion is a signed document, a key is on one curve.
[checks.positive_data_acceptance]
expected-statuses = ["2xx", 400, 401, 403, 404, 409, 413, 422, 429]
"""


class StandingClock:
    """Tokens of the start stay good for the whole run."""

    now = datetime(2026, 6, 1, 6, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def run(examples: int, seconds: int, phases: str) -> int:
    """Run schemathesis; its exit code, and its words on standard output."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        directory = Path(name)
        settings = _settings(directory, issuer := Issuer.make("Issuing CA"))
        clock = StandingClock()
        with EmbeddedServer(settings, clock=clock) as url, requests.Session() as http:
            terminal = Terminal(url, http).enrol()
            config = CONFIG.format(
                administrator=ADMINISTRATOR,
                hooks=Path(__file__).with_name("fuzz_signing.py"),
                visit=_sign_in(url, http, Card.make(issuer), terminal.signer(now=clock)),
            )
            (directory / "schemathesis.toml").write_text(config)
            (directory / "device-key.pem").write_bytes(
                terminal.device_key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "schemathesis.cli"),
                    f"--config-file={directory}/schemathesis.toml",
                    *("run", f"{url}/openapi.json"),
                    "--checks=all",
                    f"--max-examples={examples}",
                    f"--max-time={seconds}",
                    f"--phases={phases}",
                    "--continue-on-failure",
                    "--no-color",
                    "--generation-database=none",
                    "--seed=1",
                ],
                cwd=directory,
            )
    return done.returncode


def _settings(directory: Path, issuer: Issuer) -> Settings:
    (directory / "issuers").mkdir()
    (directory / "issuers" / "ca.pem").write_bytes(issuer.pem())
    (directory / "issuing.pem").write_bytes(issuer.pem())
    key = directory / "issuing.key"
    key.touch(0o600)
    key.write_bytes(
        issuer.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    # What is fuzzed is the answers, not the patience.
    much = Rate(1e6, 10**6)
    return Settings(
        f"sqlite:///{directory}/central.sqlite3",
        directory,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        administrator_token=ADMINISTRATOR,
        development=True,
        rates=Rates(
            batches=much, visits=much, enrolments=much, refused_enrolments=much, health=much
        ),
        session_lifetime=timedelta(days=1),
        issuing_ca_key=key,
        issuing_ca_certificate=directory / "issuing.pem",
    )


def _sign_in(url: str, http: requests.Session, card: Card, signer: RequestSigner) -> str:
    challenge = http.post(f"{url}/v1/challenges", auth=signer).json()
    assertion = card.answer(challenge, "MCT-0001")
    reply = http.post(f"{url}/v1/sessions", json={"assertion": assertion}, auth=signer)
    assert reply.ok, reply.text
    token: str = reply.json()["token"]
    return token


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=200, help="for each operation")
    parser.add_argument("--seconds", type=int, default=1200)
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    return parser.parse_args()


if __name__ == "__main__":
    given = arguments()
    sys.exit(run(given.examples, given.seconds, given.phases))
