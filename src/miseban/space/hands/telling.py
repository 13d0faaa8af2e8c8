"""Writes touches down as events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from miseban.space.hands.stretch import Touched
from miseban.vocabulary.events import ShelfTouched
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.shop import Shop

VisitOf = Callable[[int], str | None]
"""Whose visit a track is; None where nobody knows."""


class TouchWriter:
    """``facings`` are shelf and facing by number; ``start`` is second 0."""

    def __init__(
        self,
        shop: Shop,
        camera: str,
        facings: Sequence[tuple[str, str]],
        start: datetime,
        ids: EventIds | None = None,
    ) -> None:
        self._shop, self._camera, self._facings = shop.shop.id, camera, facings
        self._start, self._ids = start, ids or EventIds()

    def events(self, touches: Sequence[Touched], visit_of: VisitOf) -> list[ShelfTouched]:
        """One for each of ``touches``."""
        return [self._event(one, visit_of) for one in touches]

    def _event(self, one: Touched, visit_of: VisitOf) -> ShelfTouched:
        shelf, facing = self._facings[one.facing]
        return ShelfTouched(
            id=self._ids.at(self._start.timestamp() + one.time_s),
            time=self._start + timedelta(seconds=one.time_s),
            shop=self._shop,
            camera=self._camera,
            shelf=shelf,
            facing=facing,
            kind=one.kind,
            visit=None if one.track is None else visit_of(one.track),
            confidence=one.confidence,
        )
