"""Who is seen on the floor at this moment: for a plan on a screen, and for no fact."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.space.floor_book import FloorBook
from miseban.space.fusion.settings import FusionSettings
from miseban.space.homography import Homography
from miseban.space.labels import Labels
from miseban.space.visits import VisitBook

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Seen:
    """A visit that was seen lately: ``visit`` and ``group`` stand for themselves while it lasts and
    are for this process alone; ``xy`` metres, ``spread_m`` one standard deviation in the worst
    direction; ``staff`` as it is judged up to now; ``name`` the visit's id in events."""

    visit: Hashable
    xy: tuple[float, float]
    spread_m: float
    staff: bool = False
    group: Hashable | None = None
    name: str | None = None


def seen_together(book: FloorBook, labels: Labels, since_s: float) -> list[Seen]:
    """Of the floor of several cameras, who was seen from ``since_s`` on."""
    found = []
    for number, slot in book.by_number.items():
        if book.last_s[slot] >= since_s and book.observations[slot] > 1:  # one sight is no person
            role, group = labels.now(number)
            x, y = book.last_xy[slot].tolist()
            spread_m = float(book.last_spread[slot])
            found.append(Seen(number, (x, y), spread_m, role == "staff", group, book.at(slot).id))
    return found


def seen_alone(book: VisitBook, floor: Homography | None, since_s: float) -> list[Seen]:
    """Of a camera by itself, whose floor points are in ``floor``; nobody without them."""
    if floor is None:
        return []
    with np.errstate(invalid="ignore"):
        lately = (book.last_s >= since_s) & np.isfinite(book.last_s) & (book.observations > 1)
        slots = np.flatnonzero(lately & np.isfinite(book.last_floor).all(axis=1))
    found = []
    spreads = _spread_m(floor, book.last_xy[slots], book.last_box[slots])
    for slot, spread_m in zip(slots.tolist(), spreads.tolist(), strict=True):
        if np.isfinite(spread_m):
            x, y = book.last_floor[slot].tolist()
            found.append(Seen(book.at(slot).id, (x, y), spread_m))
    return found


class HoldsTracks(Protocol):
    """Knows whose each track is."""

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        """The camera and the number of each track that is of the visit now."""
        ...


def whose(seen: Iterable[Seen], fusion: HoldsTracks, track: tuple[str, int]) -> str | None:
    """The name of the visit among ``seen``, of a floor of several cameras, that has ``track`` (a
    camera and its number): only one that was seen within the last seconds has."""
    for one in seen:
        if isinstance(one.visit, int) and track in fusion.tracks_of(one.visit):
            return one.name
    return None


def among_themselves(seen: Sequence[Seen]) -> dict[Hashable, list[Seen]]:
    """The groups of which more than one is seen."""
    groups: dict[Hashable, list[Seen]] = {}
    for one in seen:
        if one.group is not None:
            groups.setdefault(one.group, []).append(one)
    return {group: those for group, those in groups.items() if len(those) > 1}


def _spread_m(floor: Homography, xy: Floats, box: Floats) -> Floats:
    """(N,) metres: how far the place moves when the feet at ``xy`` (N, 2) pixels are wrong by as
    much as boxes ``box`` (N, 4) usually are, as the fusion reckons it."""
    s = FusionSettings()
    sigma = s.box_error * (box[:, 3] - box[:, 1]) + s.pixel_error
    here = floor.to_floor(xy)
    worst = np.zeros(len(xy))
    for direction in ((1.0, 0.0), (0.0, 1.0)):
        there = floor.to_floor(xy + sigma[:, None] * np.array(direction))
        worst = np.maximum(worst, np.linalg.norm(there - here, axis=1))
    return np.asarray(np.hypot(worst, np.hypot(s.posture_m, floor.error_m)), np.float64)
