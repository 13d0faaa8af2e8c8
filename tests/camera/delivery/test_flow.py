"""The flow of batches over a way that loses, and to a hub that forgets or is full."""

from __future__ import annotations

import random
from collections import deque
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.camera.delivery.flow import Flow, FlowSettings
from miseban.camera.delivery.outbox import Outbox
from miseban.vocabulary.delivery import Ack, Batch
from tests.camera.delivery.made import Keeping, event, events


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "door.sqlite", "door")


def answer(flow: Flow, hub: Keeping, batch: Batch, now_s: float) -> None:
    for ack in hub.accept([batch]):
        flow.answered(ack, now_s)


def test_it_asks_first_and_then_sends_at_once(outbox: Outbox) -> None:
    outbox.add(events(1, 10))
    flow, hub = Flow(outbox), Keeping()
    ask = flow.next(0.0)
    assert ask is not None
    assert not ask.lines
    assert flow.next(0.5) is None, "nothing is sent before the hub has said where it is"
    assert flow.wait_s(0.5) == pytest.approx(0.5)
    answer(flow, hub, ask, 0.6)
    batch = flow.next(0.6)
    assert batch is not None
    assert len(batch.lines) == 10
    answer(flow, hub, batch, 0.7)
    assert outbox.waiting == 0
    assert flow.wait_s(0.7) == float("inf")
    outbox.add([event(11)])
    assert flow.next(0.71) is not None, "an event that comes alone does not wait"
    outbox.add([event(12)])
    assert flow.next(0.72) is None, "those that follow closely go together"
    assert flow.wait_s(0.72) == pytest.approx(0.09)
    assert flow.next(0.82) is not None


def test_a_silent_hub_is_asked_less_and_less_and_sent_nothing(outbox: Outbox) -> None:
    outbox.add(events(1, 2000))
    flow, hub = Flow(outbox), Keeping()
    asked, now_s = [], 0.0
    while now_s < 60:
        batch = flow.next(now_s)
        if batch is not None:
            assert not batch.lines
            asked.append(now_s)
        now_s += 0.25
    gaps = [b - a for a, b in pairwise(asked)]
    assert gaps[:3] == [1, 2, 2.5]
    assert max(gaps) == 2.5
    answer(flow, hub, outbox.batch(0, 0), now_s)
    sent = 0
    while (batch := flow.next(now_s)) is not None:
        sent += len(batch.lines)
    assert sent == 2000


def test_a_batch_that_got_lost_is_sent_again_once(outbox: Outbox) -> None:
    outbox.add(events(1, 3000))
    flow, hub = Flow(outbox), Keeping()
    flow.answered(hub.accept([outbox.batch(0, 0)])[0], 0.0)
    batches = []
    while (batch := flow.next(0.0)) is not None:
        batches.append(batch)
    assert [b.head.first for b in batches] == [1, 501, 1001, 1501, 2001, 2501]
    for batch in batches[:1] + batches[2:]:  # the second is lost on its way
        answer(flow, hub, batch, 0.1)
    again = []
    while (batch := flow.next(0.1)) is not None:
        again.append(batch)
    assert [b.head.first for b in again] == [501, 1001, 1501, 2001, 2501]
    for batch in again:
        answer(flow, hub, batch, 0.2)
    assert hub.all == events(1, 3000)
    assert outbox.waiting == 0


def test_when_the_last_batch_got_lost_it_asks_before_it_sends_again(outbox: Outbox) -> None:
    flow, hub = Flow(outbox), Keeping()
    flow.answered(hub.accept([outbox.batch(0, 0)])[0], 0.0)
    outbox.add(events(1, 5))
    assert flow.next(0.0) is not None
    assert flow.next(0.9) is None
    ask = flow.next(1.0)
    assert ask is not None
    assert not ask.lines
    answer(flow, hub, ask, 1.1)
    again = flow.next(1.1)
    assert again is not None
    assert len(again.lines) == 5


def test_a_full_hub_is_left_alone_and_loses_nothing(outbox: Outbox) -> None:
    outbox.add(events(1, 1500))
    flow, hub = Flow(outbox), Keeping(holds=700)
    now_s, sent, told_full = 0.0, 0, 0
    while now_s < 30:
        while (batch := flow.next(now_s)) is not None:
            sent += len(batch.lines)
            answer(flow, hub, batch, now_s)
        told_full += flow.full
        now_s += 0.1
    assert told_full
    assert hub.all == events(1, 700)
    assert outbox.waiting == 800
    assert sent < 15_000, "it is not asked again and again with all there is"
    hub.holds = 10_000
    while now_s < 60:
        while (batch := flow.next(now_s)) is not None:
            answer(flow, hub, batch, now_s)
        now_s += 0.1
    assert hub.all == events(1, 1500)


def test_a_hub_that_lost_its_state_gets_what_is_still_here(outbox: Outbox) -> None:
    outbox.add(events(1, 20))
    flow, hub = Flow(outbox), Keeping()
    answer(flow, hub, outbox.batch(0, 0), 0.0)
    batch = flow.next(0.0)
    assert batch is not None
    answer(flow, hub, batch, 0.0)
    assert outbox.waiting == 0
    new = Keeping()
    outbox.add(events(21, 25))
    flow.restart()
    for _ in range(3):
        batch = flow.next(1.0)
        if batch is not None:
            answer(flow, new, batch, 1.0)
    assert new.all == events(21, 25)
    assert new.gone == 20, "it is told that what came before is gone"


def test_a_hub_that_knows_more_than_we_gets_a_new_stream(outbox: Outbox) -> None:
    outbox.add(events(1, 20))
    flow, hub = Flow(outbox), Keeping()
    hub.upto[outbox.stream] = 1000
    before = outbox.stream
    for step in range(5):
        batch = flow.next(float(step))
        if batch is not None:
            answer(flow, hub, batch, float(step))
    assert outbox.stream != before
    assert hub.kept[outbox.stream] == events(1, 20)


def test_answers_to_others_are_none_of_ours(outbox: Outbox) -> None:
    outbox.add(events(1, 20))
    flow = Flow(outbox)
    flow.answered(Ack(stream="f" * 16, upto=20), 0.0)
    assert outbox.waiting == 20
    assert not flow.known


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32), loss=st.floats(0, 0.4), window=st.integers(1, 8))
def test_whatever_is_lost_on_the_way_all_arrives_once_and_in_order(
    tmp_path_factory: pytest.TempPathFactory, seed: int, loss: float, window: int
) -> None:
    """The way keeps its order and loses what it likes, both ways; connections break; the hub
    restarts; the outbox is closed and opened again."""
    chance = random.Random(seed)
    file = tmp_path_factory.mktemp("flow") / "door.sqlite"
    outbox, hub = Outbox(file, "door"), Keeping()
    flow_settings = FlowSettings(batch_events=7, window=window)
    flow = Flow(outbox, flow_settings)
    out: deque[Batch] = deque()
    back: deque[Ack] = deque()
    now_s, added, calm_s = 0.0, 0, 60.0
    while now_s < 200:
        now_s += 0.05
        rough = now_s < calm_s
        if rough and added < 300 and chance.random() < 0.3:
            many = chance.randint(1, 20)
            outbox.add(events(added + 1, added + many))
            added += many
        batch = flow.next(now_s)
        if batch is not None and not (rough and chance.random() < loss):
            out.append(batch)
        if out and chance.random() < 0.7:
            (ack,) = hub.accept([out.popleft()])
            if not (rough and chance.random() < loss):
                back.append(ack)
        if back and chance.random() < 0.7:
            flow.answered(back.popleft(), now_s)
        if rough and chance.random() < 0.01:
            out.clear()
            back.clear()
            flow.restart()
        if rough and chance.random() < 0.005:
            out.clear()
            back.clear()
            outbox.close()
            outbox = Outbox(file, "door")
            flow = Flow(outbox, flow_settings)
        if not rough and not outbox.waiting:
            break
    assert outbox.waiting == 0
    assert hub.all == events(1, added)
    outbox.close()
