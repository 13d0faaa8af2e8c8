"""How every facing looks, by what was said of it last."""

from __future__ import annotations

import hashlib
from collections import Counter
from datetime import datetime

from miseban.hub.live.latest import Latest
from miseban.vocabulary.events import ShelfConfirmed, ShelfState, Stocked
from miseban.vocabulary.shop import Shop

Place = tuple[str, str]
"""A shelf and a facing on it."""


class Shelves:
    """The facings of the shop file; what is told of others is left out."""

    def __init__(self, shop: Shop) -> None:
        self.names = facing_names(shop)
        self.places = {name: place for place, name in self.names.items()}
        self._said: Latest[Place, tuple[Stocked, float | None]] = Latest()

    def take(self, event: ShelfState) -> None:
        place = (event.shelf, event.facing)
        if place in self.names:
            self._said.put(place, (event.time, event.id), (event.state, event.fill))

    def confirmed(self, event: ShelfConfirmed) -> None:
        """Staff say how it looks: so it does, until a camera sees it look otherwise."""
        place = (event.shelf, event.facing)
        if place in self.names:
            fill = 0.0 if event.state == "empty" else None
            self._said.put(place, (event.time, event.id), (event.state, fill))

    def get(self, place: Place, since: datetime) -> tuple[datetime, Stocked, float | None] | None:
        """Since when it looks how, and how full it is, where that was told; None where nothing
        was."""
        said = self._said.get(place, since)
        return None if said is None else (said[0], *said[1])

    def forget(self, before: datetime) -> None:
        self._said.forget(before)


def facing_names(shop: Shop) -> dict[Place, str]:
    """One name for each facing in the order of the file, to be the subject of an alert: its own id
    where no other shelf has one of that id, else with the shelf's before it."""
    places = [(shelf.id, facing.id) for shelf in shop.shelves for facing in shelf.facings]
    often = Counter(facing for _, facing in places)
    names: dict[Place, str] = {}
    taken = {facing for facing, n in often.items() if n == 1}
    for shelf, facing in places:
        name = facing if often[facing] == 1 else f"{shelf}-{facing}"
        if often[facing] > 1 and (name in taken or len(name) > 64):
            digest = hashlib.sha256(f"{shelf}/{facing}".encode()).hexdigest()[:12]
            name = f"{facing[:48]}-{digest}"
        taken.add(name)
        names[shelf, facing] = name
    return names
