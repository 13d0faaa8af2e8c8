"""Calibration from people who walk by: focal length, tilt and height of the camera, and so a floor
in metres, up to where on the plan it lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.calibration.people import (
    Anchor,
    Beliefs,
    feet_of,
    height_sd,
    heights_of,
    whitened,
)
from miseban.space.calibration.seen import apart_m
from miseban.space.calibration.solving import Clicks, Evidence, Places
from miseban.space.calibration.walkers import Walkers
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.shop.pinhole import Pinhole

Floats = NDArray[np.float64]

LEAST_PEOPLE = 8
ONE_LINE_M = 0.35
"""Where four of five steps keep within this of one line, people have walked one line."""
GROUPS = 6
"""So many times a part of the people is left out, to see what that changes."""
DRAWN = 24
"""So many cameras that explain what was seen as well are compared with the best."""
_FOCALS = np.geomspace(0.25, 3.0, 12)
_TILTS = np.radians(np.arange(4.0, 84.0, 5.0))
_ROLLS = np.radians([-6.0, 0.0, 6.0])
_LOOKED_AT = 600  # boxes at most, while many cameras are tried
_TRUNCATED = 9.0


@dataclass(frozen=True, slots=True)
class Walked:
    """``camera`` over its own floor or the plan; ``residual_cm`` is how far places on the floor
    where people were move when a part of them is left out (delete-a-group jackknife), in the
    median; on ``people`` and ``boxes``. ``tall_m`` is the median height of these people, who
    differ by ``tall_sd``, a part of one."""

    camera: Pinhole
    residual_cm: float
    people: int
    boxes: int
    tall_m: float
    tall_sd: float


def first_look(
    seen: Walkers, size: tuple[float, float], anchor: Anchor, beliefs: Beliefs
) -> Pinhole:
    """The best of a grid of lenses, tilts and rolls, each at the height at which the median person
    is as tall as people are; whoever does not fit counts no more than so much (P. Torr and
    A. Zisserman, *MLESAC*, 2000, over all candidates in place of random ones)."""
    every = max(1, len(seen.xyxy) // _LOOKED_AT)
    xyxy, person = seen.xyxy[::every], seen.person[::every]
    sd = height_sd(beliefs, xyxy)
    best, least = None, np.inf
    for focal in (_FOCALS * size[0]).tolist():
        for tilt in _TILTS.tolist():
            for roll in _ROLLS.tolist():
                camera = Pinhole(focal, 0.0, 0.0, 1.0, 0.0, tilt, roll, size)
                tall = heights_of(camera, xyxy, _feet(camera, xyxy, anchor))
                there = np.isfinite(tall)
                if there.mean() < 0.7:
                    continue
                ratio = float(np.median(tall[there]))
                off = np.where(there, np.log(np.where(there, tall, 1.0) / ratio), 1.0)
                off = whitened(np.clip(off, -1, 1), sd, person, beliefs.person_sd)
                prior = (np.log(focal / size[0] / beliefs.focal_widths) / beliefs.focal_sd) ** 2
                cost = float(np.minimum(off**2, _TRUNCATED).sum()) + prior
                cost += (roll / beliefs.roll_sd) ** 2
                if cost < least:
                    height_m = beliefs.height_m / ratio
                    best = Pinhole(focal, 0.0, 0.0, height_m, 0.0, tilt, roll, size)
                    least = cost
    if best is None:
        what = "expected people who stand on a floor, found boxes that no camera above one sees"
        raise BadInput("no-floor", "people", what)
    return best


def _feet(camera: Pinhole, xyxy: Floats, anchor: Anchor) -> Floats:
    """As ``feet_of`` for a camera one metre up: shoes are too large for that scale."""
    if anchor == "feet":
        return feet_of(camera, xyxy, anchor)
    big = Pinhole(camera.focal_px, 0.0, 0.0, 3.0, 0.0, camera.tilt, camera.roll, camera.size)
    return feet_of(big, xyxy, anchor)


def from_walkers(
    seen: Walkers,
    size: tuple[float, float],
    where: str,
    *,
    anchor: Anchor = "feet",
    beliefs: Beliefs | None = None,
    start: Pinhole | None = None,
    clicks: Clicks | None = None,
    places: Places | None = None,
) -> Walked:
    """The camera that sees ``seen``; with ``clicks`` or ``places``, which need a ``start`` on the
    plan, also where it is there. Raises ``BadInput`` naming ``where`` for too few people, for
    people on one line, and when they are of no size that people have."""
    beliefs = beliefs or Beliefs()
    if seen.people < LEAST_PEOPLE:
        what = f"expected {LEAST_PEOPLE} or more people who walk in full view"
        raise BadInput("too-few-people", where, f"{what}, found {seen.people}")
    begun = start or first_look(seen, size, anchor, beliefs)
    _refuse_one_line(seen, begun, anchor, where)
    evidence = Evidence(seen, anchor, beliefs, clicks, places)
    camera = evidence.fit(begun)
    seen = evidence.seen
    feet = feet_of(camera, seen.xyxy, anchor)
    tall = evidence.heights(camera)
    own = np.array([np.nanmedian(tall[seen.person == p]) for p in range(seen.people)])
    others = []
    for group in range(GROUPS):
        kept = np.arange(seen.people) % GROUPS != group
        part = Evidence(seen.of(kept), anchor, beliefs, clicks, places)
        others.append(part.fit(camera, rounds=1))
    inside = (feet >= 0).all(axis=1) & (feet <= size).all(axis=1)
    moved = apart_m(camera, others, feet[inside])
    drawn = apart_m(camera, evidence.drawn(camera, DRAWN), feet[inside])
    with np.errstate(invalid="ignore"):
        spread = np.sqrt(
            (GROUPS - 1) / GROUPS * np.nansum(moved**2, axis=0) + np.nanmean(drawn**2, axis=0)
        )
    residual = 100 * float(np.median(spread)) if len(spread) else np.inf
    return Walked(
        camera, residual, seen.people, len(seen.xyxy),
        float(np.nanmedian(own)), float(np.nanstd(np.log(own))),
    )  # fmt: skip


def _refuse_one_line(seen: Walkers, camera: Pinhole, anchor: Anchor, where: str) -> None:
    """Judged on the floor by a first look, which keeps what is straight straight."""
    feet = feet_of(camera, seen.xyxy, anchor)
    places = camera.to_floor(feet)
    there = np.isfinite(places).all(axis=1)
    places, feet = places[there], feet[there]
    middle = np.median(places, axis=0)
    _, _, ways = np.linalg.svd(places - middle, full_matrices=False)
    across = np.abs((places - middle) @ ways[1])
    if float(np.percentile(across, 80)) > ONE_LINE_M:
        return
    along = (places - middle) @ ways[0]
    ends = " to ".join(
        shown((round(float(p[0])), round(float(p[1]))))
        for p in (feet[int(np.argmin(along))], feet[int(np.argmax(along))])
    )
    what = f"expected people who walk in different places, found all {seen.people} on one line"
    raise BadInput("one-line", where, f"{what} of the picture, {ends}")
