"""All that stands in a shop as one surface, made piece by piece: as goods come and go, only the
pieces that change are made again."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from miseban.sim.render.furniture import (
    PAINT,
    Furniture,
    Shelf,
    block,
    frame,
    is_shelf,
    products,
)
from miseban.sim.render.mesh import Part, boxes
from miseban.sim.rows import Row

_Pieces = tuple[Part, Part] | None
"""What is seen of a row, and the one box of it that hides people; none of an empty one."""


def furnish(
    things: Sequence[Furniture], rows: Sequence[Row], stock: Mapping[str, float], seed: int
) -> tuple[Part | None, Part | None]:
    """What is seen (every product by itself), and what hides people (each row as one box).

    ``stock`` is the share of each row that is filled, from 0 to 1; 1 for those left out.
    """
    made = Furnishing(things, rows, seed)
    return made.seen(stock), made.hides(stock)


class Furnishing:
    """``rows`` of goods in ``things``, of each piece only what is ``shown``: for a camera, a tenth
    of a shop. ``stock`` is as ``furnish`` takes it."""

    def __init__(
        self,
        things: Sequence[Furniture],
        rows: Sequence[Row],
        seed: int,
        shown: Callable[[Part], Part] = lambda part: part,
    ) -> None:
        self._seed, self._shown = seed, shown
        self._things = [
            (shown(_bare(thing, seed)), Shelf(thing) if is_shelf(thing) else None)
            for thing in things
        ]
        self._rows = [[row for row in rows if row.furniture == thing.id] for thing in things]
        self._made: dict[str, tuple[float, _Pieces]] = {}

    def exchange(self, rows: Sequence[Row]) -> None:
        """These take the place of the rows of the same id."""
        instead = {row.id: row for row in rows}
        self._rows = [[instead.get(row.id, row) for row in some] for some in self._rows]
        for row in rows:
            self._made.pop(row.id, None)

    def seen(self, stock: Mapping[str, float]) -> Part | None:
        """Every product by itself."""
        return self._joined(stock, 0)

    def hides(self, stock: Mapping[str, float]) -> Part | None:
        """Each row as one box."""
        return self._joined(stock, 1)

    def _joined(self, stock: Mapping[str, float], which: int) -> Part | None:
        parts: list[Part] = []
        for (bare, shelf), rows in zip(self._things, self._rows, strict=True):
            parts.append(bare)
            if shelf is not None:
                made = [self._of(shelf, row, stock.get(row.id, 1.0)) for row in rows]
                parts += [pieces[which] for pieces in made if pieces is not None]
        return Part.joined(parts) if parts else None

    def _of(self, shelf: Shelf, row: Row, share: float) -> _Pieces:
        made = self._made.get(row.id)
        if made is None or made[0] != share:
            made = self._made[row.id] = share, self._make(shelf, row, share)
        return made[1]

    def _make(self, shelf: Shelf, row: Row, share: float) -> _Pieces:
        goods = products(shelf, row, share, self._seed)
        if goods is None:
            return None
        low, high = goods.points.min(axis=0), goods.points.max(axis=0)
        whole = boxes(low[None], high[None], np.array([PAINT]))
        return self._shown(shelf.placed(goods)), self._shown(shelf.placed(whole))


def _bare(thing: Furniture, seed: int) -> Part:
    """Without goods."""
    if not is_shelf(thing):
        return block(thing, seed)
    shelf = Shelf(thing)
    return shelf.placed(frame(shelf))
