"""What goods look like that go or come: the truth about pieces, and the network learnt from it."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from miseban.learn.hands.__main__ import hands_learned
from miseban.learn.hands.filming import Deed, Film, Look
from miseban.learn.hands.fitting import fitted, fitted_together
from miseban.learn.hands.hands import held_out
from miseban.learn.hands.material import Material, joined, material
from miseban.vision.hands.judge import judge
from miseban.vision.hands.outstretched import NUMBERS as OF_HAND
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
    known = material(film([Deed(0, "pick_up", 2.95), Deed(0, "put_back", 6.95)]))
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
    network = fitted(joined([one, two]), seed=0)
    assert (network.chances(numbers).argmax(axis=1) == kind).mean() > 0.9
    assert np.array_equal(network.first, fitted(joined([one, two]), seed=0).first)


def reaching() -> Film:
    """Somebody comes, and an arm out of the body is at the first facing for a second and a half."""
    seen = film([])
    looks = []
    for look in seen.looks:
        small = look.small.copy()
        if 2.0 <= look.time_s < 3.6:
            small[20:28, 56:90] = 90, 120, 190  # an arm out of the body
        someone = look.time_s >= 1.0
        boxes = look.boxes if someone else look.boxes[:0]
        looks.append(Look(look.time_s, small, look.people, boxes, [1] if someone else []))
    return replace(seen, looks=looks, deeds=[Deed(0, "reach", 2.8)])


def test_what_is_held_out_is_a_hand_where_the_truth_has_one() -> None:
    """Whatever it did there; the arm comes half a second and more before."""
    true = reaching()
    known = held_out(true, judge())
    assert known.numbers.shape == (len(known.kind), OF_HAND)
    assert np.isfinite(known.numbers).all()
    assert known.kind.sum() == 1
    assert not held_out(replace(true, deeds=[]), judge()).kind.any()


def test_networks_learnt_together_are_their_mean() -> None:
    rng = np.random.default_rng(5)
    kind = rng.integers(0, 2, 120)
    numbers = rng.normal(size=(120, 4)).astype(np.float32)
    numbers[:, 1] += kind
    known = Material(numbers, kind, np.ones(120, np.float32))
    many = [fitted(known, seed, kinds=2, decay=1e-2).chances(numbers) for seed in range(3)]
    odds = np.mean([np.log(chances[:, 1] / chances[:, 0]) for chances in many], axis=0)
    one = fitted_together(known, range(3), 1e-2).chances(numbers)
    assert np.allclose(np.log(one[:, 1] / one[:, 0]), odds, atol=1e-3)


def test_an_arm_on_its_way_back_is_learnt_as_no_hand() -> None:
    known = held_out(replace(reaching(), deeds=[Deed(0, "pick_up", 2.1)]), judge())
    assert not known.kind.any()
    assert (known.weight == 1).all()
    unsure = held_out(replace(reaching(), deeds=[Deed(0, "pick_up", 3.8)]), judge())
    assert not unsure.kind.any()
    assert unsure.weight.min() == 0


def test_films_are_learnt_from_one_after_the_other() -> None:
    made = hands_learned(iter([reaching(), reaching()]), judge())
    assert made.first.shape[0] == OF_HAND
    assert made.last.shape == (2,)
