"""A recording cut into stretches of one condition."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from miseban.insight.uncertainty.cells import Cell, cells_of, hour_edges
from miseban.vocabulary.events import CameraHealth, Event
from tests.insight.sample import START

TOKYO = ZoneInfo("Asia/Tokyo")


def health(
    at_s: float, state: str, *, phase: str | None = None, gap_s: float = 0.0, camera: str = "door"
) -> Event:
    return CameraHealth(
        id=f"{state}{at_s}",
        time=START + timedelta(seconds=at_s),
        shop="kawaguchi",
        camera=camera,
        state=state,  # type: ignore[arg-type]
        phase=phase,  # type: ignore[arg-type]
        since=START + timedelta(seconds=at_s) if phase == "begins" else None,
        fps=5.0,
        gap_s=gap_s,
    )


def cells(events: list[Event], duration_s: float = 7200.0, camera: str = "door") -> list[Cell]:
    return cells_of(events, START, duration_s, TOKYO, camera)


def test_hours_are_those_of_the_shop_s_clock() -> None:
    assert hour_edges(START, 7200.0, TOKYO) == [0.0, 3150.0, 6750.0, 7200.0]  # from 13:07:30
    assert [(c.hour, c.from_s, c.to_s) for c in cells([])] == [
        (0, 0.0, 3150.0),
        (1, 3150.0, 6750.0),
        (2, 6750.0, 7200.0),
    ]


def test_a_gap_and_a_trouble_cut_the_hour() -> None:
    events = [
        health(1000, "gap", gap_s=400),  # from 600
        health(800, "moved", phase="begins"),
        health(2000, "moved", phase="ends"),
    ]

    assert [(c.from_s, c.to_s, c.condition) for c in cells(events, 3000.0)] == [
        (0.0, 600.0, "well"),
        (600.0, 1000.0, "gap"),
        (1000.0, 2000.0, "moved"),
        (2000.0, 3000.0, "well"),
    ]


def test_what_never_ends_lasts_to_the_end_and_the_graver_trouble_counts() -> None:
    events = [health(500, "slow", phase="begins"), health(700, "dark", phase="begins")]

    assert [(c.to_s, c.condition) for c in cells(events, 1000.0)] == [
        (500.0, "well"),
        (700.0, "slow"),
        (1000.0, "dark"),
    ]


def test_another_camera_s_gap_is_none_of_ours() -> None:
    assert {c.condition for c in cells([health(1000, "gap", gap_s=400)], camera="till")} == {"well"}


def test_what_several_watch_is_lost_while_all_are_away() -> None:
    events = [
        health(1000, "gap", gap_s=400),
        health(1200, "gap", gap_s=400, camera="till"),
        health(2000, "gap", gap_s=100, camera="till"),
    ]
    both = cells_of(events, START, 3000.0, TOKYO, None, ["door", "till"])

    assert [(c.from_s, c.to_s) for c in both if c.condition == "gap"] == [(800.0, 1000.0)]
    assert {c.condition for c in cells_of(events, START, 3000.0, TOKYO, None)} == {"well"}


@given(
    st.lists(
        st.tuples(st.floats(1, 7000), st.floats(1, 3000), st.sampled_from(["gap", "dark", "moved"]))
    )
)
def test_cells_cover_the_time_once(stretches: list[tuple[float, float, str]]) -> None:
    events = []
    for from_s, long_s, state in stretches:
        until_s = min(from_s + long_s, 7200.0)
        if state == "gap":
            events.append(health(until_s, state, gap_s=until_s - from_s))
        else:
            events.append(health(from_s, state, phase="begins"))
            events.append(health(until_s, state, phase="ends"))
    found = cells(events)

    assert abs(sum(c.to_s - c.from_s for c in found) - 7200.0) < 1e-6
    assert all(a.to_s <= b.from_s + 1e-9 for a, b in pairwise(found))
