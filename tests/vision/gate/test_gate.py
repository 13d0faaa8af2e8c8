"""What the gate promises, whatever happens before the camera."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vision.gate import GateSettings, Why
from tests.vision.gate.stage import FPS, Body, Follower, Room

SETTINGS = GateSettings()


def longest_s(whys: list[Why | None]) -> float:
    """The longest time between two detections."""
    at = np.flatnonzero([why is not None for why in whys])
    return float(np.diff(at, append=len(whys)).max()) / FPS


@st.composite
def plays(draw: st.DrawFn) -> list[list[Body]]:
    """Frame by frame who is there: up to three people who come, walk, stand and go."""
    frames: list[list[Body]] = []
    for _ in range(draw(st.integers(1, 6))):
        bodies = [
            (
                draw(st.integers(0, 140)),
                draw(st.integers(0, 50)),
                draw(st.integers(4, 20)),
                draw(st.integers(12, 40)),
            )
            for _ in range(draw(st.integers(0, 3)))
        ]
        speed = draw(st.sampled_from([0, 0, 1, 4]))
        frames += [
            [(min(x + speed * step, 159 - w), y, w, h) for x, y, w, h in bodies]
            for step in range(draw(st.integers(1, 20)))
        ]
    return frames


@settings(max_examples=40)
@given(plays(), st.integers(0, 3))
def test_any_change_leads_to_a_detection_in_that_frame(play: list[list[Body]], seed: int) -> None:
    follower = Follower(Room(seed=seed))
    detected: list[Body] = []
    for bodies in play:
        rows = follower.see(bodies)
        if follower.why[-1] is not None:
            detected = bodies
        # Passed over: then what there is differs nowhere from what was detected last.
        before, now = (_silhouette(who) for who in (detected, bodies))
        assert not _is_plain(before ^ now)
        for row, box in zip(rows.track, rows.xyxy, strict=True):
            near = [np.abs(box - (x, y, x + w, y + h)).max() for x, y, w, h in bodies]
            assert follower.why[-1] is not None or min(near, default=1e9) < 23, row


def _silhouette(bodies: list[Body]) -> np.ndarray:
    covered = np.zeros((90, 160), np.bool_)
    for x, y, w, h in bodies:
        covered[int(y) : int(y + h), int(x) : int(x + w)] = True
    return covered


def _is_plain(apart: np.ndarray) -> bool:
    """Whether some 3 x 3 pixels differ in full: a fifth of the smallest body there is."""
    rows = np.lib.stride_tricks.sliding_window_view(apart, (3, 3))
    return bool(rows.all(axis=(2, 3)).any())


@settings(max_examples=25)
@given(plays(), st.floats(0.1, 0.95))
def test_nobody_is_held_on_trust_for_longer_than_told(play: list[list[Body]], score: float) -> None:
    follower = Follower(Room())
    unseen_s = 0.0
    for bodies in play:
        follower.see(bodies, score=score)
        unseen_s = 0.0 if follower.why[-1] else unseen_s + 1 / FPS
        if len(follower.tracker.live):
            assert unseen_s < SETTINGS.recheck_s
        assert unseen_s < SETTINGS.idle_s


@settings(max_examples=25)
@given(plays())
def test_what_is_repeated_confirms_nobody(play: list[list[Body]]) -> None:
    follower = Follower(Room())
    known: set[int] = set()
    for bodies in play:
        rows = follower.see(bodies)
        if follower.why[-1] is None:
            assert set(rows.track.tolist()) <= known
            assert (rows.frame == follower.room.number).all()
        known |= set(rows.track.tolist())


def test_who_stands_still_for_minutes_is_one_person_at_a_tenth_of_the_detections() -> None:
    follower = Follower(Room())
    tracks: set[int] = set()
    frames = round(60 * FPS)
    rows = 0
    for _ in range(frames):
        seen = follower.see([(50, 30, 15, 40)])
        tracks |= set(seen.track.tolist())
        rows += len(seen)
    assert len(tracks) == 1
    assert rows == frames
    assert sum(why is not None for why in follower.why) < 0.12 * frames
    assert longest_s(follower.why) <= SETTINGS.recheck_s + 1e-6


@pytest.mark.parametrize("seed", range(3))
def test_who_stands_still_is_not_lost_though_the_detector_is_hardly_sure(seed: int) -> None:
    """Scores around ``keep_score``: it is the tracker's business whether that is a person, and the
    gate must not make it harder."""
    rng = np.random.default_rng(seed)
    follower = Follower(Room())
    seen = 0
    for step in range(round(60 * FPS)):
        walking = step < 10
        body = (20.0 + 4 * min(step, 10), 30.0, 15.0, 40.0)
        score = 0.8 if walking else float(rng.normal(0.59, 0.04))
        seen += len(follower.see([body], score=score)) > 0
    assert seen > 0.97 * round(60 * FPS)


def test_an_empty_scene_is_looked_at_now_and_then_and_somebody_is_seen_at_once() -> None:
    follower = Follower(Room())
    frames = round(120 * FPS)
    for _ in range(frames):
        follower.see()
    assert sum(why is not None for why in follower.why) <= 120 / SETTINGS.idle_s + 2
    follower.see([(3, 30, 6, 30)])
    assert follower.why[-1] is Why.CHANGE


def test_a_poster_taken_for_a_person_now_and_then_does_not_keep_the_detector_awake() -> None:
    follower = Follower(Room())
    poster = [(100.0, 20.0, 15.0, 35.0)]
    frames = round(60 * FPS)
    tracks = sum(len(follower.see(poster, score=0.45)) for _ in range(frames))
    assert tracks == 0
    assert sum(why is not None for why in follower.why) <= 0.09 * frames


def test_who_leaves_is_gone_in_that_frame() -> None:
    follower = Follower(Room())
    for _ in range(40):
        follower.see([(50, 30, 15, 40)])
    assert len(follower.tracker.live) == 1
    assert len(follower.see([])) == 0
    assert follower.why[-1] is Why.CHANGE


@pytest.mark.parametrize("value", [0.0, -1.0, float("nan"), float("inf")])
def test_settings_that_make_no_sense_are_refused(value: float) -> None:
    with pytest.raises(ValueError, match="recheck_s"):
        GateSettings(recheck_s=value)
