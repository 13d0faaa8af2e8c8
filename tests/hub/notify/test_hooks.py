"""Webhooks: signed, in order, once the receiver is back, and given up in the end."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Coroutine, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from sqlalchemy import Engine

from miseban.hub.bus import Bus
from miseban.hub.notify import hooks as hooks_module
from miseban.hub.notify.hooks import TYPES, Hooks
from miseban.hub.notify.outgoing import Outgoing, networks
from miseban.hub.notify.signing import headers, new_secret
from miseban.hub.notify.webhooks import Webhooks
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import PlainEvent
from tests.hub.notify.receivers import LOOPBACK, Receiver, http_receiver, verify
from tests.hub.shopfront import START, ListJournal, Making

T = TypeVar("T")
DAY = timedelta(days=1)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(work, 30))


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def sender(hooks: Hooks, clock: Clock) -> Webhooks:
    out = Outgoing(local=False, allowed=networks(LOOPBACK, "x"), insecure=True)
    return Webhooks(hooks, out, clock, every_s=0.05)


def lengths(receiver: Receiver) -> list[int]:
    return [json.loads(one.body)["data"]["length"] for one in receiver.received]


def queues(make: Making, count: int, start: int = 0) -> list[PlainEvent]:
    return [make.queue(start + i, start + i) for i in range(count)]


def test_the_example_of_standard_webhooks() -> None:
    """The one that its specification and its libraries have in their tests."""
    body = b'{"test": 2432232314}'
    key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    told = headers("msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body, [key])
    assert told["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_signature_holds_for_one_message_one_secret_and_a_while() -> None:
    key, other = new_secret(), new_secret()
    told = headers("m1", 1000, b"body", [other, key])
    for right in (key, other):
        assert verify(told, b"body", right, 1200.0) == "m1"
    for found, body, secret, now_s in (
        (told, b"bodY", key, 1000.0),
        (told, b"body", new_secret(), 1000.0),
        (told, b"body", key, 1400.0),
        ({**told, "webhook-id": "m2"}, b"body", key, 1000.0),
        ({**told, "webhook-timestamp": "1001"}, b"body", key, 1000.0),
        ({}, b"body", key, 1000.0),
    ):
        with pytest.raises(ValueError, match="expected"):
            verify(found, body, secret, now_s)


def test_events_come_signed_in_order_and_once(engine: Engine) -> None:
    make, clock, hooks = Making(), Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver:
        _, secret = hooks.add(receiver.url, ["queue.state"], START)
        events = [*queues(make, 120), make.crossed(5, "in", "v")]

        async def work() -> None:
            hooks.put(events, START)
            hooks.put(events, START)
            webhooks = sender(hooks, clock)
            while await webhooks.send_due():
                pass

        run(work())
        assert lengths(receiver) == list(range(120))
        first = receiver.received[0]
        event = events[0]
        assert verify(first.headers, first.body, secret, START.timestamp()) == event.id
        assert json.loads(first.body) == {
            "type": "queue.state",
            "timestamp": event.model_dump(mode="json")["time"],
            "data": event.model_dump(mode="json"),
        }
    assert hooks.all()[0].waiting == 0


def test_what_was_not_taken_comes_again_and_holds_up_the_rest(engine: Engine) -> None:
    make, clock, hooks = Making(), Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver, http_receiver() as other:
        hooks.add(receiver.url, ["queue.state"], START)
        hooks.add(other.url, ["queue.state"], START + timedelta(seconds=1))
        answers: Iterator[int | tuple[int, dict[str, str]]] = iter(
            [201, 500, (503, {"Retry-After": "100"}), 201, 201]
        )
        receiver.answer = lambda _: next(answers)

        async def work() -> None:
            hooks.put(queues(make, 3), START)
            webhooks = sender(hooks, clock)
            assert await webhooks.send_due() == 1 + 3
            assert await webhooks.send_due() == 0
            clock.now += timedelta(seconds=5)
            assert await webhooks.send_due() == 0
            clock.now += timedelta(seconds=99)
            assert await webhooks.send_due() == 0, "it asked for a hundred seconds"
            clock.now += timedelta(seconds=1)
            assert await webhooks.send_due() == 2

        run(work())
        assert lengths(receiver) == [0, 1, 1, 1, 2]
        assert len({one.headers["webhook-id"] for one in receiver.received}) == 3
        assert lengths(other) == [0, 1, 2]


def test_why_a_message_was_not_taken_is_logged_once(
    engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    make, clock, hooks = Making(), Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver:
        hooks.add(receiver.url, ["queue.state"], START)
        receiver.answer = lambda _: 418

        async def work() -> None:
            hooks.put(queues(make, 1), START)
            webhooks = sender(hooks, clock)
            assert await webhooks.send_due() == 0
            clock.now += timedelta(seconds=5)
            assert await webhooks.send_due() == 0
            # Nothing says that the hub's own machine may be called.
            hooks.add("http://127.0.0.1:9/in", ["queue.state"], clock.now)
            hooks.put(queues(make, 1), clock.now)
            closed = Webhooks(hooks, Outgoing(local=True, insecure=True), clock)
            assert await closed.send_due() == 0

        run(work())
    said = [record.getMessage().partition(": ")[2] for record in caplog.records]
    assert said == [
        "its receiver did not take a message: it answered 418",
        "its receiver did not take a message: expected an address outside of this machine "
        "(allow in notify.toml excepts)",
    ]


def test_a_receiver_that_is_gone_is_given_up_and_can_be_revived(engine: Engine) -> None:
    make, clock, hooks = Making(), Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver:
        hook, _ = hooks.add(receiver.url, ["queue.state"], START)
        receiver.answer = lambda _: 500

        async def work(seconds: float) -> None:
            webhooks = sender(hooks, clock)
            end = clock.now + timedelta(seconds=seconds)
            while clock.now < end:
                await webhooks.send_due()
                clock.now += timedelta(hours=5)

        hooks.put(queues(make, 2), START)
        run(work(4 * 86_400))
        found = hooks.all()[0]
        assert found.failing_since == START
        assert found.dead_at is None
        run(work(2 * 86_400))
        dead = hooks.all()[0].dead_at
        assert dead is not None
        assert dead - START >= 5 * DAY
        tries = len(receiver.received)
        run(work(86_400))
        assert len(receiver.received) == tries
        assert hooks.put(queues(make, 1, 9), clock.now) == 0
        assert hooks.revive(hook.id).dead_at is None
        receiver.answer = lambda _: 200
        run(work(86_400))
        assert lengths(receiver)[tries:] == [0, 1]


def test_a_receiver_that_says_gone_is_asked_no_more(engine: Engine) -> None:
    clock, hooks = Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver:
        hooks.add(receiver.url, ["queue.state"], START)
        receiver.answer = lambda _: 410
        hooks.put(queues(Making(), 1), START)
        run(sender(hooks, clock).send_due())
        assert hooks.all()[0].dead_at == START


def test_for_a_day_both_secrets_are_right(engine: Engine) -> None:
    make, clock, hooks = Making(), Clock(), Hooks(engine, insecure=True)
    with http_receiver() as receiver:
        hook, old = hooks.add(receiver.url, ["queue.state"], START)
        new = hooks.rotate(hook.id, START)
        for day, good, bad in ((0, (old, new), ()), (2, (new,), (old,))):
            clock.now = START + day * DAY
            hooks.put(queues(make, 1, day), clock.now)
            run(sender(hooks, clock).send_due())
            one, now_s = receiver.received[-1], clock.now.timestamp()
            for secret in good:
                verify(one.headers, one.body, secret, now_s)
            for secret in bad:
                with pytest.raises(ValueError, match="this secret"):
                    verify(one.headers, one.body, secret, now_s)


def test_too_many_that_wait_are_dropped_and_counted(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks_module, "MOST_WAITING", 10)
    hooks, clock = Hooks(engine, insecure=True), Clock()
    with http_receiver() as receiver:
        hooks.add(receiver.url, ["queue.state"], START)
        hooks.put(queues(Making(), 25), START)
        assert (hooks.all()[0].waiting, hooks.all()[0].lost) == (10, 15)
        run(sender(hooks, clock).send_due())
        assert lengths(receiver) == list(range(15, 25))


def test_nothing_about_help_or_staff_can_be_asked_for(engine: Engine) -> None:
    hooks = Hooks(engine)
    assert not {"help.needed", "help.ended", "help.step", "alert.answered"} & TYPES
    for types in (["help.needed"], ["alert.answered", "alert.step"], [], ["nothing"]):
        with pytest.raises(BadInput) as caught:
            hooks.add("https://hooks.example/", types, START)
        assert caught.value.code == "types"
    for url in ("http://hooks.example/", "https://a:b@hooks.example/"):
        with pytest.raises(BadInput):
            hooks.add(url, ["alert.step"], START)
    for act in (hooks.remove, hooks.revive):
        with pytest.raises(BadInput) as caught:
            act("nobody")
        assert caught.value.code == "webhook"
    assert hooks.all() == []


def test_what_came_while_the_hub_was_down_is_sent_and_nothing_twice(engine: Engine) -> None:
    """As the hub runs: from the bus through the queue to the receiver, and after a restart."""
    make, clock, hooks, journal = Making(), Clock(), Hooks(engine, insecure=True), ListJournal()
    with http_receiver() as receiver:
        hook, _ = hooks.add(receiver.url, ["queue.state"], START)

        async def life(events: Sequence[PlainEvent], until: int) -> None:
            bus = Bus()
            journal.listeners = [bus.publish]
            task = asyncio.create_task(sender(hooks, clock).run(bus, journal))
            await asyncio.sleep(0.1)
            journal.append(events)
            async with asyncio.timeout(10):
                while len(receiver.received) < until:
                    await asyncio.sleep(0.01)
            await asyncio.sleep(0.1)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

        clock.now = START + timedelta(seconds=60)
        run(life(queues(make, 5), 5))
        journal.listeners = []
        journal.append(queues(make, 5, 5))
        run(life(queues(make, 5, 10), 15))
        assert sorted(lengths(receiver)) == list(range(15))
        hooks.remove(hook.id)
        assert hooks.all() == []


def test_each_webhook_catches_up_with_what_itself_has_missed(engine: Engine) -> None:
    make, clock, hooks, journal = Making(), Clock(), Hooks(engine, insecure=True), ListJournal()
    with http_receiver() as idle, http_receiver() as busy, http_receiver() as new:
        hooks.add(idle.url, ["line.crossed"], START)
        hooks.add(busy.url, ["queue.state"], START)
        events = [make.queue(600 * i, i) for i in range(24)]  # of four hours
        clock.now = START + timedelta(hours=4)
        hooks.put(events[:22], clock.now)
        journal.append([*events, make.crossed(14_000, "in", "v")])

        async def send(webhooks: Webhooks) -> None:
            while await webhooks.send_due():
                pass

        run(send(sender(hooks, clock)))
        hooks.put(events[21:22], clock.now)  # forgets what was sent long ago
        hooks.put([events[22]], clock.now)
        hooks.add(new.url, ["queue.state"], clock.now)

        async def restart() -> None:
            webhooks = sender(hooks, clock)
            feeding = asyncio.create_task(webhooks.feed(Bus(), journal))
            end_s = time.monotonic() + 20
            while len(lengths(busy)) < len(events) and time.monotonic() < end_s:
                await asyncio.sleep(0.05)
                await send(webhooks)
            await asyncio.sleep(0.3)  # in which those after it might be told too much
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await send(webhooks)

        run(restart())
        assert lengths(busy) == list(range(24)), "nothing twice, and what it had missed"
        assert len(idle.received) == 1
        assert new.received == [], "it was made later"
