"""The floor: HOTA equal to TrackEval's, and who could not be seen is nobody's error."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from miseban.insight.score import Score, score_folders
from miseban.insight.score.floor import figures
from miseban.insight.score.points import Points
from miseban.vocabulary.events import Event, VisitEnded
from tests.evaluation import floor_scores
from tests.insight.score.floor import Floor
from tests.insight.score.folders import write

Floats = NDArray[np.float64]


def walkers(rng: np.random.Generator, people: int, seconds: int, size: float) -> Floats:
    """(N, 4) rows second, id, x, y of people who drift about; each is now and then not there."""
    rows = []
    at = rng.uniform(0, size, (people, 2))
    for second in range(seconds):
        at = at + rng.normal(0, 0.5, at.shape)
        there = np.flatnonzero(rng.random(people) < 0.9)
        rows += [(second, 10 + person, *at[person]) for person in there]
    return np.array(rows, float).reshape(-1, 4)


def spoilt(rng: np.random.Generator, truth: Floats, noise_m: float) -> Floats:
    """Places missing, moved and invented; the ids of two change half-way."""
    found = truth[rng.random(len(truth)) < 0.85]
    found[:, 2:] += rng.normal(0, noise_m, (len(found), 2))
    late = found[:, 0] > truth[:, 0].mean()
    found[late & np.isin(found[:, 1], (10, 12)), 1] += 1000
    false = found[rng.random(len(found)) < 0.1] + np.array([0, 5000, 0.7, 0.7])
    return rng.permutation(np.concatenate([found, false]))


def points(rows: Floats) -> Points:
    order = np.argsort(rows[:, 0], kind="stable")
    moment, track = rows[order, 0].astype(np.int64), rows[order, 1].astype(np.int64)
    return Points(moment, track, rows[order, 2:])


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.integers(1, 8), st.integers(2, 20), st.floats(0, 1.5))
def test_equal_to_trackeval(seed: int, people: int, seconds: int, noise_m: float) -> None:
    rng = np.random.default_rng(seed)
    truth = walkers(rng, people, seconds, 6.0)
    if not len(truth) or not len(found := spoilt(rng, truth, noise_m)):
        return
    theirs = floor_scores(truth, found)
    ours = figures(points(truth), points(found), np.ones(len(truth), bool))
    assert ours is not None
    for name, value in (("HOTA", ours.hota), ("DetA", ours.det_a), ("AssA", ours.ass_a)):
        assert value == pytest.approx(theirs[name], abs=1e-6), name
    assert ours.switches == theirs["switches"]


def test_errors_switches_and_pieces_by_hand() -> None:
    """One person of ten seconds, 0.5 m off all the time; told as two visits of five seconds."""
    truth = np.array([(k, 1, float(k), 0.0) for k in range(10)])
    found = np.array([(k, 7 + k // 5, float(k), 0.5) for k in range(10)])
    score = figures(points(truth), points(found), np.ones(10, bool))
    assert score is not None
    assert (score.switches, score.pieces, score.misses, score.false_places) == (1, 2.0, 0, 0)
    assert score.error_m_median == pytest.approx(0.5)
    assert score.error_m_p90 == pytest.approx(0.5)
    # Alike by 0.75: found at 15 of the 19 thresholds, where AssA is 5 / 10.
    assert score.det_a == pytest.approx(15 / 19)
    assert score.hota == pytest.approx(15 / 19 * np.sqrt(0.5))


def test_who_cannot_be_seen_is_no_miss_and_no_ghost() -> None:
    """Two people side by side; nobody can see the second, but one place is told of him."""
    truth = np.array([(k, n, float(k), 3.0 * n) for k in range(10) for n in (0, 1)])
    wanted = truth[:, 1] == 0
    found = np.array([(k, n, float(k), 3.0 * n + 0.1) for k in range(10) for n in (0, 1)])
    score = figures(points(truth), points(found), wanted)
    assert score is not None
    assert (score.misses, score.false_places, score.truth_visits) == (0, 0, 1)
    assert (score.person_s, score.covered) == (20, 0.5)
    far = found + np.array([0, 0, 0, 1.5])
    score = figures(points(truth), points(far), wanted)
    assert score is not None
    assert score.false_places == 20  # fits nobody, seen or not


def crowd(y: float = 0.0, prefix: str = "t") -> list[Event]:
    floor = Floor()
    for n in range(3):
        floor.walk(10 * n, f"{prefix}{n}", y=4.0 * n + y, role="staff" if n == 0 else "shopper")
    events = [event for event in floor.events if isinstance(event, VisitEnded)]
    return [event.model_copy(update={"areas": ("sandwiches",), "camera": None}) for event in events]


def scored(tmp_path: Path, result: list[Event]) -> Score:
    return score_folders(write(tmp_path / "truth", crowd()), write(tmp_path / "result", result))


def test_two_folders(tmp_path: Path) -> None:
    score = scored(tmp_path, crowd(0.4, "r"))
    assert score.floor is not None
    assert score.floor.error_m_median == pytest.approx(0.4)
    assert score.floor.ass_a == pytest.approx(16 / 19)  # alike by 0.8
    assert score.floor.covered == 1.0
    assert any("people.csv" in gap.why for gap in score.missing)


def test_the_truths_tables_say_who_was_seen(tmp_path: Path) -> None:
    """The first is seen by a camera, the second too little, the third for half of the time."""
    write(tmp_path / "truth", crowd())
    people = ["person,visit", "1,t0", "2,t1", "3,t2"]
    (tmp_path / "truth" / "people.csv").write_text("\n".join(people) + "\n")
    rows = ["camera,time_s,track,x1,y1,x2,y2,score,visibility"]
    rows += [f"c,{k},1,0,0,9,9,1,1.0" for k in range(61)]
    rows += [f"c,{k},2,0,0,9,9,1,0.2" for k in range(10, 71)]
    rows += [f"c,{k - 0.4:.1f},3,0,0,9,9,1,0.3" for k in range(20, 50)]
    (tmp_path / "truth" / "tracks.csv").write_text("\n".join(rows) + "\n")
    result = [event for event in crowd(prefix="r") if event.visit != "r2"]  # type: ignore[union-attr]
    write(tmp_path / "result", result)
    score = score_folders(tmp_path / "truth", tmp_path / "result")
    assert score.floor is not None
    assert score.floor.covered == pytest.approx((61 + 30) / (3 * 61))
    assert score.floor.misses == 30
    assert score.floor.false_places == 0
    assert not any("people.csv" in gap.why for gap in score.missing)


def test_trails_in_pixels_have_no_floor(tmp_path: Path) -> None:
    pixels = [event.model_copy(update={"unit": "px"}) for event in crowd()]
    score = scored(tmp_path, pixels)
    assert score.floor is None
    assert any(gap.what == "the floor" for gap in score.missing)
