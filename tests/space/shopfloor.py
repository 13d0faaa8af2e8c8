"""A made-up shop floor with exact truth, computed apart from the engine and far finer (100 Hz).

Everybody comes in at a side of the picture, walks from place to place with pauses, and goes out
at a side. Nothing here is shared with ``miseban.space``: crossings are sign changes of x, stays
are stretches inside rectangles.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.tracks import TrackRows
from tests.space.walks import rows, shop_text, together

Floats = NDArray[np.float64]

FINE_HZ = 100
LINE_X = 320.0
ZONES = {
    "left": ("area", (40.0, 200.0, 240.0, 420.0)),
    "queue": ("queue", (400.0, 180.0, 600.0, 440.0)),
}
PX_PER_M = 60.0


def text() -> str:
    return shop_text(
        {"l": ((LINE_X, 480), (LINE_X, 0))},
        {
            name: (kind, ((x1, y1), (x2, y1), (x2, y2), (x1, y2)))
            for name, (kind, (x1, y1, x2, y2)) in ZONES.items()
        },
    )


@dataclass
class Truth:
    """``stays`` (entered, left) by zone; ``length`` (N,) people in each zone by the fine clock."""

    ins: int = 0
    outs: int = 0
    stays: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    length: dict[str, NDArray[np.int64]] = field(default_factory=dict)


def _path(rng: np.random.Generator, start_s: float) -> tuple[Floats, Floats]:
    """(N,) times and (N, 2) feet of one person, at 100 Hz."""
    side = [-25.0, 665.0]
    here = np.array([rng.choice(side), rng.uniform(150, 470)])
    places = [rng.uniform((20, 130), (620, 470)) for _ in range(rng.integers(2, 6))]
    places.append(np.array([rng.choice(side), rng.uniform(150, 470)]))
    pieces = [here[None]]
    for i, place in enumerate(places):
        speed = rng.uniform(0.5, 1.5) * PX_PER_M
        n = max(1, int(np.hypot(*(place - here)) / speed * FINE_HZ))
        pieces.append(here + np.arange(1, n + 1)[:, None] / n * (place - here))
        if i < len(places) - 1 and rng.random() < 0.7:
            pieces.append(np.repeat(place[None], int(rng.uniform(1, 20) * FINE_HZ), axis=0))
        here = place
    xy = np.concatenate(pieces)
    xy = xy[(xy[:, 0] > 0) & (xy[:, 0] < 640)]
    return start_s + np.arange(len(xy)) / FINE_HZ, xy


def shopfloor(
    seed: int,
    people: int = 60,
    fps: float = 10.0,
    *,
    noise_px: float = 0.0,
    missed: float = 0.0,
    break_every_s: float = np.inf,
    least_stay_s: float = 1.0,
    over_px: float = 0.0,
    bridged_s: float = 0.0,
    gap_s: float = 6.0,
) -> tuple[TrackRows, Truth]:
    """``noise_px`` white noise of the feet, ``missed`` part of the rows, and a new track number
    after ``break_every_s`` seconds on average. A passage of the truth is a change to the other
    side that goes at least ``over_px`` beyond the line; ways out of a zone shorter than
    ``bridged_s`` belong to the stay. ``gap_s`` seconds pass on average between two people."""
    rng = np.random.default_rng(seed)
    starts = np.cumsum(rng.exponential(gap_s, people))
    truth = Truth(stays={name: [] for name in ZONES})
    paths = [_path(rng, float(np.round(s, 2))) for s in starts]
    end_s = max(float(t[-1]) for t, _ in paths)
    fine = np.zeros(int(end_s * FINE_HZ) + 2, np.int64)
    truth.length = {name: fine.copy() for name in ZONES}
    parts = []
    number = 1
    for t, xy in paths:
        off = xy[:, 0] - LINE_X
        sides = np.sign(off[np.abs(off) > over_px])
        turns = np.diff(sides[sides != 0])
        truth.ins += int((turns > 0).sum())
        truth.outs += int((turns < 0).sum())
        for name, (_, (x1, y1, x2, y2)) in ZONES.items():
            x, y = xy.T
            inside = (x >= x1) & (x < x2) & (y >= y1) & (y < y2)
            edge = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(int), [0]])))
            if len(edge):
                inner = edge[1:-1].reshape(-1, 2)
                kept = inner[(inner[:, 1] - inner[:, 0]) / FINE_HZ >= bridged_s]
                edge = np.concatenate([edge[:1], kept.ravel(), edge[-1:]])
            for a, b in edge.reshape(-1, 2).tolist():
                if (b - a) / FINE_HZ >= least_stay_s:
                    truth.stays[name].append((float(t[a]), float(t[b - 1])))
                    first = round(float(t[a]) * FINE_HZ)
                    truth.length[name][first : first + b - a] += 1
        seen = np.arange(np.ceil(t[0] * fps), np.floor(t[-1] * fps) + 1) / fps
        at = np.clip(np.round((seen - t[0]) * FINE_HZ).astype(int), 0, len(t) - 1)
        feet = xy[at] + rng.normal(0, noise_px, (len(at), 2))
        tracks = np.full(len(seen), number)
        if np.isfinite(break_every_s):
            tracks += np.cumsum(rng.random(len(seen)) < 1 / (break_every_s * fps))
        number = int(tracks.max(initial=number)) + 1
        keep = rng.random(len(seen)) >= missed
        parts.append(rows(tracks, seen, feet).take(keep))
    return together(parts), truth
