"""The bus: order, places to go on from, and nobody who waits for a slow reader."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Coroutine
from typing import Any, TypeVar

from miseban.hub.bus import Bus, Missed, Subscription, Told
from miseban.vocabulary.events import Event, HelpNeeded, PlainEvent, QueueState, plain
from tests.hub.shopfront import Making

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 20))


async def read(reader: Subscription[Any], n: int) -> list[Any]:
    return [await reader.next() for _ in range(n)]


def test_events_come_in_order_from_another_thread() -> None:
    make = Making()
    events = [make.queue(i, i % 7) for i in range(500)]

    async def work() -> list[Any]:
        bus = Bus()
        with bus.subscribe() as reader:

            def publish() -> None:
                for i in range(0, 500, 9):
                    bus.publish(events[i : i + 9])

            thread = threading.Thread(target=publish)
            thread.start()
            found = await read(reader, 500)
            thread.join()
        return found

    found = run(work())
    assert [told.event for told in found] == events
    assert len({told.place for told in found}) == 500


def test_a_slow_reader_is_told_once_and_others_notice_nothing() -> None:
    make = Making()
    events = [make.queue(i, 1) for i in range(100)]

    async def work() -> None:
        bus = Bus()
        slow, quick = bus.subscribe(most=10), bus.subscribe(most=1000)
        bus.publish(events[:60])
        bus.publish(events[60:90])
        missed = await slow.next()
        assert isinstance(missed, Missed)
        assert missed.place == bus.place  # a snapshot taken now has all of it
        bus.publish(events[90:])
        assert [t.event for t in await read(slow, 10)] == events[90:]
        assert [t.event for t in await read(quick, 100)] == events

    run(work())


def test_publishing_waits_for_nobody() -> None:
    make = Making()
    events = [make.queue(i, 1) for i in range(200)]

    async def work() -> float:
        bus = Bus()
        readers = [bus.subscribe(most=50) for _ in range(50)]
        begin = time.process_time()
        for _ in range(10):
            bus.publish(events)  # this very loop does not run meanwhile
        took = time.process_time() - begin
        for reader in readers:
            assert isinstance(await reader.next(), Missed)
        return took

    assert run(work()) < 2.0  # 100,000 hand-overs


def test_who_comes_back_goes_on_where_it_was() -> None:
    make = Making()
    events = [make.queue(i, 1) for i in range(30)]

    async def work() -> None:
        bus = Bus(remembered=20)
        with bus.subscribe() as reader:
            bus.publish(events[:15])
            seen = (await read(reader, 12))[-1]
        bus.publish(events[15:25])
        with bus.subscribe(after=seen.place) as reader:
            assert [t.event for t in await read(reader, 13)] == events[12:25]
        bus.publish(events[25:])
        for lost in (f"{seen.place[:8]}-2", Bus().place, "", "x", f"{seen.place[:8]}-99"):
            with bus.subscribe(after=lost) as reader:
                assert await reader.next() == Missed(bus.place)

    run(work())


def test_nothing_is_missed_by_whoever_has_seen_all() -> None:
    async def work() -> None:
        bus = Bus()
        make = Making()
        with bus.subscribe(after=bus.place) as reader:
            bus.publish([event := make.queue(0, 3)])
            told = await reader.next()
            assert isinstance(told, Told)
            assert told.event == event

    run(work())


def test_calls_for_help_reach_only_those_who_ask_for_them() -> None:
    make = Making()
    call, queue = make.help(1, "h1"), make.queue(2, 1)
    given: list[Event] = [call, make.helped(3, "h1"), queue]

    async def work() -> None:
        bus = Bus()
        everybody, staff = bus.subscribe(), bus.subscribe_with_help()
        bus.publish(given)
        first = await everybody.next()
        assert isinstance(first, Told)
        assert first.event == queue
        assert [t.event for t in await read(staff, 3)] == given

    run(work())
    assert plain(given) == [queue]


def shows_content(event: PlainEvent) -> None:
    """Stands for signage, coupons and whatever else leaves the hub."""


def test_a_call_for_help_is_no_event_for_content() -> None:
    """What mypy checks here: without the error it would complain about the comment."""
    make = Making()
    queue: QueueState = make.queue(0, 1)
    call: HelpNeeded = make.help(0, "h1")
    any_event: Event = call
    shows_content(queue)
    shows_content(call)  # type: ignore[arg-type]
    shows_content(any_event)  # type: ignore[arg-type]


def test_a_closed_reader_ends_and_is_forgotten() -> None:
    async def work() -> None:
        bus = Bus()
        reader = bus.subscribe()
        waiting = asyncio.create_task(reader.next())
        await asyncio.sleep(0)
        reader.close()
        assert await waiting is None
        bus.publish([Making().queue(0, 1)])
        assert [one async for one in reader] == []

    run(work())


def test_a_reader_whose_loop_has_ended_does_no_harm() -> None:
    bus = Bus()

    async def join() -> None:
        bus.subscribe()

    asyncio.run(join())
    bus.publish([Making().queue(0, 1)])
    assert bus._readers == []
