"""How facings look now, by what was told of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from miseban.vocabulary.events import Event, ShelfConfirmed, ShelfState, Stocked

LOOKED_BACK: Final = timedelta(days=30)
"""What was told longer ago says nothing of now; so it is on the live page too."""
OF_LOOKS: Final = ("shelf.state", "shelf.confirmed")


def looks_of(events: Iterable[Event]) -> dict[str, Stocked]:
    """By ``shelf/facing`` what its camera or staff said last, in any order; other events say
    nothing."""
    latest: dict[str, tuple[tuple[object, str], Stocked]] = {}
    for event in events:
        if isinstance(event, ShelfState | ShelfConfirmed):
            place, when = f"{event.shelf}/{event.facing}", (event.time, event.id)
            if place not in latest or when > latest[place][0]:
                latest[place] = when, event.state
    return {place: state for place, (_, state) in latest.items()}
