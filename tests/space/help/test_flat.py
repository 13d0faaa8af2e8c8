"""Boxes of whole bodies on the floor, beside those of who stands and squats."""

from __future__ import annotations

import math

import numpy as np
import pytest

from miseban.space.geometry import CameraGeometry
from miseban.space.help.flat import Flat
from miseban.space.lens import Lens
from miseban.space.settings import SpaceSettings
from tests.space.help.scenes import pixel, shop

PLACES = [(10.0, 8.0), (7.0, 6.0), (13.0, 5.0)]
WAYS = [n * math.pi / 8 for n in range(8)]


def flat() -> Flat:
    geometry = CameraGeometry(shop(), "c", SpaceSettings())
    assert geometry.homography is not None
    lens = Lens.of(geometry.homography, geometry.size)
    assert lens is not None
    return Flat(lens)


def around(points: list[tuple[float, float, float]]) -> np.ndarray:
    seen = np.array([pixel(*point) for point in points])
    return np.array([[*seen.min(axis=0), *seen.max(axis=0)]])


def lying(x: float, y: float, way: float, tall: float = 1.65) -> np.ndarray:
    """As long on the floor as somebody is tall, 0.44 m broad in the middle, 0.2 m at the ends, and
    0.25 m high."""
    ahead, aside = (math.cos(way), math.sin(way)), (-math.sin(way), math.cos(way))
    return around(
        [
            (x + a * ahead[0] + b * aside[0], y + a * ahead[1] + b * aside[1], z)
            for a, half in ((-tall / 2, 0.1), (0.0, 0.22), (tall / 2, 0.1))
            for b in (-half, half)
            for z in (0.0, 0.25)
        ]
    )


def standing(x: float, y: float, tall: float) -> np.ndarray:
    return around([(x + dx, y, z) for dx in (-0.25, 0.25) for z in (0.0, tall)])


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_who_lies_fits_whichever_way(place: tuple[float, float], way: float) -> None:
    (misfits,), (middle,) = flat().misfit(lying(*place, way))
    assert misfits.min() < 6.0  # this one is a board, not rounded as people are
    assert math.dist(middle, place) < 0.3


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tall", [1.4, 1.6, 1.8])
def test_who_stands_does_not(place: tuple[float, float], tall: float) -> None:
    (misfits,), _ = flat().misfit(standing(*place, tall))
    assert misfits.min() > 5.0


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
def test_a_child_who_lies_fits_a_child(place: tuple[float, float], way: float) -> None:
    (misfits,), _ = flat().misfit(lying(*place, way, tall=1.1))
    assert misfits[:2].min() < 8.0  # a board as broad as an adult
