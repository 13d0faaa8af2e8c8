"""Incidents that can happen at all."""

from __future__ import annotations

from collections.abc import Iterator

from miseban.sim.scenario import Incident, Scenario
from miseban.sim.scenario.incidents import CHILD_M
from miseban.vocabulary.shop.problem import Problem, did_you_mean, shown


def incidents(scenario: Scenario) -> Iterator[Problem]:
    """Keys that say when, where and to whom, and nothing that has no meaning there."""
    for number, table in enumerate(scenario.incidents):
        for key, expected, found in _wrong(table, scenario):
            yield Problem(("incident", number, key), expected, found)


def _wrong(table: Incident, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """(key, expected, found) of all that is wrong in one table."""
    kind = shown(table.kind)
    if table.kind == "unmanned_counter":
        yield from _counter(table, scenario)
    else:
        if table.till is not None:
            yield "till", f"none for {kind}", shown(table.till)
        if table.per_day > 0:
            yield "per_day", f"chance or at_s for {kind}", "per_day"
        if not table.chance and not table.at_s:
            yield "chance", "a chance more than 0, or at_s", "neither"
        yield from _visitors(table, scenario)
    if table.kind in ("long_search", "slow_walk"):
        if "lasts_s" in table.model_fields_set:
            yield "lasts_s", f"none for {kind}, which lasts until it is over", "one"
    elif table.lasts_s[0] < 1:
        yield "lasts_s", "at least 1 s", f"{table.lasts_s[0]:g}"


def _counter(table: Incident, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    tills = [staff.till for staff in scenario.staff if staff.till is not None]
    if table.till is None:
        yield "till", "the till whose clerk is called away", "none"
    elif table.till not in tills:
        listed = ", ".join(tills) or "there is none"
        found = shown(table.till) + did_you_mean(table.till, tills)
        yield "till", f"a till with a clerk in [[staff]] ({listed})", found
    else:
        clerk = next(staff for staff in scenario.staff if staff.till == table.till)
        if not clerk.zones and not scenario.attractions:
            yield (
                "till",
                f"zones of {shown(clerk.id)} to be called to, or an [[attraction]]",
                "none",
            )
    if table.chance:
        yield "chance", f"per_day or at_s for {shown(table.kind)}", "chance"
    if not table.per_day and not table.at_s:
        yield "per_day", "a number more than 0, or at_s", "neither"


def _visitors(table: Incident, scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    kinds = [kind for kind in scenario.kinds if kind.share > 0 and kind.stops[1] > 0]
    if not kinds or not any(scenario.arrivals.per_hour):
        yield "kind", "visits with stops for it", "none"
    elif table.kind == "fall" and all(kind.carries == "wheelchair" for kind in kinds):
        yield "kind", "somebody who walks", "nobody"
    elif table.kind == "lost_child":
        small = {k.id for k in scenario.kinds if k.height_m[0] <= CHILD_M}
        if not any(set(kind.companions) & small for kind in kinds):
            yield "kind", f"a [[kind]] with a companion at most {CHILD_M:g} m tall", "none"
