"""From frames to dots: where people are at this moment, under names of the moment."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime

import numpy as np
import pytest

from miseban.camera.process.dots import REMEMBERED_S, DotMaker
from miseban.camera.process.live import LiveLoop
from miseban.space.now import Seen
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, VisitEnded
from miseban.vocabulary.floor_now import MOST_DOTS, FloorNow, read_floor
from miseban.vocabulary.shop import Shop, parse_shop
from tests.camera.process.test_live import Clock, Lens

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "jp"
floor = { width_m = 6.4, depth_m = 4.8 }
"""
CAMERA = """
[[camera]]
id = "NAME"
source = "usb:0"
resolution = [64, 48]
floor_points = [
  { pixel = [0, 0], floor_m = [0.0, 0.0] }, { pixel = [64, 0], floor_m = [6.4, 0.0] },
  { pixel = [64, 48], floor_m = [6.4, 4.8] }, { pixel = [0, 48], floor_m = [0.0, 4.8] },
]
"""


def shop(*cameras: str, more: str = "") -> Shop:
    text = SHOP + "".join(CAMERA.replace("NAME", name) for name in cameras) + more
    return parse_shop(text, "s")


class Walks:
    """Sees one person who walks to the right for some seconds, and then goes."""

    name = "walks"

    def detect(self, frame: Frame) -> Detections:
        if not 2.0 <= frame.time_s < 12.0:
            return Detections(np.empty((0, 4)), np.empty(0))
        x = 10.0 + 3.0 * (frame.time_s - 2.0)
        return Detections(np.array([[x, 10.0, x + 8.0, 30.0]]), np.array([0.9]))

    def close(self) -> None:
        """Nothing is open."""


def played(where: Shop, *names: str) -> tuple[list[tuple[float, FloorNow]], list[Event]]:
    clock = Clock(rate=12.0)
    told: list[Event] = []
    floors: list[tuple[float, FloorNow]] = []
    maker = DotMaker("a", lambda sent: floors.append((clock(), read_floor(sent, "a"))), staff=True)
    LiveLoop(
        where, {name: (Lens(clock), Walks()) for name in names}, told.extend,
        stopped=lambda: clock() > 24.0, clock=clock, gate=False, show=maker.show,
    ).run()  # fmt: skip
    return floors, told


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_a_walk_is_shown_while_it_goes_on(names: tuple[str, ...]) -> None:
    floors, told = played(shop(*names), *names)
    assert len(floors) >= 20
    assert all(set(floor.cameras) <= set(names) for _, floor in floors)
    dots = [(at_s, dot) for at_s, floor in floors for dot in floor.dots]
    assert len(dots) >= 8
    assert 2.0 < dots[0][0] < 9.0, "soon after somebody came"
    assert dots[-1][0] < 18.0, "and not for long after they went"
    assert len({dot.key for _, dot in dots}) == 1
    places = np.array([(dot.x, dot.y) for _, dot in dots])
    assert (np.diff(places[:, 0]) >= -0.05).all()
    assert places[:, 0].min() > 1.0
    assert places[-1, 0] == pytest.approx(4.3, abs=0.4)
    assert places[:, 1] == pytest.approx(3.0, abs=0.4)
    assert all(0.0 < dot.spread_m < 1.5 and dot.group is None for _, dot in dots)
    (ended,) = [event for event in told if isinstance(event, VisitEnded)]
    assert not any(ended.visit in floor.model_dump_json() for _, floor in floors)
    assert not any(dots[0][1].key in event.model_dump_json() for event in told)


def test_without_floor_points_nobody_knows_where() -> None:
    text = SHOP + CAMERA.split("floor_points")[0].replace("NAME", "a")
    floors, told = played(parse_shop(text, "s"), "a")
    assert any(isinstance(event, VisitEnded) for event in told)
    assert floors
    assert not any(floor.dots for _, floor in floors)


def test_nobody_is_shown_in_a_private_zone() -> None:
    private = '[[zone]]\nid = "p"\nkind = "private"\ncamera = "a"\n'
    where = shop("a", more=private + "polygon = [[0, 0], [64, 0], [64, 48], [0, 48]]\n")
    floors, _ = played(where, "a")
    assert floors
    assert not any(floor.dots for _, floor in floors)


def made(staff: bool = True) -> tuple[DotMaker, list[FloorNow]]:
    floors: list[FloorNow] = []
    maker = DotMaker("a", lambda sent: floors.append(read_floor(sent, "a")), staff=staff)
    return maker, floors


def test_keys_are_of_the_moment() -> None:
    maker, floors = made()
    maker.show(0.0, [Seen(7, (1.0, 2.0), 0.3)], ["a"])
    maker.show(REMEMBERED_S, [Seen(7, (1.0, 2.0), 0.3)], ["a"])
    assert floors[0].dots == floors[1].dots
    maker.show(2 * REMEMBERED_S + 1, [], ["a"])
    maker.show(2 * REMEMBERED_S + 2, [Seen(7, (1.0, 2.0), 0.3)], ["a"])
    other, later = made()
    other.show(0.0, [Seen(7, (1.0, 2.0), 0.3)], ["a"])
    keys = {floors[0].dots[0].key, floors[3].dots[0].key, later[0].dots[0].key}
    assert len(keys) == 3, "nobody is known again, after a while or by another process"
    assert len(maker._keys) == 1


def test_staff_and_groups() -> None:
    seen = [
        Seen(1, (1.0, 1.0), 0.3, staff=True),
        Seen(2, (2.0, 1.0), 0.3, group=1),
        Seen(3, (3.0, 1.0), 0.3, group=1),
        Seen(4, (4.0, 1.0), 0.3, group=4),
    ]
    maker, floors = made()
    maker.show(0.0, seen, ["a"])
    by_x = {dot.x: dot for dot in floors[0].dots}
    assert [by_x[x].staff for x in (1.0, 2.0, 3.0, 4.0)] == [True, False, False, False]
    assert by_x[2.0].group == by_x[3.0].group is not None
    assert by_x[1.0].group is by_x[4.0].group is None, "who is alone is in no group"
    keys = {dot.key for dot in floors[0].dots}
    assert by_x[2.0].group not in keys
    strict, told = made(staff=False)
    strict.show(0.0, seen, ["a"])
    assert not any(dot.staff for dot in told[0].dots), "where the policy tells nothing of staff"


def test_a_crowd_is_cut_to_the_surest_and_costs_little() -> None:
    rng = np.random.default_rng(1)
    crowd = [Seen(n, (float(n), 0.0), float(s)) for n, s in enumerate(rng.random(MOST_DOTS + 100))]
    maker, floors = made()
    began = time.process_time()
    maker.show(0.0, crowd, ["a"])
    assert time.process_time() - began < 0.5
    assert len(floors[0].dots) == MOST_DOTS
    limit = sorted(one.spread_m for one in crowd)[MOST_DOTS - 1]
    assert max(dot.spread_m for dot in floors[0].dots) <= round(limit, 2)
    assert json.loads(floors[0].encode())["dots"]
