"""Staff that have something to do, and a place to do it."""

from __future__ import annotations

from collections.abc import Iterator

from miseban.sim.possible.names import known
from miseban.sim.scenario import Scenario
from miseban.sim.world.floorplan import CELL_M, Cell, FloorPlan
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Place, Problem, shown


def tasks(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    """Zones and tills that exist, and one of the two at least."""
    zones = [zone.id for zone in shop.zones]
    served = [service.till for service in scenario.services]
    clerks: dict[str, int] = {}
    for number, staff in enumerate(scenario.staff):
        for zone in staff.zones:
            yield from known(("staff", number, "zones"), "[[zone]] of the shop", zone, zones)
        if staff.till is None:
            if not staff.zones:
                yield Problem(("staff", number, "zones"), "zones to work in, or a till", "neither")
            if staff.at is not None:
                yield Problem(("staff", number, "at"), "a till to stand at", "none")
            continue
        place: Place = ("staff", number, "till")
        yield from known(place, "till with a [[service]]", staff.till, served)
        if staff.till in clerks:
            found = f"{shown(staff.till)}, where number {clerks[staff.till] + 1} works"
            yield Problem(place, "one clerk at a till", found)
        clerks.setdefault(staff.till, number)
        if staff.at is None:
            yield Problem(
                ("staff", number, "at"), "the place [x, y] where the clerk stands", "none"
            )
        if staff.back_room is not None:
            expected = "none for a clerk, who fetches nothing"
            yield Problem(("staff", number, "back_room"), expected, "one")


def posts(scenario: Scenario, plan: FloorPlan) -> Iterator[tuple[Place, list[Cell]] | Problem]:
    """The cells where staff stand, which must be within reach; or why one cannot be."""
    doors = {cell: door for door, cells in plan.door_cells.items() for cell in cells}
    taken: dict[Cell, int] = {}
    for number, staff in enumerate(scenario.staff):
        for key, cell in (("at", plan.posts), ("back_room", plan.back_rooms)):
            if staff.id not in cell:
                continue
            place: Place = ("staff", number, key)
            here = cell[staff.id]
            if here is None:
                expected = f"a point whose cell of {CELL_M:g} m is free floor"
                yield Problem(place, expected, "a fixture or the floor's edge")
            elif here in doors:
                yield Problem(place, "a place beside the doors", f"door {shown(doors[here])}")
            elif here in taken and key == "at":
                found = f"the cell of number {taken[here] + 1}"
                yield Problem(place, "a place of its own", found)
            else:
                yield place, [here]
            if here is not None:
                taken.setdefault(here, number)
