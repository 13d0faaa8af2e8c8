"""A facing moves, and what is measured of it is what happened: the whole way from the simulated
hands, through a camera that misses some, the journal and the gate, to a ratio with its interval."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.insight.questions.shops import kept, one
from tests.sim import moved


@pytest.mark.parametrize("blind_hours", [0, 9])
def test_how_many_times_as_often_it_is_picked_up(tmp_path: Path, blind_hours: int) -> None:
    then, now = moved.before(71), moved.after(71, blind_hours=blind_hours)
    truth = now.picked[moved.PLACE] / then.picked[moved.PLACE]
    assert 4.0 < truth < 5.2
    place = kept(tmp_path, moved.shop(), [*then.events, *now.events])
    compare = {"since": then.start, "until": then.end}
    told = place.ask("funnel", now.start, now.end, compare=compare)
    ratio = one(told, "pick_up_ratio", moved.PLACE)
    assert ratio == pytest.approx(truth, rel=0.1)
    measure = told.measures["pick_up_ratio"]
    row = told.place.index(moved.PLACE)
    assert measure.low is not None
    assert measure.high is not None
    assert measure.low[row] is not None
    assert measure.high[row] is not None
    assert measure.low[row] < truth < measure.high[row]  # type: ignore[operator]
    assert measure.high[row] / measure.low[row] < 1.4  # type: ignore[operator]
    for facing, n in then.picked.items():  # what stands beside it loses some, and is told so too
        if n > 500:
            other = one(told, "pick_up_ratio", facing)
            assert other == pytest.approx(now.picked[facing] / n, rel=0.1)
    if blind_hours:
        seen = told.coverage[row]
        assert seen == pytest.approx(1 - blind_hours / (24 * moved.DAYS), abs=0.01)
