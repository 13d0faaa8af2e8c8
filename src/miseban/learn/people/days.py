"""Simulated days as the fusion of cameras might tell them: rows on the floor, with who is who."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from miseban.sim.scenario import Scenario
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.floor import FloorRows
from miseban.vocabulary.shop import Shop

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Seen:
    """How well people are followed: a place is told ``fps`` times a second with an error of
    ``error_m`` (one standard deviation a coordinate) that lasts for about ``error_s``; after
    ``piece_s`` on average somebody is lost for ``lost_s`` (least and most), and is another visit
    then."""

    fps: float = 1.0
    error_m: float = 0.2
    error_s: float = 3.0
    piece_s: float = 600.0
    lost_s: tuple[float, float] = (1.0, 10.0)


@dataclass(frozen=True, slots=True)
class Day:
    """``rows`` in order of time; of each visit (V,), by its number: ``person``, whether it is
    ``staff``'s, and its ``group``."""

    rows: FloorRows
    person: Ints
    staff: NDArray[np.bool_]
    group: Ints


def day(
    shop: Shop, scenario: Scenario, seed: int, duration_s: float, seen: Seen | None = None
) -> Day:
    """Simulates and looks at it."""
    return looked_at(simulated(shop, scenario, seed, duration_s), seed, duration_s, seen)


def simulated(shop: Shop, scenario: Scenario, seed: int, duration_s: float) -> Simulation:
    """The day itself, to be looked at more than once."""
    simulation = Simulation(shop, scenario, seed)
    at_s = 0.0
    while at_s < duration_s:
        at_s = min(at_s + 600.0, duration_s)
        simulation.run_until(at_s)
    return simulation


def looked_at(
    simulation: Simulation, seed: int, duration_s: float, seen: Seen | None = None
) -> Day:
    """What is seen of it; ``seed`` draws errors and where people are lost."""
    seen = seen or Seen()
    rng = np.random.default_rng(seed)
    parts: list[tuple[Floats, Floats, int]] = []
    person: list[int] = []
    staff: list[bool] = []
    group: list[int] = []
    for one in simulation.people:
        trail = one.trail
        if not len(trail.t) or trail.start_s >= duration_s:
            continue
        end_s = min(trail.end_s, duration_s) if one.gone else duration_s
        knots, places = trail.knots(duration_s)
        t = np.arange(np.ceil(trail.start_s * seen.fps), end_s * seen.fps) / seen.fps
        if not len(t):
            continue
        xy = np.stack([np.interp(t, knots, places[:, axis]) for axis in (0, 1)], axis=1)
        xy += _wander(rng, len(t), seen)
        for a, b in _pieces(rng, len(t), seen):
            parts.append((t[a:b], xy[a:b], len(person)))
            person.append(one.id)
            staff.append(one.staff)
            group.append(one.group)
    t = np.concatenate([part[0] for part in parts])
    xy = np.concatenate([part[1] for part in parts])
    visit = np.repeat([part[2] for part in parts], [len(part[0]) for part in parts])
    order = np.lexsort((visit, t))
    ones = np.ones(len(t), np.int64)
    rows = FloorRows(t[order], visit[order], xy[order], np.full(len(t), seen.error_m), ones)
    return Day(rows, np.array(person), np.array(staff), np.array(group))


def _wander(rng: np.random.Generator, n: int, seen: Seen) -> Floats:
    """(N, 2) errors, an autoregressive process of first order."""
    keep = np.exp(-1.0 / (seen.fps * seen.error_s))
    fresh = rng.normal(0.0, seen.error_m, (n, 2)) * np.sqrt(1.0 - keep**2)
    fresh[0] /= np.sqrt(1.0 - keep**2)
    return np.asarray(lfilter([1.0], [1.0, -keep], fresh, axis=0), np.float64)


def _pieces(rng: np.random.Generator, n: int, seen: Seen) -> list[tuple[int, int]]:
    found, at = [], 0
    while at < n:
        end = at + max(2, int(rng.exponential(seen.piece_s) * seen.fps))
        found.append((at, min(end, n)))
        at = end + int(rng.uniform(*seen.lost_s) * seen.fps)
    return found
