"""Share of shelf: how much of the width of the boards each product, brand or category has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from miseban.insight.planogram.boards import boards_of, width_px
from miseban.insight.planogram.plan import Planned
from miseban.vocabulary.shop import Shop

By = Literal["product", "brand", "category"]


@dataclass(frozen=True, slots=True)
class Part:
    """``name`` (a GTIN, a brand or a category; empty: nobody says) has ``facings`` facings, and
    ``share`` of the width of all; ``planned`` of it by the plan."""

    name: str
    facings: int
    share: float
    planned: float


def shares_of(plan: Sequence[Planned], shop: Shop, by: By) -> list[Part]:
    """Of all boards that the plan names, the widest part first; the shares come to 1, and so do
    those planned. A facing is as wide as the plan measured it, where it measured its whole board;
    else each board counts as one, and is divided as it is drawn: how far a camera is from each
    shelf then changes nothing."""
    rows = {one.place: one for one in plan}
    of = {one.gtin: _name(one, by) for one in plan}
    stands: defaultdict[str, float] = defaultdict(float)
    planned: defaultdict[str, float] = defaultdict(float)
    facings: defaultdict[str, int] = defaultdict(int)
    for width, place, gtin in _widths(rows, shop):
        name = of.get(gtin, gtin if by == "product" else "")
        stands[name] += width
        facings[name] += 1
        planned[_name(rows[place], by)] += width
    total = sum(stands.values())
    names = sorted(stands.keys() | planned.keys(), key=lambda one: (-stands[one], one))
    return [
        Part(one, facings[one], round(stands[one] / total, 4), round(planned[one] / total, 4))
        for one in names
        if total
    ]


def _name(planned: Planned, by: By) -> str:
    return {"product": planned.gtin, "brand": planned.brand, "category": planned.category}[by]


def _widths(rows: dict[str, Planned], shop: Shop) -> list[tuple[float, str, str]]:
    """Width, place and what stands there, of each facing that the plan names."""
    found = []
    named = {row.width_cm is not None for row in rows.values()}
    measured = named == {True}
    for shelf in shop.shelves:
        for board in boards_of(shelf):
            there = [(f"{shelf.id}/{one.id}", one) for one in board]
            there = [(place, one) for place, one in there if place in rows]
            whole = sum(width_px(one) for _, one in there)
            for place, one in there:
                cm = rows[place].width_cm
                width = cm if measured and cm is not None else width_px(one) / whole
                found.append((width, place, one.gtin))
    return found
