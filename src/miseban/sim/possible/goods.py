"""Goods that cannot stand there: unknown facings, shelves too short, more pieces than room."""

from __future__ import annotations

from collections.abc import Iterator

from miseban.sim.possible.names import known
from miseban.sim.rows import SHELF_FROM_M, ShelfFrame, is_rectangle
from miseban.sim.scenario import Facing, Fixture, Scenario
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Place, Problem, shown

_SLACK_M = 1e-6


def goods(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    """Names that must exist, each facing once, and no more pieces than fit."""
    capacities = {s.id: {f.id: f.capacity for f in s.facings} for s in shop.shelves}
    fixtures = [fixture.id for fixture in scenario.fixtures]
    before: list[str] = []
    for number, facing in enumerate(scenario.facings):
        place: Place = ("facing", number)
        on_shelf = capacities.get(facing.shelf, {})
        yield from known((*place, "shelf"), "[[shelf]] of the shop", facing.shelf, capacities)
        if facing.shelf in capacities:
            what = f"[[shelf.facing]] of {shown(facing.shelf)}"
            yield from known((*place, "facing"), what, facing.facing, on_shelf)
        if facing.key in before:
            yield Problem((*place, "facing"), "each facing once", shown(facing.facing))
        yield from known((*place, "fixture"), "[[fixture]]", facing.fixture, fixtures)
        capacity = on_shelf.get(facing.facing)
        if facing.stock is not None and facing.stock < 0:
            yield Problem((*place, "stock"), "0 pieces or more", str(facing.stock))
        elif facing.stock is not None and capacity is not None and facing.stock > capacity:
            expected = f"at most the facing's capacity of {capacity}"
            yield Problem((*place, "stock"), expected, str(facing.stock))
        before.append(facing.key)


def boards(scenario: Scenario) -> Iterator[Problem]:
    """What has no room on its shelf, whose names are known. Whether anybody can stand in front of
    it, ``places`` says."""
    fixtures = {fixture.id: fixture for fixture in scenario.fixtures}
    for number, facing in enumerate(scenario.facings):
        place: Place = ("facing", number)
        yield from _stands(place, facing, fixtures[facing.fixture])
        yield from _overlaps(place, facing, scenario.facings[:number])


def _stands(place: Place, facing: Facing, fixture: Fixture) -> Iterator[Problem]:
    low = fixture.style == "auto" and fixture.height_m < SHELF_FROM_M
    if low or fixture.style in ("counter", "plain") or not is_rectangle(fixture.polygon):
        expected = f'a shelf: a rectangle at least {SHELF_FROM_M:g} m high, or of style "shelf"'
        yield Problem((*place, "fixture"), expected, f"{shown(fixture.id)}, which is none")
        return
    frame = ShelfFrame(fixture.polygon, fixture.height_m)
    if facing.level >= frame.levels:
        expected = f"one of the {frame.levels} boards of {shown(fixture.id)}, from 0"
        yield Problem((*place, "level"), expected, str(facing.level))
    if facing.start_m >= frame.length:
        expected = f"less than the {frame.length:g} m of {shown(fixture.id)}"
        yield Problem((*place, "start_m"), expected, f"{facing.start_m:g}")
    elif facing.start_m + facing.width_m > frame.length + _SLACK_M:
        expected = f"at most the {frame.length - facing.start_m:g} m left of {shown(fixture.id)}"
        yield Problem((*place, "width_m"), expected, f"{facing.width_m:g}")


def _overlaps(place: Place, facing: Facing, before: tuple[Facing, ...]) -> Iterator[Problem]:
    for other in before:
        board = (other.fixture, other.side, other.level)
        if board == (facing.fixture, facing.side, facing.level):
            begin = max(facing.start_m, other.start_m)
            end = min(facing.start_m + facing.width_m, other.start_m + other.width_m)
            if end - begin > _SLACK_M:
                expected = "a place of its own on the board"
                yield Problem((*place, "start_m"), expected, f"one shared with {shown(other.key)}")
