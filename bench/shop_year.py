"""A year of a shop's journal, made of simulated days.

A handful of days of the kept supermarket are simulated from 8:00 to midnight with the machinery of
``miseban simulate``, quiet ones and busy ones, each with its own seed: exact events of everybody
who came. A year is laid out of them by weekday and season: each day takes over one simulated day
with new ids of events, visits and groups, and the times of its own date. So no visit stands twice,
while days of one kind are alike but for the ids. What a truth does not have is added: every
camera's quarterly report with a gap now and then, and alerts for the longer queues, answered after
a while.

Written as segments and roll-ups with the journal's own code, a month at a time; what is there is
not made again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from miseban.journal.disk import RealDisk
from miseban.journal.events_table import SCHEMA, read_events, write_events
from miseban.journal.manifest import Manifest, Segment, read_manifest, write_manifest
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.segments import SCHEMAS, write_segment
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.whole import whole_truth
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.events import (
    EVENT_CLASSES,
    AlertStep,
    CameraHealth,
    DataClass,
    Event,
    QueueState,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop, load_shop

SHOP_FILE = Path(__file__).parents[1] / "shops" / "supermarket.toml"
OPEN_S = 16 * 3600.0
"""From 8:00, when the scenario begins, to midnight."""
DAYS = {
    "quiet": (1, 0.6),
    "plain": (2, 0.75),
    "other": (3, 0.75),
    "weekend": (4, 0.9),
    "rush": (5, 1.1),
}
"""Of each kind of day the seed, and how many times the scenario's people come."""
FIRST = date(2025, 10, 1)
LONG_QUEUE = 2
NAMES = ("visit", "group", "help", "alert")


def kind_of(day: date) -> str:
    """Fridays and weekends are busier, February and August quiet, December a rush."""
    if day.month == 12 and day.day > 20:
        return "rush"
    if day.weekday() >= 5:
        return "plain" if day.month in (2, 8) else "weekend"
    if day.month in (2, 8):
        return "quiet"
    return ("quiet", "plain", "other", "plain", "weekend")[day.weekday()]


def simulated(shop: Shop, kind: str) -> list[Event]:
    """The events of a day of that kind."""
    seed, factor = DAYS[kind]
    scenario = load_scenario(beside(SHOP_FILE), shop)
    busier = [rate * factor for rate in scenario.arrivals.per_hour]
    arrivals = scenario.arrivals.model_copy(update={"per_hour": tuple(busier)})
    scenario = scenario.model_copy(update={"arrivals": arrivals})
    simulation = Simulation(shop, scenario, seed)
    simulation.run_until(OPEN_S)
    start = simulation.start
    known = whole_truth(simulation, shop, start, OPEN_S, seed)
    return sorted([*known.events, *_reports(shop, start, seed)], key=lambda event: event.time)


def _reports(shop: Shop, start: datetime, seed: int) -> Iterator[Event]:
    rng = random.Random(f"{seed}/reports")
    ids = EventIds(rng)
    for camera in shop.cameras:
        for quarter in range(1, int(OPEN_S / 900) + 1):
            when = start + timedelta(seconds=900 * quarter)
            head = {"id": ids.at(when.timestamp()), "time": when, "shop": shop.shop.id}
            gap_s = rng.uniform(5, 300) if rng.random() < 0.01 else 0.0
            yield CameraHealth.model_validate(
                {**head, "camera": camera.id, "state": "gap" if gap_s else "ok", "fps": 5.0}
                | {"gap_s": round(gap_s, 3)}
            )


def _alerts(events: Sequence[Event], seed: int) -> Iterator[Event]:
    rng = random.Random(f"{seed}/alerts")
    ids = EventIds(rng)
    free = datetime.min.replace(tzinfo=UTC)
    for event in events:
        if isinstance(event, QueueState) and event.length >= LONG_QUEUE and event.time > free:
            name = ids.at(event.time.timestamp())
            after_s = {"raised": 0.0, "delivered": 1.0, "accepted": rng.uniform(5, 90)}
            after_s["done"] = after_s["accepted"] + rng.uniform(30, 300)
            for step, seconds in after_s.items():
                when = event.time + timedelta(seconds=round(seconds, 3))
                yield AlertStep.model_validate(
                    {"id": ids.at(when.timestamp()), "time": when, "shop": event.shop}
                    | {"alert": name, "step": step, "rule": "long-queue", "about": "queue"}
                    | {"subject": event.zone, "value": float(event.length)}
                )
            free = event.time + timedelta(minutes=10)


@dataclass(frozen=True)
class Pattern:
    """A simulated day; ``start_us`` is its midnight by the shop's clock, microseconds. ``tables``
    are what its segments hold, by class; ``coded`` the names in them that change with every day,
    as numbers, and ``names`` how many of each there are."""

    start_us: int
    tables: dict[DataClass, pa.Table]
    coded: dict[tuple[DataClass, str], pa.Array]
    names: dict[str, int]

    @classmethod
    def of(cls, table: pa.Table, start_us: int) -> Pattern:
        names: dict[str, int] = {}
        numbers: dict[str, pa.Array] = {}
        for name in NAMES:
            found = table[name].combine_chunks().dictionary_encode()
            names[name], numbers[name] = len(found.dictionary), found.indices
        tables, coded = {}, {}
        for data, schema in SCHEMAS.items():
            types = [kind for kind, of in EVENT_CLASSES.items() if of == data]
            some = pc.is_in(table["type"], pa.array(types))
            rows = pa.array(np.flatnonzero(some.to_numpy()))
            own = table.take(rows)
            order = pc.sort_indices(own, [("type", "ascending"), ("time", "ascending")])
            if len(own):
                tables[data] = _packed(own.take(order), schema).combine_chunks()
                for name in set(NAMES) & set(schema.names):
                    coded[data, name] = numbers[name].take(rows).take(order)
        return cls(start_us, tables, coded, names)

    def on(
        self, midnight: datetime, rng: np.random.Generator
    ) -> Iterator[tuple[DataClass, pa.Table]]:
        """The same day, begun at another ``midnight``, of other people."""
        shift = (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        shift -= self.start_us
        others = {
            name: pa.array(
                [f"{n:016x}" for n in rng.integers(0, 1 << 63, many).tolist()], pa.string()
            )
            for name, many in self.names.items()
        }
        for data, table in self.tables.items():
            for name in {"time", "started", "since"} & set(table.column_names):
                moved = pc.add(table[name].cast(pa.int64()), shift)
                table = _with(table, name, moved.cast(SCHEMA.field(name).type))
            for name in set(NAMES) & set(table.column_names):
                numbers = self.coded[data, name]
                renamed = pa.DictionaryArray.from_arrays(numbers, others[name])
                table = _with(table, name, renamed.cast(pa.string()))
            millis = table["time"].cast(pa.int64()).to_numpy() // 1000
            yield data, _with(table, "id", pa.array(_uuids(millis, rng), pa.string()))


def _with(table: pa.Table, name: str, column: pa.Array) -> pa.Table:
    return table.set_column(table.schema.get_field_index(name), SCHEMA.field(name), column)


def _uuids(millis: NDArray[np.int64], rng: np.random.Generator) -> list[str]:
    """UUIDs of version 7 at these milliseconds, as ``EventIds`` makes them."""
    high = rng.integers(0, 1 << 12, len(millis))
    low = rng.integers(0, 1 << 62, len(millis))
    found = []
    for ms, a, b in zip(millis.tolist(), high.tolist(), low.tolist(), strict=True):
        variant, node = 0x8000 | b >> 48, b & 0xFFFF_FFFF_FFFF
        found.append(f"{ms >> 16:08x}-{ms & 0xFFFF:04x}-7{a:03x}-{variant:04x}-{node:012x}")
    return found


def patterns(folder: Path, shop: Shop) -> dict[str, Pattern]:
    """Simulates what is not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    found = {}
    for kind in DAYS:
        path = folder / f"{kind}.parquet"
        if not path.exists():
            began = time.process_time()
            events = simulated(shop, kind)
            write_events(path.with_suffix(".part"), events)
            path.with_suffix(".part").rename(path)
            spent = time.process_time() - began
            print(f"{kind}: {len(events)} events in {spent:.0f} s of processor time", flush=True)
        with path.open("rb") as file:
            table = pq.read_table(file, schema=SCHEMA)
        queues = read_events(path, ["queue.state"])
        rows = [alert.model_dump() for alert in _alerts(queues, DAYS[kind][0])]
        table = pa.concat_tables([table, pa.Table.from_pylist(rows, schema=SCHEMA)])
        first = pc.min(table["time"]).as_py()
        midnight = first.astimezone(UTC).replace(hour=15, minute=0, second=0, microsecond=0)
        if midnight > first:
            midnight -= timedelta(days=1)
        start = (midnight - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)
        found[kind] = Pattern.of(table, start)
    return found


def make(folder: Path, days: int, shop: Shop) -> Manifest:
    """The journal of ``days`` from ``FIRST`` on in ``folder``; goes on where it was left."""
    disk = RealDisk()
    for name in ("log", "events", "rollups"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    if (folder / "journal.json").exists():
        manifest = read_manifest(folder)
    else:
        manifest = Manifest(shop=shop.shop.id, timezone=shop.shop.timezone)
    done = folder / "done.json"
    at = json.loads(done.read_text())["days"] if done.exists() else 0
    made = patterns(folder.parent / "days", shop) if at < days else {}
    while at < days:
        until = min(days, at + 31)
        rng = np.random.default_rng(at)
        began = time.process_time()
        written, number = [], manifest.next_file
        for table, data, day in _months_tables(made, at, until, rng):
            segment = Segment(data=data, day=day, file=number, events=len(table))
            write_segment(disk, folder, segment, table)
            written.append(segment)
            number += 1
        laid = time.process_time() - began
        stale: dict[date, tuple[DataClass, ...]] = {s.day: ("count",) for s in written}
        changed = {"segments": (*manifest.segments, *written), "next_file": number, "stale": stale}
        manifest = manifest.model_copy(update=changed)
        RollupKeeper().update(disk, folder, manifest)
        manifest = manifest.model_copy(update={"stale": {}})
        write_manifest(disk, folder, manifest)
        done.write_text(json.dumps({"days": until}))
        spent = time.process_time() - began
        print(
            f"days {at} to {until}: {sum(s.events for s in written)} events, "
            f"segments {laid:.0f} s, roll-ups {spent - laid:.0f} s of processor time",
            flush=True,
        )
        at = until
    return manifest


def _months_tables(
    made: dict[str, Pattern], first: int, last: int, rng: np.random.Generator
) -> Iterator[tuple[pa.Table, DataClass, date]]:
    """Of every class and day of UTC what lies in these days of the shop: a day of UTC gets the
    evening of one and the morning of the next in segments of their own."""
    for n in range(first, last):
        day = FIRST + timedelta(days=n)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(hours=9)
        for data, table in made[kind_of(day)].on(midnight, rng):
            utc = table["time"].cast(pa.date32())
            for one in sorted(pc.unique(utc).to_pylist()):
                rows = np.flatnonzero(pc.equal(utc, pa.scalar(one, pa.date32())).to_numpy())
                yield table.take(pa.array(rows)), data, one


def _packed(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of a segment."""
    columns = []
    for field in schema:
        column = table[field.name]
        if pa.types.is_list(field.type) and pa.types.is_decimal(field.type.value_type):
            kind = field.type.value_type
            lists = column.combine_chunks()
            exact = pc.round(lists.values, kind.scale).cast(kind, safe=False)
            column = pa.ListArray.from_arrays(lists.offsets, exact, mask=lists.is_null())
        columns.append(column)
    return pa.table(columns, schema=schema)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.shop_year", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=365)
    chosen = parser.parse_args()
    shop = load_shop(SHOP_FILE)
    manifest = make(chosen.folder, chosen.days, shop)
    print(f"{sum(s.events for s in manifest.segments):,} events")


if __name__ == "__main__":
    main()
