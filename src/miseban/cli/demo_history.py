"""The days behind the demo: simulated, one after another, and delivered to its hub as by a camera
that was cut off for two weeks. Then what the tills of the world print that the cameras look at, and
how its shelves stand: the shop's own systems would tell that.

``python -m miseban.cli.demo_history``, told by a line of JSON on standard input, which then stays
open: when it closes, whoever started it is gone.
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict

from miseban.camera.delivery.calling import HubCall, Hung
from miseban.cli.demo_files import Stage, opening
from miseban.hub.live.shelves import facing_names
from miseban.sim.scenario import Scenario
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.goods import goods_events
from miseban.sim.truth.whole import nobody, well, whole_truth
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import (
    AlertStep,
    Event,
    HelpEnded,
    HelpNeeded,
    QueueState,
    ShelfState,
    TillReceipt,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, load_shop

SOURCE = "history"
TOGETHER = 500
ALARMED, NOTED = 2, 0.2
"""A queue of so many was an alert, and such a part of the facings that ran low."""
STEP_S = 2.0
"""Of ways there is a place so often: two weeks of them are half as large so."""
SAID_S = 120.0
"""On a machine that has much else to do it is told how far the days are, as often as this."""
LIVE_S = 10.0
"""What tills print and how shelves stand is told so often."""


class Told(BaseModel):
    """``days`` behind ``stage``, to be delivered at ``socket``; none once they are there. Where
    something waits for them, the file ``done`` tells it that they are."""

    model_config = ConfigDict(frozen=True)

    stage: Stage
    socket: Path
    days: int | None
    done: Path | None = None


def order_of(days: int) -> list[int]:
    """Which days to make, in how many days ago: today and yesterday, of which the pages and the
    report speak, the days that these are compared with, and then the others."""
    return sorted(range(days + 1), key=lambda n: (n % 7 > 1, n))


def day_of(stage: Stage, shop: Shop, scenario: Scenario, ago: int) -> list[Event]:
    """What happened on the day that was ``ago`` days ago, today up to now; in the order in which it
    is to be delivered."""
    zone = ZoneInfo(shop.shop.timezone)
    today = (stage.now - timedelta(hours=stage.moved_h)).astimezone(zone).date()
    day = today - timedelta(days=ago)
    start, open_for = opening(stage, day, zone), timedelta(hours=stage.open_h, minutes=30)
    until = min(start + open_for, stage.now)
    length_s, seed = (until - start).total_seconds(), stage.seed * 1000 + ago + 1
    if length_s < 60:
        return []
    own = scenario.scenario.start.replace(year=day.year, month=day.month, day=day.day)
    info = scenario.scenario.model_copy(update={"start": own})
    simulation = Simulation(shop, scenario.model_copy(update={"scenario": info}), seed)
    simulation.run_until(length_s)
    simulation.forget_ways()  # nobody walks on
    # The day of the world may be another part of the clock's: only the times are moved.
    known = whole_truth(simulation, shop, start, length_s, seed, trail_s=STEP_S)
    # Cameras look by night too: a shop of which half the day was not seen is compared with nothing.
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
    told = min(midnight + timedelta(days=1), stage.now) if ago else stage.now
    seen_s = (told - midnight).total_seconds()
    closed = opening(stage, day - timedelta(days=1), zone) + open_for
    opens = opening(stage, day + timedelta(days=1), zone)
    events = [*known.events, *well(shop, midnight, seen_s, seed)]
    events += nobody(shop, max(midnight, closed), start, seed)
    events += nobody(shop, until, min(told, opens), seed)
    events += _alerts(shop, events, seed)
    if until == stage.now:
        events = _without_who_is_there(events)
    # Calls for help last, behind their ends: nobody is to be sent for because of them.
    return sorted(events, key=lambda event: (isinstance(event, HelpNeeded), event.time))


def _without_who_is_there(events: Sequence[Event]) -> list[Event]:
    """From now on the cameras tell who is in which zone, and who needs help; these people are not
    among them."""
    over = {one.help for one in events if isinstance(one, HelpEnded)}
    left = {(one.visit, one.zone, one.time) for one in events if isinstance(one, ZoneLeft)}
    last: dict[tuple[str, str], datetime] = {}
    never = datetime.min.replace(tzinfo=UTC)
    for visit, zone, when in left:
        last[visit, zone] = max(when, last.get((visit, zone), when))
    return [
        one
        for one in events
        if not (isinstance(one, HelpNeeded) and one.help not in over)
        and not (isinstance(one, ZoneEntered) and one.time > last.get((one.visit, one.zone), never))
    ]


def _alerts(shop: Shop, events: Iterable[Event], seed: int) -> list[Event]:
    """Alerts of long queues and empty facings, and how soon somebody came."""
    rng = random.Random(f"{seed}/alerts")  # noqa: S311
    ids = EventIds(rng)
    free: dict[str, datetime] = {}
    names = facing_names(shop)
    found: list[Event] = []
    for event in sorted(events, key=lambda one: one.time):
        if isinstance(event, QueueState) and event.length >= ALARMED:
            what = ("queue-long", "queue", event.zone, float(event.length))
        elif isinstance(event, ShelfState) and event.state == "empty":
            what = ("shelf-empty", "shelf", names[event.shelf, event.facing], 0.0)
        elif isinstance(event, ShelfState) and event.state == "low" and rng.random() < NOTED:
            named = names[event.shelf, event.facing]
            what = ("shelf-low", "shelf", named, round(event.fill, 2))
        else:
            continue
        rule, about, subject, value = what
        if event.time < free.get(subject, event.time):
            continue
        taken_s = rng.uniform(5, 120)
        done_s = taken_s + rng.uniform(30, 400)
        free[subject] = event.time + timedelta(seconds=done_s + 300)
        name = ids.at(event.time.timestamp())
        after_s = {"raised": 0.0, "delivered": 1.0, "accepted": taken_s, "done": done_s}
        for step, seconds in after_s.items():
            when = event.time + timedelta(seconds=round(seconds, 3))
            found.append(
                AlertStep.model_validate(
                    {"id": ids.at(when.timestamp()), "time": when, "shop": event.shop}
                    | {"alert": name, "step": step, "rule": rule, "about": about, "value": value}
                    | {"subject": subject, "channel": "page" if step == "delivered" else None}
                )
            )
    return found


class Delivery:
    """To the hub at ``socket``, one batch after another; waits where it is not there."""

    def __init__(self, socket: Path, source: str) -> None:
        self._call, self._source = HubCall(socket, source), source
        self._stream, self._next = secrets.token_hex(8), 1

    def send(self, events: Sequence[Event]) -> None:
        for first in range(0, len(events), TOGETHER):
            lines = tuple(
                one.model_dump_json().encode() for one in events[first : first + TOGETHER]
            )
            head = BatchHead(
                source=self._source, stream=self._stream, first=self._next, events=len(lines),
                oldest=self._next,
            )  # fmt: skip
            while not self._kept(Batch(head, lines)):
                time.sleep(1.0)
            self._next += len(lines)

    def _kept(self, batch: Batch) -> bool:
        try:
            return any(ack.upto >= batch.last for ack in self._call([batch]))
        except (OSError, Hung, BadInput):
            return False


class Till:
    """What the tills and shelves of the cameras' own world say."""

    def __init__(self, stage: Stage, shop: Shop, scenario: Scenario) -> None:
        self._stage, self._shop = stage, shop
        self._world = Simulation(shop, scenario.starting_at(stage.begins), stage.seed)
        self._told: set[str] = set()

    def said(self, now: datetime) -> list[Event]:
        """Since the last time, up to ``now``."""
        stage = self._stage
        seconds = max(0.0, (now - stage.at).total_seconds()) * stage.speed
        self._world.run_until(seconds)
        visits = {person.id: "" for person in self._world.people}
        events = goods_events(
            self._world.goods, self._shop, visits, stage.at, seconds, stage.seed
        )  # fmt: skip
        news: list[Event] = []
        for event in events:
            if isinstance(event, TillReceipt | ShelfState) and event.id not in self._told:
                self._told.add(event.id)
                when = stage.at + (event.time - stage.at) / stage.speed
                if when > stage.now:
                    news.append(event.model_copy(update={"time": when}))
        return news


def run(told: Told) -> None:
    """Until it is ended."""
    stage = told.stage
    shop = load_shop(stage.shop_file)
    scenario = load_scenario(beside(stage.shop_file), shop)
    till, live = Till(stage, shop, scenario), Delivery(told.socket, "tills-and-shelves")

    def tell_live() -> None:
        live.send(till.said(datetime.now(UTC)))

    if told.days is not None:
        _history(told, told.days, shop, scenario, tell_live)
        anew = told.model_copy(update={"days": None}).model_dump_json()
        # As another program, which has none of the memory that the days took.
        os.execv(sys.executable, [sys.executable, "-m", "miseban.cli.demo_history", anew])  # noqa: S606
    while True:
        time.sleep(LIVE_S)
        tell_live()


def _history(
    told: Told, days: int, shop: Shop, scenario: Scenario, between: Callable[[], None]
) -> None:
    stage, history, began = told.stage, Delivery(told.socket, SOURCE), time.monotonic()
    said = began
    for n, ago in enumerate(order_of(days), 1):
        history.send(day_of(stage, shop, scenario, ago))
        if not ago and told.done is None:
            os.nice(10)  # what is seen now comes before what was
        gc.collect()
        between()
        now = time.monotonic()
        if now - said > SAID_S or told.done is not None:
            print(f"{n} of {days + 1} days are in ({(now - began) / 60:.1f} min).", flush=True)
            said = now
    minutes = (time.monotonic() - began) / 60
    print(f"The {days} days before today are in ({minutes:.1f} min).", flush=True)
    if told.done is not None:
        told.done.touch()


def main() -> None:
    """Reads what it is told, by itself or by whoever started it, and runs."""
    line = sys.argv[1].encode() if len(sys.argv) > 1 else sys.stdin.buffer.readline()
    told = Told.model_validate_json(line)

    def wait_for_end() -> None:
        while os.read(0, 4096):
            pass
        os._exit(0)

    threading.Thread(target=wait_for_end, daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        run(told)


if __name__ == "__main__":
    main()
