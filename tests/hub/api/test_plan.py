"""The floor plan: what a page needs to draw the shop, and the floor as each camera sees it."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.hub.api.plan import plan_of
from tests.insight.questions.shops import konbini, small


def test_a_camera_that_knows_its_floor_tells_where_the_floor_is_in_its_picture() -> None:
    plan = plan_of(konbini())
    assert plan is not None
    assert [(one.id, one.width, one.height) for one in plan.cameras] == [
        (camera.id, 640, 360) for camera in konbini().cameras
    ]
    for told, camera in zip(plan.cameras, konbini().cameras, strict=True):
        for point in camera.floor_points:
            u, v, w = np.array(told.to_pixel) @ [*point.floor_m, 1.0]
            assert (u / w, v / w) == pytest.approx(point.pixel, abs=1.0)
            assert w > 0  # in front of the lens


def test_without_a_floor_there_is_no_plan() -> None:
    assert plan_of(small()) is None
