"""Which days the networks for hands were learnt from."""

from __future__ import annotations

from pathlib import Path

from bench.hands import FORMER, SEEDS
from bench.hands_shop import ALONE_PER_HOUR, write_shop
from miseban.learn.hands.__main__ import days
from miseban.learn.hands.days import GOODS, HANDS, Days


def test_a_folder_is_played_on_the_days_that_are_known(tmp_path: Path) -> None:
    played = days([str(tmp_path)], (1,), 60.0, HANDS)
    assert [one.file.name for one in played] == [f"{name}.toml" for name in HANDS]
    assert all(one.seeds == tuple(HANDS[one.file.stem][0]) for one in played)
    assert {one.until_s for one in played} == {240.0, 900.0}


def test_a_shop_is_played_on_days_of_its_own_or_on_those_of_all(tmp_path: Path) -> None:
    file = write_shop(tmp_path, "a", together=False, per_hour=ALONE_PER_HOUR)
    played = days([f"{file}=7,9", str(file)], (1, 2), 60.0, HANDS)
    assert played == [Days(file, (7, 9), 60.0), Days(file, (1, 2), 60.0)]


def test_what_is_learnt_from_is_never_measured_next() -> None:
    learnt = {seed for known in (GOODS, HANDS) for seeds, _ in known.values() for seed in seeds}
    assert not learnt & set(SEEDS)


def test_no_day_with_several_people_that_was_measured_is_learnt_from() -> None:
    for name in ("one", "three"):
        assert not {*HANDS[name][0], *GOODS[name][0]} & set(FORMER[name])
