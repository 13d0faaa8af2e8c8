"""A whole shop: cameras that see one floor together are fused, others counted by themselves."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.space.door import Door
from miseban.space.engine import CameraSpace
from miseban.space.floor_geometry import fused_cameras
from miseban.space.floor_space import FloorSpace
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.heat import HeatMap
from miseban.space.help import ShopHelp
from miseban.space.labels import FindsGroups, JudgesStaff
from miseban.space.now import Seen, whose
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import Event, ShelfFaced, VisitEnded
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import Stretch
from miseban.vocabulary.tracks import TrackRows

LAG_S = 1.0
"""So far behind the cameras the fusion is at most."""


class Fusion(Protocol):
    """Puts the tracks of several cameras together into visits on the floor."""

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        """Rows of the camera's frames up to ``until_s``."""
        ...

    def frames(self, camera: str, time_s: NDArray[np.float64]) -> None:
        """Frames came at ``time_s`` (N,), whoever was in view."""
        ...

    def advance(self, until_s: float) -> FloorRows:
        """All that is certain, all cameras having told what they saw up to ``until_s``."""
        ...

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        """The camera and the number of each track that is of the visit of that number now."""
        ...

    def ended(self) -> list[EndedVisit]:
        """Visits that are over since the last call."""
        ...

    def outages(self) -> list[tuple[str, float, float]]:
        """The camera, from and to, of outages found beside the others since the last call."""
        ...

    def troubles(self) -> list[CameraTrouble]:
        """What became wrong, or right again, with a camera since the last call."""
        ...

    def finish(self, end_s: float) -> FloorRows:
        """The rest."""
        ...


class ShopFloor:
    """Feed each camera's rows with ``update``, then ``advance``; take events out.

    Of ``cameras``, those with floor points are fused by ``fusion`` when there are two or more
    (``fused``): people count once, on the floor. The others (``alone``) are counted by themselves,
    as with one camera; so are zones above the horizon, but visits only the floor tells.

    ``sights`` counts the rows of each fused camera that were used, ``alone_sights`` those of the
    others, ``rejected`` those that were not used, by reason.
    """

    def __init__(
        self,
        shop: Shop,
        cameras: Sequence[str],
        start: datetime,
        fusion: Fusion | None,
        *,
        settings: SpaceSettings | None = None,
        staff: JudgesStaff | None = None,
        groups: FindsGroups | None = None,
        event_ids: EventIds | None = None,
        visit_ids: VisitIds | None = None,
    ) -> None:
        settings = settings or SpaceSettings()
        events, visits = event_ids or EventIds(), visit_ids or VisitIds()
        self.fused = fused_cameras(shop, cameras) if fusion is not None else ()
        self._fusion = fusion
        self._events: list[Event] = []
        self._gaps: dict[str, list[Stretch]] = defaultdict(list)
        self._floor: FloorSpace | None = None
        self._doors = {name: Door(shop, name, settings) for name in self.fused}
        self._sky: dict[str, CameraSpace] = {}

        def by_itself(part: Shop, name: str) -> CameraSpace:
            return CameraSpace(
                part, name, start, settings=settings, event_ids=events, visit_ids=visits
            )

        if self.fused:
            self._floor = FloorSpace(
                shop, start, cameras=self.fused, settings=settings, staff=staff, groups=groups,
                event_ids=events, visit_ids=visits,
            )  # fmt: skip
            for name in self.fused:
                part = _drawn_in_the_sky(shop, name, self._floor)
                if part.lines or any(zone.kind != "private" for zone in part.zones):
                    self._sky[name] = by_itself(part, name)
        self.alone = {name: by_itself(shop, name) for name in cameras if name not in self.fused}
        self.alone_sights = dict.fromkeys(self.alone, 0)
        self._help = ShopHelp(shop, self.fused, tuple(self.alone), start, events, visits)

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        """Rows of ``camera``'s frames up to ``until_s``; a new track's first ones may be late."""
        self._help.saw(camera, rows)
        if camera in self.alone:
            self.alone_sights[camera] += len(rows)
            self._events += self.alone[camera].update(rows, until_s)
            self._events += self._help.alone(camera, until_s, self.alone[camera].visit_of)
            return
        assert self._fusion is not None  # noqa: S101 - else all cameras are alone
        self._fusion.update(camera, self._doors[camera].through(rows), until_s)
        if camera in self._sky:
            self._events += _but_visits(self._sky[camera].update(rows, until_s))

    def frames(self, camera: str, time_s: NDArray[np.float64]) -> None:
        """Frames of ``camera`` came at ``time_s`` (N,), with or without people."""
        if self._fusion is not None and camera not in self.alone:
            self._fusion.frames(camera, time_s)

    def advance(self, until_s: float) -> list[Event]:
        """All cameras have told what they saw up to ``until_s``: the facts now certain."""
        if self._floor is not None and self._fusion is not None:
            rows = self._fusion.advance(until_s)
            self._events += self._floor.update(rows, self._fusion.ended(), until_s - LAG_S)
            self._events += self._help.together(rows, until_s, self._floor, self._fusion)
            self._events += self._floor.troubles(self._fusion.troubles())
            self._found_lost(self._fusion.outages())
        return self._taken()

    def _found_lost(self, outages: Sequence[tuple[str, float, float]]) -> None:
        """Outages that nobody told of, found in what others see, are lost coverage too."""
        for camera, start_s, end_s in outages:
            told = self._gaps[camera]
            if not any(from_s < end_s and start_s < to_s for from_s, to_s in told):
                reason = "everybody was gone at once, and came back"
                self._events += self.gap(camera, start_s, end_s, reason)

    def gap(self, camera: str, start_s: float, end_s: float, reason: str) -> list[Event]:
        """``camera`` saw nothing from ``start_s`` to ``end_s`` (rule 12)."""
        self._gaps[camera] = [*self._gaps[camera][-99:], (start_s, end_s)]
        if self._floor is None or camera in self.alone:
            return self.alone[camera].gap(start_s, end_s, reason)
        if camera in self._sky:
            self._sky[camera].blind(start_s, end_s)  # told once, by the floor
        return self._floor.gap(start_s, end_s, reason, camera)

    def blind(self, camera: str, start_s: float, end_s: float) -> None:
        """``camera`` delivered pictures in which nothing could be seen: lost coverage too. Parts of
        one stretch are told as they pass."""
        if self._floor is None or camera in self.alone:
            self.alone[camera].blind(start_s, end_s)
            return
        if camera in self._sky:
            self._sky[camera].blind(start_s, end_s)
        self._floor.blind(start_s, end_s, camera)

    def hold(self, camera: str, from_s: float) -> None:
        """From ``from_s`` on it may turn out that ``camera`` could not see (infinite: no longer):
        occupancy and queues wait there until that is known."""
        if self._floor is None or camera in self.alone:
            self.alone[camera].hold(from_s)
            return
        if camera in self._sky:
            self._sky[camera].hold(from_s)
        self._floor.hold(from_s, camera)

    def finish(self, end_s: float) -> list[Event]:
        """The session ended at ``end_s``: the remaining facts."""
        self._events += self._help.finish(end_s)
        if self._floor is not None and self._fusion is not None:
            rows = self._fusion.finish(end_s)
            self._events += self._floor.update(rows, self._fusion.ended(), end_s)
            self._events += self._floor.troubles(self._fusion.troubles())
            self._events += self._floor.finish(end_s)
        for space in self._sky.values():
            self._events += _but_visits(space.finish(end_s))
        for space in self.alone.values():
            self._events += space.finish(end_s)
        return self._taken()

    def visit_of(self, camera: str, track: int) -> str | None:
        """Whose visit a track of ``camera`` is, as far as it is known now."""
        if camera in self.alone:
            return self.alone[camera].visit_of.get(track)
        seen = self._floor.now(float("-inf")) if self._floor is not None else []
        return whose(seen, self._fusion, (camera, track)) if self._fusion is not None else None

    def now(self, since_s: float) -> list[Seen]:
        """Who was seen from ``since_s`` on, where a camera's floor points tell the place."""
        seen = self._floor.now(since_s) if self._floor is not None else []
        return seen + [one for space in self.alone.values() for one in space.now(since_s)]

    @property
    def heat(self) -> HeatMap | None:
        """On the picture; only with a single camera."""
        if self.fused or len(self.alone) != 1:
            return None
        (space,) = self.alone.values()
        return space.heat

    @property
    def floor_heat(self) -> HeatMap | None:
        """On the floor. None where nobody knows its size, or where no camera has floor points."""
        if self._floor is not None:
            return self._floor.heat
        floors = [space.floor_heat for space in self.alone.values() if space.floor_heat is not None]
        return HeatMap.fullest(floors) if floors and len(floors) == len(self.alone) else None

    @property
    def sights(self) -> dict[str, int]:
        """By fused camera, the rows that were used."""
        return {name: door.sights for name, door in self._doors.items()}

    @property
    def rejected(self) -> dict[str, int]:
        """Rows that were not used, by reason."""
        total: Counter[str] = Counter()
        for space in self.alone.values():
            total.update(space.rejected)
        for door in self._doors.values():
            total.update(door.rejected)
        if self._floor is not None:
            total.update(self._floor.rejected)
        return dict(total)

    def _taken(self) -> list[Event]:
        events, self._events = self._events, []
        return events


def _drawn_in_the_sky(shop: Shop, camera: str, floor: FloorSpace) -> Shop:
    """The shop with only those lines and zones of ``camera`` that cannot be laid on the floor, and
    its private zones."""
    lines = tuple(line for line in shop.lines_of(camera) if line.id in floor.left_lines)
    zones = tuple(
        zone
        for zone in shop.zones_of(camera)
        if zone.id in floor.left_zones or zone.kind == "private"
    )
    return shop.model_copy(update={"lines": lines, "zones": zones})


def _but_visits(events: list[Event]) -> list[Event]:
    return [event for event in events if not isinstance(event, VisitEnded | ShelfFaced)]
