"""Who the terminal talks to: certificates that are expired, of a stranger, or right."""

from __future__ import annotations

import datetime as dt
import http.server
import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from offline_queue.http import HttpIngest
from offline_queue.ingest import NoAnswer, Refused
from tests.offline_queue.world import KIOSK, Central

Serve = Callable[[dt.timedelta], tuple[str, Path]]


def certificate(folder: Path, lifetime: dt.timedelta) -> Path:
    """Write a self-signed certificate for 127.0.0.1, with its key, that began a year ago."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "central")])
    begin = dt.datetime.now(dt.UTC) - dt.timedelta(days=365)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + lifetime)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "server.pem"
    file.write_bytes(
        built.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers with the head of an empty chain."""

    head = Central().signed_head(KIOSK).json()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(self.head)

    def log_message(self, format: str, *args: object) -> None:
        pass


class QuietServer(http.server.HTTPServer):
    """Does not report the handshakes that are meant to fail."""

    def handle_error(self, request: object, client_address: object) -> None:
        pass


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    running: list[tuple[QuietServer, threading.Thread]] = []

    def start(lifetime: dt.timedelta) -> tuple[str, Path]:
        file = certificate(tmp_path, lifetime)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server = QuietServer(("127.0.0.1", 0), Handler)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        running.append((server, thread))
        return f"https://127.0.0.1:{server.server_port}", file

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


def test_the_right_certificate_is_let_in(serve: Serve) -> None:
    url, ca = serve(dt.timedelta(days=400))
    ingest = HttpIngest(url, ca_file=str(ca))
    assert ingest.head(KIOSK).head.statement.ack_seq == 0
    ingest.close()


def test_fault_27_an_expired_certificate_is_refused(serve: Serve) -> None:
    url, ca = serve(dt.timedelta(days=300))
    ingest = HttpIngest(url, ca_file=str(ca))
    with pytest.raises(Refused) as caught:
        ingest.head(KIOSK)
    assert caught.value.reason == "tls"
    ingest.close()


def test_fault_28_a_strangers_certificate_is_refused(serve: Serve) -> None:
    url, _ = serve(dt.timedelta(days=400))
    ingest = HttpIngest(url)
    with pytest.raises(Refused) as caught:
        ingest.head(KIOSK)
    assert caught.value.reason == "tls"
    ingest.close()


def test_a_line_that_breaks_in_the_handshake_is_no_refusal() -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def hang_up() -> None:
            connection, _ = listening.accept()
            connection.recv(10_000)
            connection.close()

        thread = threading.Thread(target=hang_up)
        thread.start()
        ingest = HttpIngest(f"https://127.0.0.1:{listening.getsockname()[1]}")
        with pytest.raises(NoAnswer):
            ingest.head(KIOSK)
        thread.join()
        ingest.close()
