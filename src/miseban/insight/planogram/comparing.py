"""A plan beside what stands there: by what the shop file says, and how facings look now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from miseban.insight.planogram.boards import boards_of
from miseban.insight.planogram.plan import Planned
from miseban.vocabulary.events import Stocked
from miseban.vocabulary.shop import Shop

Kind = Literal["missing", "moved", "unplanned", "wrong", "empty", "neighbour"]
"""``missing``: the product stands nowhere; ``moved``: at other facings than planned; ``unplanned``:
a product that the plan does not have; ``wrong``: by its camera or staff something else stands
there; ``empty``: what is planned there is sold out; ``neighbour``: it stands where it should, and
beside it something else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """At ``place`` (``shelf/facing``) something is not as planned. ``gtin`` is the product;
    ``found`` what else: the facings where it stands, or the product beside it; ``side`` of a
    neighbour: left or right."""

    kind: Kind
    place: str
    gtin: str
    expected: str = ""
    found: str = ""
    side: Literal["", "left", "right"] = ""


def compare(
    plan: Sequence[Planned], shop: Shop, looks: Mapping[str, Stocked | None]
) -> list[Finding]:
    """What is not as in ``plan``, in the order of the shop file. ``looks`` says of facings how they
    look now. Facings of which the plan says nothing are not looked at."""
    wanted = {one.place: one.gtin for one in plan}
    stands = {f"{s.id}/{f.id}": f.gtin for s in shop.shelves for f in s.facings}
    homes: dict[str, list[str]] = {}
    for place, gtin in stands.items():
        homes.setdefault(gtin, []).append(place)
    planned = set(wanted.values())
    found: list[Finding] = []
    for place, is_there in stands.items():
        if place not in wanted:
            continue
        gtin = wanted[place]
        look = looks.get(place)
        if gtin != is_there:
            elsewhere = [home for home in homes.get(gtin, ()) if wanted.get(home) != gtin]
            kind: Kind = "moved" if elsewhere else "missing"
            found.append(Finding(kind, place, gtin, gtin, " ".join(elsewhere) or is_there))
            if is_there not in planned:
                found.append(Finding("unplanned", place, is_there, gtin))
        elif look == "wrong":
            found.append(Finding("wrong", place, gtin, gtin))
        elif look == "empty":
            found.append(Finding("empty", place, gtin, gtin))
    return found + _neighbours(wanted, stands, shop)


def _neighbours(wanted: Mapping[str, str], stands: Mapping[str, str], shop: Shop) -> list[Finding]:
    """Of products that stand as planned, those beside which something else stands."""
    found = []
    for shelf in shop.shelves:
        for board in boards_of(shelf):
            places = [f"{shelf.id}/{facing.id}" for facing in board]
            for n, place in enumerate(places):
                if wanted.get(place) != stands[place]:
                    continue
                sides: tuple[tuple[int, Literal["left", "right"]], ...] = (
                    (n - 1, "left"), (n + 1, "right"),
                )  # fmt: skip
                for at, side in sides:
                    beside = places[at] if 0 <= at < len(places) else ""
                    should = wanted.get(beside)
                    if should is not None and should != stands[beside]:
                        here, there = stands[place], stands[beside]
                        found.append(Finding("neighbour", place, here, should, there, side))
    return found
