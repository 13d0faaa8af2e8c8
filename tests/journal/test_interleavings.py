"""Whatever happens in whatever order: every event that was sent is there once, in order."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from miseban.journal.journal import Journal
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import EVENT_CLASSES, Event
from tests.journal.power import PowerCut, SimulatedDisk
from tests.journal.shop import NOON, SHOP, Maker, Outbox, in_segments, stored

SOON = st.integers(1, 40)
CAMERAS = st.integers(0, 1)


class Shop(RuleBasedStateMachine):
    """Two cameras, a till at the hub, a disk that fills up and loses power."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.folder = Path(self.place.name) / "shop" / "journal"
        self.maker = Maker(1)

    @initialize(seed=st.integers(0, 2**16))
    def begin(self, seed: int) -> None:
        self.folder.mkdir(parents=True)
        self.disk = SimulatedDisk(self.folder.parent, seed)
        self.outboxes = [Outbox("door", "a" * 16), Outbox("till", "b" * 16)]
        self.sent: dict[str, Event] = {}
        self.kept: set[str] = set()
        self.heard: list[str] = []
        self.forgotten = NOON - timedelta(days=999)
        self.journal = self.open()

    def open(self) -> Journal:
        journal = Journal.open(self.folder, shop=SHOP, rollups=None, disk=self.disk, reserve=0)
        journal.subscribe(lambda told: self.heard.extend(event.id for event in told))
        return journal

    def happen(self, camera: int, n: int, days: int) -> None:
        events = self.maker.some(n, NOON - timedelta(days=days))
        self.sent |= {event.id: event for event in events}
        self.outboxes[camera].put(events)

    @rule(camera=CAMERAS, n=st.integers(1, 4), days=st.sampled_from([0, 0, 0, 1, 3]))
    def events_come(self, camera: int, n: int, days: int) -> None:
        self.happen(camera, n, days)

    @rule(most=st.integers(1, 5), heard=st.booleans())
    def cameras_send(self, most: int, heard: bool) -> None:
        """``heard``: whether the acknowledgement arrives."""
        asked = [outbox for outbox in self.outboxes if outbox.events]
        acks = self.journal.accept([outbox.batch(most) for outbox in asked])
        for outbox, ack in zip(asked, acks, strict=True):
            self.kept |= {event.id for n, event in outbox.events.items() if n <= ack.upto}
            if heard:
                outbox.heard(ack)

    @rule(camera=CAMERAS)
    def a_disk_is_copied_into_another_camera(self, camera: int) -> None:
        copy = Outbox(self.outboxes[camera].source, f"{len(self.sent):016x}")
        copy.put(self.outboxes[camera].events.values())
        self.cameras_send_one(copy)

    def cameras_send_one(self, outbox: Outbox) -> None:
        if outbox.events:
            (ack,) = self.journal.accept([outbox.batch()])
            self.kept |= {event.id for n, event in outbox.events.items() if n <= ack.upto}

    @rule()
    def an_alert(self) -> None:
        alert = self.maker.alert()
        try:
            assert self.journal.append([alert]) == 1
        except Failed:
            return
        self.sent[alert.id] = alert
        self.kept.add(alert.id)
        assert self.journal.append([alert]) == 0

    @rule(days=st.sampled_from([0, 3]))
    def compaction(self, days: int) -> None:
        try:
            self.journal.compact(NOON + timedelta(days=days))
        except Failed:
            assert self.disk.room is not None

    @rule(days=st.integers(1, 4))
    def retention(self, days: int) -> None:
        before = NOON - timedelta(days=days, minutes=-2)
        try:
            self.journal.forget("trajectory", before)
        except Failed:
            assert self.disk.room is not None
        self.forgotten = max(self.forgotten, before)

    @rule(left=st.sampled_from([0, 50, 300, 2000, None]))
    def room(self, left: int | None) -> None:
        self.disk.room = 10**9
        self.disk.room = None if left is None else 10**9 - self.disk.free(self.folder) + left

    @rule()
    def restart(self) -> None:
        self.journal.close()
        self.journal = self.open()

    @rule(after=SOON, compacting=st.booleans())
    def power_cut(self, after: int, compacting: bool) -> None:
        self.happen(0, 2, 0)
        self.disk.cut_at = self.disk.operations + after
        try:
            self.cameras_send_one(self.outboxes[0])
            if compacting:
                self.compaction(3)
            self.cameras_send_one(self.outboxes[1])
        except PowerCut:
            pass
        self.disk.off = True
        self.disk.room = None
        self.disk.restart()
        self.heard = []
        self.journal = self.open()

    @invariant()
    def everything_kept_is_there_once(self) -> None:
        held = [event.id for event in stored(self.folder)]
        assert len(held) == len(set(held))
        assert set(held) <= set(self.sent)
        assert all(self.may_be_gone(self.sent[name]) for name in self.kept.difference(held))

    @invariant()
    def listeners_heard_each_once_and_in_order(self) -> None:
        assert len(self.heard) == len(set(self.heard))
        for outbox in self.outboxes:
            order = {event.id: n for n, event in outbox.events.items()}
            numbers = [order[name] for name in self.heard if name in order]
            assert numbers == sorted(numbers)

    def may_be_gone(self, event: Event) -> bool:
        return EVENT_CLASSES[event.type] == "trajectory" and event.time < self.forgotten

    def teardown(self) -> None:
        if not hasattr(self, "journal"):
            return
        self.disk.room = None
        for outbox in self.outboxes:
            while outbox.events:
                outbox.heard(self.journal.accept([outbox.batch(3)])[0])
        self.journal.compact(NOON)
        assert self.journal.state.damage == ()
        assert self.journal.state.lost == 0
        self.journal.close()
        held = {event.id: event for event in in_segments(self.folder)}
        missing = [event for name, event in self.sent.items() if name not in held]
        assert all(self.may_be_gone(event) for event in missing)
        assert all(self.sent[name] == event for name, event in held.items())
        assert len(held) == len(in_segments(self.folder))
        self.place.cleanup()


TestShop = Shop.TestCase
TestShop.settings = settings(
    max_examples=25,
    stateful_step_count=18,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
