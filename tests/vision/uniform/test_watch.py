"""What leaves the watch is one bounded number for each track, as long as it is seen."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vision.pixels import Frame
from miseban.vision.uniform.watch import KEEP_S, LOOK_S, UniformSettings, UniformWatch
from miseban.vocabulary.tracks import TrackRows
from tests.vision.uniform.test_torso import BOX, GREY, NOON, RED, RGB, TEAL, frame_of

MOST = UniformSettings().most


def show(
    watch: UniformWatch, camera: str, time_s: float, shirt: RGB, *more: np.ndarray, track: int = 1
) -> None:
    """One look at somebody, and at whoever else is in the boxes ``more``."""
    number = round(time_s * 10) + 1
    picture = frame_of(shirt, seed=number).bgr
    frame = Frame(picture, number, time_s, NOON + timedelta(seconds=time_s))
    boxes = np.stack([BOX, *more])
    n = len(boxes)
    tracks = np.arange(track, track + n)
    rows = TrackRows(np.full(n, time_s), tracks, boxes, np.ones(n), np.full(n, number))
    watch.offer(camera, frame, rows, time_s)


def test_who_wears_it_and_who_does_not() -> None:
    watch = UniformWatch([TEAL])
    for k in range(4):
        show(watch, "a", k * LOOK_S, TEAL)
        show(watch, "b", k * LOOK_S, RED)
    worn, other = watch.wears("a", 1), watch.wears("b", 1)
    assert worn is not None
    assert other is not None
    assert 1.0 < worn <= MOST
    assert -MOST <= other < -2.0


def test_nothing_is_said_of_whom_nothing_was_seen() -> None:
    watch = UniformWatch([TEAL])
    show(watch, "a", 0.0, TEAL)
    assert watch.wears("b", 1) is None
    assert watch.wears("a", 2) is None


def test_whoever_is_covered_is_not_looked_at() -> None:
    watch = UniformWatch([TEAL])
    show(watch, "a", 0.0, TEAL, BOX + np.array([5.0, 10.0, 5.0, 10.0]))
    assert watch.wears("a", 1) is None
    assert watch.wears("a", 2) is not None


def test_no_track_is_looked_at_all_the_time() -> None:
    watch = UniformWatch([TEAL])
    show(watch, "a", 0.0, TEAL)
    first = watch.wears("a", 1)
    show(watch, "a", LOOK_S / 2, GREY)
    assert watch.wears("a", 1) == first
    for k in range(1, 10):
        show(watch, "a", k * LOOK_S, GREY)
    after = watch.wears("a", 1)
    assert first is not None
    assert after is not None
    assert after < 0 < first


def test_what_is_known_of_a_track_is_forgotten_with_it() -> None:
    watch = UniformWatch([TEAL])
    show(watch, "a", 0.0, TEAL)
    show(watch, "b", KEEP_S - 1.0, TEAL)
    assert len(watch) == 2
    watch.forget(KEEP_S + 0.5)
    assert len(watch) == 1
    assert watch.wears("a", 1) is None
    assert watch.wears("b", 1) is not None


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)), max_size=6),
    st.tuples(st.integers(0, 255), st.integers(0, 255), st.integers(0, 255)),
)
def test_the_number_is_bounded_and_there_is_none_without_a_look(
    shirts: list[RGB], uniform: RGB
) -> None:
    watch = UniformWatch([uniform])
    assert watch.wears("a", 1) is None
    for k, shirt in enumerate(shirts):
        show(watch, "a", k * LOOK_S, shirt)
        told = watch.wears("a", 1)
        assert told is not None
        assert abs(told) <= MOST


def test_it_holds_no_colour_of_anybody() -> None:
    """Two tracks whose clothes are as far from the uniform as can be are the same to it."""
    watch = UniformWatch([(255, 0, 255)])
    for k in range(3):
        show(watch, "a", k * LOOK_S, TEAL)
        show(watch, "b", k * LOOK_S, GREY)
    assert watch.wears("a", 1) == watch.wears("b", 1) == -MOST
