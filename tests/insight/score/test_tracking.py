"""HOTA, IDF1 and MOTA: equal to TrackEval's, and to what is worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.insight.score.figures import TrackingScore
from miseban.insight.score.overlap import Boxes, Floats
from miseban.insight.score.tracking import score_tracks
from tests.evaluation import scores
from tests.shared import TRUTH, need

SAME = {
    "HOTA": "hota",
    "DetA": "det_a",
    "AssA": "ass_a",
    "IDF1": "idf1",
    "MOTA": "mota",
    "switches": "switches",
    "fragments": "fragments",
    "misses": "misses",
    "false": "false_boxes",
    "tracks": "result_tracks",
    "truth_tracks": "truth_tracks",
}


def ours(truth: Floats, result: Floats) -> TrackingScore:
    return score_tracks(Boxes.of_table(truth), Boxes.of_table(result))


def assert_equal_to_trackeval(truth: Floats, result: Floats) -> None:
    every = np.concatenate([truth[:, 0], result[:, 0], [1]])
    theirs = scores(truth, result, (int(every.min()), int(every.max())))
    score = ours(truth, result)
    for name, own in SAME.items():
        assert getattr(score, own) == pytest.approx(theirs[name], abs=1e-6), name


def crowd(rng: np.random.Generator, people: int, frames: int, size: float = 60.0) -> Floats:
    """People who drift about a small room, so that boxes overlap; each is now and then hidden."""
    rows = []
    at = rng.uniform(0, size, (people, 2))
    sides = rng.uniform(15, 40, (people, 2))
    for frame in range(1, frames + 1):
        at = at + rng.normal(0, 4, at.shape)
        seen = np.flatnonzero(rng.random(people) < 0.85)
        rows += [(frame, 11 + 7 * person, *at[person], *sides[person]) for person in seen]
    return np.array(rows, np.float64).reshape(-1, 6)


def spoilt(rng: np.random.Generator, truth: Floats, shift: float = 4.0) -> Floats:
    """Boxes missing, moved and invented, and people whose id changes half-way."""
    result = truth[rng.random(len(truth)) < 0.9]
    result[:, 2:4] += rng.normal(0, shift, (len(result), 2))
    changed = np.isin(result[:, 1], rng.permutation(np.unique(result[:, 1]))[:2])
    late = result[:, 0] > np.median(result[:, 0]) if len(result) else np.empty(0, bool)
    result[changed & late, 1] += 1000
    false = result[rng.random(len(result)) < 0.1] + np.array([0, 5000, 20, 20, 0, 0])
    return rng.permutation(np.concatenate([result, false]))


@settings(max_examples=60)
@given(seed=st.integers(0, 2**32 - 1), people=st.integers(0, 8), frames=st.integers(1, 25))
def test_equal_to_trackeval_on_crowds(seed: int, people: int, frames: int) -> None:
    rng = np.random.default_rng(seed)
    truth = crowd(rng, people, frames)
    assert_equal_to_trackeval(truth, spoilt(rng, truth))
    assert_equal_to_trackeval(truth, crowd(rng, people, frames))


ONE = np.array([[1, 1, 0, 0, 10, 20]], np.float64)
NONE = np.empty((0, 6))
WALK = np.array([[f, 1, 5.0 * f, 0, 10, 20] for f in range(1, 11)])
EDGES = {
    "one box": (ONE, ONE),
    "nothing found": (WALK, NONE),
    "nothing there": (NONE, WALK),
    "nothing at all": (NONE, NONE),
    "beside each other": (WALK, WALK + np.array([0, 0, 500, 0, 0, 0])),
    "at other times": (WALK, WALK + np.array([100, 0, 0, 0, 0, 0])),
    "touching": (ONE, ONE + np.array([0, 0, 10, 0, 0, 0])),
    "half overlap": (ONE, ONE * np.array([1, 1, 1, 1, 1, 0.5])),
    "one frame of many": (WALK, WALK[4:5]),
    "two on one": (ONE, np.concatenate([ONE, ONE + np.array([0, 1, 1, 0, 0, 0])])),
    "a pause": (WALK, np.delete(WALK, [4, 5], axis=0)),
}


@pytest.mark.parametrize("name", EDGES)
def test_equal_to_trackeval_at_the_edges(name: str) -> None:
    assert_equal_to_trackeval(*EDGES[name])


def test_equal_to_trackeval_on_real_people() -> None:
    truth = np.loadtxt(need(TRUTH / "pets09_s2l1_first400_mot.txt"), delimiter=",")[:, :6]
    rng = np.random.default_rng(5)
    assert_equal_to_trackeval(truth, spoilt(rng, truth, shift=3.0))
    perfect = ours(truth, truth)
    assert (perfect.hota, perfect.idf1, perfect.mota) == pytest.approx((1, 1, 1))


def test_two_ids_swapped_half_way() -> None:
    """Two people over ten frames, exchanged after frame 5. Either assignment of ids agrees in 5
    of 10 frames for both: IDTP 10 of 20, so IDF1 1/2. Each has one switch: MOTA 1 - 2/20. Every
    box is found: DetA 1; every match shares 5 of 10 + 10 - 5 frames: AssA 1/3, HOTA sqrt(1/3)."""
    other = WALK + np.array([0, 1, 0, 100, 0, 0])
    truth = np.concatenate([WALK, other])
    result = truth.copy()
    late = result[:, 0] > 5
    result[late, 1] = 3 - result[late, 1]
    score = ours(truth, result)
    assert score.idf1 == 0.5
    assert score.mota == 0.9
    assert score.switches == 2
    assert (score.det_a, score.ass_a) == pytest.approx((1, 1 / 3))
    assert score.hota == pytest.approx((1 / 3) ** 0.5)


def test_one_missed_box() -> None:
    """One missed frame of ten: MOTA and DetA 9/10, IDF1 18/19."""
    score = ours(WALK, WALK[:-1])
    assert score.mota == pytest.approx(0.9)
    assert score.det_a == pytest.approx(0.9)
    assert score.idf1 == pytest.approx(18 / 19)
