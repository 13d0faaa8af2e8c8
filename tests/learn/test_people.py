"""Days that are known, and weights learned from them."""

from __future__ import annotations

from datetime import time
from pathlib import Path

import numpy as np

from miseban.learn.people import groups, staff
from miseban.learn.people.days import Seen, day
from miseban.learn.people.fitting import fit
from miseban.sim.scenario.file import beside, load_scenario
from miseban.space.groups.pairs import FEATURES as GROUPS
from miseban.space.staff.evidence import FEATURES as STAFF
from miseban.vocabulary.shop import load_shop

KONBINI = Path(__file__).parents[2] / "shops" / "konbini.toml"


def test_a_day_in_pieces_knows_whose_they_are() -> None:
    shop = load_shop(KONBINI)
    scenario = load_scenario(beside(KONBINI), shop).starting_at(time(12))
    whole = day(shop, scenario, 1, 900.0, Seen(piece_s=1e9))
    cut = day(shop, scenario, 1, 900.0, Seen(piece_s=60.0))
    assert (np.diff(cut.rows.time_s) >= 0).all()
    assert len(cut.person) > len(whole.person) == len(set(whole.person.tolist()))
    assert set(cut.person.tolist()) <= set(whole.person.tolist())
    assert len(set(whole.person[whole.staff].tolist())) == 2
    assert set(np.unique(cut.rows.visit).tolist()) == set(range(len(cut.person)))
    x, works = staff.examples(shop, cut)
    assert x.shape == (2 * len(cut.person), len(STAFF))
    assert works.sum() == 2 * cut.staff.sum()
    assert np.isfinite(x).all()
    pairs, same = groups.examples(shop, whole)
    assert pairs.shape == (len(same), len(GROUPS))
    assert same.any()
    assert not same.all()


def test_weights_have_the_sign_they_may_have() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack([np.ones(4000), rng.normal(size=(4000, 3))])
    chance = 1 / (1 + np.exp(-(x @ np.array([-1.0, 2.0, -1.0, -0.5]))))
    y = rng.random(4000) < chance
    signs = {"always": 0, "for": 1, "against": -1, "wrongly for": 1}
    found = fit(x, y, np.ones(4000), signs)
    assert 1.7 < found["for"] < 2.3
    assert -1.3 < found["against"] < -0.7
    assert found["wrongly for"] == 0.0
    assert found["always"] < -0.5
