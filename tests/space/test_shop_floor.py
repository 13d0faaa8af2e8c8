"""A whole shop: cameras that share a floor are one, others count by themselves."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.shop_floor import ShopFloor
from miseban.vocabulary.events import CameraHealth, Event, LineCrossed, VisitEnded, ZoneLeft
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.space.test_floor_space import DRAWN, SHOP, shop
from tests.space.walks import START, rows, seconds, stays, together

ALONE = """
[[camera]]
id = "yard"
source = "usb:0"
resolution = [600, 400]
fps = 5
[[line]]
id = "gate"
camera = "yard"
points = [[300, 400], [300, 0]]
"""
HORIZON = """
[[camera]]
id = "hall"
source = "usb:0"
resolution = [600, 400]
fps = 5
floor_points = [
  { pixel = [250, 200], floor_m = [0.0, 0.0] }, { pixel = [350, 200], floor_m = [6.0, 0.0] },
  { pixel = [0, 400], floor_m = [0.0, 4.0] }, { pixel = [600, 400], floor_m = [6.0, 4.0] },
]
[[zone]]
id = "sky"
kind = "area"
camera = "hall"
min_stay_s = 0.5
polygon = [[250, 380], [350, 380], [350, 5], [250, 5]]
"""
HIGH_LINE = """
[[line]]
id = "high"
camera = "hall"
points = [[300, 380], [300, 5]]
"""


class Known:
    """A fusion that knows: every track of a camera is the visit of that number."""

    def __init__(self) -> None:
        self.rows: list[FloorRows] = []
        self.seen: dict[int, float] = {}
        self.calls: list[tuple[str, int, float]] = []
        self.wrong: list[CameraTrouble] = []
        self.came: list[tuple[str, float]] = []

    def update(self, camera: str, found: TrackRows, until_s: float) -> None:
        self.calls.append((camera, len(found), until_s))
        x = (found.xyxy[:, 0] + found.xyxy[:, 2]) / 200 + (6.0 if camera == "east" else 0.0)
        n = len(found)
        xy = np.stack([x, found.xyxy[:, 3] / 100], axis=1)
        self.rows.append(
            FloorRows(found.time_s, found.track, xy, np.full(n, 0.1), np.ones(n, np.int64))
        )

    def advance(self, until_s: float) -> FloorRows:
        waiting = FloorRows.concatenate(self.rows)
        order = np.lexsort((waiting.visit, waiting.time_s))
        waiting = waiting.take(order)
        key = np.stack([waiting.time_s, waiting.visit])
        waiting = waiting.take(np.sort(np.unique(key, axis=1, return_index=True)[1]))
        told = waiting.take(waiting.time_s <= until_s - 1.0)
        self.rows = [waiting.take(waiting.time_s > until_s - 1.0)]
        self.seen |= dict(zip(told.visit.tolist(), told.time_s.tolist(), strict=True))
        return told

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        return [(camera, visit) for camera in sorted({called for called, _, _ in self.calls})]

    def ended(self) -> list[EndedVisit]:
        return []

    def outages(self) -> list[tuple[str, float, float]]:
        return []

    def troubles(self) -> list[CameraTrouble]:
        found, self.wrong = self.wrong, []
        return found

    def frames(self, camera: str, time_s: NDArray[np.float64]) -> None:
        self.came.extend((camera, second) for second in time_s.tolist())

    def finish(self, end_s: float) -> FloorRows:
        return self.advance(end_s + 1.0)


def walk(camera: str, track: int = 1, from_s: float = 0.0) -> TrackRows:
    """From left to right through the picture in six seconds, a metre a second."""
    del camera
    time_s = from_s + np.arange(31) / 5
    xy = np.stack([100 * (time_s - from_s), np.full(31, 200.0)], axis=1)
    return rows(track, time_s, xy)


def play(floor: ShopFloor, found: dict[str, TrackRows], end_s: float) -> list[Event]:
    events: list[Event] = []
    for until_s in np.arange(0.5, end_s + 0.5, 0.5).tolist():
        for camera, one in found.items():
            mine = (one.time_s > until_s - 0.5) & (one.time_s <= until_s)
            mine |= (one.time_s == 0.0) & (until_s == 0.5)
            floor.update(camera, one.take(mine), until_s)
        events += floor.advance(until_s)
    return [*events, *floor.finish(end_s)]


def test_frames_of_fused_cameras_are_told_on() -> None:
    known = Known()
    floor = opened(shop(DRAWN), "west", "east", fusion=known)
    floor.frames("west", np.array([0.0, 0.2]))
    assert known.came == [("west", 0.0), ("west", 0.2)]


def opened(made: Shop, *cameras: str, fusion: Known | None = None) -> ShopFloor:
    rng = random.Random(1)
    return ShopFloor(
        made, cameras, START, fusion or Known(), event_ids=EventIds(rng), visit_ids=VisitIds(rng)
    )


def test_one_walk_through_two_cameras_is_one_visit() -> None:
    floor = opened(shop(DRAWN), "west", "east")
    assert floor.fused == ("west", "east")
    events = play(floor, {"west": walk("west"), "east": walk("east", from_s=6.2)}, 14.0)
    (visit,) = (e for e in events if isinstance(e, VisitEnded))
    assert (visit.camera, visit.unit) == (None, "m")
    assert [(e.line, e.camera) for e in events if isinstance(e, LineCrossed)] == [("door", "east")]
    assert [e.zone for e in events if isinstance(e, ZoneLeft)] == ["shelf"]
    assert floor.sights == {"west": 31, "east": 31}
    assert floor.heat is None


def test_whose_a_track_is_is_known_while_it_is_seen() -> None:
    floor = opened(shop(DRAWN + ALONE), "west", "east", "yard")
    assert floor.visit_of("west", 1) is None
    found = {"west": walk("west", track=1), "yard": walk("yard", track=4)}
    for camera, one in found.items():
        floor.update(camera, one, 6.0)
    events = floor.advance(6.0)
    told = floor.visit_of("west", 1), floor.visit_of("yard", 4)
    assert floor.visit_of("west", 2) is None
    assert floor.visit_of("yard", 1) is None
    events += floor.finish(14.0)
    ended = {e.camera: e.visit for e in events if isinstance(e, VisitEnded)}
    assert told == (ended[None], ended["yard"])


def test_a_camera_without_floor_points_counts_by_itself() -> None:
    floor = opened(shop(DRAWN + ALONE), "west", "east", "yard")
    assert (floor.fused, list(floor.alone)) == (("west", "east"), ["yard"])
    events = play(floor, {"west": walk("west"), "yard": walk("yard")}, 14.0)
    visits = [(e.camera, e.unit) for e in events if isinstance(e, VisitEnded)]
    assert sorted(visits, key=str) == [("yard", "px"), (None, "m")]
    assert [(e.line, e.camera) for e in events if isinstance(e, LineCrossed)] == [("gate", "yard")]


def test_one_camera_with_floor_points_is_as_it_was() -> None:
    """Its own drawings and those of the plan, and its visits bear its name."""
    plan = '[[line]]\nid = "l"\npoints = [[3, 4], [3, 0]]\n'
    floor = opened(shop(plan), "west")
    assert floor.fused == ()
    events = play(floor, {"west": walk("west")}, 14.0)
    assert [(e.line, e.camera) for e in events if isinstance(e, LineCrossed)] == [("l", "west")]
    assert [e.camera for e in events if isinstance(e, VisitEnded)] == ["west"]
    assert floor.heat is not None


def test_what_is_drawn_in_the_sky_is_counted_on_its_picture() -> None:
    """The visit is told once, by the floor."""
    floor = opened(shop(DRAWN + HORIZON), "west", "hall")
    events = play(floor, {"hall": walk("hall")}, 14.0)
    assert [(e.zone, e.camera) for e in stays(events, "sky")] == [("sky", "hall")]
    assert len([e for e in events if isinstance(e, VisitEnded)]) == 1


def test_a_line_that_goes_on_above_the_horizon_is_one_of_the_floor() -> None:
    """Its passage is of the floor's visit, not of another one of its camera alone."""
    floor = opened(shop(DRAWN + HORIZON + HIGH_LINE), "west", "hall")
    events = play(floor, {"hall": walk("hall")}, 14.0)
    (passage,) = [e for e in events if isinstance(e, LineCrossed)]
    (visit,) = [e for e in events if isinstance(e, VisitEnded)]
    assert (passage.line, passage.camera, passage.visit) == ("high", "hall", visit.visit)


def test_rule_1_only_rows_that_count_reach_the_fusion() -> None:
    private = DRAWN + (
        '[[zone]]\nid = "toilet"\nkind = "private"\ncamera = "east"\n'
        "polygon = [[400, 0], [600, 0], [600, 400], [400, 400]]\n"
    )
    fusion = Known()
    floor = opened(shop(private), "west", "east", fusion=fusion)
    shared = [walk("west", 7), rows(7, walk("west").time_s, np.full((31, 2), 300.0))]
    found = together([walk("west", 1), walk("west", -1), *shared, walk("west", 1)])
    play(floor, {"west": found, "east": walk("east", 2)}, 14.0)
    assert floor.rejected == {
        "unconfirmed": 31, "repeated": 31, "shared_id": 62, "private_zone": 10,
    }  # fmt: skip
    assert sum(n for camera, n, _ in fusion.calls if camera == "west") == 31
    assert floor.sights == {"west": 31, "east": 21}


def test_rule_1_a_row_that_comes_twice_in_two_calls_is_late() -> None:
    fusion = Known()
    floor = opened(shop(DRAWN), "west", "east", fusion=fusion)
    floor.update("west", walk("west"), 6.0)
    floor.update("west", walk("west"), 6.5)
    assert floor.rejected == {"late": 31}


def test_rule_12_a_gap_is_told_once_and_lowers_the_coverage() -> None:
    floor = opened(shop(DRAWN + HORIZON), "west", "hall")
    events = floor.gap("hall", 10.0, 20.0, "stream lost")
    floor.blind("west", 0.0, 30.0)
    floor.hold("west", np.inf)
    events += floor.finish(60.0)
    health = [(e.camera, e.gap_s) for e in events if isinstance(e, CameraHealth)]
    assert health == [("hall", 10.0)]
    (minute,) = (e for e in events if e.type == "zone.occupancy" and e.zone == "shelf")
    assert minute.coverage == pytest.approx(0.5)


def test_what_is_wrong_with_a_camera_is_told_once() -> None:
    fusion = Known()
    floor = opened(shop(DRAWN), "west", "east", fusion=fusion)
    fusion.wrong = [CameraTrouble("east", "clock", "begins", 240.0, 12.0, "late", clock_s=-0.7)]
    events = floor.advance(240.0) + floor.advance(241.0)
    (health,) = (e for e in events if isinstance(e, CameraHealth))
    assert (health.camera, health.state, health.phase) == ("east", "clock", "begins")
    assert (seconds(health), health.clock_s, health.reason) == (240.0, -0.7, "late")
    assert health.since == START + timedelta(seconds=12)


def test_the_stays_of_a_shop_do_not_depend_on_who_saw_them() -> None:
    """West sees the first half of the stay, east the second."""
    zone = '[[zone]]\nid = "z"\nkind = "area"\npolygon = [[4, 1], [8, 1], [8, 3], [4, 3]]\n'
    floor = opened(parse_shop(SHOP + zone, "s.toml"), "west", "east")
    events = play(floor, {"west": walk("west"), "east": walk("east", from_s=6.2)}, 14.0)
    (stay,) = stays(events)
    assert stay.dwell_s == pytest.approx(4.2, abs=0.01)
    assert stay.camera is None
