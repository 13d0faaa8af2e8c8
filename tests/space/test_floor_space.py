"""Facts of the floor that several cameras see together: what only happens there."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.floor_space import FloorSpace
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    LineCrossed,
    Role,
    VisitEnded,
    VisitLabelled,
    ZoneEntered,
    ZoneOccupancy,
)
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, parse_shop
from tests.space.grounds import floor_rows, on_floor, run_floor
from tests.space.shopfloor import shopfloor
from tests.space.shopfloor import text as shopfloor_text
from tests.space.walks import START, passages, seconds, stays, told

SHOP = """
[shop]
id = "s"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 12.0, depth_m = 8.0 }
""" + "".join(
    f"""
[[camera]]
id = "{name}"
source = "usb:0"
resolution = [600, 400]
fps = 5
floor_points = [
  {{ pixel = [0, 0], floor_m = [{x}, 0.0] }}, {{ pixel = [600, 0], floor_m = [{x + 6}, 0.0] }},
  {{ pixel = [0, 400], floor_m = [{x}, 4.0] }}, {{ pixel = [600, 400], floor_m = [{x + 6}, 4.0] }},
]
"""
    for name, x in (("west", 0.0), ("east", 6.0))
)
ZONE = '[[zone]]\nid = "z"\nkind = "area"\npolygon = [[4, 1], [8, 1], [8, 3], [4, 3]]\n'
QUEUE = ZONE.replace("area", "queue")
LINE = '[[line]]\nid = "l"\npoints = [[6, 4], [6, 0]]\n'
DRAWN = """
[[line]]
id = "door"
camera = "east"
points = [[100, 400], [100, 0]]
[[zone]]
id = "shelf"
kind = "area"
camera = "west"
polygon = [[200, 100], [400, 100], [400, 300], [200, 300]]
"""


def shop(more: str) -> Shop:
    return parse_shop(SHOP + more, "s.toml")


def engine(text: str | Shop, **options: object) -> FloorSpace:
    rng = random.Random(1)
    made = shop(text) if isinstance(text, str) else text
    return FloorSpace(
        made, START, event_ids=EventIds(rng), visit_ids=VisitIds(rng), **options  # type: ignore[arg-type]
    )  # fmt: skip


def walk(
    points: Sequence[Sequence[float]], visit: int = 1, fps: float = 5.0, spread_m: float = 0.1
) -> FloorRows:
    """One visit straight from each of ``points`` (time_s, x, y in metres) to the next."""
    p = np.asarray(points, float)
    time_s = np.arange(np.ceil(p[0, 0] * fps), p[-1, 0] * fps + 1e-9) / fps
    xy = np.stack([np.interp(time_s, p[:, 0], p[:, k]) for k in (1, 2)], axis=1)
    n = len(time_s)
    return FloorRows(
        time_s, np.full(n, visit), xy, np.full(n, spread_m), np.ones(n, np.int64)
    )  # fmt: skip


def reckoned(rows: FloorRows, from_s: float, to_s: float) -> FloorRows:
    """The rows with those between the two moments only reckoned."""
    guess = (rows.time_s > from_s) & (rows.time_s < to_s)
    return FloorRows(
        rows.time_s, rows.visit, rows.xy, rows.spread_m, np.where(guess, 0, rows.cameras)
    )


def together(parts: Iterable[FloorRows]) -> FloorRows:
    joined = FloorRows.concatenate(list(parts))
    return joined.take(np.argsort(joined.time_s, kind="stable"))


def facts(text: str, rows: FloorRows, chunk: int | None = None) -> list[Event]:
    return run_floor(engine(text), rows, chunk)


# What is drawn on a picture lies on the floor.


def test_a_drawing_on_a_picture_counts_on_the_floor_and_names_its_camera() -> None:
    """The line lies at x = 7 m, the zone from 2 to 4 m; nobody need be in that camera's view."""
    events = facts(DRAWN, walk([(0, 1, 2), (10, 11, 2)]))
    (passage,) = (e for e in events if isinstance(e, LineCrossed))
    assert (passage.line, passage.direction, passage.camera) == ("door", "in", "east")
    assert seconds(passage) == pytest.approx(6.0)
    (stay,) = stays(events, "shelf")
    assert stay.camera == "west"
    assert stay.dwell_s == pytest.approx(2.0)
    (visit,) = (e for e in events if isinstance(e, VisitEnded))
    assert (visit.camera, visit.unit, visit.areas) == (None, "m", ("shelf",))
    assert visit.x == pytest.approx(tuple(range(1, 12)))
    assert visit.t == pytest.approx(tuple(range(11)))


def test_what_reaches_above_the_horizon_is_left_to_the_picture() -> None:
    """A camera that looks along the floor: the plan's far end is its horizon."""
    tilted = SHOP.replace(
        "pixel = [0, 0], floor_m = [0.0, 0.0]", "pixel = [250, 200], floor_m = [0.0, 0.0]"
    ).replace("pixel = [600, 0], floor_m = [6.0, 0.0]", "pixel = [350, 200], floor_m = [6.0, 0.0]")
    drawn = DRAWN.replace("[200, 100], [400, 100]", "[290, 20], [310, 20]")
    space = engine(parse_shop(tilted + drawn, "s.toml"))
    assert space.left_zones == {"shelf"}
    assert space.left_lines == set()


# Places that are only reckoned (rule 7).


def test_reckoned_between_two_sights_inside_is_time_there() -> None:
    there = walk([(0, 3, 2), (2, 6, 2), (30, 6, 2), (32, 3, 2)])
    (stay,) = stays(facts(ZONE, reckoned(there, 5, 25)))
    assert stay.dwell_s == pytest.approx(30 + 4 / 3 - 2 / 3, abs=0.01)
    assert stay.stitched == 2


def test_a_reckoned_tail_is_no_time_there() -> None:
    (stay,) = stays(facts(ZONE, reckoned(walk([(0, 3, 2), (2, 6, 2), (30, 6, 2)]), 12, 99)))
    assert seconds(stay) == pytest.approx(12)
    (visit,) = (
        e
        for e in facts(ZONE, reckoned(walk([(0, 3, 2), (2, 6, 2), (30, 6, 2)]), 12, 99))
        if isinstance(e, VisitEnded)
    )
    assert seconds(visit) == pytest.approx(12)
    assert visit.t[-1] == 12


def test_a_line_between_two_sights_was_passed_once() -> None:
    """The reckoning walks on, over another line than the person did."""
    rows = walk([(0, 2, 2), (10, 11, 2)])
    wrong = reckoned(rows, 3, 6)
    astray = np.where((wrong.cameras == 0)[:, None], [5.9, 0.1], wrong.xy)
    events = facts(
        LINE, FloorRows(wrong.time_s, wrong.visit, astray, wrong.spread_m, wrong.cameras)
    )
    assert passages(events) == (1, 0)


@pytest.mark.parametrize("missing_s", [65.0, 300.0])
def test_lost_for_long_and_found_in_the_same_zone_is_one_stay(missing_s: float) -> None:
    rows = walk([(0, 3, 2), (2, 6, 2), (400, 6, 2)])
    there = rows.take((rows.time_s < 20) | (rows.time_s > 20 + missing_s))
    for chunk in (None, 7):
        (stay,) = _stays_of(there, ZONE, chunk)
        assert stay == pytest.approx(400 - 2 / 3, abs=0.01)
        first, second = _stays_of(there, QUEUE, chunk)
        assert first == pytest.approx(20 - 0.2 - 2 / 3, abs=0.01)
        assert second == pytest.approx(400 - 20 - missing_s, abs=0.5)


def _stays_of(rows: FloorRows, text: str, chunk: int | None) -> list[float]:
    """Dwell, with a visit that ends only when all is over."""
    space = engine(text)
    moments = np.unique(rows.time_s)
    step = chunk or len(moments)
    events: list[Event] = []
    for at in range(0, len(moments), step):
        until_s = float(moments[min(at + step, len(moments)) - 1])
        some = (rows.time_s >= moments[at]) & (rows.time_s <= until_s)
        events += space.update(rows.take(some), [], until_s)
    events += space.finish(float(moments[-1]))
    spent = [s.dwell_s for s in stays(sorted(events, key=lambda e: e.time))]
    minutes = sum(e.person_s for e in events if isinstance(e, ZoneOccupancy))
    assert minutes == pytest.approx(sum(spent))  # rule 11
    return spent


def test_lost_for_long_and_found_elsewhere_left_with_the_last_sight() -> None:
    """And passed no line in between that anybody saw."""
    rows = walk([(0, 3, 2), (2, 5, 2), (200, 5, 2), (202, 11, 6), (210, 11, 6)])
    there = rows.take((rows.time_s <= 20) | (rows.time_s > 202))
    assert _stays_of(there, ZONE, 7) == pytest.approx([20 - 1.0], abs=0.01)
    assert passages(run_floor(engine(LINE), there, 3)) == (0, 0)


# Noise, false rows and order.


@pytest.mark.parametrize("spread_m", [0.1, 0.3, 0.5])
def test_rule_2_as_uncertain_as_it_says_it_is_no_passage(spread_m: float) -> None:
    """Somebody stands at the line for an hour; the place wanders as far as its spread says."""
    rng = np.random.default_rng(4)
    rows = walk([(0, 6, 2), (3600, 6, 2)], spread_m=spread_m)
    keep = np.exp(-0.2 / 3.0)
    push = rng.normal(0, spread_m * np.sqrt(1 - keep**2), (len(rows), 2))
    off = np.zeros((len(rows), 2))
    for i in range(1, len(rows)):
        off[i] = keep * off[i - 1] + push[i]
    noisy = FloorRows(rows.time_s, rows.visit, rows.xy + off, rows.spread_m, rows.cameras)
    counted = passages(facts(LINE, noisy))
    assert sum(counted) <= 12
    assert abs(counted[0] - counted[1]) <= 1


def test_rows_that_cannot_be_used_are_told() -> None:
    space = engine(LINE)
    good = walk([(0, 2, 2), (10, 10, 2)])
    bad = FloorRows(
        np.array([3.0, 4.0]), np.array([1, 2]), np.array([[np.nan, 1.0], [np.inf, 1.0]]),
        np.array([0.1, 0.1]), np.ones(2, np.int64),
    )  # fmt: skip
    events = space.update(together([good, bad]), [], 10.0)
    events += space.update(good, [], 11.0)  # all over again
    events += space.finish(11.0)
    assert passages(events) == (1, 0)
    assert space.rejected == {"not_a_number": 2, "late": len(good)}


def test_a_visit_seen_once_is_nobody() -> None:
    one = walk([(3, 6, 2), (3, 6, 2)])
    assert len(one) == 1
    assert facts(LINE, one) == []


@settings(max_examples=25)
@given(st.integers(0, 1000), st.integers(1, 60))
def test_the_facts_do_not_depend_on_the_cut(seed: int, chunk: int) -> None:
    """Lost and found again at random, alone and in a crowd."""
    found, _ = shopfloor(seed, 8, 5.0, noise_px=3, missed=0.2)
    rows = floor_rows(found, 0.2)
    rng = np.random.default_rng(seed)
    for _ in range(3):
        since = rng.uniform(0, float(rows.time_s[-1]))
        out = (rows.time_s > since) & (rows.time_s < since + rng.uniform(1, 90))
        rows = rows.take(~(out & (rows.visit % 2 == 0)))
    space = [FloorSpace(on_floor(shopfloor_text()), START) for _ in range(2)]
    whole, cut = run_floor(space[0], rows), run_floor(space[1], rows, chunk)
    assert told(whole) == told(cut)
    for zone in ("left", "queue"):
        spent = sum(s.dwell_s for s in stays(cut, zone))
        minutes = [e.person_s for e in cut if isinstance(e, ZoneOccupancy) and e.zone == zone]
        assert sum(minutes) == pytest.approx(spent, abs=1e-3)  # rule 11


# Coverage (rule 12).


@pytest.mark.parametrize(("cameras", "part"), [(("west",), 0.75), (("west", "east"), 0.5)])
def test_rule_12_a_gap_of_one_of_two_cameras_is_half_a_gap(
    cameras: tuple[str, ...], part: float
) -> None:
    """The zone on the plan lies in both pictures."""
    zone = ZONE.replace("[4, 1], [8, 1], [8, 3], [4, 3]", "[5.9, 1], [6.1, 1], [6.1, 3], [5.9, 3]")
    space = engine(zone)
    events: list[Event] = []
    for camera in cameras:
        events += space.gap(0.0, 30.0, "stream lost", camera)
    events += space.finish(60.0)
    health = [e for e in events if isinstance(e, CameraHealth)]
    assert [(e.camera, e.gap_s) for e in health] == [(camera, 30.0) for camera in cameras]
    (minute,) = (e for e in events if isinstance(e, ZoneOccupancy))
    assert minute.coverage == pytest.approx(part)


def test_rule_12_minutes_wait_while_a_camera_may_have_been_blind() -> None:
    space = engine(DRAWN)
    space.hold(10.0, "west")
    events = space.update(walk([(0, 1, 2), (100, 1.5, 2)]), [], 100.0)
    assert not any(isinstance(e, ZoneOccupancy) for e in events)
    space.blind(10.0, 40.0, "west")
    space.hold(np.inf, "west")
    events = space.update(walk([(101, 1.5, 2), (200, 1.5, 2)]), [], 200.0)
    minutes = [e for e in events if isinstance(e, ZoneOccupancy)]
    assert minutes[0].coverage == pytest.approx(0.5)


# Labels.


class Judge:
    """Whoever's number is even works here; visit 3 is found out late."""

    def __init__(self) -> None:
        self.rows, self.late, self.forgotten = 0, False, set[int]()

    def update(self, rows: FloorRows) -> None:
        self.rows += len(rows)

    def role(self, visit: int) -> tuple[Role | None, float]:
        staff = visit % 2 == 0 or (self.late and visit == 3)
        return ("staff", 0.9) if staff else ("shopper", 0.6)

    def changed(self) -> list[int]:
        return [3] if self.late else []

    def forget(self, visit: int) -> None:
        self.forgotten.add(visit)


class Groups:
    """Everybody came alone; that 5 came with 1 turns out later."""

    def __init__(self) -> None:
        self.late = False

    def update(self, rows: FloorRows) -> None:
        del rows

    def group(self, visit: int) -> int:
        return 1 if visit == 5 and self.late else visit

    def changed(self) -> list[int]:
        return [5] if self.late else []

    def forget(self, visit: int) -> None:
        del visit


def test_roles_and_groups_are_told_and_revised() -> None:
    judge, groups = Judge(), Groups()
    space = engine(LINE, staff=judge, groups=groups)
    numbers = (1, 2, 3, 5)
    rows = together([walk([(0, k, 2), (10, k, 2)], visit=k) for k in numbers])
    over = [EndedVisit(k, 4, ("west",), 0.8) for k in numbers]
    events = space.update(rows, over, 16.0)
    visits = [e for e in events if isinstance(e, VisitEnded)]
    assert [e.role for e in visits] == ["shopper", "staff", "shopper", "shopper"]
    assert {(e.stitched, e.certainty) for e in visits} == {(4, 0.8)}
    assert visits[1].group is None  # colleagues are no buying group
    assert len({visits[k].group for k in (0, 2, 3)}) == 3
    assert judge.rows == len(rows)
    judge.late = groups.late = True
    events = space.update(FloorRows.empty(), [], 30.0)
    events += space.update(FloorRows.empty(), [], 60.0)
    labels = [e for e in events if isinstance(e, VisitLabelled)]
    told_ = [(e.visit, e.role, e.group, e.certainty) for e in labels]
    assert told_ == [
        (visits[2].visit, "staff", None, 0.9),
        (visits[3].visit, "shopper", visits[0].group, 0.6),
    ]
    assert seconds(labels[0]) == pytest.approx(30.0)
    space.update(FloorRows.empty(), [], 9000.0)
    assert judge.forgotten == set(numbers)


def test_what_turns_out_last_is_told_at_the_end() -> None:
    judge, groups = Judge(), Groups()
    space = engine(LINE, staff=judge, groups=groups)
    rows = together([walk([(0, k, 2), (10, k, 2)], visit=k) for k in (1, 3, 5)])
    events = space.update(rows, [EndedVisit(k, 1, ("west",), 0.8) for k in (1, 3, 5)], 16.0)
    visits = [e for e in events if isinstance(e, VisitEnded)]
    judge.late = groups.late = True
    labels = [e for e in space.finish(17.0) if isinstance(e, VisitLabelled)]
    assert [(e.visit, e.role, e.group) for e in labels] == [
        (visits[1].visit, "staff", None),
        (visits[2].visit, "shopper", visits[0].group),
    ]
    assert seconds(labels[0]) == pytest.approx(17.0)
    assert judge.forgotten == set()


def test_the_bands_are_no_wider_than_they_may_be() -> None:
    """Somebody steps 0.7 m over the line and stays: seen, however uncertain the place is."""
    rows = walk([(0, 2, 2), (5, 6.7, 2), (20, 6.7, 2)], spread_m=5.0)
    assert passages(facts(LINE, rows)) == (1, 0)
    assert SpaceSettings().line_band_most_m < 0.7
    assert any(isinstance(e, ZoneEntered) for e in facts(ZONE, rows))
