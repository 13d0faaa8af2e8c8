"""No call comes out of nothing, and none depends on how rows are cut."""

from __future__ import annotations

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.space.help.scenes import Actor, along, boxes, calls, ends, seen, upright
from tests.space.help.test_calls import falls, slow

quick = settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def customers(draw: st.DrawFn) -> list[Actor]:
    """Grown-ups of any height who walk at 0.6 to 1.5 m/s, stand for 25 s and longer, and go."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    found = []
    for _ in range(draw(st.integers(1, 6))):
        now = float(rng.uniform(0, 40))
        from_s, here = now, rng.uniform((5, 3), (15, 8))
        knots = [(now, *here.tolist())]
        for _ in range(rng.integers(1, 4)):
            there = rng.uniform((5, 3), (15, 8))
            now += float(np.hypot(*(there - here)) / rng.uniform(0.6, 1.5))
            knots.append((now, *there.tolist()))
            now += float(rng.uniform(25, 60))
            knots.append((now, *there.tolist()))
            here = there
        now += 4.0  # who is seen no more has begun to walk
        knots.append((now, *(here + rng.choice([-1.0, 1.0], 2) * 2.0).tolist()))
        found.append(Actor(along(*knots), from_s, now, upright(float(rng.uniform(1.5, 1.9)))))
    return found


@quick
@given(customers(), st.floats(0.0, 0.02))
def test_no_call_comes_out_of_ordinary_customers(actors: list[Actor], noise: float) -> None:
    assert not calls(seen(actors, noise=noise))


@quick
@given(st.lists(st.floats(0.5, 150.0), max_size=60), st.integers(0, 3))
def test_rows_cut_differently_give_the_same_calls(cuts: list[float], others: int) -> None:
    actors = [
        falls(20, 60), slow(30, 0.33), *[falls(40, 70, 13.0, 3.0 + i) for i in range(others)]
    ]  # fmt: skip
    one, other = seen(actors), seen(actors, cuts=cuts)
    assert [_told(call) for call in calls(one)] == [_told(call) for call in calls(other)]
    assert sorted(e.time for e in ends(one)) == sorted(e.time for e in ends(other))
    assert calls(one)


@quick
@given(customers())
def test_every_end_is_of_a_call_and_comes_after_it(actors: list[Actor]) -> None:
    events = seen([*actors, falls(20, 60), slow(40, 0.3)])
    begun = {call.help: call.time for call in calls(events)}
    assert len(begun) == len(calls(events)) > 0
    over = [end.help for end in ends(events)]
    assert sorted(over) == sorted(begun)
    assert all(end.time >= begun[end.help] for end in ends(events))


def test_the_scene_has_boxes() -> None:
    rows = boxes([falls(20, 60)])
    assert len(rows) == 5 * 55
    assert (rows.xyxy[:, 2:] > rows.xyxy[:, :2]).all()


def _told(call: object) -> tuple[object, ...]:
    return tuple(getattr(call, key) for key in ("time", "kind", "place", "zone", "confidence"))
