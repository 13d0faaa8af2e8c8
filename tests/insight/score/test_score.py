"""Truth against itself is perfect; known corruptions give exactly the figures worked out here."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from miseban.insight.score import Score, score_folders
from miseban.insight.score.figures import MatchScore
from miseban.insight.score.matching import pairs_within
from miseban.insight.score.stays import same_stays, stays
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event, LineCrossed, QueueState, VisitEnded
from miseban.vocabulary.summary import Count, LineHour, LineSummary
from tests.insight.sample import START, Maker, afternoon
from tests.insight.score.folders import longer_stays, moved, shop_day, write


def scored(tmp_path: Path, truth: list[Event], result: list[Event]) -> Score:
    return score_folders(write(tmp_path / "truth", truth), write(tmp_path / "result", result))


def figures(value: object, name: str = "") -> Iterator[tuple[str, float | int | None]]:
    """Every number of a score, with its path."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from figures(part, f"{name}.{key}")
    elif isinstance(value, list):
        for part in value:
            yield from figures(part, name)
    elif value is None or isinstance(value, int | float):
        yield name, value


ERRORS = ("error", "bias", "worst", "mean_abs", "relative")
RATES = ("precision", "recall", "exact", "share", "correlation")


@pytest.mark.parametrize("events", [shop_day(), afternoon().events], ids=["day", "afternoon"])
def test_truth_against_itself_is_perfect(events: list[Event], tmp_path: Path) -> None:
    score = scored(tmp_path, events, events)
    seen = {"errors": 0, "rates": 0}
    for name, value in figures(score.model_dump(mode="json")):
        last = name.rsplit(".", 1)[-1]
        if any(word in last for word in ERRORS):
            assert value in (0, None), name
            seen["errors"] += value == 0
        if last in RATES:
            assert value is None or value == pytest.approx(1.0), name
            seen["rates"] += value is not None
    assert seen["errors"] > 20
    assert seen["rates"] > 6


def test_a_twentieth_of_passages_removed(tmp_path: Path) -> None:
    """Every 20th of 100 people is not counted in: 95 of 100, 5 % missing, the others all found."""
    events = shop_day()
    ins = [e for e in events if isinstance(e, LineCrossed) and e.direction == "in"]
    removed = {e.id for e in ins[::20]}
    score = scored(tmp_path, events, [e for e in events if e.id not in removed]).lines["entrance"]
    assert (score.in_.truth, score.in_.result, score.in_.error) == (100, 95, -5)
    assert score.in_.relative_error == -0.05
    assert score.in_.passages == MatchScore(matched=95, precision=1.0, recall=0.95)
    # From 13:07:30 on: hours 13 to 16 hold 52, 48, 0 and 0 of the people; numbers 0, 20, 40 of
    # the removed fall into the first, 60 and 80 into the second.
    assert [(h.truth, h.result) for h in score.in_.hours] == [(52, 49), (48, 46), (0, 0), (0, 0)]
    assert score.in_.by_hour.hours == 4
    assert score.in_.by_hour.bias == pytest.approx(-5 / 4)
    assert score.in_.by_hour.mean_abs == pytest.approx(5 / 4)
    assert score.in_.by_hour.worst == -3
    assert score.in_.by_hour.mean_abs_relative == pytest.approx((3 / 52 + 2 / 48) / 2)
    assert score.in_.by_hour.worst_relative == pytest.approx(3 / 52)
    assert score.out.error == 0


def test_counts_moved_to_the_next_hour(tmp_path: Path) -> None:
    """The sum is right and every hour is wrong; no passage is where it was."""
    events = shop_day()
    later = [moved(e, 3600) if isinstance(e, LineCrossed) else e for e in events]
    score = scored(tmp_path, events, later).lines["entrance"].in_
    assert [(h.truth, h.result) for h in score.hours] == [(52, 0), (48, 52), (0, 48), (0, 0)]
    assert score.error == 0
    assert score.by_hour.bias == 0
    assert score.by_hour.mean_abs == pytest.approx((52 + 4 + 48) / 4)
    assert score.by_hour.worst == -52
    # People come every 60 s, so 40 of them find somebody else's passage an hour later.
    assert score.passages.matched == 40


def test_passages_late_by_less_and_more_than_two_seconds(tmp_path: Path) -> None:
    for late_s, matched in ((2.0, 100), (2.1, 0), (-2.0, 100)):
        events = shop_day()
        late = [moved(e, late_s) if isinstance(e, LineCrossed) else e for e in events]
        score = scored(tmp_path, events, late)
        assert score.lines["entrance"].in_.passages.matched == matched, late_s


def test_a_passage_is_matched_once_only(tmp_path: Path) -> None:
    """Everybody is counted twice: all are found, half of what was found is right."""
    events = shop_day()
    doubled = events + [
        moved(e, 0.5).model_copy(update={"id": f"{e.id}-again"})
        for e in events
        if isinstance(e, LineCrossed)
    ]
    passages = scored(tmp_path, events, doubled).lines["entrance"].in_.passages
    assert passages == MatchScore(matched=100, precision=0.5, recall=1.0)


def test_stays_two_seconds_too_long(tmp_path: Path) -> None:
    """Stays of 10, 11, ... 109 s last 59.5 s on average: two more are 2 / 59.5 of that."""
    events = shop_day()
    score = scored(tmp_path, events, longer_stays(events, 2.0))
    zone = score.zones["sandwiches"]
    assert zone.visits.error == 0
    assert (zone.stays.matched, zone.stays.precision, zone.stays.recall) == (100, 1.0, 1.0)
    assert zone.dwell_s is not None
    assert zone.dwell_s.error_mean == pytest.approx(2.0)
    assert zone.dwell_s.error_median == pytest.approx(2.0)
    assert zone.dwell_s.bias_mean == pytest.approx(2.0)
    assert zone.dwell_s.bias_median == pytest.approx(2.0)
    assert zone.dwell_s.relative_bias == pytest.approx(2 / 59.5)
    waiting = score.queues["queue-1"].waiting_s
    assert waiting is not None
    assert waiting.bias_mean == pytest.approx(2.0)
    assert waiting.relative_bias == pytest.approx(2 / 30)
    assert score.queues["queue-1"].exact == 1.0  # the queue's own states were left alone


def test_one_queue_second_wrong(tmp_path: Path) -> None:
    """For one of 10800 seconds two people too many."""
    events = shop_day()
    at = next(e for e in events if isinstance(e, QueueState) and e.length == 0)
    wrong = [
        moved(at, 3).model_copy(update={"id": "a", "length": 2}),
        moved(at, 4).model_copy(update={"id": "b", "length": 0}),
    ]
    score = scored(tmp_path, events, events + wrong).queues["queue-1"]
    assert score.seconds == 10800
    assert score.exact == pytest.approx(1 - 1 / 10800)
    assert score.mean_abs_error == pytest.approx(2 / 10800)


def trail(event: VisitEnded, cells: tuple[int, ...]) -> VisitEnded:
    """The visit with one sample a second in these cells of a row."""
    t, x = tuple(float(i) for i in range(len(cells))), tuple(16.0 * c + 5 for c in cells)
    return event.model_copy(update={"t": t, "x": x, "y": tuple(3.0 for _ in t)})


def test_heat_somewhere_else(tmp_path: Path) -> None:
    """Seconds 3, 1, 0, 1 in four cells against 1, 3, 0, 1: about the mean 1.25 the products add
    up to 0.75 and the squares to 4.75 each."""
    visit = next(e for e in shop_day() if isinstance(e, VisitEnded))
    true, found = trail(visit, (0, 0, 0, 1, 3)), trail(visit, (0, 1, 1, 1, 3))
    heat = scored(tmp_path, [true], [found]).heat["door"]
    assert heat.correlation == pytest.approx(0.75 / 4.75)
    assert (heat.cells, heat.cell, heat.unit) == (4, 16.0, "px")


def test_heat_of_the_whole_floor_takes_cameras_together(tmp_path: Path) -> None:
    """The truth tells of the floor, the result of two cameras, one half of the visits each."""
    events = [e for e in shop_day() if isinstance(e, VisitEnded)]
    whole = [e.model_copy(update={"camera": None, "unit": "m"}) for e in events]
    parts = [e.model_copy(update={"camera": ("door", "till")[i % 2]}) for i, e in enumerate(whole)]
    heat = scored(tmp_path, list(whole), list(parts)).heat
    assert heat["(shop)"].correlation == pytest.approx(1.0)
    assert (heat["(shop)"].cell, heat["(shop)"].unit) == (0.5, "m")
    half = scored(tmp_path, list(whole), [e for e in parts if e.camera == "door"]).heat
    assert half["(shop)"].correlation < 0.999


HEATLESS: dict[str, tuple[dict[str, object], dict[str, object], str]] = {
    "different units": ({}, {"unit": "m"}, "different units: m and px"),
    "both in one cell": ({"x": (5.0,) * 5}, {"x": (6.0,) * 5}, "same heat"),
    "no sample": ({}, {"t": (), "x": (), "y": ()}, "nobody was seen"),
}


@pytest.mark.parametrize("case", HEATLESS)
def test_heat_that_cannot_be_compared(case: str, tmp_path: Path) -> None:
    in_truth, in_result, why = HEATLESS[case]
    visit = trail(next(e for e in shop_day() if isinstance(e, VisitEnded)), (0, 0, 0, 1, 3))
    true, found = visit.model_copy(update=in_truth), visit.model_copy(update=in_result)
    score = scored(tmp_path, [true], [found])
    assert why in {gap.what: gap.why for gap in score.missing}["heat of door"]
    assert score.heat == {}


def test_occupancy_by_the_minute(tmp_path: Path) -> None:
    """Half a person in each of 100 minutes; one minute has a whole one too many."""
    events = shop_day()
    first = next(e for e in events if e.type == "zone.occupancy")
    more = first.model_copy(update={"person_s": first.person_s + 60})
    spoilt = [more if e.id == first.id else e for e in events]
    score = scored(tmp_path, events, spoilt).occupancy["sandwiches"]
    assert score.minutes == 100
    assert score.mean_abs_error == pytest.approx(1 / 100)
    assert score.bias == pytest.approx(1 / 100)
    assert score.worst == pytest.approx(1.0)


def test_people_seen_twice(tmp_path: Path) -> None:
    events = shop_day()
    again = [
        e.model_copy(update={"visit": "twice"})
        if isinstance(e, LineCrossed) and e.visit == "v007" and e.direction == "out"
        else e
        for e in events
    ]
    people = scored(tmp_path, events, again).people
    assert people is not None
    assert (people.truth, people.result, people.error) == (100, 101, 1)


def test_only_the_time_of_the_truth_counts(tmp_path: Path) -> None:
    """A result that goes on for a day longer is not blamed for what the truth does not tell."""
    events = shop_day()
    after = [
        moved(e, 80_000).model_copy(update={"id": f"{e.id}-later", "visit": f"{e.visit}-later"})
        for e in events
        if isinstance(e, LineCrossed | VisitEnded)
    ]
    score = scored(tmp_path, events, events + after)
    assert score.lines["entrance"].in_.error == 0
    assert score.people is not None
    assert score.people.error == 0
    assert score.heat["door"].correlation == pytest.approx(1.0)


def test_a_result_that_ends_early_is_told_so(tmp_path: Path) -> None:
    """What the result has no recording of is not found, and the reason is said."""
    events = shop_day()
    truth = write(tmp_path / "truth", events)
    first_hour = [e for e in events if e.time < START + timedelta(hours=1)]
    score = score_folders(truth, write(tmp_path / "result", first_hour, duration_s=3600.0))
    assert score.lines["entrance"].in_.result == 60
    told = {gap.what: gap.why for gap in score.missing}
    assert "counts as not found" in told["time outside the result's recording"]


def test_people_of_one_camera_are_not_those_of_the_shop(tmp_path: Path) -> None:
    events = shop_day()
    truth = write(tmp_path / "truth", events, camera=None)
    score = score_folders(truth, write(tmp_path / "result", events))
    assert score.people is None
    told = {gap.what: gap.why for gap in score.missing}
    assert told["people"] == "the truth tells of the whole shop, the result of door"


def told_by_hour(in_: list[Count], out: list[Count], whole: tuple[Count, Count]) -> LineSummary:
    first = START.replace(minute=0, second=0)
    hours = [
        LineHour.model_validate(
            {"start": first + timedelta(hours=k), "coverage": 1.0, "in": a, "out": b}
        )
        for k, (a, b) in enumerate(zip(in_, out, strict=True))
    ]
    return LineSummary.model_validate({"in": whole[0], "out": whole[1], "hours": hours})


def test_intervals_that_miss_the_truth(tmp_path: Path) -> None:
    """Ten of a hundred found, 8 to 19 told. In the first two hours 6 of 52 and 4 of 48 are found;
    in the others nobody passes, which is right. Out is right in all."""
    events = shop_day()
    ins = [e for e in events if isinstance(e, LineCrossed) and e.direction == "in"]
    outs = Counter(
        e.time.hour for e in events if isinstance(e, LineCrossed) and e.direction == "out"
    )
    removed = {e.id for i, e in enumerate(ins) if i % 10}
    few = [Count(count=n, low=max(0, n - 1), high=n + 3) for n in (6, 4, 0, 0)]
    right = [Count(count=n, low=n, high=n) for n in (outs[START.hour + k] for k in range(4))]
    whole = Count(count=10, low=8, high=19), Count(count=100, low=100, high=100)
    truth = write(tmp_path / "truth", events)
    kept = [e for e in events if e.id not in removed]
    result = write(tmp_path / "result", kept, told={"entrance": told_by_hour(few, right, whole)})
    score = score_folders(truth, result).intervals
    assert score is not None
    assert (score.recording.intervals, score.recording.covered) == (2, 1)
    assert (score.hours.intervals, score.hours.covered) == (8, 6)
    assert score.hours.share == pytest.approx(6 / 8)


def test_an_hour_half_seen(tmp_path: Path) -> None:
    """From 14:00 on the camera sees nothing for half an hour, in which 30 of 48 come in: 18 are
    counted."""
    events = shop_day()
    blind_from = START + timedelta(seconds=3150)
    blind_to = blind_from + timedelta(seconds=1800)
    maker = Maker(seed=9)
    maker.gap(4950, 1800)
    seen = [e for e in events if not blind_from <= e.time < blind_to]
    score = scored(tmp_path, events, [*seen, *maker.events])
    assert score.lines["entrance"].in_.hours[1].result == 18


def test_a_stay_with_a_pause_is_known_by_its_entry() -> None:
    """Entered at 10, last inside at 50, of which 25 s were really spent there."""
    maker = Maker()
    maker.stay(10.0, 25.0, "a", "drinks")
    events = [moved(e, 15) if e.type == "zone.left" else e for e in maker.events]
    assert stays(events, "drinks").tolist() == [
        [START.timestamp() + 10, START.timestamp() + 50, 25.0]
    ]
    without_entry = stays(events[1:], "drinks")
    assert without_entry.tolist() == [[START.timestamp() + 25, START.timestamp() + 50, 25.0]]


def test_what_was_not_seen_is_left_out_of_the_queue(tmp_path: Path) -> None:
    maker = afternoon()
    score = scored(tmp_path, maker.events, maker.events).queues["queue-1"]
    assert score.seconds == 10800 - 240


def test_missing_is_said_and_not_scored(tmp_path: Path) -> None:
    events = shop_day()
    truth = write(tmp_path / "truth", events, lines=("entrance", "back"))
    result = write(tmp_path / "result", [e for e in events if e.type != "visit.ended"])
    score = score_folders(truth, result)
    told = {gap.what: gap.why for gap in score.missing}
    assert told["line back"] == "the result does not have it"
    assert told["heat of door"] == "the result does not have it"
    assert "needs tracks.csv or mot.txt" in told["tracking"]
    assert "no minute" in told["occupancy drinks"]
    assert list(score.lines) == ["entrance"]
    assert score.heat == {}
    assert score.tracking == {}


def test_a_queue_whose_length_nobody_told(tmp_path: Path) -> None:
    """People stood in it, so the length was not 0 all day."""
    events = shop_day()
    score = scored(tmp_path, [e for e in events if e.type != "queue.state"], events)
    assert "queue-1" not in score.queues
    told = {gap.what: gap.why for gap in score.missing}
    assert told["queue queue-1"] == "the truth has people in it and no queue.state"


def test_unvisited_zones_have_no_rate(tmp_path: Path) -> None:
    events = shop_day()
    zone = scored(tmp_path, events, events).zones["drinks"]
    assert (zone.stays.precision, zone.stays.recall, zone.dwell_s) == (None, None, None)
    assert zone.visits.relative_error is None


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 30), max_size=8), st.lists(st.floats(0, 30), max_size=8), st.floats(0, 5)
)
def test_no_more_passages_can_be_paired(a: list[float], b: list[float], tolerance: float) -> None:
    near = np.abs(np.subtract.outer(a, b)).reshape(len(a), len(b)) <= tolerance
    rows, columns = linear_sum_assignment(near, maximize=True)
    assert pairs_within(np.array(a), np.array(b), tolerance) == near[rows, columns].sum()


STAYS = st.lists(st.tuples(st.floats(0, 50), st.floats(0, 30)), max_size=8)


@settings(max_examples=60)
@given(STAYS, STAYS)
def test_stays_are_paired_the_best_way(
    a: list[tuple[float, float]], b: list[tuple[float, float]]
) -> None:
    """The groups that are solved apart give the same overlap as all at once."""
    true, found = (np.array([(at, at + s, s) for at, s in side]).reshape(-1, 3) for side in (a, b))
    low = np.maximum(true[:, None, 0], found[None, :, 0])
    high = np.minimum(true[:, None, 1], found[None, :, 1])
    union = true[:, None, 1] - true[:, None, 0] + found[None, :, 1] - found[None, :, 0]
    iou = (high - low + 1e-3) / (union - (high - low) + 1e-3) * (high >= low)
    rows, columns = linear_sum_assignment(iou, maximize=True)
    pairs = same_stays(true, found)
    assert len(np.unique(pairs[:, 0])) == len(np.unique(pairs[:, 1])) == len(pairs)
    assert iou[pairs[:, 0], pairs[:, 1]].sum() == pytest.approx(iou[rows, columns].sum())


def tracks(folder: Path, rows: list[tuple[str, float, int, float]]) -> None:
    """Boxes 10 wide and 20 high of (camera, time, track, left)."""
    lines = [f"{c},{t:.3f},{n},{x},0,{x + 10},20,0.9" for c, t, n, x in rows]
    text = "\n".join(["camera,time_s,track,x1,y1,x2,y2,score", *lines, ""])
    folder.mkdir(exist_ok=True)
    (folder / "tracks.csv").write_text(text, "utf-8")


def test_tracks_of_two_cameras(tmp_path: Path) -> None:
    """One is found, ids and rounding apart; of the other half the frames are; unconfirmed rows are
    not looked at."""
    walk = [(c, i / 3, 5, 4.0 * i) for c in ("door", "till") for i in range(10)]
    found = [(c, round(t, 2), 77, x) for c, t, _, x in walk if c == "door" or t < 5 / 3]
    tracks(tmp_path / "truth", walk)
    tracks(tmp_path / "result", [*found, ("door", 1.0, -1, 300.0)])
    score = score_folders(tmp_path / "truth", tmp_path / "result")
    assert score.tracking["door"].hota == pytest.approx(1.0)
    assert score.tracking["door"].mota == 1.0
    assert score.tracking["door"].moments == 10
    assert score.tracking["till"].mota == pytest.approx(0.5)
    assert score.tracking["till"].idf1 == pytest.approx(10 / 15)
    assert "no events.parquet in the truth" in {gap.why for gap in score.missing}


def test_tracks_of_a_result_that_began_later(tmp_path: Path) -> None:
    """Time 0 of the result is 4 s after that of the truth: its rows are shifted by as much."""
    events = shop_day()
    write(tmp_path / "truth", events)
    write(tmp_path / "result", events, late_s=4.0)
    walk = [("door", float(i), 5, 4.0 * i) for i in range(4, 14)]
    tracks(tmp_path / "truth", walk)
    tracks(tmp_path / "result", [(c, t - 4, n, x) for c, t, n, x in walk])
    score = score_folders(tmp_path / "truth", tmp_path / "result")
    assert score.tracking["door"].mota == 1.0
    assert next(gap.what for gap in score.missing).startswith("time outside")


def test_nobody_in_the_tracks(tmp_path: Path) -> None:
    for truth, result, why in (
        ([], [], "nobody in either"),
        ([], [("door", 1.0, 1, 0.0)], "the truth has nobody"),
        ([("door", 1.0, 1, 0.0)], [("door", 1.5, 1, 0.0)], "no moment in common"),
    ):
        events = shop_day()
        tracks(write(tmp_path / "truth", events), truth)
        tracks(write(tmp_path / "result", events), result)
        score = score_folders(tmp_path / "truth", tmp_path / "result")
        assert score.tracking == {}
        assert why in next(gap.why for gap in score.missing if gap.what.startswith("tracking"))


def test_people_of_whom_nothing_was_visible(tmp_path: Path) -> None:
    """Two moments of four are hidden from the camera: they are not missed, and a truth with
    visibility is still perfect by itself."""
    walk = [("door", float(i), 5, 4.0 * i) for i in range(4)]
    tracks(tmp_path / "truth", walk)
    tracks(tmp_path / "result", walk[:2])
    file = tmp_path / "truth" / "tracks.csv"
    header, *rows = file.read_text("utf-8").splitlines()
    visible = [f"{row},{seen}" for row, seen in zip(rows, ("1.0", "0.2", "0", "0.0"), strict=True)]
    file.write_text("\n".join([f"{header},visibility", *visible, ""]), "utf-8")
    score = score_folders(tmp_path / "truth", tmp_path / "result").tracking["door"]
    assert (score.mota, score.truth_boxes) == (1.0, 2)
    score = score_folders(tmp_path / "truth", tmp_path / "truth").tracking["door"]
    assert (score.mota, score.truth_boxes) == (1.0, 2)
    file.write_text(f"{header},visibility\n{rows[0]},much\n", "utf-8")
    with pytest.raises(BadInput, match="visibility"):
        score_folders(tmp_path / "truth", tmp_path / "result")


def test_nobody_found(tmp_path: Path) -> None:
    """That is a score: everybody was missed."""
    tracks(tmp_path / "truth", [("door", 1.0, 1, 0.0)])
    tracks(tmp_path / "result", [])
    score = score_folders(tmp_path / "truth", tmp_path / "result").tracking["door"]
    assert (score.hota, score.idf1, score.mota, score.misses) == (0.0, 0.0, 0.0, 1)


def test_mot_files(tmp_path: Path) -> None:
    """Rows marked 0 in the truth are not evaluated; nor are frames that it says nothing about,
    nor rows without an id, nor the second box of an id in one frame."""
    for name, rows in (
        ("truth", ["1,1,0,0,10,20,1,-1,-1,-1", "2,1,0,0,10,20,1,-1,-1,-1", "2,2,50,0,9,9,0"]),
        (
            "result",
            [
                "1,9,0,0,10,20,0.8",
                "1,-1,70,0,10,20,0.8",
                "1,9,99,0,10,20,0.8",
                "2,9,0,0,10,20,0.8",
                "3,9,0,0,10,20,0.8",
            ],
        ),
    ):
        (tmp_path / name).mkdir()
        kept = [",".join(row.split(",")[:7]) for row in rows]
        (tmp_path / name / "mot.txt").write_text("\n".join(kept) + "\n", "utf-8")
    score = score_folders(tmp_path / "truth", tmp_path / "result").tracking["mot"]
    assert (score.mota, score.idf1, score.truth_boxes, score.result_boxes) == (1.0, 1.0, 2, 2)


def test_other_events_are_named(tmp_path: Path) -> None:
    events = shop_day()
    truth, result = write(tmp_path / "truth", events), write(tmp_path / "result", events)
    path = truth / "events.parquet"
    table = pq.read_table(path)
    row = table.slice(0, 1).set_column(1, "type", pa.array(["weather.changed"]))
    pq.write_table(pa.concat_tables([table, row]), path)
    score = score_folders(truth, result)
    assert "events weather.changed" in {gap.what for gap in score.missing}
    assert score.lines["entrance"].in_.error == 0


def wrong_folder(tmp_path: Path, case: str) -> tuple[Path, Path]:
    events = shop_day()
    truth, result = write(tmp_path / "truth", events), tmp_path / "result"
    if case == "another shop":
        write(result, [e.model_copy(update={"shop": "urawa"}) for e in events], shop="urawa")
    elif case == "other lines":
        lines = [
            e.model_copy(update={"line": "back"}) if isinstance(e, LineCrossed) else e
            for e in events
        ]
        write(result, lines, lines=("back",))
    elif case == "another day":
        write(result, [moved(e, 86_400) for e in events], late_s=86_400)
    elif case == "an empty folder":
        result.mkdir()
    elif case == "no summary":
        (write(result, events) / "summary.json").unlink()
    elif case == "a summary of something else":
        (write(result, events) / "summary.json").write_text('{"schema": 2}', "utf-8")
    elif case == "a torn summary":
        (write(result, events) / "summary.json").write_text('{"schema"', "utf-8")
    elif case == "events of something else":
        (write(result, events) / "events.parquet").write_bytes(b"no parquet")
    elif case == "other columns":
        pq.write_table(pa.table({"a": [1]}), write(result, events) / "events.parquet")
    elif case == "a torn trail":
        path = write(result, events) / "events.parquet"
        table = pq.read_table(path)
        at = table.schema.get_field_index("x")
        short = [x if x is None else x[:-1] for x in table["x"].to_pylist()]
        column = pa.array(short, table.schema.field(at).type)
        pq.write_table(table.set_column(at, table.schema.field(at), column), path)
    elif case == "tracks beside events":
        tracks(result, [("door", 0.0, 1, 0.0)])
    elif case == "words in a MOT file":
        for folder in (truth, result):
            folder.mkdir(exist_ok=True)
            (folder / "mot.txt").write_text("1,1,a,0,10,20\n", "utf-8")
    return truth, result


WRONG = {
    "another shop": "expected shop 'kawaguchi'",
    "other lines": "expected lines entrance",
    "another day": "expected a recording between",
    "an empty folder": "found none of them",
    "no summary": "expected summary.json beside events.parquet",
    "a summary of something else": "schema",
    "a torn summary": "Invalid JSON",
    "events of something else": "events",
    "other columns": "events",
    "a torn trail": "visit.ended with as many t as x and y",
    "no folder": "found no folder",
    "tracks beside events": "nothing in common",
    "words in a MOT file": "expected rows of numbers",
}


@pytest.mark.parametrize("case", WRONG)
def test_folders_that_cannot_be_scored_are_one_line(case: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as error:
        score_folders(*wrong_folder(tmp_path, case))
    assert WRONG[case] in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_json_is_json(tmp_path: Path) -> None:
    events = shop_day()
    text = scored(tmp_path, events, events).model_dump_json(by_alias=True)
    told = json.loads(text, parse_constant=lambda word: pytest.fail(f"{word} is not JSON"))
    assert told["schema"] == 1
    assert Score.model_validate_json(text).start == START
    assert told["duration_s"] == timedelta(hours=3).total_seconds()
