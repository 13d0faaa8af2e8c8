"""Boxes of who sits in a wheelchair, beside those of who lies."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.postures import FITS
from miseban.space.help.seated import Seated, may_sit
from miseban.space.help.settings import HelpSettings
from miseban.space.help.shapes import Shape
from miseban.space.help.usual import Usual
from miseban.vocabulary.shop import load_shop, parse_shop
from tests.space.help.scenes import shop
from tests.space.help.test_flat import PLACES, WAYS, around, lying
from tests.space.help.test_lying import LIES, person

HERE = (5.0, 5.0)
KONBINI = load_shop(Path(__file__).parents[3] / "shops" / "konbini.toml")
SERVED = Body(
    camera="till", track=1, xy=(11.45, 3.6), tall=1.02, broad=2.05, aspect=1.27, box_px=64.0,
    rows=5, steep=0.38, whole=True, foot=(152.0, 141.0), flat=(24.7, 8.7, 1.8, 0.3),
    middle=(12.07, 3.2),
)  # fmt: skip
"""Somebody in a wheelchair at the till of the konbini, whom its camera sees from the side in the
upper left of its picture."""


def boxed(box: np.ndarray) -> Body:
    x1, y1, x2, y2 = box[0].tolist()
    foot = (x1 + x2) / 2, y2
    return replace(
        SERVED, camera="c", foot=foot, box_px=y2 - y1, aspect=(x2 - x1) / (y2 - y1), middle=(0, 0)
    )


def sitting(x: float, y: float, way: float, tall: float = 1.27) -> np.ndarray:
    """A chair 0.9 m long and 0.6 broad, and the head of who sits in it."""
    ahead, aside = (math.cos(way), math.sin(way)), (-math.sin(way), math.cos(way))
    return around(
        [
            (x + a * ahead[0] + b * aside[0], y + a * ahead[1] + b * aside[1], z)
            for a, half, z in ((0.45, 0.15, 0.0), (0.3, 0.2, 0.6), (-0.3, 0.3, 0.7),
                               (-0.3, 0.25, 0.4), (-0.15, 0.1, tall))
            for b in (-half, half)
        ]
    )  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("tall", [1.17, 1.27, 1.4])
def test_who_sits_fits_whichever_way(place: tuple[float, float], way: float, tall: float) -> None:
    assert Seated(shop()).misfit(boxed(sitting(*place, way, tall))) < FITS


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("way", [n * math.pi / 16 for n in range(-3, 4)])
def test_who_lies_across_the_line_of_sight_does_not(place: tuple[float, float], way: float) -> None:
    """Who lies along it looks as who squats or sits before the camera."""
    way += math.pi / 2 + math.atan2(place[1] - 12.0, place[0] - 10.0)
    assert Seated(shop()).misfit(boxed(lying(*place, way))) > FITS


def test_nobody_knows_who_sits_where_a_camera_does_not_tell_how_it_hangs() -> None:
    without = "\n".join(["[shop]", 'id = "s"', 'timezone = "Asia/Tokyo"', 'policy = "jp"'])
    assert Seated(parse_shop(without, "shop.toml")).misfit(SERVED) == math.inf
    assert Seated(KONBINI).misfit(replace(SERVED, box_px=math.nan)) == math.inf


def test_who_is_served_in_a_wheelchair_has_not_fallen() -> None:
    """Towards the corner of a picture the chair looks low and broad, as if somebody lay behind."""
    usual = Usual()
    for _ in range(40):
        usual.add("till", 1.0)
    one = person(1)
    one.own_m = 1.03  # known from there
    told = {}
    for name, sits in (("known", Seated(KONBINI).misfit), ("unknown", lambda _: math.inf)):
        judge = Lying(HelpSettings(), 1.0, usual, sits=sits)
        told[name] = [
            sign.kind
            for second in range(60)
            for sign in judge.look(float(second), [(SERVED, one)], [])
        ]
    assert not told["known"]
    assert told["unknown"]


def test_who_walked_and_looked_slim_does_not_sit() -> None:
    """A child is as small as who sits, and lies as any child does."""
    settings, child = HelpSettings(), person(1)
    child.own_m = 1.3
    assert may_sit(child, settings)  # nobody knows yet
    child.shapes.extend(Shape(float(second), HERE, 1.3, 1.0) for second in range(18))
    assert not may_sit(child, settings)
    child.shapes.extend(Shape(float(second), HERE, 1.3, 1.6) for second in range(18, 24))
    assert may_sit(child, settings)
    child.own_m = 1.6
    assert not may_sit(child, settings)
    child.own_m = None
    assert may_sit(child, settings)
    assert may_sit(None, settings)


def test_only_who_may_sit_is_asked_how_a_chair_fits() -> None:
    """Else all who lie along the line of sight would look like who sits before the camera."""
    for own_m, kinds in ((1.05, set()), (1.6, {"fall"})):
        one = person(1)
        one.own_m = own_m
        judge = Lying(HelpSettings(), 1.0, sits=lambda _: 0.0)
        told = {
            sign.kind
            for second in range(20)
            for sign in judge.look(float(second), [(LIES, one)], [])
        }
        assert told == kinds
