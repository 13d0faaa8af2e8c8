"""The counting rules, each pinned by replaying made-up tracks."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.replay import replay
from miseban.camera.result import Analysis
from miseban.insight.intervals import per_interval
from miseban.insight.summary import summarise
from miseban.space.engine import CameraSpace
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import (
    CameraHealth,
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneOccupancy,
)
from miseban.vocabulary.shop import parse_shop
from miseban.vocabulary.summary import Summary
from miseban.vocabulary.tracks import TrackRows
from tests.space.grounds import GROUNDS, Ground
from tests.space.shopfloor import ZONES, Truth, shopfloor
from tests.space.shopfloor import text as shopfloor_text
from tests.space.walks import (
    MIDDLE,
    START,
    Floats,
    Points,
    facts,
    passages,
    replayed,
    rows,
    seconds,
    shop_text,
    space,
    stays,
    to_csv,
    together,
    told,
    walk,
)


@pytest.fixture(params=GROUNDS, ids=lambda one: one.name)
def ground(request: pytest.FixtureRequest) -> Ground:
    """What holds on one camera's picture holds on the floor of many."""
    found: Ground = request.param
    return found


FPS = (2.0, 5.0, 10.0, 30.0)
SQUARE: Points = ((220, 200), (420, 200), (420, 400), (220, 400))
LINE = shop_text({"l": MIDDLE})
AREA = shop_text(zones={"z": ("area", SQUARE)})
QUEUE = shop_text(zones={"z": ("queue", SQUARE)})


def there(start_s: float, track: int, *, to_right: bool = True, y: float = 300.0) -> TrackRows:
    """Somebody over the middle of the picture in ten seconds, 48 pixels a second."""
    xs = (80, 560) if to_right else (560, 80)
    return walk(
        [(start_s, xs[0], y), (start_s + 10, xs[1], y)], track=track, noise_px=1, seed=abs(track)
    )


def crowd() -> list[TrackRows]:
    """Seven in and nine out, some at the same time."""
    return [there(3.0 * i, i + 1, to_right=i % 16 < 7, y=150.0 + 20 * (i % 16)) for i in range(16)]


# Rule 1: only confirmed tracks count, and an id on several people says nothing about any.


def test_rule_1_seven_in_and_nine_out(tmp_path: Path) -> None:
    result = replayed(tmp_path, LINE, together(crowd()))
    assert passages(result.events) == (7, 9)
    assert not result.rejected


@pytest.mark.parametrize("placeholder", [-1, -7, 0, 999], ids=lambda p: f"id {p}")
def test_rule_1_a_placeholder_id_shared_by_all_adds_nothing(
    tmp_path: Path, placeholder: int
) -> None:
    people = crowd()
    doubles = [
        TrackRows(p.time_s, np.full(len(p), placeholder), p.xyxy + 7.0, p.score, p.frame)
        for p in people
    ]
    # Somebody stands there with it all the time, so that it is never on one person only.
    stander = walk([(0, 100, 440), (60, 100, 440)], track=placeholder)
    result = replayed(tmp_path, LINE, together([*people, *doubles, stander]))
    assert passages(result.events) == (7, 9)
    reason = "unconfirmed" if placeholder < 0 else "shared_id"
    assert result.rejected[reason] > 500


def test_rule_1_rows_without_an_id_are_not_confirmed(tmp_path: Path) -> None:
    found = together([there(0, 1), there(2, -1, y=400), there(4, -1, y=200)])
    path = to_csv(tmp_path / "tracks.csv", found)
    path.write_text(path.read_text(encoding="utf-8").replace(",-1,", ",,"), encoding="utf-8")
    result = replay(path, parse_shop(LINE, "shop.toml"), START)
    assert [e.type for e in result.events] == ["line.crossed", "visit.ended"]
    assert dict(result.rejected) == {"unconfirmed": 202}


@pytest.mark.parametrize("apart", [60.0, 500.0], ids=["near", "far"])
def test_rule_1_an_id_that_jumps_between_two_people_never_counts(apart: float) -> None:
    """Two people stand left and right of the line and share an id, turn by turn."""
    time_s = np.arange(0, 600, 0.1)
    x = np.where(np.arange(len(time_s)) % 2 == 0, 320 - apart / 2, 320 + apart / 2)
    found = rows(5, time_s, np.stack([x, np.full_like(x, 300.0)], axis=1))
    assert sum(passages(facts(LINE, found))) <= 1
    assert sum(passages(facts(LINE, found, chunk=1))) <= 1


# Rule 2: hovering over a line is no passage.


def _hover(kind: str, size: float, fps: float, seed: int, hours: float = 1.0) -> TrackRows:
    """Somebody on the line of the middle; ``size`` in body heights of 100 pixels."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(0, 3600 * hours, 1 / fps)
    if kind == "noise":
        x = rng.normal(0, size, len(time_s))
    elif kind == "sway":
        x = size * np.sin(2 * np.pi * time_s / 7.3) + rng.normal(0, 0.01, len(time_s))
    else:  # wanders at random, turned back at +-size
        walked = np.cumsum(rng.normal(0, 0.05 * np.sqrt(1 / fps), len(time_s)))
        x = np.abs((walked + size) % (4 * size) - 2 * size) - size
    y = 300 + rng.normal(0, 2, len(time_s))
    return rows(1, time_s, np.stack([320 + 100 * x, y], axis=1))


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize(
    ("kind", "size"),
    [("noise", 0.02), ("noise", 0.05), ("noise", 0.1), ("sway", 0.05), ("sway", 0.12)],
)
def test_rule_2_an_hour_on_the_line(ground: Ground, kind: str, size: float, fps: float) -> None:
    assert passages(ground.facts(LINE, _hover(kind, size, fps, seed=3))) == (0, 0)


@pytest.mark.parametrize("fps", FPS)
def test_rule_2_feet_hidden_now_and_then_pass_nothing_again_and_again(fps: float) -> None:
    """The box ends at the knees or higher for single frames, above a level line at the feet: way
    up and way down are equally long, so neither direction may pile up."""
    rng = np.random.default_rng(6)
    time_s = np.arange(0, 1800, 1 / fps)
    hidden = np.minimum(60.0, np.abs(rng.normal(0, 20, len(time_s))))
    feet = np.stack([320 + rng.normal(0, 3, len(time_s)), 255 - hidden], axis=1)
    boxes = np.stack([np.full(len(time_s), 40.0), 100 - hidden], axis=1)
    level = shop_text({"l": ((0, 250), (640, 250))})
    assert sum(passages(facts(level, rows(1, time_s, feet, boxes)))) <= 1


@pytest.mark.parametrize("fps", FPS)
def test_rule_2_wandering_about_the_line(ground: Ground, fps: float) -> None:
    """Now and then the wanderer rests clear of the line; never are more passages counted than
    the path changes sides by two bands."""
    found = _hover("wander", 0.2, fps, seed=4)
    x = (found.xyxy[:, 0] + found.xyxy[:, 2]) / 2 - 320
    sides = np.sign(x[np.abs(x) > 15])
    changes = int(np.count_nonzero(np.diff(sides)))
    counted = sum(passages(ground.facts(LINE, found)))
    assert counted <= changes
    assert counted <= 3600 / 10  # someone who hovers settles for ten seconds or is not counted


def test_rule_2_hovering_then_going_counts_once(ground: Ground) -> None:
    hover = _hover("noise", 0.08, 10, seed=5, hours=0.1)
    before = walk([(0, 80, 300), (5, 320, 300)], noise_px=2)
    after = walk([(0, 320, 300), (5, 560, 300)], noise_px=2)
    parts = []
    at = 0.0
    for part in (before, hover, after):
        parts.append(TrackRows(part.time_s + at, part.track, part.xyxy, part.score, part.frame))
        at = float(parts[-1].time_s[-1]) + 0.1
    assert passages(ground.replayed(LINE, together(parts)).events) == (1, 0)


# Rule 3: one passage adds exactly one.

REST = ((25, 320, 300), (30, 560, 300))
PASSAGES: dict[str, tuple[Points, float, tuple[int, int]]] = {
    "plain": (((0, 100, 300), (8, 540, 300)), 0, (1, 0)),
    "the other way": (((0, 540, 300), (8, 100, 300)), 0, (0, 1)),
    "slow": (((0, 200, 300), (60, 440, 300)), 0, (1, 0)),
    "fast": (((0, 40, 300), (1.2, 600, 300)), 0, (1, 0)),
    "diagonal": (((0, 60, 150), (10, 600, 470)), 0, (1, 0)),
    "with jitter": (((0, 100, 300), (8, 540, 300)), 4, (1, 0)),
    "slow with jitter": (((0, 220, 300), (40, 420, 300)), 4, (1, 0)),
    "stops on the line": (((0, 100, 300), (5, 320, 300), *REST), 3, (1, 0)),
    "stops just beyond": (((0, 100, 300), (5, 326, 300), *REST), 3, (1, 0)),
    "a step back": (((0, 100, 300), (5, 330, 300), (6, 308, 300), (10, 560, 300)), 2, (1, 0)),
    "turns on the line": (((0, 100, 300), (5, 325, 300), (10, 100, 300)), 2, (0, 0)),
    "in and out again": (((0, 100, 300), (5, 480, 300), (10, 100, 300)), 2, (1, 1)),
    "ends when clear of the line": (((0, 100, 300), (5, 331, 300)), 0, (1, 0)),
}  # fmt: skip


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("name", PASSAGES)
def test_rule_3_one_passage_is_one(ground: Ground, name: str, fps: float) -> None:
    path, noise_px, truth = PASSAGES[name]
    found = walk(path, fps, noise_px=noise_px, seed=11)
    assert passages(ground.replayed(LINE, found).events) == truth


def test_rule_3_the_passage_bears_the_time_on_the_path(ground: Ground) -> None:
    for fps in FPS:
        (event,) = (
            e
            for e in ground.facts(LINE, walk(((0.1, 100, 300), (8.1, 540, 300)), fps))
            if isinstance(e, LineCrossed)
        )
        assert seconds(event) == pytest.approx(0.1 + 8 * 220 / 440, abs=1e-5)


# Rule 4: lines are finite.

SHORT: Points = ((320, 400), (320, 200))
BENT: Points = ((200, 400), (320, 300), (440, 400))
ZIGZAG: Points = ((320, 100), (380, 200), (320, 300), (380, 400))
FINITE: dict[str, tuple[Points, Points, tuple[int, int]]] = {
    "inside": (SHORT, ((0, 100, 300), (8, 540, 300)), (1, 0)),
    "beyond the lower end": (SHORT, ((0, 100, 410), (8, 540, 410)), (0, 0)),
    "beyond the upper end": (SHORT, ((0, 100, 190), (8, 540, 190)), (0, 0)),
    "just inside the lower end": (SHORT, ((0, 100, 399), (8, 540, 399)), (1, 0)),
    "just inside the upper end": (SHORT, ((0, 100, 201), (8, 540, 201)), (1, 0)),
    "around the end and back through": (
        SHORT,
        ((0, 200, 300), (3, 200, 450), (6, 440, 450), (9, 440, 300), (14, 200, 300)),
        (0, 1),
    ),
    "through and back around the end": (
        SHORT,
        ((0, 200, 300), (5, 440, 300), (8, 440, 450), (11, 200, 450), (14, 200, 300)),
        (1, 0),
    ),
    "bent, into the corner from below": (BENT, ((0, 320, 440), (5, 320, 200)), (0, 1)),
    "bent, out of the corner from above": (BENT, ((0, 320, 200), (5, 320, 440)), (1, 0)),
    "bent, in by one piece and out by the other": (
        BENT,
        ((0, 150, 330), (5, 320, 390), (10, 490, 330)),
        (1, 1),
    ),
    "bent, past the corner": (BENT, ((0, 100, 280), (8, 540, 280)), (0, 0)),
    "zigzag, through a joint": (ZIGZAG, ((0, 100, 200), (8, 600, 200)), (0, 1)),
    "zigzag, along and through all": (ZIGZAG, ((0, 350, 60), (16, 350, 460)), (2, 1)),
}


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("name", FINITE)
def test_rule_4_a_line_ends_where_it_ends(ground: Ground, name: str, fps: float) -> None:
    line, path, truth = FINITE[name]
    found = walk(path, fps, box=(20, 60))
    narrow = SpaceSettings(line_band_m=0.15)  # people of 60 pixels: a metre on the floor
    got = passages(ground.facts(shop_text({"l": line}), found, settings=narrow))
    assert got == truth, name


def test_rule_4_a_line_to_the_edge_misses_nobody_at_the_edge() -> None:
    for line in (((320, 479), (320, 0)), ((320, 480), (320, 1))):
        for y in (480.0, 479.5, 500.0, 0.5):  # feet below the picture stand at its edge
            found = walk(((0, 100, y), (8, 540, y)))
            assert passages(facts(shop_text({"l": line}), found)) == (1, 0)


# Rule 5: the frame rate does not matter.


def _figures(ground: Ground, fps: float) -> dict[str, float]:
    total = dict.fromkeys(("in", "out", "stays", "dwell", "heat", "occupancy"), 0.0)
    for seed in range(6):
        found, _ = shopfloor(seed, 60, fps)
        events, heat = ground.figures(shopfloor_text(), found)
        ways = passages(events)
        left = [s for z in ZONES for s in stays(events, z)]
        for key, value in {
            "in": ways[0],
            "out": ways[1],
            "stays": len(left),
            "dwell": sum(s.dwell_s for s in left),
            "heat": heat,
            "occupancy": sum(e.person_s for e in events if isinstance(e, ZoneOccupancy)),
        }.items():
            total[key] += value
    return total


def test_rule_5_two_to_thirty_frames_a_second_agree_within_one_percent(ground: Ground) -> None:
    """Hundreds of people who walk about at random, stop anywhere and turn back."""
    fine = _figures(ground, 30)
    for fps in (2, 5, 10):
        coarse = _figures(ground, fps)
        for key, value in fine.items():
            assert coarse[key] == pytest.approx(value, rel=0.01), (fps, key)


# Rule 6: one bad frame neither enters nor leaves.


def _with_bad_frames(path: Points, fps: float, every: int, to: Floats) -> TrackRows:
    """A walk of which each ``every``-th position is put ``to`` (x, y) instead."""
    good = walk(path, fps)
    bad = np.arange(len(good)) % every == every - 1
    xy = np.stack([(good.xyxy[:, 0] + good.xyxy[:, 2]) / 2, good.xyxy[:, 3]], axis=1)
    xy[bad] = to
    return rows(1, good.time_s, xy)


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("every", [4, 7, 40])
@pytest.mark.parametrize("bad_x", [240.0, 320.0], ids=["just inside", "in the middle"])
def test_rule_6_bad_frames_do_not_enter(
    ground: Ground, fps: float, every: int, bad_x: float
) -> None:
    for outside_x in (150.0, 200.0, 205.0):
        found = _with_bad_frames(
            ((0, outside_x, 300), (120, outside_x, 300)), fps, every, np.array([bad_x, 300.0])
        )
        assert not any(isinstance(e, ZoneEntered) for e in ground.facts(AREA, found))


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("every", [4, 7, 40])
@pytest.mark.parametrize("bad_x", [100.0, 205.0], ids=["far outside", "just outside"])
def test_rule_6_bad_frames_do_not_leave(
    ground: Ground, fps: float, every: int, bad_x: float
) -> None:
    for inside_x in (235.0, 300.0):
        found = _with_bad_frames(
            ((0, inside_x, 300), (120, inside_x, 300)), fps, every, np.array([bad_x, 300.0])
        )
        (stay,) = stays(ground.facts(AREA, found))
        assert stay.dwell_s == pytest.approx(120, abs=1 / fps + 0.01)


@pytest.mark.parametrize("fps", FPS)
def test_rule_6_detections_that_flicker_do_not_end_a_stay(ground: Ground, fps: float) -> None:
    found = walk(((0, 300, 300), (300, 300, 300)), fps, noise_px=2, missed=0.5, seed=8)
    (stay,) = stays(ground.replayed(AREA, found).events)
    assert stay.dwell_s == pytest.approx(float(found.time_s[-1] - found.time_s[0]), abs=1e-5)
    if ground.name == "camera":  # on the floor, whoever was not seen for long is a piece more
        assert stay.stitched == 1


@pytest.mark.parametrize("fps", [5.0, 10.0, 30.0])
@pytest.mark.parametrize("x", [220.5, 222.0])
def test_rule_6_standing_on_the_border_does_not_go_in_and_out(
    ground: Ground, fps: float, x: float
) -> None:
    found = walk(((0, x, 300), (1800, x, 300)), fps, noise_px=2, seed=12)
    assert len(stays(ground.facts(AREA, found))) <= 1


@pytest.mark.parametrize("fps", FPS)
def test_rule_6_standing_just_outside_is_outside(ground: Ground, fps: float) -> None:
    """A stay ends at the border though the person waits within the band for a minute."""
    path = ((0, 100, 300), (4, 320, 300), (14, 320, 300), (17, 215, 300), (77, 215, 300))
    (stay,) = stays(ground.facts(AREA, walk(path, fps)))
    assert stay.dwell_s == pytest.approx(17 - 3 * 5 / 105 - 4 * 120 / 220, abs=0.01)


# Rule 7: dwell is the time really spent.


@pytest.mark.parametrize("fps", FPS)
def test_rule_7_dwell_from_border_to_border(ground: Ground, fps: float) -> None:
    path = ((0, 60, 300), (8, 320, 300), (20, 320, 300), (28, 580, 300))
    (stay,) = stays(ground.replayed(AREA, walk(path, fps)).events)
    assert stay.dwell_s == pytest.approx(12 + 2 * 8 * 100 / 260, abs=1e-4)


@pytest.mark.parametrize("fps", FPS)
def test_rule_7_the_trackers_grace_time_is_not_added(ground: Ground, fps: float) -> None:
    """Lost inside at second 20, while others are seen for another minute."""
    lost = walk(((0, 300, 300), (20, 300, 300)), fps)
    other = walk(((0, 40, 460), (80, 60, 460)), fps, track=2)
    (stay,) = stays(ground.replayed(AREA, together([lost, other])).events)
    assert stay.dwell_s == pytest.approx(20, abs=1e-4)
    assert seconds(stay) == pytest.approx(20, abs=1e-4)


@pytest.mark.parametrize("gap_s", [0.7, 2.0, 4.5])
@pytest.mark.parametrize("fps", FPS)
def test_rule_7_a_short_loss_does_not_reset_dwell(ground: Ground, fps: float, gap_s: float) -> None:
    found = walk(((0, 300, 300), (60, 300, 300)), fps)
    seen = (found.time_s < 30) | (found.time_s >= 30 + gap_s)
    (stay,) = stays(ground.facts(AREA, found.take(seen)))
    assert stay.dwell_s == pytest.approx(60, abs=1e-4)


def test_rule_7_a_long_loss_ends_the_stay_where_it_was_last_seen() -> None:
    found = walk(((0, 300, 300), (60, 300, 300)))
    first, second = stays(facts(AREA, found.take((found.time_s <= 20) | (found.time_s >= 40))))
    assert (first.dwell_s, second.dwell_s) == pytest.approx((20, 20), abs=1e-4)


# Rule 8: a person who shows up again goes on with the same visit.


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("silent_s", [0.0, 1.0, 3.0])
def test_rule_8_a_broken_track_is_one_visit(tmp_path: Path, fps: float, silent_s: float) -> None:
    path = ((0, 60, 300), (4, 300, 300), (34, 300, 300), (40, 600, 300))
    breaks = (10.0, 16.0, 22.0)
    found = walk(path, fps, breaks=breaks, noise_px=1)
    for b in breaks:
        found = found.take((found.time_s < b) | (found.time_s >= b + silent_s))
    events = replayed(tmp_path, AREA, found).events
    (stay,) = stays(events)
    (visit,) = (e for e in events if isinstance(e, VisitEnded))
    assert stay.stitched == visit.stitched == 4
    assert stay.dwell_s == pytest.approx(30 + 4 * 80 / 240 + 6 * 120 / 300, abs=0.3)


def test_rule_8_a_stay_counts_only_its_own_pieces() -> None:
    path = ((0, 60, 300), (10, 150, 300), (20, 300, 300), (40, 300, 300))
    (stay,) = stays(facts(AREA, walk(path, breaks=(3.0, 6.0, 30.0))))
    assert stay.stitched == 2


def test_rule_8_a_passage_behind_a_pillar_counts_once() -> None:
    """The track breaks at the line and goes on beyond it under another number."""
    found = walk(((0, 100, 300), (8, 540, 300)), breaks=(4.0,))
    found = found.take((found.time_s < 3.3) | (found.time_s > 4.7))
    assert passages(facts(LINE, found)) == (1, 0)


@pytest.mark.parametrize("fps", FPS)
def test_rule_8_one_goes_out_at_the_edge_and_another_comes_in(fps: float) -> None:
    goes = walk(((0, 300, 300), (5, 660, 300)), fps)
    goes = goes.take(goes.xyxy[:, 0] < 630)
    comes = walk(((8, 650, 300), (13, 300, 300)), fps, track=2)
    events = facts(LINE, together([goes, comes]))
    assert sum(isinstance(e, VisitEnded) for e in events) == 2


@pytest.mark.parametrize("fps", FPS)
def test_rule_8_one_goes_out_at_a_door_and_another_comes_in(fps: float) -> None:
    door = shop_text(zones={"z": ("entrance", ((280, 100), (360, 100), (360, 220), (280, 220)))})
    goes = walk(((0, 320, 400), (5, 320, 200)), fps)
    comes = walk(((8, 320, 200), (13, 320, 400)), fps, track=2)
    events = facts(door, together([goes, comes]))
    assert sum(isinstance(e, VisitEnded) for e in events) == 2


def test_rule_8_somebody_else_far_away_is_somebody_else() -> None:
    found = [
        walk(((0, 100, 300), (10, 150, 300)), track=1),
        walk(((11, 500, 300), (20, 450, 300)), track=2),
    ]
    assert sum(isinstance(e, VisitEnded) for e in facts(LINE, together(found))) == 2


# Rule 11: totals and parts come from the same events.


def _summary(result: Analysis, zones: dict[str, str], lines: list[str]) -> Summary:
    return summarise(
        result.events, shop_id="s", camera="c", start=result.start,
        duration_s=result.duration_s, frames=1, analysed_fps=1.0, incomplete="", lines=lines,
        zones=zones, tills=[], model="", versions={}, uncovered_s=0.0,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
def test_rule_11_totals_directions_hours_and_visits_agree(ground: Ground, seed: int) -> None:
    found, _ = shopfloor(seed, 60, 5.0, noise_px=3, missed=0.1, break_every_s=15)
    result = ground.replayed(shopfloor_text(), found)
    summary = _summary(result, {z: kind for z, (kind, _) in ZONES.items()}, ["l"])
    ins, outs = passages(result.events)
    assert ins + outs > 50
    line = summary.lines["l"]
    assert (line.in_.count, line.out.count) == (ins, outs)
    for bin_s in (60, 300, 3600):
        table = per_interval(result.events, result.start, result.duration_s, bin_s)
        assert (int(table.in_.sum()), int(table.out.sum())) == (ins, outs)
        assert int(table.seen.sum()) == summary.people
    for zone in ZONES:
        left = stays(result.events, zone)
        spent = sum(s.dwell_s for s in left)
        by_minute = [e for e in result.events if isinstance(e, ZoneOccupancy) and e.zone == zone]
        assert summary.zones[zone].visits == len(left)
        assert summary.zones[zone].dwell_s.total == pytest.approx(spent, abs=0.2)
        assert sum(e.person_s for e in by_minute) == pytest.approx(spent, abs=1e-3)


# Rule 12: gaps are known.


def test_rule_12_a_gap_lowers_the_coverage_of_its_minutes() -> None:
    engine = space(AREA)
    before, after = (
        walk(((0, 300, 300), (90, 300, 300))),
        walk(((240, 300, 300), (300, 300, 300)), track=2),
    )
    events: list[Event] = engine.update(before, 90.0)
    events += engine.gap(90.0, 240.0, "stream lost")
    events += engine.update(after, 300.0)
    events += engine.finish(300.0)
    (health,) = (e for e in events if isinstance(e, CameraHealth))
    assert (health.state, health.gap_s, seconds(health)) == ("gap", 150.0, 240.0)
    minutes = {seconds(e): e for e in events if isinstance(e, ZoneOccupancy)}
    assert {t: m.coverage for t, m in minutes.items()} == pytest.approx(
        {60: 1.0, 120: 0.5, 180: 0.0, 240: 0.0, 300: 1.0}
    )
    assert [minutes[t].person_s for t in (60, 120, 180, 240, 300)] == pytest.approx(
        [60, 30, 0, 0, 60]
    )
    assert [s.dwell_s for s in stays(events)] == pytest.approx([90, 60])
    table = per_interval(events, START, 300.0, 60)
    assert table.coverage.tolist() == pytest.approx([1.0, 0.5, 0.0, 0.0, 1.0])


def test_rule_12_a_gap_shorter_than_a_loss_keeps_the_stay() -> None:
    engine = space(AREA)
    found = walk(((0, 300, 300), (60, 300, 300)))
    events = engine.update(found.take(found.time_s <= 20), 20.0)
    events += engine.gap(20.0, 23.0, "stream lost")
    events += engine.update(found.take(found.time_s >= 23), 60.0)
    events += engine.finish(60.0)
    (stay,) = stays(events)
    assert stay.dwell_s == pytest.approx(60)
    (minute,) = (e for e in events if isinstance(e, ZoneOccupancy))
    assert minute.coverage == pytest.approx(0.95)


# Rule 13: time is the frame's, in whatever order the rows come.


def test_rule_13_an_unsorted_file_gives_the_same_facts(tmp_path: Path) -> None:
    found, _ = shopfloor(1, 20, 5.0, noise_px=2)
    mixed = found.take(np.random.default_rng(1).permutation(len(found)))
    ways = [replayed(tmp_path, shopfloor_text(), part) for part in (found, mixed)]
    assert told(ways[0].events) == told(ways[1].events)
    assert ways[0].duration_s == ways[1].duration_s


@pytest.mark.parametrize("jump_s", [-3600.0, -5.0, -0.35, 0.35, 5.0, 3600.0])
def test_rule_13_clocks_that_jump_give_no_negative_dwell(jump_s: float) -> None:
    """The clock of the frames jumps at second 30, and back again at second 60."""
    engine: CameraSpace = space(QUEUE)
    found = walk(((0, 300, 300), (90, 300, 300)), noise_px=2)
    clock = found.time_s + np.where((found.time_s > 30) & (found.time_s <= 60), jump_s, 0) + 4000
    events: list[Event] = []
    for i in range(len(found)):
        now = float(clock[i])
        row = found.take(slice(i, i + 1))
        one = TrackRows(clock[i : i + 1], row.track, row.xyxy, row.score, row.frame)
        events += engine.update(one, now)
    events += engine.finish(float(clock[-1]))
    left = stays(events)
    assert left
    assert all(s.dwell_s >= 0 for s in left)
    assert sum(s.dwell_s for s in left) <= 90 + max(0.0, min(jump_s, 5.0)) + 0.2
    assert sum(isinstance(e, ZoneEntered) for e in events) == len(left)
    assert all(e.waiting_s >= 0 for e in events if isinstance(e, QueueState))
    assert all(e.coverage == 1 for e in events if isinstance(e, ZoneOccupancy))


def test_rule_13_rows_handed_over_late_count_where_they_belong() -> None:
    """A tracker confirms the second person after a second and hands the first rows over then."""
    one = walk(((0, 100, 300), (20, 120, 300)))
    two = walk(((5, 200, 300), (11, 500, 300)), track=2)
    engine = space(shop_text({"l": MIDDLE}, {"z": ("area", SQUARE)}))
    events: list[Event] = []
    held = two.take(two.time_s < 6.0)
    for now in np.unique(one.time_s).tolist():
        parts = [one.take(one.time_s == now)]
        if now >= 6.0:
            parts += [held, two.take(two.time_s == now)]
            held = TrackRows.empty()
        events += engine.update(TrackRows.concatenate(parts), now)
    events += engine.finish(20.0)
    assert passages(events) == (1, 0)
    (stay,) = stays(events)
    assert stay.dwell_s == pytest.approx(4, abs=1e-4)
    assert seconds(stay) == pytest.approx(5 + 6 * 220 / 300, abs=1e-4)
    assert not engine.rejected


def test_rule_13_events_bear_the_time_of_the_frames(tmp_path: Path) -> None:
    result = replayed(tmp_path, LINE, there(100.0, 1))
    assert all(
        START + timedelta(seconds=99) < e.time < START + timedelta(seconds=111)
        for e in result.events
    )
    assert [e.time for e in result.events] == sorted(e.time for e in result.events)


# All together: a shop floor with exact truth.


def _queue_agreement(events: list[Event], truth: Truth) -> float:
    """The part of the seconds in which the queue's length is the true one."""
    states = sorted((seconds(e), e.length) for e in events if isinstance(e, QueueState))
    times = np.array([t for t, _ in states])
    lengths = np.array([0, *(n for _, n in states)])
    fine = truth.length["queue"]
    grid = np.arange(50, len(fine) - 100, 100)
    told = lengths[np.searchsorted(times, grid / 100, side="right")]
    return float(np.mean(told == fine[grid]))


NOISE = {
    "exact": (0.0, 0.0, np.inf),
    "2 px": (2.0, 0.0, np.inf),
    "5 px": (5.0, 0.0, np.inf),
    "3 px, one row in ten missed, ids break": (3.0, 0.1, 15.0),
}


@pytest.mark.parametrize("fps", [5.0, 10.0])
@pytest.mark.parametrize("name", NOISE)
def test_a_shop_floor_with_known_truth(ground: Ground, name: str, fps: float) -> None:
    """Over 200 people with pauses anywhere: passages, stays, dwell and the queue's length.

    A passage of the truth goes 20 pixels (0.2 heights) beyond the line, a stay may go out for
    less than a second.
    """
    noise_px, missed, break_every_s = NOISE[name]
    if ground.name == "floor":
        break_every_s = np.inf  # the fusion has put visits together
    counted, true = np.zeros(4), np.zeros(4)
    dwell, true_dwell, agreement = [], [], []
    for seed in range(20, 25):
        found, truth = shopfloor(
            seed,
            50,
            fps,
            gap_s=15.0,
            noise_px=noise_px,
            missed=missed,
            break_every_s=break_every_s,
            over_px=20,
            bridged_s=1.0,
        )
        events = ground.facts(shopfloor_text(), found)
        counted += (*passages(events), len(stays(events, "left")), len(stays(events, "queue")))
        true += (truth.ins, truth.outs, len(truth.stays["left"]), len(truth.stays["queue"]))
        dwell += [s.dwell_s for zone in ZONES for s in stays(events, zone)]
        true_dwell += [b - a for zone in ZONES for a, b in truth.stays[zone]]
        agreement.append(_queue_agreement(events, truth))
    assert true.min() > 200
    assert counted == pytest.approx(true, rel=0.01 if noise_px == 0 else 0.02)
    assert np.mean(dwell) == pytest.approx(np.mean(true_dwell), abs=0.5)
    assert np.mean(agreement) >= (0.99 if noise_px == 0 else 0.97)


def test_8_people_looked_at_in_turn_are_no_continuations() -> None:
    """A sensor that looks at one person after the other, not at all in the same moment: the second
    of two who come in side by side does not continue the first, who was seen just before."""
    pairs = [
        walk(
            ((9.0 + 3 * n, 60 + 10 * k, 300 + 25 * k), (15.0 + 3 * n, 600, 300)),
            5.0,
            track=10 * n + k,
            phase=0.5 * k,
        )
        for n in range(5)
        for k in (0, 1)
    ]
    events = facts(LINE, together([walk(((0, 80, 300), (10, 560, 300)), 5.0, track=99), *pairs]))
    assert passages(events) == (11, 0)
    assert len({e.visit for e in events if isinstance(e, LineCrossed)}) == 11


@pytest.mark.parametrize("people", [2, 5])
def test_rule_11_a_queue_that_changes_at_one_moment_says_its_last_length(
    ground: Ground, people: int
) -> None:
    """All are there from the first frame to the last: whatever the order of the events' ids, the
    length that stands in between is the number of people."""
    both = together(
        walk([(0, 240 + 40 * i, 300), (60, 240 + 40 * i, 300)], track=i + 1) for i in range(people)
    )
    events = sorted(ground.facts(QUEUE, both), key=lambda event: (event.time, event.id))
    states = [(seconds(e), e.length) for e in events if isinstance(e, QueueState)]
    assert states == [(0.0, people), (60.0, 0)]


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("tau_s", [1.0, 2.0])
def test_rule_2_slow_shuffling_on_a_line_does_not_add_up(
    ground: Ground, fps: float, tau_s: float
) -> None:
    """Half an hour around the line, a tenth of the height to either side and slowly: in all but
    a few moments nobody could say that a passage had happened."""
    time_s = np.arange(0, 1800, 1 / fps)
    fine_s = np.arange(0, 1800, 1 / 30)
    keep = np.exp(-1 / 30 / tau_s)
    push = np.random.default_rng(3).normal(0, 10 * np.sqrt(1 - keep**2), len(fine_s))
    sway = np.zeros(len(fine_s))
    for i in range(1, len(fine_s)):
        sway[i] = keep * sway[i - 1] + push[i]
    xy = np.stack([320 + np.interp(time_s, fine_s, sway), np.full(len(time_s), 300.0)], axis=1)
    counted = passages(ground.facts(LINE, rows(1, time_s, xy)))
    assert sum(counted) <= 2
    assert abs(counted[0] - counted[1]) <= 1


@pytest.mark.parametrize("fps", [2.0, 5.0, 10.0])
@pytest.mark.parametrize("noise_px", [2.0, 5.0])
def test_rule_6_standing_just_on_a_border_is_few_stays(
    ground: Ground, fps: float, noise_px: float
) -> None:
    """Half an hour exactly on a zone's border, in boxes that tremble: a handful of stays, which
    together last nearly as long as the person stood there."""
    found = walk(((0, 220, 300), (1800, 220, 300)), fps, noise_px=noise_px, seed=4)
    told_ = stays(ground.facts(AREA, found))
    assert 1 <= len(told_) <= 6
    assert sum(stay.dwell_s for stay in told_) > 0.9 * 1800


def test_rule_1_the_same_row_twice_is_one_observation(tmp_path: Path) -> None:
    once = there(0.0, 1)
    result = replayed(tmp_path, LINE, together([once, once]))
    assert passages(result.events) == (1, 0)
    assert dict(result.rejected) == {"repeated": len(once)}


def test_rule_1_single_ghosts_are_nobody() -> None:
    """A false box a second, each with a number of its own, anywhere in the picture."""
    rng = np.random.default_rng(11)
    ghosts = [
        rows(n, np.array([float(n)]), rng.uniform((30, 110), (610, 470), (1, 2)))
        for n in range(500)
    ]
    events = facts(LINE, together(ghosts))
    assert passages(events) == (0, 0)
    assert not any(isinstance(event, VisitEnded) for event in events)
