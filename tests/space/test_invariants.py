"""What must hold for any polygon, any line and any tracks, however wild."""

from __future__ import annotations

import os
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from miseban.space.heat import HeatMap
from miseban.space.polygons import INSIDE, NEAR, OUTSIDE, Polygons
from miseban.space.segments import Polylines
from miseban.vocabulary.events import (
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.tracks import TrackRows
from tests.space.shopfloor import shopfloor
from tests.space.shopfloor import text as shopfloor_text
from tests.space.walks import (
    MIDDLE,
    Floats,
    Points,
    facts,
    passages,
    rows,
    run,
    seconds,
    shop_text,
    space,
    together,
    told,
)

SEEDS = st.integers(0, 2**32 - 1)
LONG = bool(os.environ.get("MISEBAN_LONG"))
quick = settings(max_examples=80 if LONG else 25, suppress_health_check=[HealthCheck.too_slow])

ZONES = {
    "tall": ("area", ((60, 100), (260, 100), (260, 460), (60, 460))),
    "bent": ("queue", ((300, 120), (600, 120), (600, 440), (420, 440), (420, 260), (300, 260))),
    "all": ("area", ((0, 0), (640, 0), (640, 480), (0, 480))),
}
LINES: dict[str, Points] = {
    "l": MIDDLE,
    "short": ((200, 300), (460, 330)),
    "bent": ((150, 150), (300, 300), (450, 150), (600, 350)),
}
TEXT = shop_text(LINES, ZONES)


# Polygons.


@st.composite
def polygons(draw: st.DrawFn) -> Floats:
    """Simple polygons, most of them concave: corners in order of their angle about a centre."""
    number = draw(st.integers(3, 12))
    rng = np.random.default_rng(draw(SEEDS))
    angle = np.sort(rng.uniform(0, 2 * np.pi, number))
    reach = rng.uniform(10, 200, number)
    corners = 320 + np.stack([np.cos(angle), np.sin(angle)], axis=1) * reach[:, None]
    corners = np.round(corners) if draw(st.booleans()) else corners
    if draw(st.booleans()):
        corners = corners[::-1]
    polygon = shapely.Polygon(corners)
    if not polygon.is_valid or polygon.area < 1:
        return np.array([[100, 100], [300, 100], [300, 300], [200, 150], [100, 300]], float)
    return corners


@quick
@given(st.lists(polygons(), min_size=1, max_size=4), SEEDS)
def test_any_polygon_agrees_with_shapely(corners: list[Floats], seed: int) -> None:
    rng = np.random.default_rng(seed)
    xy = rng.uniform(100, 540, (300, 2))
    band = rng.uniform(0, 20, len(xy))
    ours = Polygons(corners)
    inside, distance, codes = ours.inside(xy), ours.distance(xy), ours.codes(xy, band)
    for z, polygon in enumerate(map(shapely.Polygon, corners)):
        theirs = shapely.distance(polygon.exterior, shapely.points(xy))
        np.testing.assert_allclose(distance[:, z], theirs, atol=1e-9)
        clear = theirs > 1e-9
        expected = shapely.contains_xy(polygon, xy)
        assert (inside[clear, z] == expected[clear]).all()
        assert ((codes[:, z] == INSIDE) == inside[:, z]).all()
        assert ((codes[:, z] == NEAR) == (~inside[:, z] & (distance[:, z] <= band))).all()


@quick
@given(polygons(), SEEDS)
def test_the_way_over_a_border_ends_on_it(corners: Floats, seed: int) -> None:
    xy = np.random.default_rng(seed).uniform(100, 540, (60, 2))
    polygon = Polygons([corners])
    inside = polygon.inside(xy)[:, 0]
    for start, end in zip(xy[inside], xy[~inside], strict=False):
        for entering in (False, True):
            a, b = (end, start) if entering else (start, end)
            fraction = polygon.border_fraction(0, a, b, entering=entering)
            assert 0 <= fraction <= 1
            at = a + fraction * (b - a)
            assert polygon.distance(at[None])[0, 0] < 1e-6
            rest = (a + s * (b - a) for s in np.linspace(fraction, 1, 9)[1:-1])
            before = (a + s * (b - a) for s in np.linspace(0, fraction, 9)[1:-1])
            assert all(polygon.inside(p[None])[0, 0] for p in (rest if entering else before))


def test_a_corner_that_stands_twice_changes_nothing() -> None:
    once = [(100.0, 100.0), (500.0, 120.0), (480.0, 400.0), (90.0, 380.0)]
    xy = np.random.default_rng(1).uniform(0, 600, (500, 2))
    plain, doubled = Polygons([once]), Polygons([[*once[:2], once[1], *once[2:]]])
    assert (plain.inside(xy) == doubled.inside(xy)).all()
    assert plain.distance(xy) == pytest.approx(doubled.distance(xy))


def test_tiles_share_no_point_and_leave_none_out() -> None:
    """Every point of a grid of squares, corners and edges too, lies in exactly one of them."""
    tiles = [
        [(x, y), (x + 10, y), (x + 10, y + 10), (x, y + 10)]
        for x in range(0, 40, 10)
        for y in range(0, 40, 10)
    ]
    xy = np.stack(np.meshgrid(np.arange(0, 40, 2.5), np.arange(0, 40, 2.5)), axis=-1).reshape(-1, 2)
    assert (Polygons(tiles).inside(xy).sum(axis=1) == 1).all()


def test_nothing_is_in_or_near_a_place_that_is_not_a_number() -> None:
    codes = Polygons([((0, 0), (9, 0), (9, 9))]).codes(np.full((2, 2), np.nan), np.full(2, 5.0))
    assert (codes == OUTSIDE).all()


@quick
@given(SEEDS)
def test_a_line_agrees_with_shapely(seed: int) -> None:
    """Steps pass a bent line as often as shapely finds crossings, signs by turns."""
    rng = np.random.default_rng(seed)
    line = np.sort(rng.uniform(0, 100, (5, 1)), axis=0) + np.array([0.0])
    points = np.hstack([line, rng.uniform(0, 100, (5, 1))])
    start, end = rng.uniform(0, 100, (2, 50, 2))
    polyline = Polylines([points])
    found = polyline.crossings(start, end)
    shape = shapely.LineString(points)
    for i in range(50):
        mine = [c for c in found if c.step == i]
        theirs = shape.intersection(shapely.LineString([start[i], end[i]]))
        assert len(mine) == len(shapely.get_parts(theirs)) * (not theirs.is_empty)
        assert [c.fraction for c in mine] == sorted(c.fraction for c in mine)
        near = shapely.distance(shape, shapely.Point(start[i]))
        assert polyline.distance(0, start[i]) == pytest.approx(near, abs=1e-9)
        for c in mine:
            at = shapely.Point(start[i] + c.fraction * (end[i] - start[i]))
            assert shapely.distance(shape, at) < 1e-6


@quick
@given(SEEDS, st.sampled_from([1.0, 8.0, 37.5]))
def test_heat_loses_no_time(seed: int, cell: float) -> None:
    rng = np.random.default_rng(seed)
    heat = HeatMap(640, 480, cell)
    start, end = rng.uniform(-200, 900, (2, 200, 2))
    start[:5] = np.nan
    seconds_ = rng.exponential(1, 200)
    heat.add(start, end, seconds_)
    assert float(heat.seconds.sum()) + heat.lost_s == pytest.approx(float(seconds_.sum()))
    assert (heat.seconds >= 0).all()


# Tracks, however wild.


def wild_rows(
    seed: int, people: int, fps: float, step: float, seen: float, mixed: bool, crowded: bool
) -> TrackRows:
    """Random walks with tracks that break, pause, overlap, swap, teleport and are shared;
    ``crowded`` ones begin in one place, where people hide each other."""
    rng = np.random.default_rng(seed)
    parts = []
    for person in range(people):
        n = int(rng.integers(1, int(40 * fps)))
        time_s = (rng.integers(0, int(20 * fps)) + np.arange(n)) / fps
        area = ((290, 290), (330, 310)) if crowded else ((0, 100), (640, 480))
        xy = rng.uniform(*area) + np.cumsum(rng.normal(0, step, (n, 2)), axis=0)
        xy = np.abs((xy + 50) % 1480 - 740)  # reflected, a little over the edges too
        xy += np.where(rng.random((n, 1)) < 0.02, rng.uniform(-300, 300, (n, 2)), 0)
        track = np.full(n, person) + 10 * np.cumsum(rng.random(n) < 0.02)
        if mixed:
            track[rng.random(n) < 0.1] = rng.integers(-2, 6)  # swapped, shared or unconfirmed
        kept = rng.random(n) < (seen if person else 1.0)
        pause = rng.integers(0, n)
        kept[pause : pause + int(rng.integers(0, int(8 * fps)))] = False
        box = np.stack([rng.uniform(20, 60, n), rng.uniform(60, 140, n)], axis=1)
        parts.append(rows(track, time_s, xy, box).take(kept))
    return together(parts)


def wild() -> st.SearchStrategy[TrackRows]:
    return st.builds(
        wild_rows,
        seed=SEEDS,
        people=st.integers(1, 5),
        fps=st.sampled_from([2.0, 5.0, 10.0, 30.0]),
        step=st.sampled_from([2.0, 15.0, 60.0]),
        seen=st.sampled_from([1.0, 0.9, 0.3]),
        mixed=st.booleans(),
        crowded=st.booleans(),
    )


@quick
@given(wild())
def test_however_rows_are_cut_into_calls(found: TrackRows) -> None:
    whole = told(facts(TEXT, found))
    for chunk in (1, 7):
        assert told(facts(TEXT, found, chunk)) == whole


@quick
@given(wild())
def test_entries_and_exits_take_turns_and_add_up(found: TrackRows) -> None:
    events = facts(TEXT, found, chunk=5)
    turns: dict[tuple[str, str], list[Event]] = defaultdict(list)
    ended: dict[str, VisitEnded] = {}
    for event in events:
        if isinstance(event, ZoneEntered | ZoneLeft):
            turns[event.zone, event.visit].append(event)
        elif isinstance(event, VisitEnded):
            assert event.visit not in ended
            ended[event.visit] = event
    for (zone, visit), both in turns.items():
        entered, left = both[::2], both[1::2]
        assert len(entered) == len(left)
        for a, b in zip(entered, left, strict=True):
            assert isinstance(a, ZoneEntered)
            assert isinstance(b, ZoneLeft)
            assert seconds(b) - seconds(a) == pytest.approx(b.dwell_s, abs=2.1e-6)
            assert b.stitched <= ended[visit].stitched
            assert ended[visit].started <= a.time
            assert b.time <= ended[visit].time
        times = [e.time for e in both]
        assert times == sorted(times)
        assert ended[visit].areas.count(zone) == len(entered)
    for event in events:
        if isinstance(event, LineCrossed):
            assert ended[event.visit].started <= event.time <= ended[event.visit].time
    for visit_ended in ended.values():
        trail = visit_ended.t
        assert list(trail) == sorted(set(trail))
        assert len(trail) == len(visit_ended.x) == len(visit_ended.y) >= 1


@quick
@given(wild())
def test_who_came_in_and_did_not_leave_is_inside(found: TrackRows) -> None:
    """Occupancy and queues say at any time what entries and exits add up to."""
    events = facts(TEXT, found)
    for zone in ZONES:
        changes = sorted(
            (e.time, 1 if isinstance(e, ZoneEntered) else -1)
            for e in events
            if isinstance(e, ZoneEntered | ZoneLeft) and e.zone == zone
        )
        spent = sum(e.dwell_s for e in events if isinstance(e, ZoneLeft) and e.zone == zone)
        periods = [e for e in events if isinstance(e, ZoneOccupancy) and e.zone == zone]
        assert sum(p.person_s for p in periods) == pytest.approx(spent, abs=1e-5)
        for period in periods:
            assert 0 <= period.people <= period.people_max
            assert period.person_s <= period.people_max * period.period_s + 1e-6
            if period is not periods[-1]:
                inside = sum(d for t, d in changes if t <= period.time)
                assert inside == period.people
        states = [e for e in events if isinstance(e, QueueState) and e.zone == zone]
        if zone == "bent":
            # Who comes as another goes leaves one state for both.
            assert {s.time for s in states} == {t for t, _ in changes}
            assert len(states) <= len(changes)
            for state in states:
                inside = sum(d for t, d in changes if t <= state.time)
                last = [s for s in states if s.time == state.time][-1]
                assert inside == last.length
                assert state.waiting_s >= 0


@quick
@given(wild())
def test_heat_holds_all_the_time_that_people_were_seen(found: TrackRows) -> None:
    engine = space(TEXT)
    events = run(engine, found)
    seen = sum((e.time - e.started).total_seconds() for e in events if isinstance(e, VisitEnded))
    assert float(engine.heat.seconds.sum()) + engine.heat.lost_s == pytest.approx(seen, abs=1e-3)
    assert engine.heat.lost_s == 0  # places are held to the picture


@quick
@given(wild())
def test_a_line_across_the_picture_is_passed_by_turns(found: TrackRows) -> None:
    """In and out differ by at most one for each unbroken path: a teleport may pass unseen."""
    events = facts(TEXT, found)
    jumps = _jumps(found)
    by_visit: dict[str, list[str]] = defaultdict(list)
    for e in events:
        if isinstance(e, LineCrossed) and e.line == "l":
            by_visit[e.visit].append(e.direction)
    for ways in by_visit.values():
        if not jumps:
            assert all(a != b for a, b in pairwise(ways))
        assert abs(ways.count("in") - ways.count("out")) <= 1 + jumps


def _jumps(found: TrackRows) -> int:
    """Steps of any track that are longer than half a box: an upper bound of broken paths."""
    middle = (found.xyxy[:, 0] + found.xyxy[:, 2]) / 2
    total = 0
    for track in np.unique(found.track):
        x = middle[found.track == track]
        total += int((np.abs(np.diff(x)) > 30).sum())
    return total + len(np.unique(found.track)) - 1


@quick
@given(wild())
def test_a_line_drawn_the_other_way_swaps_in_and_out(found: TrackRows) -> None:
    turned = shop_text({name: tuple(reversed(line)) for name, line in LINES.items()}, ZONES)
    here, there = facts(TEXT, found), facts(turned, found)
    for line in LINES:
        assert passages(here, line) == passages(there, line)[::-1]


@quick
@given(wild())
def test_a_mirrored_picture_swaps_in_and_out(found: TrackRows) -> None:
    """Left becomes right: whoever came in over the middle goes out."""
    x1, y1, x2, y2 = found.xyxy.T
    mirrored = TrackRows(
        found.time_s,
        found.track,
        np.stack([640 - x2, y1, 640 - x1, y2], axis=1),
        found.score,
        found.frame,
    )
    line = shop_text({"l": ((320.5, 480), (320.5, 0))})
    other = shop_text({"l": ((319.5, 480), (319.5, 0))})
    assert passages(facts(line, found)) == passages(facts(other, mirrored))[::-1]


FINITE = st.floats(-1e6, 1e6, allow_nan=False)


@quick
@given(
    st.lists(
        st.tuples(
            st.floats(0, 1000), st.integers(-3, 6), FINITE, FINITE, FINITE, FINITE, st.floats(0, 1)
        ),
        max_size=60,
    ),
    st.booleans(),
)
def test_any_finite_rows_in_any_order_are_taken(
    values: list[tuple[float, int, float, float, float, float, float]], upright: bool
) -> None:
    """Never an exception, never a negative time, whatever a foreign tracker writes."""
    table = np.array(values, float).reshape(-1, 7)
    xyxy = table[:, 2:6]
    if upright:
        xyxy = np.hstack([xyxy[:, :2], xyxy[:, :2] + np.abs(xyxy[:, 2:] % 300)])
    n = len(table)
    found = TrackRows(
        table[:, 0], table[:, 1].astype(np.int64), xyxy, table[:, 6], np.zeros(n, np.int64)
    )
    engine = space(TEXT)
    events: list[Event] = []
    for at in range(0, n, 9):
        part = found.take(slice(at, at + 9))
        events += engine.update(part, float(part.time_s[-1]))
    events += engine.finish(1000.0)
    assert all(e.dwell_s >= 0 for e in events if isinstance(e, ZoneLeft))
    entered = sum(isinstance(e, ZoneEntered) for e in events)
    assert entered == sum(isinstance(e, ZoneLeft) for e in events)


def test_a_busy_floor_in_calls_of_any_length() -> None:
    for seed in (1, 2):
        found, _ = shopfloor(seed, 40, 5.0, noise_px=4, missed=0.2, break_every_s=6, gap_s=2.0)
        whole = told(facts(shopfloor_text(), found))
        for chunk in (1, 11, 300):
            assert told(facts(shopfloor_text(), found, chunk)) == whole
