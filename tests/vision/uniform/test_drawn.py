"""The uniform is known on drawn people who wear it, in any light of the day."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from miseban.sim.state import Figure, Scene
from miseban.vision.gain import Gain
from miseban.vision.pixels import Frame
from miseban.vision.uniform.torso import Uniform
from miseban.vision.uniform.watch import UniformSettings

pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")

from miseban.sim.render import Conditions, Pose, RenderedCamera, Room
from miseban.sim.render.look import UNIFORM, look_of

TEAL = (31, 111, 92)
RED = (179, 32, 44)
EVEN = UniformSettings().even


def figure(n: int, kind: str) -> Figure:
    x, y = 1.5 + 1.3 * (n % 5), 2.5 + 1.4 * (n // 5)
    return Figure(n + 1, kind, x, y, math.tau * n / 7, 1.62 + 0.02 * n, 0.0, 0.0, "stand", None, "",
                  100 + n)  # fmt: skip


SCENE = Scene(0.0, tuple(figure(n, "staff" if n % 2 else "browser") for n in range(10)))


@pytest.mark.parametrize("rgb", [TEAL, RED])
@pytest.mark.parametrize(
    ("hour", "conditions"),
    [(12.0, Conditions()), (17.5, Conditions()), (20.0, Conditions(low_light=0.5))],
    ids=["noon", "low sun", "dim"],
)
def test_staff_are_near_it_and_hardly_any_shopper(
    rgb: tuple[int, int, int], hour: float, conditions: Conditions
) -> None:
    worn = (rgb[0] / 255, rgb[1] / 255, rgb[2] / 255)
    camera = RenderedCamera(
        Room(8.0, 7.0, 3.0, (((0.0, 7.0), (3.0, 7.0)),), 5), (),
        Pose((4.0, 0.2, 2.8), (4.0, 4.0, 0.8), 90.0, 0.0), (640, 360),
        hour=hour, conditions=conditions, looks=lambda who: look_of(who, [worn]),
    )  # fmt: skip
    picture, boxes = camera.frame_and_boxes(SCENE)
    frame = Frame(picture, 1, 0.0, datetime(2026, 3, 2, tzinfo=UTC))
    gain, uniform = Gain().look(frame), Uniform([rgb])
    near: dict[bool, list[bool]] = {True: [], False: []}
    for who, box, seen in zip(boxes.ids, boxes.xyxy, boxes.visibility, strict=True):
        share = uniform.share(frame, box, gain)
        if seen > 0.7 and share is not None:
            near[SCENE.figures[int(who) - 1].kind == "staff"].append(share > EVEN)
    assert len(near[True]) >= 3
    assert len(near[False]) >= 3
    assert np.mean(near[True]) >= 0.75
    assert np.mean(near[False]) <= 0.25


def test_drawn_staff_wear_what_the_shop_file_says_and_else_an_apron_over_their_own() -> None:
    uniform = ((0.1, 0.4, 0.3), (0.7, 0.1, 0.2))
    for n in range(6):
        staff, shopper = figure(n, "staff"), figure(n, "browser")
        plain, dressed = look_of(staff), look_of(staff, uniform)
        assert dressed.top == dressed.apron == uniform[staff.appearance % 2]
        assert plain.apron == UNIFORM
        assert plain.top == look_of(shopper).top
        assert replace(dressed, top=plain.top, apron=plain.apron) == plain
        assert look_of(shopper, uniform) == look_of(shopper)
        assert look_of(shopper).apron is None
