"""What one camera sees of people on the floor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from miseban.space.coverage.heeding import Heed, heeding
from miseban.space.polygons import Polygons
from miseban.vocabulary.shop.fixture import Fixture
from miseban.vocabulary.shop.hiding import hidden_m
from miseban.vocabulary.shop.pinhole import Pinhole
from miseban.vocabulary.shop.seen_floor import STEEP

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Numbers = NDArray[np.int32]
Posture = Literal["stands", "lies"]

TALL_M: dict[Posture, float] = {"stands": 1.6, "lies": 0.25}
SHOWN = 0.5
"""No fixture may hide more than the lower half."""
LEAST = 1 / 15
"""Of the picture's height somebody who stands there must be so much: detectors are given pictures
of some 400 lines, and hardly find who is smaller than 25 of them."""
STEEP_HANG_M = 3.0
HOLDS_M = 0.3
"""Calibration is a little off: within so much a camera hangs on what is as high as it is."""


def hung(lens: Pinhole) -> Pinhole:
    """Floor points that a camera sees from straight above tell how large a metre is in the picture,
    but not how high it hangs: then it hangs ``STEEP_HANG_M`` up, looking where it looks."""
    if lens.tilt <= STEEP:
        return lens
    part = STEEP_HANG_M / lens.height_m
    back = (lens.height_m - STEEP_HANG_M) / math.tan(lens.tilt)
    x, y = lens.x + back * math.cos(lens.heading), lens.y + back * math.sin(lens.heading)
    return replace(lens, focal_px=lens.focal_px * part, x=x, y=y, height_m=STEEP_HANG_M)


def in_the_way(lens: Pinhole, fixtures: Sequence[Fixture]) -> list[Fixture]:
    """All but the wall or pillar that it hangs on."""
    high = [one for one in fixtures if one.height_m >= lens.height_m]
    outlines, eye = Polygons([one.polygon for one in high]), np.array([[lens.x, lens.y]])
    on = (outlines.inside(eye) | (outlines.distance(eye) <= HOLDS_M))[0]
    its = {one.id for one, it_is in zip(high, on, strict=True) if it_is}
    return [one for one in fixtures if one.id not in its]


def views(
    lens: Pinhole, fixtures: Sequence[Fixture], places: Floats, heed: Heed
) -> dict[Posture, Numbers]:
    """The numbers of those of ``places`` (N, 2) at which ``lens`` sees somebody."""
    viewed = np.flatnonzero(in_view(lens, places)).astype(np.int32)
    eye = (lens.x, lens.y, lens.height_m)
    hidden = hidden_m(eye, heeding(heed, in_the_way(lens, fixtures)), places[viewed])
    return {posture: viewed[shown(hidden, posture)] for posture in TALL_M}


def in_view(lens: Pinhole, places: Floats) -> Bools:
    """(N,) whether the feet of somebody at each of ``places`` (N, 2) are in the picture, and who
    stands there is large enough in it."""
    pixels = lens.to_pixel(places)
    with np.errstate(invalid="ignore"):
        inside = ((pixels >= 0) & (pixels <= lens.size)).all(axis=1)
    return np.asarray(inside & near(lens, places))


def near(lens: Pinhole, places: Floats) -> Bools:
    """(N,) whether who stands there is large enough, wherever ``lens`` looks."""
    away_m = np.hypot(*(places - [lens.x, lens.y]).T)
    tall_px = TALL_M["stands"] * lens.focal_px / np.hypot(away_m, lens.height_m)
    return np.asarray(tall_px >= LEAST * lens.size[1])


def shown(hidden: Floats, posture: Posture) -> Bools:
    """(N,) whether no fixture hides more of somebody than the lower half: ``hidden`` (N,) metres as
    ``hidden_m``."""
    return np.asarray(hidden <= (1 - SHOWN) * TALL_M[posture])
