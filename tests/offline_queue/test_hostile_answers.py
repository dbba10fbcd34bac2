"""Answers made to end the syncer: none does, and what was confirmed goes on when they are over."""

from __future__ import annotations

import queue
from collections.abc import Iterator

import pytest

from offline_queue.chain import ChainBroken
from offline_queue.http import ANSWER_MAX_BYTES, HttpIngest, Timeouts
from offline_queue.ingest import BatchReply, HeadReply, NoAnswer
from offline_queue.syncer import Syncer, SyncState
from offline_queue.wire import BatchRequest
from tests.offline_queue.http_central import Reply, Server
from tests.offline_queue.scene import Scene

DEEP = b"[" * 200_000
PROBLEM = {"Content-Type": "application/problem+json"}
AGES_AWAY = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
LAST_MOMENT = "Fri, 31 Dec 9999 23:59:59 GMT"


@pytest.fixture
def server(scene: Scene) -> Iterator[Server]:
    running = Server(scene.central)
    yield running
    running.close()


@pytest.fixture
def ingest(server: Server) -> Iterator[HttpIngest]:
    made = HttpIngest(server.url, timeouts=Timeouts(connect_s=2, silence_s=2))
    yield made
    made.close()


@pytest.mark.parametrize(
    "reply",
    [
        # A page's address in the bytes of an old Arabic code page.
        Reply(302, headers={"Location": "http://portal.example/\xd5\xed\xc7\xe4\xc9"}),
        Reply(302, headers={"Location": "http://[::1/"}),
        Reply(307, headers={"Location": "http://portal.example:99999999/"}),
        Reply(503, headers={"Retry-After": AGES_AWAY}),
        Reply(400, b'{"title":"a","status":400,"code":"x","more":' + DEEP, PROBLEM),
        Reply(200, DEEP),
        Reply(200, b'{"answers":' + DEEP),
    ],
    ids=["address", "bracket", "port", "ages", "deep-problem", "deep", "deep-answers"],
)
def test_whatever_answers_is_a_typed_error(
    scene: Scene, server: Server, ingest: HttpIngest, reply: Reply
) -> None:
    scene.keep(3)
    syncer = scene.syncer(ingest)
    server.always = lambda _batch, _raw: reply
    syncer.step()
    assert syncer.state in (SyncState.OFFLINE, SyncState.WAITING)
    scene.assert_nothing_lost()
    server.always = None
    scene.drain(syncer)
    scene.assert_exactly_once()


def test_the_page_behind_a_redirect_is_not_read_to_its_end(
    scene: Scene, server: Server, ingest: HttpIngest
) -> None:
    page = Reply(302, b"x" * (2 * ANSWER_MAX_BYTES), {"Location": "/welcome"})
    server.always = lambda _batch, _raw: page
    scene.keep()
    batch = scene.outbox.take_batch(0.0)
    assert batch is not None
    with pytest.raises(NoAnswer, match="too long"):
        ingest.post_batch(batch)


@pytest.mark.parametrize("date", [AGES_AWAY, LAST_MOMENT])
def test_a_date_that_no_calendar_has_is_no_date(
    scene: Scene,
    server: Server,
    ingest: HttpIngest,
    date: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(server.http.RequestHandlerClass, "date_time_string", lambda *_: date)
    syncer = scene.syncer(ingest)
    for _ in range(2):
        scene.keep()
        scene.clock.advance(3600)
        scene.drain(syncer)
    scene.assert_exactly_once()
    assert scene.outbox.status().clock_skew_s is None


def test_an_answer_to_another_terminal_freezes_nothing(
    scene: Scene, server: Server, ingest: HttpIngest
) -> None:
    """A proxy mixes up answers: genuine, and not for us."""
    scene.keep()
    scene.drain()
    other = scene.central.signed_head("MCT-002")
    with pytest.raises(ChainBroken):
        scene.outbox.check_head(other)

    def mixed_up(batch: BatchRequest, _raw: bytes) -> Reply:
        answer = scene.central.post_batch(batch).answer
        return Reply(200, answer.changed(head=other).json())

    scene.keep(2)
    server.faults.append(mixed_up)
    syncer = scene.syncer(ingest)
    scene.clock.advance(syncer.step() or 0)
    assert (syncer.pause_reason, scene.outbox.status().unavailable) == ("chain", None)
    scene.drain(syncer)
    scene.assert_exactly_once()


def test_the_thread_outlives_a_failure_of_ours(scene: Scene) -> None:
    class Failing:
        """Fails once in a way that nobody foresaw."""

        failed = False

        def head(self, kiosk: str) -> HeadReply:
            return scene.central.head(kiosk)

        def post_batch(self, batch: BatchRequest) -> BatchReply:
            if not self.failed:
                self.failed = True
                raise KeyError("nobody foresaw this")
            return scene.central.post_batch(batch)

        attachment_status = put_attachment = None

    states: queue.Queue[SyncState] = queue.Queue()
    syncer = Syncer(scene.outbox, Failing(), clock=scene.clock, on_state=states.put)  # type: ignore[arg-type] - no attachments here
    scene.keep()
    syncer.start()
    while states.get(timeout=10) is not SyncState.PAUSED:
        pass
    assert syncer.pause_reason == "failed"
    syncer.network_returned()
    scene.clock.advance(2)
    syncer.wake()
    while states.get(timeout=10) is not SyncState.IDLE:
        pass
    assert syncer.stop()
    scene.assert_exactly_once()
