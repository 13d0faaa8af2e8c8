"""Of every kind of roll-up it is decided how it is told."""

from __future__ import annotations

from typing import get_args

from miseban.insight.disclosure.figures import DURATIONS_ONLY, GATED, PLAIN, least_k
from miseban.journal.rollups.rows import What, class_of
from tests.insight.disclosure.rollups import small


def test_each_kind_is_told_in_one_way() -> None:
    assert set(get_args(What)) == GATED | DURATIONS_ONLY | PLAIN
    assert len(GATED) + len(DURATIONS_ONLY) + len(PLAIN) == len(get_args(What))


def test_all_that_follows_single_visits_is_of_k() -> None:
    of_visits = {w for w in get_args(What) if class_of(w, "") in ("trajectory", "assist")}
    assert of_visits == GATED
    assert least_k(small()) == 5
