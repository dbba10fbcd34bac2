"""The server is killed: what it had answered is there afterwards, once."""

from __future__ import annotations

import dataclasses
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from .cards import Card, Issuer
from .terminal import Terminal

SERVE = """
import sys
from pathlib import Path
from backend_stub import EnrolmentCode, Settings, serve
directory = Path(sys.argv[1])
serve(
    Settings(
        f"sqlite:///{directory}/central.sqlite3",
        directory,
        enrolment_codes=(EnrolmentCode("MULTI-USE", reusable=True, replaces_key=True),),
        development=True,
    ),
    port=int(sys.argv[2]),
)
"""


@contextmanager
def server(directory: Path, port: int, ends_by: signal.Signals) -> Iterator[requests.Session]:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(directory), str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        with requests.Session() as http:
            # Until the process listens, connections are refused: tried again by the library.
            http.mount("http://", HTTPAdapter(max_retries=Retry(connect=30, backoff_factor=0.05)))
            yield http
    finally:
        process.send_signal(ends_by)
        process.wait(timeout=20)


def test_killed_after_the_answer(tmp_path: Path, issuer: Issuer, card: Card) -> None:
    (tmp_path / "issuers").mkdir()
    (tmp_path / "issuers" / "ca.pem").write_bytes(issuer.pem())
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    with server(tmp_path, port, signal.SIGKILL) as http:
        terminal = Terminal(url, http).enrol()
        items = [terminal.complaint(card) for _ in range(3)]
        first = terminal.send(*items)
    with server(tmp_path, port, signal.SIGTERM) as http:
        terminal = dataclasses.replace(terminal, http=http)
        assert terminal.request_enrolment().json() == terminal.enrolment
        reply = terminal.post(*items, terminal.complaint(card)).json()
        *again, new = reply["answers"]
        assert again == [{**answer, "outcome": "duplicate"} for answer in first]
        assert new["result"]["number"].endswith("-000004")
        assert reply["head"]["statement"]["ack_seq"] == 4
        notices = http.get(f"{url}/v1/notifications", timeout=10).json()["notifications"]
        assert len(notices) == 4
