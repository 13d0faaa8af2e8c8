"""Live state, alerts and bus with the ordinary traffic of 150 cameras: processor time and latency.

300 events a second of a busy supermarket: people come, walk through zones, queue, pay and leave.
``processor`` plays ten minutes of it without waiting, in batches of a fifth of a second, with a
look at all rules every second, and tells what part of a core that would take. ``latency`` plays it
in real time on a real journal (every batch is synced to the disk), with a call for help now and
then, and measures from the moment that the camera process hands over its batch to the moment at
which a reader of the bus, as pages of staff are, has the alert, and a push service was handed it.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.push_service import PushService, push_service
from bench.result import Result
from miseban.hub.alerts import Alerts, Watch, default_rules
from miseban.hub.bus import Bus, Told
from miseban.hub.live import LiveState
from miseban.hub.notify.notifier import Notifier
from miseban.journal.journal import Journal
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.events import (
    Event,
    HelpNeeded,
    HelpStep,
    LineCrossed,
    QueueState,
    ShelfState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop

CAMERAS, QUEUES, FACINGS, RATE = 150, 20, 400, 300
START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SQUARE = [[10, 10], [100, 10], [100, 100]]


def large_shop() -> Shop:
    """150 cameras, 300 zones, 20 tills, 400 facings."""
    cameras = [{"id": f"c{i}", "source": "usb:0", "resolution": [640, 480]} for i in range(CAMERAS)]
    lines = [
        {"id": f"l{i}", "camera": f"c{i}", "points": [[320, 480], [320, 0]]} for i in range(10)
    ]
    kinds = [("queue", QUEUES), ("counter", QUEUES), ("area", 2 * CAMERAS - 2 * QUEUES)]
    zones = [
        {"id": f"{kind}-{i}", "kind": kind, "camera": f"c{i % CAMERAS}", "polygon": SQUARE}
        for kind, n in kinds
        for i in range(n)
    ]
    facing = {"gtin": "2000000000015", "capacity": 5}
    places = [[[x, 10], [x + 90, 10], [x + 90, 100]] for x in range(10, 410, 100)]
    shelves = [
        {
            "id": f"s{i}",
            "camera": f"c{i}",
            "facing": [
                {"id": f"f{i}-{j}", "polygon": place} | facing for j, place in enumerate(places)
            ],
        }
        for i in range(FACINGS // 4)
    ]
    tills = [
        {"id": f"t{i}", "queue": f"queue-{i}", "service": f"counter-{i}"} for i in range(QUEUES)
    ]
    info = {
        "id": "large", "timezone": "Asia/Tokyo", "policy": "jp", "empty": ["02:00-04:00"],
        "floor": {"width_m": 120.0, "depth_m": 80.0},
    }  # fmt: skip
    data: dict[str, object] = {
        "shop": info, "camera": cameras, "line": lines, "zone": zones, "shelf": shelves,
        "till": tills,
    }  # fmt: skip
    return Shop.checked(data, "bench")


class Traffic:
    """Events of ``RATE`` a second from ``start`` on, in steps of ``step_s``."""

    def __init__(self, start: datetime, step_s: float = 0.2) -> None:
        self.rng = random.Random(1)
        self._ids = EventIds(self.rng)
        self._start, self._step_s = start, step_s
        self._there: list[tuple[str, str]] = []
        self._ending: list[str] = []  # visits that have left their last zone

    def steps(self) -> Iterator[tuple[datetime, list[Event]]]:
        number = 0
        while True:
            number += 1
            now = self._start + timedelta(seconds=number * self._step_s)
            yield now, [self._one(now) for _ in range(int(RATE * self._step_s))]

    def stamp(self, now: datetime, camera: int) -> dict[str, object]:
        ago = timedelta(milliseconds=self.rng.randint(0, 190))
        event_id = self._ids.at((now - ago).timestamp())
        return {"id": event_id, "time": now - ago, "shop": "large", "camera": f"c{camera}"}

    def _one(self, now: datetime) -> Event:
        rng = self.rng
        stamp = self.stamp(now, rng.randrange(CAMERAS))
        if self._ending:
            told = {**stamp, "visit": self._ending.pop(), "started": stamp["time"], "unit": "m"}
            trail = tuple(float(i) for i in range(60))
            told |= {"t": trail, "x": trail, "y": trail, "areas": (), "stitched": 1}
            return VisitEnded.model_validate(told)
        what = rng.random()
        if what < 0.43 or not self._there:
            visit = f"{rng.getrandbits(64):016x}" if rng.random() < 0.5 else self._known()
            zone = f"area-{rng.randrange(2 * CAMERAS - 2 * QUEUES)}"
            self._there.append((zone, visit))
            return ZoneEntered.model_validate({**stamp, "zone": zone, "visit": visit})
        if what < 0.86:
            zone, visit = self._there.pop(rng.randrange(len(self._there)))
            if all(other != visit for _, other in self._there):
                self._ending.append(visit)
            told = {**stamp, "zone": zone, "visit": visit, "dwell_s": 20.0, "stitched": 1}
            return ZoneLeft.model_validate(told)
        if what < 0.90:
            told = {**stamp, "line": f"l{rng.randrange(10)}", "visit": self._known()}
            return LineCrossed.model_validate({**told, "direction": rng.choice(["in", "out"])})
        if what < 0.98:
            told = {**stamp, "zone": f"queue-{rng.randrange(QUEUES)}"}
            return QueueState.model_validate(
                {**told, "length": rng.randint(0, 6), "waiting_s": rng.uniform(0, 300)}
            )
        if what < 0.99:
            told = {**stamp, "zone": f"area-{rng.randrange(100)}", "people": 1, "people_max": 2}
            return ZoneOccupancy.model_validate(
                {**told, "person_s": 60.0, "period_s": 60.0, "coverage": 1.0}
            )
        shelf = rng.randrange(FACINGS // 4)
        told = {**stamp, "shelf": f"s{shelf}", "facing": f"f{shelf}-{rng.randrange(4)}"}
        state = rng.choice(["full", "low", "empty"])
        return ShelfState.model_validate({**told, "fill": 0.3, "state": state, "confidence": 0.9})

    def _known(self) -> str:
        return self.rng.choice(self._there)[1] if self._there else "0" * 16


def processor(minutes: int = 10) -> list[Result]:
    shop = large_shop()
    live, bus = LiveState(shop), Bus()
    kept: list[Event] = []

    def append(events: Sequence[Event]) -> int:
        live.take(events, now)
        kept.extend(events)
        return len(events)

    alerts = Alerts(default_rules().limited(shop), live, append)
    taken = ticks = 0.0
    events_n = ticks_n = 0
    for number, (now, events) in enumerate(Traffic(START).steps()):
        if number >= minutes * 60 * 5:
            break
        begin = time.process_time()
        live.take(events, now)
        bus.publish(events)
        alerts.take(events, now)
        between = time.process_time()
        taken += between - begin
        events_n += len(events)
        if number % 5 == 0:
            alerts.tick(now)
            ticks += time.process_time() - between
            ticks_n += 1
    begin = time.process_time()
    live.snapshot(now)
    snapshot_s = time.process_time() - begin
    per_1000_ms = taken / events_n * 1e6
    tick_ms = ticks / ticks_n * 1e3
    share = per_1000_ms / 1000 * RATE / 1000 + tick_ms / 1000
    return [
        Result(
            "live: events", per_1000_ms, "ms", "processor time of 1,000 events, alerts included"
        ),
        Result("live: tick", tick_ms, "ms", "processor time of the look at all rules, each second"),
        Result("live: core", share, "", f"part of a core at {RATE} events/s", 0.1),
        Result("live: snapshot", snapshot_s * 1e3, "ms", "processor time of one whole snapshot"),
    ]


def latency(seconds: float = 20.0) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder, push_service() as service:
        shown, handed = asyncio.run(_latency(Path(folder), service, seconds))
    results = []
    for name, found, what, bar in (
        ("help", shown, "a reader of the bus", 300.0),
        ("push", handed, "a push service on this machine, encrypted", 1000.0),
    ):
        note = f"{len(found)} calls for help, from the batch to {what}, {RATE} events/s"
        p50, p95 = (float(np.percentile(found, q)) * 1e3 for q in (50, 95))
        results.append(Result(f"live: {name}, median", p50, "ms", note))
        results.append(Result(f"live: {name}, p95", p95, "ms", note, bar))
    return results


async def _latency(
    folder: Path, service: PushService, seconds: float
) -> tuple[list[float], list[float]]:
    shop = large_shop()
    journal, live, bus = Journal.open(folder / "journal", shop="large"), LiveState(shop), Bus()

    def now() -> datetime:
        return datetime.now(UTC)

    journal.subscribe(lambda events: live.take(events, now()))
    journal.subscribe(bus.publish)
    alerts = Alerts(default_rules().limited(shop), live, journal.append)
    told: dict[str, float] = {}
    raised: dict[str, tuple[str, float]] = {}
    notifier = Notifier(
        shop,
        "en",
        lambda alert, channel: alerts.delivered(alert, channel, now()),
        push=service.web_push(folder),
    )
    stop = threading.Event()

    def talk() -> None:
        number, begin = 1, time.monotonic()
        traffic = Traffic(now())
        for i, (_, events) in enumerate(traffic.steps()):
            if stop.is_set():
                return
            if i % 3 == 2:
                stamp = traffic.stamp(now(), 1)
                call = {"help": f"h{i}", "kind": "fall", "place": (1.0, 2.0), "unit": "m"}
                events.append(HelpNeeded.model_validate({**stamp, **call, "confidence": 0.9}))
            lines = tuple(event.model_dump_json().encode() for event in events)
            head = BatchHead(
                source="c0", stream="0" * 16, first=number, events=len(lines), oldest=number
            )
            number += len(lines)
            told[f"h{i}"] = time.perf_counter()
            journal.accept([Batch(head, lines)])
            time.sleep(max(0.0, begin + (i + 1) * 0.2 - time.monotonic()))

    watch = asyncio.create_task(Watch(alerts, notifier.send, now).run(bus))
    reader = bus.subscribe_with_help(lambda event: isinstance(event, HelpStep))
    talking = threading.Thread(target=talk)
    talking.start()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        one = await reader.next()
        if isinstance(one, Told) and isinstance(one.event, HelpStep) and one.event.step == "raised":
            raised[one.event.alert] = one.event.help, time.perf_counter()
    stop.set()
    await asyncio.to_thread(talking.join)
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)
    await notifier.close()
    journal.close()
    handed = service.handed()
    return (
        [when - told[call] for call, when in raised.values()],
        [handed[alert] - told[call] for alert, (call, _) in raised.items() if alert in handed],
    )


def run(repeats: int) -> list[Result]:  # noqa: ARG001
    """Both; nothing is repeated, since it is long."""
    return [*processor(), *latency()]
