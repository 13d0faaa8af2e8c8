"""Who came together is told by how they arrive, walk and leave; who only stands near, is not."""

from __future__ import annotations

import numpy as np
import pytest

from miseban.space.groups import GroupFinder
from miseban.vocabulary.floor import FloorRows
from tests.space.crowds import shop, shopping, together, walk


def found(rows: FloorRows) -> dict[int, int]:
    finder = GroupFinder(shop())
    finder.update(rows)
    return {visit: finder.group(visit) for visit in np.unique(rows.visit).tolist()}


def test_a_couple_is_one_group_and_strangers_are_none() -> None:
    rows = together(
        [
            shopping(1, 10),
            shopping(2, 10, beside_m=0.7),
            shopping(3, 100),
            shopping(4, 190),
            shopping(5, 280),
        ]
    )
    told = found(rows)
    assert told[1] == told[2] == 1
    assert len({told[visit] for visit in (1, 3, 4, 5)}) == 4


def test_a_family_of_three() -> None:
    rows = together([shopping(n, 10, beside_m=0.6 * n) for n in range(1, 4)] + [shopping(9, 60)])
    told = found(rows)
    assert {told[1], told[2], told[3]} == {1}
    assert told[9] == 9


def test_who_comes_in_together_and_parts_at_once_is_no_group() -> None:
    a = walk(1, [(10, 6.0, 11.0), (18, 6.0, 8.0), (30, 1.5, 2.0), (300, 1.5, 2.0), (330, 6, 11)])
    b = walk(2, [(10, 6.6, 11.0), (18, 6.6, 8.0), (30, 11.0, 2.0), (90, 11.0, 2.0), (120, 6, 11)])
    assert len(set(found(together([a, b])).values())) == 2


def test_strangers_in_a_queue_are_no_group() -> None:
    """Two who came at different times stand a metre apart for three minutes."""
    a = walk(
        1, [(10, 6, 11), (40, 2, 2), (100, 2, 2), (120, 8.8, 7), (300, 8.8, 6.2), (320, 6, 11)]
    )
    b = walk(
        2, [(60, 6, 11), (80, 4, 4), (110, 4, 4), (125, 8.8, 8), (345, 8.8, 6.2), (365, 6, 11)]
    )
    assert len(set(found(together([a, b])).values())) == 2


def test_a_stranger_does_not_join_two_couples() -> None:
    parts = [shopping(1, 10), shopping(2, 10, beside_m=0.7)]
    parts += [shopping(5, 200), shopping(6, 200, beside_m=0.7)]
    # Beside one couple in the queue, and beside the other at the door.
    parts.append(
        walk(9, [(70, 6, 11), (80, 5, 7), (120, 8.8, 8.5), (205, 6.5, 10.0), (215, 6, 11)])
    )
    told = found(together(parts))
    assert told[1] == told[2] != told[5] == told[6]
    assert told[9] not in (told[1], told[5])


def test_groups_are_revised_and_told_of() -> None:
    rows = together([shopping(1, 10), shopping(2, 10, beside_m=0.7)])
    finder = GroupFinder(shop())
    early = rows.time_s < 11.0
    finder.update(rows.take(early))
    assert [finder.group(visit) for visit in (1, 2)] == [1, 2]
    assert finder.changed() == []
    finder.update(rows.take(~early))
    assert finder.changed() == [2]
    assert finder.group(2) == 1
    assert finder.changed() == []
    finder.forget(1)
    finder.forget(1)
    assert finder.group(2) in (1, 2)


@pytest.mark.parametrize("size", [333, 5000])
def test_how_the_rows_are_cut_changes_nothing(size: int) -> None:
    rows = together([shopping(n, 10 + 40.0 * (n // 2), beside_m=0.7 * (n % 2)) for n in range(12)])
    finder = GroupFinder(shop())
    for begin in range(0, len(rows), size):
        finder.update(rows.take(slice(begin, begin + size)))
    assert {visit: finder.group(visit) for visit in range(12)} == found(rows)


def test_a_group_has_the_number_of_its_first_visit() -> None:
    rows = together([shopping(7, 10), shopping(3, 10.5, beside_m=0.7), shopping(1, 400)])
    told = found(rows)
    assert all(told[group] == group for group in told.values())
