"""People on a plain floor with a door and a till, as rows of the fusion; no simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Shop, parse_shop

SHOP = """
[shop]
id = "plain"
timezone = "UTC"
policy = "strict"
floor = { width_m = 12.0, depth_m = 12.0 }

# In is up on the plan; the street is the lowest two metres.
[[line]]
id = "door"
points = [[7.0, 10.0], [5.0, 10.0]]

[[zone]]
id = "queue"
kind = "queue"
polygon = [[8.0, 6.0], [9.5, 6.0], [9.5, 9.0], [8.0, 9.0]]

[[zone]]
id = "till"
kind = "counter"
polygon = [[9.5, 4.5], [10.5, 4.5], [10.5, 6.0], [9.5, 6.0]]
"""
CREW = """
[[zone]]
id = "crew"
kind = "crew"
polygon = [[10.8, 4.0], [11.8, 4.0], [11.8, 6.5], [10.8, 6.5]]
"""
DOOR, TILL = (6.0, 11.0), (10.0, 5.2)

Knot = tuple[float, float, float]
"""Seconds, x, y."""


def shop(crew: bool = False) -> Shop:
    return parse_shop(SHOP + (CREW if crew else ""), "shop.toml")


def walk(visit: int, knots: Sequence[Knot], fps: float = 2.0, noise_m: float = 0.1) -> FloorRows:
    """Straight from knot to knot, with errors of ``noise_m``."""
    t, x, y = np.array(knots, float).T
    times = np.arange(np.ceil(t[0] * fps), t[-1] * fps + 1e-9) / fps
    rng = np.random.default_rng(visit)
    xy = np.stack([np.interp(times, t, x), np.interp(times, t, y)], axis=1)
    xy += rng.normal(0.0, noise_m, xy.shape)
    n = len(times)
    visits, ones = np.full(n, visit), np.ones(n, np.int64)
    return FloorRows(times, visits, xy, np.full(n, noise_m), ones)


def together(parts: Sequence[FloorRows]) -> FloorRows:
    """All in order of time."""
    rows = FloorRows.concatenate(parts)
    return rows.take(np.lexsort((rows.visit, rows.time_s)))


def shopping(visit: int, at_s: float, shelves: int = 3, beside_m: float = 0.0) -> FloorRows:
    """In by the door, some shelves for twenty seconds each, queue, till, and out."""
    rng = np.random.default_rng(int(at_s))
    d = beside_m
    knots: list[Knot] = [(at_s, DOOR[0] + d, DOOR[1]), (at_s + 5, 6.0 + d, 8.0)]
    now_s = at_s + 5
    for x, y in rng.uniform((1.0, 1.0), (7.0, 6.0), (shelves, 2)).tolist():
        knots += [(now_s + 8, x + d, y), (now_s + 28, x + d, y)]
        now_s += 28
    knots += [(now_s + 8, 8.8, 7.5 + d), (now_s + 28, 8.8, 6.5 + d)]
    knots += [(now_s + 31, TILL[0], TILL[1]), (now_s + 61, TILL[0], TILL[1])]
    knots += [(now_s + 70, DOOR[0] + d, 9.0), (now_s + 73, DOOR[0] + d, DOOR[1])]
    return walk(visit, knots)


def cut(rows: FloorRows, every_s: float, lost_s: float, first: int) -> FloorRows:
    """One visit in pieces, numbered from ``first`` on."""
    piece = ((rows.time_s - rows.time_s[0]) // every_s).astype(np.int64)
    kept = (rows.time_s - rows.time_s[0]) % every_s >= lost_s
    kept |= piece == 0
    return FloorRows(
        rows.time_s[kept], (first + piece)[kept], rows.xy[kept], rows.spread_m[kept],
        rows.cameras[kept],
    )  # fmt: skip
