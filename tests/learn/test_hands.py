"""What goods look like that go or come: the truth about pieces, and the network learnt from it."""

from __future__ import annotations

import cv2
import numpy as np

from miseban.learn.hands.filming import Deed, Film, Look
from miseban.learn.hands.fitting import fitted
from miseban.learn.hands.material import Material, joined, material
from miseban.vision.hands.pieces import NUMBERS
from miseban.vocabulary.shop import Facing

WIDTH, HEIGHT = 160, 64


def facing(name: str, left: float) -> Facing:
    polygon = ((left, 16.0), (left + 70, 16.0), (left + 70, 48.0), (left, 48.0))
    return Facing(id=name, gtin="4901234567894", capacity=4, polygon=polygon)


def film(deeds: list[Deed]) -> Film:
    """Somebody stands beside two facings; a package of the first goes after 3 s and comes back
    after 7 s; at 5 s something else changes at the second."""
    rng = np.random.default_rng(1)
    coarse = rng.uniform(0, 200, (8, 20, 3)).astype(np.float32)
    full = np.asarray(cv2.resize(coarse, (WIDTH, HEIGHT)).clip(0, 255), np.uint8)
    person = np.array([[60.0, 0.0, 90.0, 64.0]])
    looks = []
    for step in range(50):
        small, time_s = full.copy(), step / 5
        if 3.0 <= time_s < 7.0:
            small[16:48, 20:38] = 240
        if time_s >= 5.0:
            small[16:40, 110:125] = 250
        looks.append(Look(time_s, small, np.empty((0, 4)), person, [1]))
    return Film([facing("a", 4.0), facing("b", 84.0)], (WIDTH, HEIGHT), deeds, looks)


def test_a_piece_is_what_the_truth_says_of_its_moment_and_its_place() -> None:
    known = material(film([Deed(0, False, 2.95), Deed(0, True, 6.95)]))
    assert sorted(known.kind[known.weight == 1].tolist()) == [0, 1, 2]
    assert known.numbers.shape == (len(known.kind), NUMBERS)
    assert np.isfinite(known.numbers).all()


def test_without_deeds_nothing_is_goods() -> None:
    assert not material(film([])).kind.any()


def test_what_differs_is_learnt_and_the_same_again() -> None:
    rng = np.random.default_rng(3)
    kind = rng.integers(0, 3, 300)
    numbers = rng.normal(size=(300, NUMBERS)).astype(np.float32)
    numbers[:, 4] += 3.0 * kind
    one = Material(numbers[:150], kind[:150], np.ones(150, np.float32))
    two = Material(numbers[150:], kind[150:], np.ones(150, np.float32))
    judge = fitted(joined([one, two]), seed=0)
    assert (judge.chances(numbers).argmax(axis=1) == kind).mean() > 0.9
    assert np.array_equal(judge.first, fitted(joined([one, two]), seed=0).first)
