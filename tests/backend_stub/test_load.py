"""Under load: few at once, the others get a time to come; whoever runs wild is slowed down."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools

import pytest

from backend_stub import Settings
from backend_stub.ground.limits import Rate, Rates, Room, TokenBuckets
from backend_stub.ground.problems import ProblemError
from backend_stub.http.admission import Admission, NoRoom

from .cards import Card
from .conftest import Start
from .test_http import JSON
from .test_kiosks import code_of


class Stopwatch:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


async def pass_through(admission: Admission) -> None:
    async with admission.enter():
        pass


def test_some_are_decided_some_wait_and_the_others_get_times_one_after_the_other() -> None:
    async def story() -> None:
        admission = Admission(Room(at_once=1, waiting=2, patience_s=60), monotonic=Stopwatch())
        order: list[int] = []
        finish = asyncio.Event()

        async def batch(number: int) -> None:
            async with admission.enter():
                order.append(number)
                await finish.wait()

        tasks = [asyncio.create_task(batch(number)) for number in range(3)]
        await asyncio.sleep(0)
        assert (order, admission.waiting) == ([0], 2)
        times = []
        for _ in range(50):
            with pytest.raises(NoRoom) as refused:
                await batch(99)
            times.append(refused.value.retry_after_s)
        # The two that wait come first; then one after another, never two together.
        assert times[0] > 0.1
        steps = [later - earlier for earlier, later in itertools.pairwise(times)]
        assert min(steps) == pytest.approx(max(steps)) == pytest.approx(0.0625)
        finish.set()
        await asyncio.gather(*tasks)
        assert order == [0, 1, 2]

    asyncio.run(story())


def test_patience_ends() -> None:
    async def story() -> None:
        admission = Admission(Room(at_once=1, waiting=5, patience_s=0.15))
        async with admission.enter():
            with pytest.raises(NoRoom):
                async with admission.enter():
                    pytest.fail("there was no place")
            assert admission.waiting == 0
        async with admission.enter():
            pass

    asyncio.run(story())


def test_who_would_wait_too_long_is_told_at_once() -> None:
    async def story() -> None:
        # A batch takes 50 ms until more is known: the second wait is too long.
        admission = Admission(Room(at_once=1, waiting=99, patience_s=0.075), monotonic=Stopwatch())
        async with admission.enter():
            waiting = asyncio.create_task(pass_through(admission))
            await asyncio.sleep(0)
            assert admission.waiting == 1
            with pytest.raises(NoRoom):
                await pass_through(admission)
        await waiting

    asyncio.run(story())


def test_a_time_is_given_only_under_load_and_only_to_who_has_more() -> None:
    async def story() -> None:
        watch = Stopwatch()
        admission = Admission(Room(at_once=1, waiting=5, patience_s=60), monotonic=watch)
        assert admission.next_sync_in_s(50) is None

        async def batch() -> None:
            async with admission.enter():
                watch.now += 1.0

        async def under_load() -> float | None:
            async with admission.enter():
                tasks = [asyncio.create_task(batch()) for _ in range(5)]
                await asyncio.sleep(0)
                assert admission.next_sync_in_s(49) is None
                told = admission.next_sync_in_s(50)
            await asyncio.gather(*tasks)
            return told

        quick = await under_load()
        assert admission.next_sync_in_s(50) is None
        # Batches take a second each: the timetable learns the pace that is real.
        for _ in range(10):
            watch.now += 60
            slow = await under_load()
        assert quick is not None and slow is not None
        assert slow > 2 * quick

    asyncio.run(story())


def test_a_fleet_that_knocks_slows_the_first_batches_and_hardly_the_timetable() -> None:
    async def story() -> None:
        watch = Stopwatch()
        admission = Admission(Room(at_once=1, waiting=0, patience_s=60), monotonic=watch)

        async def refused() -> float:
            async with admission.enter():
                with pytest.raises(NoRoom) as no_room:
                    await pass_through(admission)
                return no_room.value.retry_after_s

        before = await refused()
        for _ in range(10):
            async with admission.enter():
                watch.now += 30  # beside a thousand that ask when to come
        watch.now += 3600
        assert before < await refused() < 1.3 * before

    asyncio.run(story())


def test_the_timetable_has_an_end() -> None:
    async def story() -> None:
        admission = Admission(Room(at_once=1, waiting=0, patience_s=0), monotonic=Stopwatch())
        async with admission.enter():
            for _ in range(22_000):
                with pytest.raises(NoRoom) as refused:
                    async with admission.enter():
                        pytest.fail("there was no place")
        assert refused.value.retry_after_s == 900

    asyncio.run(story())


def test_a_refused_batch_is_read_first_so_that_no_connection_is_reset(
    settings: Settings, start_central: Start
) -> None:
    closed = dataclasses.replace(settings, room=Room(at_once=0, waiting=0))
    central = start_central(closed)
    for size in (10, 250_000, 250_000):
        reply = central.post("/v1/batches", data=b" " * size, headers=JSON)
        assert code_of(reply) == (503, "busy")
        assert int(reply.headers["retry-after"]) >= 1
        assert "connection" not in reply.headers
    assert central.get("/v1/health").ok


def test_buckets_refill_and_forget() -> None:
    watch = Stopwatch()
    buckets = TokenBuckets(Rate(per_second=2, burst=3), watch)
    assert [buckets.wait_for("a") for _ in range(4)] == [0, 0, 0, 0.5]
    assert buckets.wait_for("b") == 0
    watch.now += 0.5
    assert [buckets.wait_for("a") for _ in range(2)] == [0, 0.5]
    watch.now += 3600
    assert [buckets.wait_for("a") for _ in range(4)] == [0, 0, 0, 0.5]
    for number in range(22_000):
        buckets.wait_for(f"other {number}")
    # Forgotten, hence full again: harmless, and memory has an end.
    assert buckets.wait_for("a") == 0
    with pytest.raises(ProblemError):
        TokenBuckets(Rate(1, 0), watch).charge("c")


def test_a_terminal_that_runs_wild_is_slowed_down_and_only_by_its_own_deeds(
    settings: Settings, start_central: Start, card: Card
) -> None:
    slow = Rates(batches=Rate(0.01, 2))
    central = start_central(dataclasses.replace(settings, rates=slow))
    terminal, other = central.terminal(), central.terminal("SLL-0001")
    item = terminal.complaint(card)
    # Somebody without its device key sends in its name: that costs it nothing.
    forged = item | {"signature": other.complaint(card)["signature"]}
    for _ in range(4):
        assert terminal.send(forged)[0]["problem"]["code"] == "bad-signature"
    assert [terminal.send(item)[0]["outcome"] for _ in range(2)] == ["accepted", "duplicate"]
    reply = terminal.post(item)
    assert code_of(reply) == (429, "too-many-requests")
    assert 90 <= int(reply.headers["retry-after"]) <= 100
    other.seq, other.head = 0, "0" * 64
    assert other.send(other.complaint(card))[0]["outcome"] == "accepted"


def test_guessing_codes_and_asking_for_challenges_have_limits(
    settings: Settings, start_central: Start
) -> None:
    slow = Rates(visits=Rate(0.01, 2), enrolments=Rate(0.01, 2))
    central = start_central(dataclasses.replace(settings, rates=slow))
    signer = central.at_terminal()
    body = {"code": "GUESSED", "device_public_key": "x", "proof": "AA"}
    reply = central.post("/v1/kiosks/MCT-0001/enrolment", json=body)
    assert code_of(reply) == (403, "enrolment-code-refused")
    reply = central.post("/v1/kiosks/MCT-0002/enrolment", json=body)
    assert code_of(reply) == (429, "too-many-requests")
    assert central.post("/v1/challenges", auth=signer).ok
    reply = central.post("/v1/sessions", json={"assertion": "x"}, auth=signer)
    assert code_of(reply)[0] == 401
    assert code_of(central.post("/v1/challenges", auth=signer)) == (429, "too-many-requests")
