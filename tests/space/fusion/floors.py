"""Floors with cameras that see people where they are, with errors of a detector's kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.sim.seen.views import FlatView
from miseban.space.fusion import FloorFusion
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]
Way = Callable[[Floats], Floats]

FPS = 5.0
SIZE = (640, 360)
WIDE, DEEP = 20.0, 10.0


def camera(
    name: str, eye: tuple[float, float, float], at: tuple[float, float]
) -> dict[str, object]:
    """A lens of 80 degrees at ``eye`` that looks at the floor at ``at``."""
    eye_ = np.array(eye)
    ahead = np.array([*at, 0.0]) - eye_
    ahead /= np.linalg.norm(ahead)
    right = np.cross(ahead, [0, 0, 1.0])
    right /= np.linalg.norm(right)
    # A plan has y downwards: seen from above, left and right change places.
    right, down = -right, np.cross(ahead, right)
    focal = SIZE[0] / 2 / np.tan(np.radians(40))
    points = []
    for dx, dy in ((-1.5, -1.0), (1.5, -1.0), (1.5, 1.2), (-1.5, 1.3), (0.3, 0.1)):
        spot = np.array([at[0] + dx, at[1] + dy, 0.0])
        to = spot - eye_
        u = SIZE[0] / 2 + focal * (to @ right) / (to @ ahead)
        v = SIZE[1] / 2 - focal * (to @ down) * -1 / (to @ ahead)
        points.append({"pixel": [float(u), float(v)], "floor_m": [float(spot[0]), float(spot[1])]})
    return {
        "id": name,
        "source": f"sim:{name}",
        "resolution": list(SIZE),
        "fps": FPS,
        "floor_points": points,
    }


WEST = camera("west", (4.0, -2.0, 3.0), (5.0, 4.0))
MIDDLE = camera("middle", (10.0, 12.0, 3.0), (9.0, 5.0))
EAST = camera("east", (16.0, -2.0, 3.0), (15.0, 4.0))
DOOR = {"id": "door", "entrance": True, "points": [[1.0, 9.0], [1.0, 1.0]]}
"""Whoever comes in walks to the east: from the left to the right of who walks up the plan."""


def floor(
    cameras: Sequence[Mapping[str, object]], lines: Sequence[Mapping[str, object]] = (DOOR,)
) -> Shop:
    shop = {
        "id": "floor",
        "timezone": "UTC",
        "policy": "strict",
        "floor": {"width_m": WIDE, "depth_m": DEEP},
    }
    data: dict[str, object] = {"shop": shop, "camera": list(cameras), "line": list(lines)}
    return Shop.checked(data, where="test")


@dataclass(frozen=True)
class Walker:
    """``way`` takes times (N,) to places (N, 2); seen from ``from_s`` to ``to_s``."""

    way: Way
    from_s: float = 0.0
    to_s: float = 20.0
    tall_m: float = 1.7


def walk(*knots: tuple[float, float, float]) -> Way:
    """Straight from one (time, x, y) to the next."""
    t, x, y = np.array(knots).T
    return lambda s: np.stack([np.interp(s, t, x), np.interp(s, t, y)], axis=1)


def stand(x: float, y: float) -> Way:
    return lambda s: np.tile([x, y], (len(s), 1)).astype(float)


def seen(
    shop: Shop,
    walkers: Iterable[Walker],
    *,
    noise: float = 0.02,
    seed: int = 1,
    hidden: Callable[[str, int, Floats], NDArray[np.bool_]] | None = None,
    track: Callable[[str, int, Floats], NDArray[np.int64]] | None = None,
) -> dict[str, TrackRows]:
    """What each camera's tracker tells: a track a walker. ``hidden(camera, walker, time_s)`` says
    when not, ``track(camera, walker, time_s)`` gives other numbers."""
    rng = np.random.default_rng(seed)
    found = {}
    for k, one in enumerate(shop.cameras):
        view = FlatView(FloorView(one))
        parts = []
        for n, walker in enumerate(walkers):
            frame = np.arange(np.ceil(walker.from_s * FPS), np.floor(walker.to_s * FPS) + 1)
            time_s = frame / FPS
            xyxy = view.look(walker.way(time_s), np.full(len(time_s), walker.tall_m)).xyxy
            there = np.isfinite(xyxy[:, 0])
            if hidden is not None:
                there &= ~hidden(one.id, n, time_s)
            tall = (xyxy[:, 3] - xyxy[:, 1])[:, None]
            xyxy = xyxy + np.tile(rng.normal(0, noise, (len(time_s), 2)) * tall, 2)
            number = np.full(len(time_s), 1000 * (k + 1) + n)
            if track is not None:
                number = track(one.id, n, time_s)
            score = np.full(len(time_s), 0.8)
            rows = TrackRows(time_s, number, xyxy, score, frame.astype(np.int64) + 1)
            parts.append(rows.take(there))
        rows = TrackRows.concatenate(parts)
        found[one.id] = rows.take(np.argsort(rows.time_s, kind="stable"))
    return found


def fuse(
    shop: Shop,
    rows: Mapping[str, TrackRows],
    *,
    every_s: float = 0.2,
    end_s: float = 20.0,
    order: Sequence[str] | None = None,
    fusion: FloorFusion | None = None,
) -> tuple[FloorRows, list[EndedVisit]]:
    """All of ``rows``, cut into updates of ``every_s``, with the promised lag held to."""
    fusion = fusion or FloorFusion(shop)
    told, ended = [], []
    for k in range(1, int(np.ceil(end_s / every_s)) + 1):
        until_s = k * every_s
        for name in order or list(rows):
            part = rows[name]
            now = (part.time_s > until_s - every_s - 1e-9) & (part.time_s <= until_s - 1e-9)
            if k == 1:
                now |= part.time_s <= 0
            fusion.update(name, part.take(now), until_s)
        found = fusion.advance(until_s)
        assert not len(found) or found.time_s.max() <= until_s - 1.0 + 1e-6
        told.append(found)
        ended += fusion.ended()
    told.append(fusion.finish(end_s))
    ended += fusion.ended()
    return FloorRows.concatenate(told), ended


def whose(rows: FloorRows, walkers: Sequence[Walker]) -> list[set[int]]:
    """The visits within 0.6 m of each walker, nearest at their moments."""
    found: list[set[int]] = [set() for _ in walkers]
    for n, walker in enumerate(walkers):
        live = (rows.time_s >= walker.from_s) & (rows.time_s <= walker.to_s)
        mine = rows.take(live)
        far = np.hypot(*(mine.xy - walker.way(mine.time_s)).T)
        others = [np.full(len(mine), np.inf)]
        others += [
            np.hypot(*(mine.xy - other.way(mine.time_s)).T)
            for other in walkers
            if other is not walker
        ]
        near = (far < 0.6) & (far <= np.min(others, axis=0))
        found[n] = set(np.unique(mine.visit[near]).tolist())
    return found


def far(rows: FloorRows, walker: Walker) -> float:
    """The median distance of ``rows`` from where the walker is, in metres."""
    return float(np.median(np.hypot(*(rows.xy - walker.way(rows.time_s)).T)))


SHOP = floor([WEST, MIDDLE, EAST])
THROUGH = Walker(walk((0, 0.5, 4), (20, 19, 5)))
"""A shop of three cameras side by side, and somebody who walks through it."""
