"""The tracker's promises, on made-up people."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vision.detectors.detection import Detections
from miseban.vision.tracker import Tracker, TrackerSettings
from miseban.vocabulary.tracks import TrackRows
from tests.vision.tracker.people import Scene, Walker, follow

RATES = (2, 5, 10, 25, 30)

# name, walkers. Everybody in them must keep one id, at every rate.
SCENES: dict[str, list[Walker]] = {
    "one walks": [Walker((50, 300), (100, 0))],
    "one runs": [Walker((50, 300), (200, 20), to_s=6)],
    "one stands": [Walker((50, 300), (0, 0))],
    "two meet head on": [Walker((50, 300), (80, 0)), Walker((850, 300), (-80, 0))],
    "two cross": [Walker((50, 100), (80, 40)), Walker((50, 500), (80, -40))],
    "one overtakes": [Walker((50, 300), (60, 0)), Walker((0, 320), (110, 0), to_s=8)],
    "two side by side": [Walker((50, 300), (80, 0)), Walker((50, 410), (80, 0))],
    "hidden for a second": [Walker((50, 300), (80, 0), hidden=((3, 4),))],
    "hidden while another passes": [
        Walker((50, 300), (80, 0), hidden=((4.5, 5.5),)),
        Walker((850, 310), (-80, 0)),
    ],
    "four": [
        Walker((50, 300), (80, 5)),
        Walker((850, 310), (-80, 0)),
        Walker((400, 50), (10, 50)),
        Walker((500, 550), (-10, -50)),
    ],
}


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("name", SCENES)
def test_everybody_keeps_one_id_at_every_rate(name: str, fps: int) -> None:
    walkers = SCENES[name]
    rows, owners = follow(Scene(walkers, fps, noise=1.5), Tracker())
    assert [len(ids) for ids in owners] == [1] * len(walkers)
    assert len(set(rows.track.tolist())) == len(walkers)


@pytest.mark.parametrize("fps", RATES)
def test_rows_from_before_confirmation_are_handed_over(fps: int) -> None:
    rows, _ = follow(Scene([Walker((50, 300), (100, 0))], fps), Tracker())
    assert rows.time_s[0] == 0.0
    assert len(rows) == 10 * fps
    assert rows.frame.tolist() == list(range(1, 10 * fps + 1))


def test_weak_first_sightings_count_once_confirmed() -> None:
    tracker, parts = Tracker(), []
    for i in range(10):
        box = np.array([[10.0 + 8 * i, 10, 50 + 8 * i, 110]])
        score = np.array([0.35 if i < 4 else 0.8])
        parts.append(tracker.update(i / 10, i + 1, Detections(box, score)))
    assert [len(part) for part in parts] == [0, 0, 0, 0, 0, 0, 7, 1, 1, 1]
    assert TrackRows.concatenate(parts).score[:4].tolist() == [0.35] * 4


@pytest.mark.parametrize(
    ("name", "scores", "dx", "confirmed"),
    [
        ("strong, standing", [0.8] * 20, 0.0, True),
        ("strong, walking", [0.8] * 20, 8.0, True),
        ("middling, walking", [0.45] * 20, 8.0, True),
        ("middling, standing: a sign or a mannequin's shadow", [0.55] * 40, 0.0, False),
        ("faint, walking", [0.2] * 20, 8.0, False),
        ("one strong box", [0.9], 0.0, False),
        ("one strong box among middling ones", [0.5, 0.5, 0.9, 0.5, 0.5, 0.5], 0.0, False),
    ],
)
def test_what_is_confirmed(name: str, scores: list[float], dx: float, confirmed: bool) -> None:
    tracker, handed = Tracker(), 0
    for i, score in enumerate(scores):
        box = np.array([[10 + dx * i, 10, 50 + dx * i, 110]])
        handed += len(tracker.update(i / 10, i + 1, Detections(box, np.array([score]))))
    assert (handed + len(tracker.finish()) > 0) is confirmed


@pytest.mark.parametrize("seed", range(5))
def test_single_false_boxes_are_never_confirmed(seed: int) -> None:
    rng, tracker, handed = np.random.default_rng(seed), Tracker(), 0
    for i in range(200):  # somewhere in a full HD picture, in every other frame
        x, y = rng.uniform(0, (1880, 980))
        box = Detections(np.array([[x, y, x + 40, y + 100]]), np.array([0.9]))
        handed += len(tracker.update(i / 10, i + 1, Detections.none() if i % 2 else box))
    assert handed == 0


def test_a_thing_that_takes_over_a_track_does_not_keep_it() -> None:
    """Someone stops at a poster that the detector half takes for a person, and leaves."""
    tracker, last = Tracker(), 0.0
    for i in range(300):
        score = 0.85 if i < 20 else 0.5
        box = np.array([[10.0, 10, 50, 110]])
        rows = tracker.update(i / 10, i + 1, Detections(box, np.array([score])))
        last = rows.time_s[-1] if len(rows) else last
    assert 2.0 < last < 10.0


def test_a_second_view_of_one_person_starts_no_track() -> None:
    tracker, ids = Tracker(), set[int]()
    for i in range(30):
        x = 10.0 + 8 * i
        boxes = np.array([[x, 10, x + 40, 110]])
        if i >= 5:  # the upper body on its own
            boxes = np.concatenate((boxes, [[x, 10, x + 40, 60]]))
        rows = tracker.update(i / 10, i + 1, Detections(boxes, np.full(len(boxes), 0.8)))
        ids |= set(rows.track.tolist())
    assert len(ids) == 1


def test_a_pause_longer_than_lost_ends_all_tracks() -> None:
    tracker = Tracker()
    box = Detections(np.array([[10.0, 10, 50, 110]]), np.array([0.9]))
    for i in range(5):
        before = tracker.update(i / 10, i + 1, box)
    assert len(before) == 1
    assert len(tracker.update(10.0, 6, box)) == 0  # tentative again
    assert len(tracker.live) == 0
    for i in range(1, 5):
        after = tracker.update(10.0 + i / 10, 6 + i, box)
    assert after.track[0] != before.track[0]


def test_live_is_who_is_seen_now() -> None:
    scene = Scene([Walker((50, 300), (80, 0), hidden=((3, 4),))], 10)
    tracker = Tracker()
    for time_s, number, detections, _ in scene.frames():
        tracker.update(time_s, number, detections)
        seen = len(detections) > 0 and time_s >= 0.2
        assert len(tracker.live) == (1 if seen else 0)
        assert (tracker.live.frame == number).all()


@pytest.mark.parametrize("time_s", [1.0, 0.5, -1.0, float("nan"), float("inf")])
def test_time_must_grow(time_s: float) -> None:
    tracker = Tracker()
    tracker.update(1.0, 1, Detections.none())
    with pytest.raises(ValueError, match="time must grow"):
        tracker.update(time_s, 2, Detections.none())


def test_empty_frames_and_unusable_boxes() -> None:
    tracker = Tracker()
    nan = float("nan")
    bad = np.array([[5, 5, 5, 9], [9, 9, 5, 5], [nan, 1, 2, 3], [0, 0, np.inf, 3]], np.float64)
    for i in range(20):
        tracker.update(i / 10, i + 1, Detections.none() if i % 2 else Detections(bad, np.ones(4)))
        assert len(tracker.live) == 0
    assert len(tracker.finish()) == 0


def test_ids_are_random_unique_and_repeatable_on_request() -> None:
    scene = Scene([Walker((100 * k, 100), (0, 40)) for k in range(1, 9)], 10, seconds=2)

    def ids(rng: random.Random | None) -> list[int]:
        rows, _ = follow(scene, Tracker(rng=rng))
        return list(dict.fromkeys(rows.track.tolist()))

    first, second = ids(None), ids(None)
    assert len(first) == len(second) == 8
    assert not set(first) & set(second)
    assert all(0 < i < 2**31 for i in first)
    assert ids(random.Random(7)) == ids(random.Random(7)) != ids(random.Random(8))


def test_an_id_is_never_given_twice() -> None:
    class Repeats(random.Random):
        drawn = 0

        def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
            self.drawn += 1
            return self.drawn // 3  # each number three times

    scene = Scene([Walker((100 * k, 100), (0, 40)) for k in range(1, 9)], 10, seconds=2)
    rows, _ = follow(scene, Tracker(rng=Repeats()))
    assert len(set(rows.track.tolist())) == 8


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lost_s", 0.0, "lost_s: expected a finite number > 0"),
        ("gate", float("nan"), "gate: expected a finite number"),
        ("strong_score", 1.5, "strong_score: expected at most 1"),
        ("smoothing", -0.1, "smoothing: expected"),
        ("birth_score", 0.9, "expected low_score <= birth_score <= strong_score"),
    ],
)
def test_settings_are_checked(name: str, value: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TrackerSettings(**{name: value})


box = st.tuples(
    st.floats(-50, 400), st.floats(-50, 400), st.floats(0.5, 200), st.floats(0.5, 200)
).map(lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]])
frame = st.lists(st.tuples(box, st.sampled_from([0.05, 0.2, 0.4, 0.65, 0.9])), max_size=6)


def _run(frames: list[list[tuple[list[float], float]]], dt: float) -> list[TrackRows]:
    tracker, parts = Tracker(rng=random.Random(0)), []
    for i, people in enumerate(frames):
        xyxy = np.array([b for b, _ in people], np.float64).reshape(-1, 4)
        score = np.array([s for _, s in people], np.float64)
        parts.append(tracker.update(i * dt, i + 1, Detections(xyxy, score)))
    return [*parts, tracker.finish()]


@settings(max_examples=60)
@given(st.lists(frame, max_size=12), st.sampled_from([0.04, 0.1, 0.5]), st.booleans())
def test_invariants(frames: list[list[tuple[list[float], float]]], dt: float, repeat: bool) -> None:
    """Whatever the boxes: no unconfirmed row, one row per track and frame, time grows within a
    track, no more rows than boxes."""
    if repeat:  # the same scene again and again, so that tracks are confirmed
        frames = [f for f in frames[:3] for _ in range(5)]
    rows = TrackRows.concatenate(_run(frames, dt))
    assert (rows.track > 0).all()
    assert len(rows) <= sum(len(f) for f in frames)
    assert len({*zip(rows.track.tolist(), rows.frame.tolist(), strict=True)}) == len(rows)
    for track in set(rows.track.tolist()):
        assert (np.diff(rows.time_s[rows.track == track]) > 0).all()
    for number in set(rows.frame.tolist()):
        assert (rows.frame == number).sum() <= len(frames[number - 1])


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.sampled_from([2, 10, 30]))
def test_order_of_detections_does_not_matter(seed: int, fps: int) -> None:
    rng = np.random.default_rng(seed)
    walkers = [
        Walker(
            tuple(rng.uniform(0, 600, 2)), tuple(rng.normal(0, 60, 2)), score=rng.uniform(0.3, 1)
        )
        for _ in range(6)
    ]
    scene = Scene(walkers, fps, seconds=3, seed=seed)
    plain, shuffled = Tracker(), Tracker()
    for time_s, number, detections, _ in scene.frames():
        order = rng.permutation(len(detections))
        other = Detections(detections.xyxy[order], detections.score[order])
        a = plain.update(time_s, number, detections)
        b = shuffled.update(time_s, number, other)
        assert sorted(map(tuple, a.xyxy.round(6))) == sorted(map(tuple, b.xyxy.round(6)))
        assert len(set(a.track.tolist())) == len(set(b.track.tolist()))


def test_a_frame_that_shows_the_same_again_holds_who_is_known_and_confirms_nobody() -> None:
    tracker = Tracker()
    standing = Detections(
        np.array([[10.0, 10, 50, 110], [200, 10, 240, 110]]), np.array([0.9, 0.4])
    )
    for number in range(1, 6):
        tracker.update(number * 0.2, number, standing)
    assert not tracker.sure, "the second is not confirmed"
    (who,) = tracker.live.track.tolist()
    for number in range(6, 60):
        rows = tracker.again(number * 0.2, number)
        assert rows.track.tolist() == [who]
        assert rows.frame.tolist() == [number]
        assert np.abs(rows.xyxy[0] - [10, 10, 50, 110]).max() < 3
    assert tracker.sure, "the second is forgotten"
    back = tracker.update(12.0, 60, Detections(np.array([[12.0, 10, 52, 110]]), np.array([0.9])))
    assert back.track.tolist() == [who]


def test_repetition_neither_proves_a_doubtful_track_nor_ends_it() -> None:
    tracker = Tracker()
    box = np.array([[10.0, 10, 50, 110]])
    for number in range(1, 6):
        tracker.update(number * 0.2, number, Detections(box, np.array([0.9])))
    number = 6
    while tracker.sure:  # its mean sinks until it is doubted
        tracker.update(number * 0.2, number, Detections(box, np.array([0.3])))
        number += 1
    for _ in range(100):
        assert len(tracker.again(number * 0.2, number)) == 1
        number += 1
    for _ in range(12):  # 2.4 s more of doubt
        tracker.update(number * 0.2, number, Detections(box, np.array([0.3])))
        number += 1
    assert len(tracker.live) == 0


def test_nobody_is_held_over_a_pause_or_when_time_stands_still() -> None:
    tracker = Tracker()
    box = np.array([[10.0, 10, 50, 110]])
    for number in range(1, 6):
        tracker.update(number * 0.2, number, Detections(box, np.array([0.9])))
    with pytest.raises(ValueError, match="time must grow"):
        tracker.again(1.0, 6)
    assert len(tracker.again(5.0, 6)) == 0
