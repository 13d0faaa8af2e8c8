"""Frame times and sampling, on stamps as streams really deliver them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vision.sources.timing import Backlog, LiveTime, RecordingTime, Sampler, plausible_fps

NAN = float("nan")


@pytest.mark.parametrize(
    ("name", "stamps", "times"),
    [
        ("even", [0, 0.1, 0.2], [0, 0.1, 0.2]),
        ("first stamp is not zero", [1.4, 1.5, 1.6], [0, 0.1, 0.2]),
        ("first stamp is negative", [-0.1, 0.05, 0.1], [0, 0.15, 0.2]),
        ("variable frame rate", [0, 0.07, 0.13, 2.0], [0, 0.07, 0.13, 2.0]),
        ("no stamps, told as zero", [0, 0, 0, 0], [0, 0.1, 0.2, 0.3]),
        ("no stamps, told as nan", [NAN, NAN, NAN], [0, 0.1, 0.2]),
        ("one stamp goes back a little", [0, 0.2, 0.15, 0.4], [0, 0.2, 0.25, 0.4]),
        ("one stamp twice", [0, 0.1, 0.1, 0.3], [0, 0.1, 0.15, 0.3]),
        ("stamps begin anew", [50, 50.1, 7, 7.1, 7.2], [0, 0.1, 0.2, 0.3, 0.4]),
        ("stamps wrap by years", [0, 0.1, 1e9, 1e9 + 0.1], [0, 0.1, 0.2, 0.3]),
    ],
)
def test_recording_time(name: str, stamps: list[float], times: list[float]) -> None:
    clock = RecordingTime(fps=10)
    assert [clock.at(s) for s in stamps] == pytest.approx(times), name


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), min_size=1, max_size=60))
def test_recording_time_strictly_increases_from_zero(stamps: list[float]) -> None:
    clock = RecordingTime(fps=10)
    times = [clock.at(s) for s in stamps]
    assert times[0] == 0
    # Beyond 2^33 s, a step of a millisecond still shows in a float64.
    assert all(b > a for a, b in pairwise(times))


def test_live_time_takes_jitter_of_arrival_out() -> None:
    rng = np.random.default_rng(5)
    clock, times = LiveTime(), []
    for n in range(300):
        taken_s = n / 10
        times.append(clock.at(taken_s + 0.2 + rng.uniform(0, 0.08), 900 + taken_s))
    steps = np.diff(times[30:])
    assert np.abs(steps - 0.1).max() < 0.01  # arrivals alone jitter by 80 ms
    assert times[-1] - 299 / 10 == pytest.approx(0.2, abs=0.03)


def test_live_time_follows_a_camera_whose_clock_runs_slow() -> None:
    clock = LiveTime()
    lags = [n / 10 - clock.at(n / 10, n / 10 * 0.9995) for n in range(36_000)]  # an hour
    assert max(lags) < 0.05


@pytest.mark.parametrize("rate", [0.83, 0.98])
def test_live_time_behind_a_very_slow_clock_has_no_holes(rate: float) -> None:
    """As late as it may be, and no later; never does it jump to catch up."""
    clock = LiveTime()
    jitter = np.random.default_rng(3).uniform(0, 0.08, 36_000)
    arrivals = [n / 10 + float(jitter[n]) for n in range(36_000)]
    times = [clock.at(arrival, n / 10 * rate) for n, arrival in enumerate(arrivals)]
    assert max(b - a for a, b in pairwise(times)) < 0.3
    lags = [arrival - now for arrival, now in zip(arrivals, times, strict=True)]
    assert 4.5 < max(lags) <= 5.0 + 1e-6


def test_live_time_when_stamps_stand_still_while_the_stream_does() -> None:
    """A pause that the stamps leave out is one all the same."""
    clock = LiveTime()
    before = [clock.at(n / 10, n / 10) for n in range(50)]
    after = [clock.at(20 + n / 10, 5 + n / 10) for n in range(50)]
    assert before[-1] == pytest.approx(4.9)
    assert after == pytest.approx([20 + n / 10 for n in range(50)])


def test_live_time_after_a_reconnect_goes_on() -> None:
    clock = LiveTime()
    assert clock.at(1.0, 500.0) == 1.0
    clock.restart()
    assert clock.at(9.0, 0.0) == 9.0
    assert clock.at(9.1, 0.1) == pytest.approx(9.1, abs=0.001)


@given(
    st.lists(
        st.tuples(st.floats(0, 20), st.floats(allow_nan=True, allow_infinity=True)), max_size=60
    )
)
def test_live_time_strictly_increases_and_keeps_near_the_arrival(
    steps: list[tuple[float, float]],
) -> None:
    clock, arrival, last = LiveTime(), 0.0, -1.0
    for step, stamp in steps:
        arrival += step
        now = clock.at(arrival, stamp)
        assert now > last
        assert now >= 0
        assert arrival - 5.0 - 1e-6 <= now <= arrival + 0.001 * (len(steps) + 1)
        last = now


def test_backlog_of_opening_is_told_from_live_frames() -> None:
    backlog = Backlog()
    arrivals = [2.150, 2.150, 2.151, 2.152, 2.20, 2.30, 2.301]
    held = [backlog.holds(a, n / 10) for n, a in enumerate(arrivals)]
    assert held == [False, True, True, True, True, False, False]


def taken(
    fps: float | None,
    stream: float,
    nominal: float | None,
    seconds: float = 30,
    jitter: Callable[[int], float] = lambda n: 0.0,
) -> list[int]:
    sampler = Sampler(fps, nominal)
    count = round(seconds * stream)
    return [n for n in range(count) if sampler.wants(n / stream + jitter(n))]


JITTER = np.random.default_rng(1).uniform(-0.45, 0.45, 10_000)


@pytest.mark.parametrize(
    ("name", "fps", "stream", "nominal", "steps"),
    [
        ("every frame asked for", None, 25, 25, {1}),
        ("10 of 10", 10, 10, 10, {1}),
        ("10 of 10, rate unknown", 10, 10, None, {1}),
        ("10 of 10.01", 10, 10.01, 10, {1}),
        ("30 of 29.97", 30, 29.97, 29.97, {1}),
        ("60 of 25", 60, 25, 25, {1}),
        ("25 to 10", 10, 25, 25, {2, 3}),
        ("25 to 5", 5, 25, 25, {5}),
        ("29.97 to 5", 5, 29.97, 29.97, {5, 6}),
        ("30 to 10", 10, 30, 30, {3}),
        ("15 to 10, claimed 16.67", 10, 15, 16.67, {1, 2}),
        ("25 to 10, claimed 1000", 10, 25, 1000, {2, 3}),
        ("25 to 2", 2, 25, 25, {12, 13}),
    ],
)
def test_sampling_is_even(
    name: str, fps: float | None, stream: float, nominal: float | None, steps: set[int]
) -> None:
    chosen = taken(fps, stream, nominal)
    assert chosen[0] == 0
    assert {b - a for a, b in pairwise(chosen[8:])} == steps, name
    assert len(chosen) == pytest.approx(30 * min(fps or stream, stream), abs=2)


@pytest.mark.parametrize("fps", [10.0, 12.0, 30.0])
def test_every_frame_in_spite_of_jitter(fps: float) -> None:
    chosen = taken(fps, 10, 10, jitter=lambda n: 0.1 * float(JITTER[n]))
    assert chosen == list(range(300))


def test_sampling_keeps_its_rate_with_jitter_and_after_a_gap() -> None:
    chosen = taken(5, 25, 25, jitter=lambda n: 0.04 * float(JITTER[n]) + (7.03 if n > 200 else 0))
    assert len(chosen) == pytest.approx(150, abs=2)
    assert max(b - a for a, b in pairwise(chosen)) <= 9


@given(st.floats(0.2, 60), st.floats(1, 60), st.floats(0, 0.45))
def test_never_more_than_asked_for(fps: float, stream: float, wild: float) -> None:
    chosen = taken(fps, stream, stream, 20, lambda n: wild / stream * float(JITTER[n]))
    assert len(chosen) <= 20 * fps * 1.025 + 3  # within 2 % every frame is taken
    assert len(chosen) >= 20 * min(fps, stream) * 0.9 - 3


@pytest.mark.parametrize(
    ("claimed", "believed"), [(25.0, 25.0), (0.0, None), (90_000.0, None), (NAN, None)]
)
def test_plausible_rates(claimed: float, believed: float | None) -> None:
    assert plausible_fps(claimed) == believed
