"""What may not be read does not enter a moment, with readers that always have something to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.vision.attributes.judging import JudgeSettings, judge
from miseban.vision.attributes.looking import PersonReader
from miseban.vision.attributes.moments import BestMoments
from miseban.vision.attributes.readers import AgeGenderReader, BodyReader
from miseban.vision.faces import Face
from miseban.vision.pixels import Crop, Frame, Pixels
from miseban.vocabulary.attributes import Attribute

BOX = np.array([100.0, 40, 200, 340])
NOISE = np.random.default_rng(3).integers(0, 255, (400, 400, 3), np.uint8)


class OneFace:
    """A face of 60 pixels where the head of ``BOX`` is, with points that look into the lens."""

    name = "one"

    def __init__(self, there: bool) -> None:
        self._there = there

    def faces(self, pixels: Pixels) -> list[Face]:
        assert isinstance(pixels, Crop)
        points = np.array([[135.0, 60], [165, 60], [150, 75], [138, 92], [162, 92]])
        face = Face(np.array([120.0, 46, 180, 106]), 0.9, points)
        return [face.moved(-pixels.left, -pixels.top)] if self._there else []


class AMan:
    name = "man"

    def __init__(self, years: float) -> None:
        self._years = years

    def read(self, pixels: Pixels, face: Face) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return np.full(4, self._years), np.full(4, 0.99)


class AManFromBehind:
    name = "back"
    looks = 0

    def read(self, crop: Crop) -> float:
        self.looks += 1
        return 0.99


def looked(
    permitted: tuple[Attribute, ...], *, face: bool = True, years: float = 50.0
) -> tuple[BestMoments, AManFromBehind]:
    bodies = AManFromBehind()
    reader = PersonReader(
        OneFace(face), None, cast(AgeGenderReader, AMan(years)), cast(BodyReader, bodies),
        permitted=permitted,
    )  # fmt: skip
    assert set(reader.reads()) == set(permitted) - {"expression"}
    found = BestMoments()
    for n in range(3):
        moment, _ = reader.look(Frame(NOISE, n, n * 0.4, datetime(2026, 5, 4, tzinfo=UTC)), BOX)
        if moment is not None:
            found.add(moment)
    return found, bodies


def said(moments: BestMoments, reads: tuple[Attribute, ...]) -> tuple[str | None, str | None]:
    vote = judge(moments, JudgeSettings(), reads)
    return vote.value("gender"), vote.value("age")


def test_what_is_permitted_is_read() -> None:
    moments, _ = looked(("gender", "age"))
    assert said(moments, ("gender", "age")) == ("male", "40-59")
    moments, bodies = looked(("gender", "age"), face=False)
    assert said(moments, ("gender", "age")) == ("male", None)
    assert bodies.looks == 3


def test_where_only_the_age_may_be_read_no_gender_is_kept_and_no_body_looked_at() -> None:
    moments, _ = looked(("age",))
    assert len(moments.faces) == 3
    assert all(moment.male.size == 0 for moment in moments.faces)
    assert said(moments, ("age",)) == (None, "40-59")
    moments, bodies = looked(("age",), face=False)
    assert (moments.bodies, bodies.looks) == ([], 0)


def test_where_only_gender_may_be_read_the_age_leaves_out_the_young_and_no_more() -> None:
    moments, _ = looked(("gender", "expression"))
    assert said(moments, ("gender", "expression")) == ("male", None)
    moments, _ = looked(("gender",), years=15.0)
    assert said(moments, ("gender",)) == (None, None)


def test_nobody_is_looked_at_for_nothing() -> None:
    with pytest.raises(ValueError, match="nothing is permitted"):
        looked(("expression",))
