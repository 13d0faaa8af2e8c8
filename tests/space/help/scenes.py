"""A camera 3 m above a floor of 20 by 12 m, people in front of it, and the boxes around them; drawn
with a projection of its own."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from miseban.space.shop_floor import ShopFloor
from miseban.vocabulary.events import Event, HelpEnded, HelpNeeded
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows

START = datetime(2026, 4, 7, 3, 0, tzinfo=UTC)  # noon in Tokyo
FPS = 5
SIN, COS = np.sin(np.radians(30.0)), np.cos(np.radians(30.0))
UP_M = 3.0
Way = Callable[[float], tuple[float, float]]


def pixel(x: float, y: float, z: float) -> tuple[float, float]:
    """The camera hangs over (10, 12), looks towards smaller y and 30 degrees down."""
    ahead, up = 12.0 - y, z - UP_M
    depth = ahead * COS - up * SIN
    return 640 + 600 * (x - 10) / depth, 360 - 600 * (up * COS + ahead * SIN) / depth


def shop(help_table: str = "[help]", zones: str = "") -> Shop:
    spots = [(6.0, 8.0), (14.0, 8.0), (5.0, 2.0), (15.0, 2.0), (10.0, 5.0)]
    points = ", ".join(
        "{{ pixel = [{:.3f}, {:.3f}], floor_m = [{}, {}] }}".format(*pixel(x, y, 0.0), x, y)
        for x, y in spots
    )
    return parse_shop(
        f"""
[shop]
id = "s"
timezone = "Asia/Tokyo"
policy = "jp"
floor = {{ width_m = 20.0, depth_m = 12.0 }}
{help_table}
[[camera]]
id = "c"
source = "usb:0"
resolution = [1280, 720]
fps = {FPS}
floor_points = [{points}]
{zones}
""",
        "shop.toml",
    )


@dataclass
class Actor:
    """Somebody on the ``way`` from ``from_s`` to ``to_s``; ``shape`` says how tall and broad, in
    metres, at each moment."""

    way: Way
    from_s: float
    to_s: float
    shape: Callable[[float], tuple[float, float]] = lambda _: (1.7, 0.5)


def upright(tall: float) -> Callable[[float], tuple[float, float]]:
    return lambda _: (tall, 0.3 * tall)


def along(*spots: tuple[float, float, float]) -> Way:
    """Straight from one (time, x, y) to the next."""
    t, x, y = (np.array(column) for column in zip(*spots, strict=True))
    return lambda at_s: (float(np.interp(at_s, t, x)), float(np.interp(at_s, t, y)))


def boxes(actors: Sequence[Actor], noise: float = 0.0, seed: int = 1) -> TrackRows:
    """A track each, in order of time; box edges err by ``noise`` heights."""
    rng = np.random.default_rng(seed)
    rows: list[tuple[float, int, list[float]]] = []
    for number, actor in enumerate(actors, 1):
        for frame in range(int(actor.from_s * FPS), int(actor.to_s * FPS)):
            at_s = frame / FPS
            (x, y), (tall, wide) = actor.way(at_s), actor.shape(at_s)
            u, bottom = pixel(x, y, 0.0)
            over, top = pixel(x, y, tall)  # near the edges of the picture people lean
            half = abs(pixel(x + wide / 2, y, 0.5)[0] - pixel(x, y, 0.5)[0])
            shaken = rng.normal(0.0, noise * (bottom - top), 4) if noise else np.zeros(4)
            box = np.array([min(u, over) - half, top, max(u, over) + half, bottom]) + shaken
            rows.append((at_s, number, box.tolist()))
    rows.sort(key=lambda row: (row[0], row[1]))
    n = len(rows)
    return TrackRows(
        np.array([r[0] for r in rows]), np.array([r[1] for r in rows]),
        np.array([r[2] for r in rows]).reshape(n, 4), np.full(n, 0.9),
        np.array([round(r[0] * FPS) + 1 for r in rows], np.int64),
    )  # fmt: skip


def seen(
    actors: Sequence[Actor],
    table: Shop | None = None,
    *,
    cuts: Iterable[float] = (),
    noise: float = 0.01,
    start: datetime = START,
) -> list[Event]:
    """All that the camera tells of ``actors`` by itself, its rows handed over at ``cuts``."""
    rows = boxes(actors, noise)
    rng = random.Random(1)
    found = table or shop()
    floor = ShopFloor(found, ["c"], start, None, event_ids=EventIds(rng), visit_ids=VisitIds(rng))
    end_s = max(actor.to_s for actor in actors) + 70.0
    events: list[Event] = []
    at = 0
    for edge in [*sorted(cuts), end_s]:
        end = int(np.searchsorted(rows.time_s, edge, side="right"))
        floor.update("c", rows.take(slice(at, end)), edge)
        events += floor.advance(edge)
        at = end
    return events + floor.finish(end_s)


def calls(events: Sequence[Event]) -> list[HelpNeeded]:
    return [event for event in events if isinstance(event, HelpNeeded)]


def ends(events: Sequence[Event]) -> list[HelpEnded]:
    return [event for event in events if isinstance(event, HelpEnded)]


def at_s(event: Event, start: datetime = START) -> float:
    return (event.time - start).total_seconds()


def passers(count: int, from_s: float = 0.0, seed: int = 3) -> list[Actor]:
    """Ordinary people who cross the floor one after another, to show how people look."""
    rng: NDArray[np.float64] = np.random.default_rng(seed).uniform(3.0, 8.0, (count, 2))
    return [
        Actor(
            along((from_s + 6 * i, 5.0, float(a)), (from_s + 6 * i + 10, 15.0, float(b))),
            from_s + 6 * i,
            from_s + 6 * i + 10,
        )
        for i, (a, b) in enumerate(rng)
    ]
