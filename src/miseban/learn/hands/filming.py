"""What a simulated camera sees of a shelf, and what hands truly did there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.hand_watch import LOOK_S
from miseban.camera.simulated import open_simulated
from miseban.camera.viewing import Viewing
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.goods import goods_events
from miseban.sim.world.simulation import Simulation
from miseban.vision.detectors import open_detector
from miseban.vision.hands.region import Region
from miseban.vocabulary.events import ShelfTouched, Touch
from miseban.vocabulary.shop import Facing, Shop, load_shop

DETECTOR = "person-small"


@dataclass(frozen=True, slots=True)
class Deed:
    """A hand was at facing number ``facing`` at ``time_s``: it took a piece, put one back, or
    neither."""

    facing: int
    kind: Touch
    time_s: float


@dataclass(frozen=True, slots=True)
class Look:
    """``small`` (h, w, 3) is the region around the facings, ``people`` (P, 4) all in the picture
    that may be somebody, ``boxes`` (N, 4) those who are, with their ``tracks``."""

    time_s: float
    small: NDArray[np.uint8]
    people: NDArray[np.float64]
    boxes: NDArray[np.float64]
    tracks: list[int]


@dataclass(frozen=True)
class Film:
    """What a camera with pictures of ``size`` (width, height) sees of ``facings``; the truth."""

    facings: list[Facing]
    size: tuple[int, int]
    deeds: list[Deed]
    looks: list[Look]


def filmed(file: Path, camera: str, seed: int, until_s: float) -> Film:
    """The shop of ``file``, its scenario beside it, played with ``seed``."""
    shop = load_shop(file)
    facings = [facing for _, facing in _facings(shop, camera)]
    size = shop.camera(camera).resolution
    region = Region.of([facing.polygon for facing in facings], *size)
    looks = list(_looks(file, camera, region, seed, until_s))
    return Film(facings, size, _deeds(file, camera, seed, until_s), looks)


def _facings(shop: Shop, camera: str) -> list[tuple[str, Facing]]:
    """Shelf and facing of all whose touches ``camera`` tells."""
    told = [s for s in shop.shelves if s.camera == camera and "touches" in s.tells]
    return [(s.id, facing) for s in told for facing in s.facings]


def _deeds(file: Path, camera: str, seed: int, until_s: float) -> list[Deed]:
    """The truth about the shop of ``file``, played with ``seed``."""
    shop = load_shop(file)
    world = Simulation(shop, load_scenario(beside(file), shop), seed)
    world.run_until(until_s)
    numbers = {(shelf, f.id): n for n, (shelf, f) in enumerate(_facings(shop, camera))}
    visits = {person.id: str(person.id) for person in world.people}
    return [
        Deed(numbers[e.shelf, e.facing], e.kind, (e.time - world.start).total_seconds())
        for e in goods_events(world.goods, shop, visits, world.start, until_s, seed)
        if isinstance(e, ShelfTouched) and (e.shelf, e.facing) in numbers
    ]  # fmt: skip


def _looks(file: Path, camera: str, region: Region, seed: int, until_s: float) -> Iterator[Look]:
    """As often as a camera looks for hands."""
    bare = load_shop(file).model_copy(update={"shelves": ()})
    with open_simulated(f"sim:{camera}?seed={seed}&pace=full", shop_file=file) as source:
        viewing = Viewing(source, open_detector(DETECTOR), bare, camera)
        next_s = 0.0
        for frame in source.frames():
            if frame.time_s >= until_s:
                return
            rows = viewing.take(frame)
            if rows is None:
                continue
            viewing.saw(frame, rows, _nobody)
            if frame.time_s < next_s - 1e-3:
                continue
            next_s = frame.time_s + LOOK_S
            now = rows.take((rows.frame == frame.number) & (rows.track >= 0))
            people = viewing.looking.people_xyxy
            small = region.small(frame.bgr).astype(np.uint8)
            yield Look(frame.time_s, small, people, now.xyxy, now.track.tolist())


def cameras(shop: Shop) -> Sequence[str]:
    """Those that tell of touches."""
    return sorted({s.camera for s in shop.shelves if "touches" in s.tells})


def _nobody(track: int) -> None:
    del track
