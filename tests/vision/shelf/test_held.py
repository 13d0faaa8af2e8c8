"""What columns hold while somebody stands before them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from miseban.vision.shelf.held import HeldColumns

COLUMNS = 12
GOODS, BARE = 2.0, -4.0
CLEAR = np.array([True])


@dataclass
class Seen:
    """One facing: the log odds of goods as a network would tell them, and what could be seen."""

    odds: NDArray[np.float32]
    seen: NDArray[np.bool_]

    @property
    def now(self) -> NDArray[np.float32]:
        return np.zeros((1, 2, COLUMNS, 3), np.float32)

    def of(self, _: object, __: object) -> Seen:
        return self


class Told:
    """A network that says what it is told."""

    def odds(self, patches: Seen) -> NDArray[np.float32]:
        return patches.odds


def veiled(looks: list[tuple[float, int, bool]]) -> bool:
    """After ``looks`` at odds alike everywhere, of which so many columns could be seen, the others
    hidden by somebody or, else, outside the picture."""
    held = HeldColumns(cast(Any, Told()), 1, COLUMNS)
    for odds, columns, somebody in looks:
        here = np.arange(COLUMNS) < columns
        whole = np.ones((1, 2, COLUMNS), np.bool_)
        whole[:, :, :] = True if somebody else here
        one = Seen(np.full((1, COLUMNS), odds, np.float32), here[None])
        held.look(cast(Any, one), CLEAR, whole)
    return bool(held.veiled[0])


def test_behind_somebody_a_last_piece_may_stand() -> None:
    full = [(GOODS, COLUMNS, True)] * 3
    assert not veiled(full)
    assert veiled([*full, (BARE, 10, True), (BARE, 10, True)])
    assert not veiled([*full, (GOODS, 10, True), (GOODS, 10, True)])


def test_what_left_the_picture_hides_nothing() -> None:
    full = [(GOODS, COLUMNS, False)] * 3
    assert not veiled([*full, *[(BARE, 10, False)] * 5])
