"""Who needed a hand: the exact calls, and one row each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

from miseban.sim.truth.drawings import Drawn, on_floor, times_inside
from miseban.sim.world.helping import Help, help_for
from miseban.sim.world.people import Person
from miseban.vocabulary.events import Event, HelpEnded, HelpKind, HelpNeeded, LineCrossed
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop

AIDS: dict[str, HelpKind] = {"wheelchair": "wheelchair", "walker": "walking_aid"}
"""Who comes in with one of these may need a hand until they leave."""


@dataclass(frozen=True, slots=True)
class Call:
    """A need with its id in the events; ``to_s`` is none when it was not over by then."""

    id: str
    need: Help
    to_s: float | None
    zone: str | None


@dataclass(frozen=True, slots=True)
class HelpTruth:
    """``calls`` in order of their beginning, and their ``events`` in order of time."""

    calls: list[Call]
    events: list[Event]


def help_truth(
    shop: Shop,
    helps: Sequence[Help],
    people: Sequence[Person],
    events: Sequence[Event],
    visits: dict[int, str],
    start: datetime,
    duration_s: float,
    seed: int,
) -> HelpTruth:
    """All who needed a hand in the first ``duration_s`` seconds after ``start`` (UTC).

    ``helps`` are the needs that the simulation knows, ``events`` and ``visits`` those of
    ``truth()``. Somebody is in the shop from the first passage of an entrance line to the last, or
    while on the floor where the shop has no entrance line.
    """
    there = [p for p in people if p.id in visits and not p.staff and not p.passing]
    inside = dict(_inside(shop, there, events, visits, start))
    needs = [need for need in helps if need.from_s < duration_s]
    needs += [
        help_for(AIDS[person.carries], person, *inside[person.id])
        for person in there
        if person.carries in AIDS and person.id in inside
    ]
    needs += [
        help_for("slow_walk", person, *inside[person.id])
        for person in there
        if person.sway_m > 0 and person.id in inside
    ]
    needs.sort(key=lambda need: (need.from_s, need.person.id, need.kind))
    _, zones = on_floor(shop)
    names = VisitIds(random.Random(f"{seed}/help"))
    calls: list[Call] = []
    for need in needs:
        left_s = inside[need.person.id][1] if need.person.id in inside else None
        to_s = need.to_s if need.to_s is not None else left_s
        over = to_s is not None and to_s <= duration_s
        calls.append(Call(names.next(), need, to_s if over else None, _zone(zones, need)))
    return HelpTruth(calls, list(_events(shop, calls, visits, start, seed)))


def _inside(
    shop: Shop,
    people: Sequence[Person],
    events: Sequence[Event],
    visits: dict[int, str],
    start: datetime,
) -> Iterator[tuple[int, tuple[float, float | None]]]:
    """From and to when people were in the shop, by person id; without end for who still is."""
    entrances = {line.id for line in shop.lines if line.entrance}
    passages: dict[str, list[tuple[float, str]]] = {}
    for event in events:
        if isinstance(event, LineCrossed) and event.line in entrances:
            at_s = (event.time - start).total_seconds()
            passages.setdefault(event.visit, []).append((at_s, event.direction))
    for person in people:
        if not entrances:
            yield person.id, (person.trail.start_s, person.trail.end_s if person.gone else None)
            continue
        passed = sorted(passages.get(visits[person.id], []))
        came = next((at_s for at_s, way in passed if way == "in"), None)
        if came is not None:
            last_s, way = passed[-1]
            yield person.id, (came, last_s if way == "out" else None)


def _zone(zones: Sequence[Drawn], need: Help) -> str | None:
    """The first of ``zones`` in which the place lies."""
    t, xy = np.array([0.0, 1.0]), np.array([[need.x, need.y]] * 2)
    return next((zone.id for zone in zones if times_inside(t, xy, zone.points)), None)


def _events(
    shop: Shop, calls: Sequence[Call], visits: dict[int, str], start: datetime, seed: int
) -> Iterator[Event]:
    ids = EventIds(random.Random(f"{seed}/help-events"))
    for call in calls:
        need = call.need
        yield HelpNeeded(
            id=ids.at(start.timestamp() + need.from_s),
            time=start + timedelta(seconds=need.from_s),
            shop=shop.shop.id,
            help=call.id,
            kind=need.kind,
            place=(need.x, need.y),
            unit="m",
            zone=call.zone,
            visit=visits.get(need.person.id),
            confidence=1.0,
        )
        if call.to_s is not None:
            yield HelpEnded(
                id=ids.at(start.timestamp() + call.to_s),
                time=start + timedelta(seconds=call.to_s),
                shop=shop.shop.id,
                help=call.id,
            )


def write_incidents(path: Path, calls: Sequence[Call], visits: dict[int, str]) -> None:
    """``incidents.csv``: one row a call; ``to_s`` is empty for those not over at the end, ``zone``
    outside all zones, ``helper``, a person's number, where nobody came."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("help,kind,person,visit,from_s,to_s,x_m,y_m,zone,helper\n")
        for call in calls:
            need = call.need
            to_s = f"{call.to_s:.6f}" if call.to_s is not None else ""
            helper = str(need.helper.id) if need.helper is not None else ""
            who = f"{call.id},{need.kind},{need.person.id},{visits.get(need.person.id, '')}"
            when = f"{need.from_s:.6f},{to_s},{need.x:.6f},{need.y:.6f}"
            file.write(f"{who},{when},{call.zone or ''},{helper}\n")
