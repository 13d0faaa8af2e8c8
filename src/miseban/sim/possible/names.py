"""Names that must exist, and be one's own; shares that must not all be 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from miseban.sim.scenario import Scenario
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.problem import Place, Problem, did_you_mean, shown


def names(scenario: Scenario, shop: Shop) -> Iterator[Problem]:
    tables: dict[str, Sequence[str]] = {
        "kind": [k.id for k in scenario.kinds],
        "door": [d.id for d in scenario.doors],
        "fixture": [f.id for f in scenario.fixtures],
        "staff": [s.id for s in scenario.staff],
    }
    for table, ids in tables.items():
        for number, name in enumerate(ids):
            if name in ids[:number]:
                found = f"{shown(name)}, which number {ids.index(name) + 1} has too"
                yield Problem((table, number, "id"), "an id of its own", found)
    kinds, zones = tables["kind"], [zone.id for zone in shop.zones]
    for number, kind in enumerate(scenario.kinds):
        for companion in kind.companions:
            yield from known(("kind", number, "companions"), "[[kind]]", companion, kinds)
        if kind.id == "staff":
            expected = 'another id: "staff" is for [[staff]]'
            yield Problem(("kind", number, "id"), expected, shown(kind.id))
    for number, attraction in enumerate(scenario.attractions):
        place: Place = ("attraction", number, "zone")
        yield from known(place, "[[zone]] of the shop", attraction.zone, zones)
    for number, service in enumerate(scenario.services):
        tills = [till.id for till in shop.tills]
        place = ("service", number, "till")
        yield from known(place, "[[till]] of the shop", service.till, tills)
        if service.till in [s.till for s in scenario.services[:number]]:
            yield Problem(place, "each till once", shown(service.till))


def known(place: Place, what: str, wanted: str, of: Iterable[str]) -> Iterator[Problem]:
    ids = list(of)
    if wanted not in ids:
        listed = ", ".join(ids[:8]) or "there is none"
        found = shown(wanted) + did_you_mean(wanted, ids)
        yield Problem(place, f"the id of a {what} ({listed})", found)


def shares(scenario: Scenario) -> Iterator[Problem]:
    for table, total in (
        ("kind", sum(kind.share for kind in scenario.kinds)),
        ("door", sum(door.share for door in scenario.doors)),
    ):
        if total <= 0:
            yield Problem((table, 0, "share"), "at least one share more than 0", "none")
    if scenario.attractions and sum(a.weight for a in scenario.attractions) <= 0:
        yield Problem(("attraction", 0, "weight"), "at least one weight more than 0", "none")
    buyers = any(kind.buys > 0 and kind.share > 0 for kind in scenario.kinds)
    if buyers and not scenario.services:
        number = next(i for i, k in enumerate(scenario.kinds) if k.buys > 0 and k.share > 0)
        yield Problem(("kind", number, "buys"), "0 where there is no [[service]]", "more")
    stops = next((i for i, k in enumerate(scenario.kinds) if k.stops[1] > 0), None)
    if stops is not None and not (scenario.attractions or scenario.facings):
        expected = "[0, 0] where there is no [[attraction]] and no [[facing]]"
        yield Problem(("kind", stops, "stops"), expected, "more")
