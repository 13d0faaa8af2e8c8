"""Facts of several cameras side by side: each counts on its own picture, and nothing is joined."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from miseban.space.engine import CameraSpace
from miseban.space.heat import HeatMap
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows


class EachAlone:
    """A ``Floor`` for cameras of which some have no floor points, so that nobody can be followed
    from one to the next.

    Raises ``BadInput`` (``several-cameras``) for lines and zones on the floor plan: people in
    the views of two cameras would count twice.
    """

    def __init__(self, shop: Shop, cameras: Sequence[str], start: datetime, where: object) -> None:
        if len(cameras) > 1 and (shop.floor_lines() or shop.floor_zones()):
            raise BadInput(
                "several-cameras",
                where,
                f"expected floor_points for each of {', '.join(cameras)}, to count on the floor "
                "plan with several cameras; or name one with --camera",
            )
        self._spaces = {camera: CameraSpace(shop, camera, start) for camera in cameras}
        self._events: list[Event] = []

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        self._events += self._spaces[camera].update(rows, until_s)

    def advance(self, until_s: float) -> list[Event]:  # noqa: ARG002 - as all floors
        events, self._events = self._events, []
        return events

    def gap(self, camera: str, start_s: float, end_s: float, reason: str) -> list[Event]:
        return self._spaces[camera].gap(start_s, end_s, reason)

    def blind(self, camera: str, start_s: float, end_s: float) -> None:
        self._spaces[camera].blind(start_s, end_s)

    def finish(self, end_s: float) -> list[Event]:
        events = self.advance(end_s)
        for space in self._spaces.values():
            space.hold(math.inf)
            events += space.finish(end_s)
        return events

    @property
    def floor_heat(self) -> HeatMap | None:
        """The heat on the floor, where all cameras know it."""
        floors = [space.floor_heat for space in self._spaces.values()]
        known = [floor for floor in floors if floor is not None]
        return HeatMap.fullest(known) if known and len(known) == len(floors) else None

    @property
    def rejected(self) -> dict[str, int]:
        """Rows that were not used, by reason."""
        found: dict[str, int] = defaultdict(int)
        for space in self._spaces.values():
            for reason, count in space.rejected.items():
                found[reason] += count
        return dict(found)
