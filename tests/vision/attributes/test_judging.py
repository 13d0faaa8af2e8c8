"""One vote a track: how sure it must be, and who is left out."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from miseban.vision.attributes.cadence import LOOK_S, MOST_LOOKS, NEARER, Cadence
from miseban.vision.attributes.judging import JudgeSettings, confidence, judge, judge_age
from miseban.vision.attributes.moments import MOST_BODIES, MOST_FACES, BestMoments, Moment
from miseban.vision.attributes.votes import Vote
from miseban.vocabulary.attributes import VALUES

SETTINGS = JudgeSettings()


def face(male: float, age: float, quality: float = 0.5) -> Moment:
    return Moment(quality, np.full(4, male), np.full(4, age))


def body(male: float) -> Moment:
    return Moment(0.5, np.array([male]), from_face=False)


def best(*moments: Moment) -> BestMoments:
    found = BestMoments()
    for moment in moments:
        found.add(moment)
    return found


def said(*moments: Moment) -> tuple[str | None, str | None]:
    vote = judge(best(*moments), SETTINGS)
    assert vote.value("expression") is None
    return vote.value("gender"), vote.value("age")


@pytest.mark.parametrize(
    ("moments", "expected"),
    [
        pytest.param([face(0.98, 50), face(0.99, 48)], ("male", "40-59"), id="sure"),
        pytest.param([face(0.02, 30), face(0.01, 32)], ("female", "20-39"), id="sure, younger"),
        pytest.param([face(0.01, 72), face(0.01, 70)], ("female", "60+"), id="sure, older"),
        pytest.param([face(0.98, 40), face(0.99, 40)], ("male", None), id="between two bands"),
        pytest.param([face(0.98, 30), face(0.98, 58)], ("male", None), id="ages disagree"),
        pytest.param([face(0.99, 50), face(0.01, 50)], (None, "40-59"), id="views disagree"),
        pytest.param([face(0.7, 50), face(0.7, 50)], (None, "40-59"), id="not sure"),
        pytest.param([face(0.99, 50)], (None, None), id="one look"),
        pytest.param([face(0.99, 22), face(0.99, 22)], (None, None), id="may be too young"),
        pytest.param([face(0.99, 12), face(0.01, 12)], (None, None), id="a child"),
        pytest.param([body(0.97), body(0.99)], ("male", None), id="from behind"),
        pytest.param([body(0.6), body(0.7)], (None, None), id="from behind, not sure"),
        pytest.param([body(0.99)], (None, None), id="from behind, once"),
        pytest.param(
            [face(0.01, 50), face(0.01, 50), body(0.99), body(0.99)], ("female", "40-59"),
            id="the face decides",
        ),
        pytest.param(
            [face(0.99, 18), face(0.99, 18), body(0.99), body(0.99)], (None, None),
            id="the body does not bring back who may be too young",
        ),
        pytest.param([], (None, None), id="nothing"),
    ],
)  # fmt: skip
def test_votes(moments: list[Moment], expected: tuple[str | None, str | None]) -> None:
    assert said(*moments) == expected


@given(st.lists(st.floats(0, 1), min_size=1, max_size=9), st.floats(0.6, 0.99))
def test_no_confidence_is_above_what_the_network_is_known_for(
    males: list[float], accuracy: float
) -> None:
    _, sure = confidence([body(male) for male in males], accuracy)
    assert 0.5 <= sure <= accuracy + 1e-12


@given(st.lists(st.floats(0, 90), min_size=1, max_size=20))
def test_ages_are_a_distribution(years: list[float]) -> None:
    found = judge_age(np.array(years), SETTINGS)
    assert found.young + sum(found.bands.values()) == pytest.approx(1.0)
    assert all(share >= 0 for share in (found.young, *found.bands.values()))


@given(
    st.lists(st.tuples(st.floats(0, 1), st.floats(0, 90)), min_size=2, max_size=5),
    st.lists(st.floats(0, 1), max_size=5),
)
def test_nobody_who_may_be_below_twenty_is_told_of(
    faces: list[tuple[float, float]], bodies: list[float]
) -> None:
    vote = judge(best(*(face(*one) for one in faces), *(body(one) for one in bodies)), SETTINGS)
    young = judge_age(np.repeat([age for _, age in faces], 4), SETTINGS).young
    if young >= SETTINGS.young:
        assert vote.abstains
    if vote.value("age") is not None:
        assert young < 1 - SETTINGS.age


def test_the_best_moments_are_kept() -> None:
    found = best(*(face(0.5, n, quality=n / 100) for n in range(20, 60)))
    assert [float(one.age[0]) for one in found.faces] == [59, 58, 57, 56, 55][:MOST_FACES]
    other = best(face(0.5, 70, quality=0.9), *(body(0.1) for _ in range(40)))
    found.join(other)
    assert float(found.faces[0].age[0]) == 70
    assert (len(found.faces), len(found.bodies)) == (MOST_FACES, MOST_BODIES)


def test_a_vote_has_only_known_values() -> None:
    for attribute, values in VALUES.items():
        for value in values:
            assert Vote(**{attribute: value}).value(attribute) == value  # type: ignore[arg-type]
        with pytest.raises(ValueError, match=f"no such {attribute}"):
            Vote(**{attribute: "10-19"})  # type: ignore[arg-type]


def test_people_are_looked_at_now_and_then_and_again_when_they_come_nearer() -> None:
    cadence = Cadence()
    looked = [t for t in np.arange(0, 60, 0.1).tolist() if cadence.due(t, 100.0)]
    assert len(looked) == MOST_LOOKS
    assert min(np.diff(looked)) >= LOOK_S - 1e-9
    assert not cadence.due(61.0, 100.0 * NEARER - 1)
    assert cadence.due(62.0, 100.0 * NEARER + 1)
    assert not cadence.due(63.0, 100.0 * NEARER + 1)
