"""The syncer on a line that fails: lost and broken answers, portals, silence, no way there."""

from __future__ import annotations

import socket

import pytest

from offline_queue.http import HttpIngest, Timeouts
from offline_queue.ingest import NoAnswer, Unreachable
from offline_queue.syncer import SyncState
from offline_queue.wire import BatchRequest, Outcome
from tests.hostile_peer import VICES, hostile_peer
from tests.offline_queue.http_central import Fault, Reply, Server, fixed, html, problem
from tests.offline_queue.stepped_line import Line
from tests.offline_queue.world import KIOSK, Central, submission

FAULTS_TO_OUTLIVE: dict[str, tuple[Fault, SyncState]] = {
    "fault 22, 500": (fixed(Reply(500)), SyncState.WAITING),
    "fault 24, reset": (fixed(Reply(drop=True)), SyncState.OFFLINE),
    "fault 25, portal 200": (fixed(html(200)), SyncState.OFFLINE),
    "portal that calls its page JSON": (fixed(Reply(200, b"<html>")), SyncState.OFFLINE),
    "portal that redirects": (
        fixed(Reply(302, headers={"Location": "http://127.0.0.1:9/login"})),
        SyncState.OFFLINE,
    ),
    "portal's 422": (fixed(html(422)), SyncState.OFFLINE),
    "portal's 400": (fixed(html(400)), SyncState.OFFLINE),
    "stranger's 404": (fixed(html(404)), SyncState.OFFLINE),
    "409 in progress": (fixed(problem(409)), SyncState.WAITING),
    "429 without a time": (fixed(Reply(429)), SyncState.WAITING),
    "502 of a proxy": (fixed(html(502)), SyncState.WAITING),
    "an empty 200": (fixed(Reply(200)), SyncState.OFFLINE),
    "too long": (fixed(Reply(200, b" " * (1024 * 1024 + 1))), SyncState.OFFLINE),
}


@pytest.mark.parametrize("kind", FAULTS_TO_OUTLIVE)
def test_a_fault_is_outlived_with_the_same_bytes(
    line: Line, server: Server, central: Central, kind: str
) -> None:
    fault, state = FAULTS_TO_OUTLIVE[kind]
    once = submission()
    line.outbox.enqueue(once)
    server.faults.append(fault)
    delay = line.syncer.step()
    assert delay is not None
    assert line.syncer.state is state
    assert line.outbox.status().waiting == 1
    line.drain()
    assert central.effects == [once.tx_id] == [tx for tx, _ in line.results]
    assert len(server.bodies) == 2
    assert server.bodies[0] == server.bodies[1]


def test_fault_21_a_lost_answer_becomes_a_duplicate(
    line: Line, server: Server, central: Central
) -> None:
    def takes_and_hangs_up(batch: BatchRequest, _raw: bytes) -> Reply:
        central.post_batch(batch)
        return Reply(drop=True)

    once = submission()
    line.outbox.enqueue(once)
    server.faults.append(takes_and_hangs_up)
    line.drain()
    assert central.effects == [once.tx_id]
    assert [answer.outcome for _, answer in line.results] == [Outcome.DUPLICATE]


def test_fault_22_a_500_after_the_commit_doubles_nothing(
    line: Line, server: Server, central: Central
) -> None:
    def takes_and_fails(batch: BatchRequest, _raw: bytes) -> Reply:
        central.post_batch(batch)
        return Reply(500)

    for _ in range(3):
        line.outbox.enqueue(submission())
    server.faults.append(takes_and_fails)
    line.drain()
    assert len(central.effects) == len(line.results) == 3


@pytest.mark.parametrize("keep", [0.2, 0.9, 0.999])
def test_fault_26_half_an_answer_is_none(
    line: Line, server: Server, central: Central, keep: float
) -> None:
    def breaks_off(batch: BatchRequest, _raw: bytes) -> Reply:
        body = central.post_batch(batch).answer.json()
        whole = int(len(body) * keep)
        return Reply(200, body[:whole], cut=len(body) - whole)

    line.outbox.enqueue(submission())
    server.faults.append(breaks_off)
    line.syncer.step()
    assert line.syncer.state is SyncState.OFFLINE
    line.drain()
    assert len(central.effects) == 1


def test_fault_29_names_and_ports_that_lead_nowhere() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}"
        ingest = HttpIngest(url)
        with pytest.raises(Unreachable):
            ingest.head(KIOSK)
        ingest.close()
    ingest = HttpIngest("http://no-such-host.invalid")
    with pytest.raises(Unreachable):
        ingest.head(KIOSK)
    ingest.close()


def test_fault_23_a_server_that_drips_is_left() -> None:
    with hostile_peer(VICES["drip-body"]) as peer:
        ingest = HttpIngest(f"http://{peer.address}", timeouts=Timeouts(whole_s=0.3))
        with pytest.raises(NoAnswer, match="slowly"):
            ingest.head(KIOSK)
        ingest.close()


def test_a_silent_server_is_left() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        ingest = HttpIngest(url, timeouts=Timeouts(silence_s=0.05))
        with pytest.raises(NoAnswer):
            ingest.head(KIOSK)
        ingest.close()
