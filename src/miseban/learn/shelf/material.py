"""Looks at drawn walls of goods, with the truth, to learn from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from miseban.learn.shelf.columns import Columns
from miseban.learn.shelf.filming import Moment, filmed
from miseban.learn.shelf.shops import CAMERA, drawn_shop
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.shelf import FEATURES, OTHERS, ShelfEye
from miseban.vision.shelf.columns import ColumnModel
from miseban.vision.shelf.patches import Patches

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]
Array = NDArray[Any]

PER_HOUR = 110.0
"""Groups of shoppers: a busy wall, so that much empties."""
NUDGE = 0.6
"""After this part of the time somebody bumps into the camera."""
LOW = 0.4
TAKEN = ((0.0, 0.9), (LOW, 0.6), (1.0, 0.2))
"""Of looks at facings that are at most so full, so many are taken, by chance."""
KNOWN, FORGOTTEN = 0.35, 0.5
"""So many of them are seen with the empty look that was known at the end, so many with none."""
FIRST, OTHER = 0.3, 0.12
"""... and so many beside how the facing looked at first, or at any other moment, when full."""
RECOLOURED = 0.25
"""... and so many in other contrasts: boards need not be brighter than goods."""
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_NONE = ColumnModel((), ())


@dataclass(frozen=True)
class Looks:
    """N looks at single facings: ``patches``, the part of each column that is ``taken`` (N, C), how
    full they are, ``fill`` (N,), and how many such looks one stands for, ``weight`` (N,)."""

    patches: Patches
    taken: Floats
    fill: Doubles
    weight: Doubles


class _Recorder(ShelfEye):
    __slots__ = ("seen",)

    seen: Patches

    def _told(self, patches: Patches, clear: Mask, whole: Mask) -> tuple[Doubles, Doubles]:
        del clear, whole
        self.seen = patches
        count = len(patches.now)
        return np.zeros((count, len(FEATURES))), np.full((count, len(OTHERS)), np.nan)


def wall(seed: int, hours: float, rng: np.random.Generator) -> Looks:
    """Looks at the wall that ``seed`` draws, on which ``hours`` are played."""
    shop, scenario = drawn_shop(seed, per_hour=PER_HOUR)
    stage, simulation = Stage(shop, scenario), Simulation(shop, scenario, seed)
    until_s = hours * 3600
    return looks(stage, filmed(simulation, stage, seed, until_s, nudge_at_s=NUDGE * until_s), rng)


def looks(stage: Stage, moments: Iterable[Moment], rng: np.random.Generator) -> Looks:
    """Some of the looks at the facings of ``stage`` at these ``moments``, each of them varied."""
    (shelf,) = stage.shop.shelves
    columns = Columns(stage, shelf)
    eye = _Recorder(shelf.facings, *stage.shop.camera(CAMERA).resolution, _NONE)
    parts: list[tuple[Patches, Floats, Doubles, Doubles]] = []
    places: list[NDArray[np.intp]] = []
    first: Floats | None = None
    for moment in moments:
        clear = eye.look(Frame(moment.picture, 1, moment.time_s, _EPOCH), moment.people).clear
        eye.is_empty(clear & (moment.fill <= 0))
        eye.is_full(clear & (moment.fill >= 1), 0.02)
        taken_as = [bound for bound, _ in TAKEN]
        share = np.array([part for _, part in TAKEN])[np.searchsorted(taken_as, moment.fill)]
        chosen = np.flatnonzero(clear & (rng.random(len(clear)) < share))
        if first is None and clear.any():
            first = eye.seen.full.copy()
        if len(chosen):
            places.append(chosen)
            parts.append((
                _some(eye.seen, chosen), columns.taken(moment.fill)[chosen], moment.fill[chosen],
                1 / share[chosen],
            ))  # fmt: skip
    place = np.concatenate(places)
    found = Looks(
        _joined([part[0] for part in parts]),
        *(np.concatenate([part[n] for part in parts]) for n in (1, 2, 3)),
    )
    assert first is not None  # noqa: S101 - there are looks
    return replace(found, patches=_varied(found.patches, place, first, eye.seen, rng))


def _varied(
    patches: Patches, place: NDArray[np.intp], first: Floats, last: Patches,
    rng: np.random.Generator,
) -> Patches:  # fmt: skip
    """What is remembered of full and empty is more or less; contrasts are others."""
    count = len(place)
    chance = rng.random(count)
    knows, forgets = chance < KNOWN, (chance >= KNOWN) & (chance < KNOWN + FORGOTTEN)
    known = np.where(knows, last.known[place], patches.known & ~forgets)
    empty = np.where(_wide(knows), last.empty[place], patches.empty)
    chance = rng.random(count)
    other = _other_look(place, rng)
    full = np.where(_wide(chance < FIRST), first[place], patches.full)
    full = np.where(_wide(chance > 1 - OTHER), patches.now[other], full)
    base = np.median(patches.edge, axis=(1, 2))[:, None, None]
    on = rng.random(count) < RECOLOURED
    gain = np.where(on, rng.uniform(0.4, 1.1, count) * rng.choice((-1, 1), count), 1.0)
    tint = np.where(_wide(on), rng.normal(0, 0.12, (count, 1, 1, 3)), 0.0)

    def recoloured(picture: Floats) -> Floats:
        return np.asarray(base + _wide(gain) * (picture - base) + tint, np.float32)

    return Patches(
        recoloured(patches.now), recoloured(full), recoloured(empty), known, patches.edge,
        patches.counts,
    )  # fmt: skip


def _other_look(place: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """(N,) for each look another one, or the same, at the same facing."""
    other = np.zeros(len(place), np.intp)
    for number in np.unique(place):
        mine = np.flatnonzero(place == number)
        other[mine] = rng.choice(mine, len(mine))
    return other


def _wide(values: Array) -> Array:
    return values[:, None, None, None]


def _some(patches: Patches, which: NDArray[np.intp]) -> Patches:
    p = patches
    return Patches(
        p.now[which], p.full[which], p.empty[which], p.known[which], p.edge[which], p.counts[which]
    )


def _joined(many: list[Patches]) -> Patches:
    def all_of(name: str) -> Array:
        return np.concatenate([getattr(one, name) for one in many])

    return Patches(
        all_of("now"), all_of("full"), all_of("empty"), all_of("known"), all_of("edge"),
        all_of("counts"),
    )  # fmt: skip
