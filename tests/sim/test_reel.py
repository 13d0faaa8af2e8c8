"""What a reel knows of the people whom it filmed."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np

from miseban.sim.filming.camera import FilmedCamera, Shot
from miseban.sim.filming.reel import film
from miseban.sim.render import Boxes
from miseban.sim.state import Figure, Posture, Scene
from miseban.sim.world.simulation import Simulation

FALLS_S = 1.0


def figure(number: int, posture: Posture) -> Figure:
    return Figure(number, "guest", 1.0, 1.0, 0.0, 1.7, 0.0, 0.0, posture, None, "", number)


class Floor:
    """Three people, of whom the second falls."""

    goods = SimpleNamespace(fill=lambda key: 1.0)

    def scene(self, time_s: float) -> Scene:
        second = figure(2, "fallen" if time_s >= FALLS_S else "walk")
        return Scene(time_s, (figure(1, "stand"), second, figure(3, "crouch")))

    def run_until(self, time_s: float) -> None:
        del time_s


class Eye:
    """Sees the last two, two times a second."""

    camera = SimpleNamespace(id="eye", fps=2.0)

    def state(self, time_s: float) -> SimpleNamespace:
        del time_s
        return SimpleNamespace(nudge=(0.0, 0.0, 0.0))

    def shoot(self, scene: Scene, filling: object, *, picture: bool, boxes: bool) -> Shot:
        del filling, picture, boxes
        seen = Boxes(np.array([2, 3]), np.array([[0.0, 0.0, 9.0, 9.0]] * 2), np.ones(2))
        return Shot(scene.time_s, scene.time_s, True, np.zeros((4, 4, 3), np.uint8), seen)


def test_who_lies_is_known_from_the_fall_on() -> None:
    filmed = film(
        cast("Simulation", Floor()), [cast("FilmedCamera", Eye())], 2.0,
        fps=1.0, sinks={"eye": lambda picture: None}, progress=lambda time_s: None,
    )  # fmt: skip
    seen = filmed.seen["eye"]
    assert seen.lying is not None
    lies = seen.lying.tolist()
    assert list(zip(seen.rows.time_s.tolist(), seen.rows.track.tolist(), lies, strict=True)) == [
        (time_s, person, person == 2 and time_s >= FALLS_S)
        for time_s in (0.0, 0.5, 1.0, 1.5)
        for person in (2, 3)
    ]
