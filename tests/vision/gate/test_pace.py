"""A processor that is too slow takes fewer frames, evenly, and says so."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.vision.gate import Pace, PaceSettings


def play(pace: Pace, cost_s: float, from_s: float, to_s: float, fps: float) -> list[float]:
    """Times of the frames taken from a stream of ``fps``, each of which costs ``cost_s``."""
    taken = []
    for number in range(round(from_s * fps), round(to_s * fps)):
        time_s = number / fps
        if pace.takes(time_s):
            taken.append(time_s)
            pace.spent(time_s, cost_s)
    return taken


def test_a_quick_processor_takes_every_frame() -> None:
    pace = Pace(10.0)
    assert len(play(pace, 0.02, 0, 60, 10)) == 600
    assert not pace.slowed


def test_a_slow_one_takes_what_it_can_evenly_and_recovers() -> None:
    pace = Pace(10.0)
    taken = play(pace, 0.2, 0, 120, 10)
    late = [t for t in taken if t > 60]
    assert pace.slowed
    assert 0.6 < len(late) * 0.2 / 60 < 0.95, "most of the time is used, some is left"
    steps = [b - a for a, b in pairwise(late)]
    assert max(steps) <= min(steps) + 0.1 + 1e-6
    assert len(play(pace, 0.02, 120, 150, 10)) > 200
    assert not pace.slowed


@settings(max_examples=100)
@given(
    st.floats(0.5, 30),
    st.lists(st.tuples(st.floats(0, 5), st.integers(1, 30)), min_size=1, max_size=8),
)
def test_the_rate_stays_between_the_floor_and_the_cameras(
    fps: float, loads: list[tuple[float, int]]
) -> None:
    pace, at_s = Pace(fps), 0.0
    floor_fps = min(PaceSettings().floor_fps, fps)
    for cost_s, seconds in loads:
        taken = play(pace, cost_s, at_s, at_s + seconds, fps)
        at_s += seconds
        assert floor_fps <= pace.fps <= fps
        assert len(taken) >= int(seconds * floor_fps) - 2


def test_a_clock_of_the_stream_that_begins_anew_is_no_load() -> None:
    pace = Pace(5.0)
    play(pace, 0.01, 100, 104, 5)
    pace.spent(0.0, 0.01)
    assert pace.fps == pytest.approx(5.0)
