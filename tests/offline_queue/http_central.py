"""The central API in memory behind a real HTTP server that misbehaves on demand."""

from __future__ import annotations

import gzip
import http.server
import json
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from offline_queue.chain import b64url_decode
from offline_queue.ingest import AttachmentRefused
from offline_queue.wire import (
    ATTACHMENT_RANGE_MAX_BYTES,
    TICKET_HEADER,
    AttachmentStatus,
    BatchRequest,
    SignedTicket,
)
from tests.offline_queue.world import KIOSK, Central


@dataclass
class Reply:
    """One answer of the server, as bytes on the wire."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int = 0
    """How many bytes of the body are promised and never sent."""
    drop: bool = False
    """Close the connection without a word."""


Fault = Callable[[BatchRequest, bytes], Reply]


def problem(status: int, code: str = "unreadable") -> Reply:
    body = json.dumps({"title": "not readable", "status": status, "code": code}).encode()
    return Reply(status, body, {"Content-Type": "application/problem+json"})


def html(status: int) -> Reply:
    return Reply(status, b"<html>Welcome to our lounge</html>", {"Content-Type": "text/html"})


def fixed(reply: Reply) -> Fault:
    return lambda _batch, _raw: reply


class Server:
    """A central API behind a real socket; ``faults`` answer the next batches in its place."""

    def __init__(self, central: Central) -> None:
        self.central = central
        self.faults: deque[Fault] = deque()
        self.always: Fault | None = None
        self.upload_faults: deque[Reply] = deque()
        self.first_slot: str | None = None
        self.uploads = 0
        self.connections = 0
        self.batches: list[list[int]] = []
        self.bodies: list[bytes] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def setup(self) -> None:
                server.connections += 1
                super().setup()

            def do_PUT(self) -> None:
                data = self.rfile.read(int(self.headers["Content-Length"]))
                span, _, size = self.headers["Content-Range"].removeprefix("bytes ").partition("/")
                first, _, last = span.partition("-")
                assert int(last) - int(first) + 1 == len(data) <= ATTACHMENT_RANGE_MAX_BYTES
                assert int(size) == self.ticket().ticket.size
                self.attachment(
                    lambda: server.central.put_attachment(self.ticket(), int(first), data)
                )

            def ticket(self) -> SignedTicket:
                return SignedTicket.parse_json(b64url_decode(self.headers[TICKET_HEADER]))

            def attachment(self, act: Callable[[], AttachmentStatus]) -> None:
                server.uploads += 1
                fault = server.upload_faults.popleft() if server.upload_faults else None
                if fault is not None:
                    self.answer(fault)
                    return
                try:
                    self.answer(Reply(body=act().json()))
                except AttachmentRefused as refusal:
                    self.answer(Reply(refusal.status))

            def do_GET(self) -> None:
                if self.path.startswith("/v1/attachments/"):
                    self.attachment(lambda: server.central.attachment_status(self.ticket()))
                    return
                assert self.path == f"/v1/kiosks/{KIOSK}/head"
                body = server.central.signed_head(KIOSK).json()
                slot = {} if server.first_slot is None else {"Retry-After": server.first_slot}
                self.answer(Reply(body=body, headers=slot))

            def do_POST(self) -> None:
                assert self.path == "/v1/batches"
                assert self.headers["Content-Encoding"] == "gzip"
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                server.bodies.append(raw)
                batch = BatchRequest.parse_json(gzip.decompress(raw))
                server.batches.append([item.record.seq for item in batch.items])
                fault = server.faults.popleft() if server.faults else server.always
                good = Reply()
                if fault is None:
                    good.body = server.central.post_batch(batch).answer.json()
                self.answer(good if fault is None else fault(batch, raw))

            def answer(self, reply: Reply) -> None:
                if reply.drop:
                    self.close_connection = True
                    return
                self.send_response(reply.status)
                headers = {"Content-Type": "application/json"} | reply.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(reply.body) + reply.cut))
                self.end_headers()
                self.wfile.write(reply.body)
                self.close_connection = self.close_connection or reply.cut > 0

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        self.thread = threading.Thread(
            target=self.http.serve_forever, kwargs={"poll_interval": 0.01}
        )
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.http.server_close()
        self.thread.join()
