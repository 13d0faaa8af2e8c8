"""A facing's own classifier judges once it was better on what staff confirmed, and not before."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from miseban.space.shelf import FacingLearner, ShelfModel
from miseban.vocabulary.events import Stocked

RNG = np.random.default_rng(5)
ONE = ShelfModel(np.array([0.0, 4.0, 0.0]), np.array([0.0, 4.0, 0.0]), np.array([0.5, 0.0, 0.0]))
"""Looks at the second number only."""


def look(state: Stocked, *, by: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Number ``by`` tells the state, the other nothing."""
    numbers = np.array([1.0, *RNG.normal(0, 0.3, 2)])
    numbers[by] += 1.0 if state == "empty" else -1.0
    return numbers


def taught(by: int, count: int) -> FacingLearner:
    learner = FacingLearner(ONE)
    for number in range(count):
        state: Stocked = "empty" if number % 2 else "full"
        learner.confirm(look(state, by=by), state)
    return learner


def right(learner: FacingLearner, by: int) -> float:
    states: list[Stocked] = ["empty", "full"] * 50
    told = [learner.model.opinion(look(state, by=by)).empty > 0.5 for state in states]
    return float(np.mean([t == (s == "empty") for t, s in zip(told, states, strict=True)]))


def test_twenty_confirmations_teach_a_facing_that_looks_otherwise() -> None:
    assert right(FacingLearner(ONE), by=2) < 0.7
    learner = taught(2, 20)
    assert learner.learned
    assert right(learner, by=2) > 0.9


def test_what_is_judged_well_stays_as_it_is() -> None:
    learner = taught(1, 20)
    assert right(learner, by=1) > 0.95


def test_one_confirmation_alone_replaces_nothing() -> None:
    assert not taught(2, 1).learned


def test_a_learned_classifier_goes_when_it_is_wrong() -> None:
    learner = taught(2, 20)
    for number in range(30):  # the shelf was laid out anew: it is as all others now
        state: Stocked = "empty" if number % 2 else "full"
        numbers = look(state, by=1)
        numbers[2] = -numbers[1]
        learner.confirm(numbers, state)
    assert right(learner, by=1) > 0.9


def test_what_says_nothing_of_the_fill_is_not_learned_from() -> None:
    learner = FacingLearner(ONE)
    learner.confirm(look("full", by=1), "blocked")
    assert learner.confirmed == 0


def test_over_a_restart_the_same_judges_and_goes_on_learning() -> None:
    learner = taught(2, 15)
    again = FacingLearner(ONE, learner.learnt)
    assert again.learned
    assert again.confirmed == 0
    numbers = look("empty", by=2)
    before, after = (one.model.opinion(numbers).empty for one in (learner, again))
    assert abs(before - after) < 0.001
    for number in range(30):  # the shelf was laid out anew while it was away
        state: Stocked = "empty" if number % 2 else "full"
        seen = look(state, by=1)
        seen[2] = -seen[1]
        again.confirm(seen, state)
    assert right(again, by=1) > 0.9


def test_what_is_kept_never_differs_by_a_single_moment() -> None:
    """Or the difference would be how the facing looked then, up to a factor. Nor by a guess."""
    assert taught(2, 4).learnt is None
    learned = taught(2, 5)
    first = learned.learnt
    assert first is not None
    for learner in (learned, FacingLearner(ONE, first)):
        learner.guess(look("empty", by=2), "empty")
        assert learner.learnt == first
        for _ in range(4):
            learner.confirm(look("empty", by=2), "empty")
            learner.guess(look("full", by=2), "full")
            assert learner.learnt == first
        learner.confirm(look("empty", by=2), "empty")
        assert learner.learnt is not None
        assert (learner.learnt.moments, learner.learnt.own == first.own) == (10, False)


def test_guesses_alone_change_nothing_and_with_few_confirmations_teach_sooner() -> None:
    def taught_so(guesses: int) -> FacingLearner:
        learner, rng = FacingLearner(ONE), np.random.default_rng(11)
        for number in range(6):
            for _ in range(guesses):
                guess: Stocked = "empty" if rng.random() < 0.5 else "full"
                learner.guess(_seen(rng, guess, 2), guess)
            state: Stocked = "empty" if number % 2 else "full"
            learner.confirm(_seen(rng, state, 2), state)
        return learner

    learner, rng = FacingLearner(ONE), np.random.default_rng(3)
    for number in range(60):
        state: Stocked = "empty" if number % 2 else "full"
        learner.guess(_seen(rng, state, 2), state)
    assert not learner.learned
    assert learner.learnt is None
    alone, aided = (_share(taught_so(guesses), 2, 5) for guesses in (0, 8))
    assert aided > alone + 0.02


@given(
    st.integers(0, 20), st.integers(0, 60), st.sampled_from((0.1, 0.15, 0.2)),
    st.integers(0, 10_000), st.booleans(),
)  # fmt: skip
@settings(max_examples=40)
def test_wrong_guesses_make_nothing_worse_that_was_right(
    confirmed: int, guesses: int, wrong: float, seed: int, plain: bool
) -> None:
    """A facing that all others' classifier judges well, or one that staff taught: up to a fifth of
    the guesses is wrong, and what judges is as good as before, or better."""
    by, rng = (1 if plain else 2), np.random.default_rng(seed)
    learner = FacingLearner(ONE)
    for number in range(confirmed):
        state: Stocked = "empty" if number % 2 else "full"
        learner.confirm(_seen(rng, state, by), state)
    before = _share(learner, by, seed)
    for number in range(guesses):
        state = "empty" if number % 2 else "full"
        other: Stocked = "full" if state == "empty" else "empty"
        learner.guess(_seen(rng, state, by), other if rng.random() < wrong else state)
    assert _share(learner, by, seed) >= before - 0.03


def test_what_is_worse_on_what_staff_said_never_judges_whatever_is_guessed() -> None:
    learner, rng = FacingLearner(ONE), np.random.default_rng(2)
    for number in range(60):
        state: Stocked = "empty" if number % 2 else "full"
        other: Stocked = "full" if state == "empty" else "empty"
        learner.guess(_seen(rng, state, 1), other)  # all of them are wrong
        if number % 6 == 0:
            learner.confirm(_seen(rng, state, 1), state)
    assert not learner.learned


def _seen(
    rng: np.random.Generator, state: Stocked, by: int
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = np.array([1.0, *rng.normal(0, 0.3, 2)])
    numbers[by] += 1.0 if state == "empty" else -1.0
    return numbers


def _share(learner: FacingLearner, by: int, seed: int) -> float:
    rng, right = np.random.default_rng(seed + 1), 0
    for number in range(200):
        state: Stocked = "empty" if number % 2 else "full"
        empty = learner.model.opinion(_seen(rng, state, by)).empty
        right += (empty > 0.5) == (state == "empty")
    return right / 200
