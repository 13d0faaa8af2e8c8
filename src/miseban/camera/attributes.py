"""Attributes in the camera room: votes of single people go in, cells of many come out.

Nothing here writes, sends or logs a single vote; ``finish`` is the only way out, and what it
returns cannot tell of fewer than k people (``attribute_cells``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from miseban.camera.attribute_cells import AttributeCells
from miseban.space.geometry import CameraGeometry
from miseban.space.polygons import OUTSIDE
from miseban.space.settings import SpaceSettings
from miseban.vision.attributes.cadence import Cadence
from miseban.vision.attributes.judging import JudgeSettings, judge
from miseban.vision.attributes.looking import READABLE, PersonReader, open_reader
from miseban.vision.attributes.moments import BestMoments
from miseban.vision.pixels import Frame
from miseban.vocabulary.attributes import Attribute
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import (
    AttributeSummary,
    Event,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.policies import Permission, allow_attributes
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.tracks import TrackRows

TOLD_KINDS = frozenset({"area", "queue", "counter", "signage", "entrance"})
"""Kinds of zone that may be told of. Staff walk in ``crew`` zones, and nobody looks into private
ones."""


FORGET_S = 300.0
"""What was read of a track that became nobody's visit is dropped so long after it was last seen."""


@dataclass(slots=True)
class _Track:
    moments: BestMoments = field(default_factory=BestMoments)
    cadence: Cadence = field(default_factory=Cadence)
    seen_s: float = 0.0
    staff: bool = False


class AttributeWatch:
    """Offered every analysed frame with the rows of its people, it looks at their best moments.

    People who step into a crew zone are staff from then on, until their visit ends, however often
    the tracker loses them: what was read of them before is dropped, and they are not looked at
    again. What was read of anybody is dropped when their visit ends; from then on it is a number in
    a cell.
    """

    def __init__(
        self,
        reader: PersonReader,
        shop: Shop,
        camera: str,
        permission: Permission,
        start: datetime,
        judging: JudgeSettings | None = None,
    ) -> None:
        self._reader = reader
        self._judging = judging or JudgeSettings()
        self._view = CameraGeometry(shop, camera, SpaceSettings())
        self._crew = [i for i, zone in enumerate(self._view.zones) if zone.kind == "crew"]
        self._crew_ids = {self._view.zones[i].id for i in self._crew}
        self._told = told_zones(shop, camera)
        self._cells = AttributeCells(shop.shop.id, camera, permission)
        self._start = start
        self._tracks: defaultdict[int, _Track] = defaultdict(_Track)
        self._stays: defaultdict[str, dict[str, float]] = defaultdict(dict)
        self._staff: set[str] = set()
        self._taken = 0
        self.fault = ""
        """Why nobody is looked at any more, where a network broke half-way."""
        self.reads: tuple[Attribute, ...] = tuple(
            name for name in permission.reads if name in reader.reads()
        )
        self.unreadable: tuple[Attribute, ...] = tuple(
            name for name in permission.reads if name not in reader.reads()
        )

    @property
    def knows_staff(self) -> bool:
        """Whether the camera sees a crew zone: without one staff look like anybody else here."""
        return bool(self._crew)

    def offer(self, frame: Frame, rows: TrackRows, visit_of: Mapping[int, str]) -> None:
        """Looks at people in ``frame``, whose boxes are among ``rows``; the frame is not kept.
        ``visit_of`` says whose visit each track is, as far as that is known."""
        self._mark_staff(visit_of)
        for number in [n for n, t in self._tracks.items() if t.seen_s < frame.time_s - FORGET_S]:
            del self._tracks[number]
        now = rows.take(rows.frame == frame.number)
        now = now.take(~self._view.private(now) & (now.track >= 0))
        if not len(now):
            return
        codes = self._view.codes(self._view.steps_of(now)) if self._crew else None
        boxes = list(now.xyxy)
        for i, number in enumerate(now.track.tolist()):
            track = self._tracks[number]
            track.seen_s = frame.time_s
            if codes is not None and (codes[i, self._crew] != OUTSIDE).any():
                track.staff, track.moments = True, BestMoments()
            if not self.reads or self.fault or track.staff or visit_of.get(number) in self._staff:
                continue
            if self._crew and number not in visit_of:
                continue  # it may go on a visit of staff: that is known within a second
            if not track.cadence.due(frame.time_s, float(boxes[i][3] - boxes[i][1])):
                continue
            try:
                moment, _ = self._reader.look(frame, boxes[i], boxes[:i] + boxes[i + 1 :])
            except Failed as error:
                # Only the reader broke: people are counted as before, and staff are marked.
                self.fault = f"{Path(error.where).stem}: {error.what}, at {frame.time_s:.0f} s"
                continue
            if moment is not None:
                track.moments.add(moment)

    def take(self, events: Sequence[Event], visit_of: Mapping[int, str]) -> None:
        """Counts the visits that ended among ``events``, all of the session so far (those taken
        before are passed over), and drops what was read of them. ``visit_of`` says whose visit
        each track is."""
        new = events[self._taken :]
        for event in new:
            if isinstance(event, ZoneEntered) and event.zone in self._crew_ids:
                self._staff.add(event.visit)
            elif isinstance(event, ZoneLeft) and event.zone in self._told:
                stays = self._stays[event.visit]
                stays[event.zone] = stays.get(event.zone, 0.0) + event.dwell_s
        # A visit's last stay ends with it, and may stand after it in a list that has been sorted.
        for event in new:
            if isinstance(event, VisitEnded):
                self._count(event, visit_of)
        self._taken = len(events)

    def finish(self, duration_s: float) -> list[AttributeSummary]:
        """The cells of the whole session, of ``duration_s`` seconds; all events were taken."""
        self._tracks.clear()
        return self._cells.summaries(self._start, self._start + timedelta(seconds=duration_s))

    def _mark_staff(self, visit_of: Mapping[int, str]) -> None:
        """A mark goes from a track to its visit, which outlives it, and to all tracks of that."""
        self._staff |= {visit_of[n] for n, t in self._tracks.items() if t.staff and n in visit_of}
        for number, track in self._tracks.items():
            if not track.staff and visit_of.get(number) in self._staff:
                track.staff, track.moments = True, BestMoments()

    def _count(self, ended: VisitEnded, visit_of: Mapping[int, str]) -> None:
        moments, staff = BestMoments(), ended.role == "staff" or ended.visit in self._staff
        for number in [n for n in self._tracks if visit_of.get(n) == ended.visit]:
            track = self._tracks.pop(number)
            staff |= track.staff
            moments.join(track.moments)
        stays = self._stays.pop(ended.visit, {})
        self._staff.discard(ended.visit)
        if staff or not stays:
            return
        # The longest stay; of equal ones that of the zone drawn last, which lies in the others.
        zone = max(stays, key=lambda name: (stays[name], self._told.index(name)))
        self._cells.cast(zone, ended.time, judge(moments, self._judging, self.reads))


def told_zones(shop: Shop, camera: str) -> list[str]:
    """The zones that ``camera`` may tell of, in the order of the file, those of its picture first.

    Zones on the floor plan only where no other camera sees the floor: two cameras would each tell
    of nearly the same people, and their difference be a few.
    """
    zones = list(shop.zones_of(camera))
    if [other.id for other in shop.cameras if other.floor_points] == [camera]:
        zones += shop.floor_zones()
    return [zone.id for zone in zones if zone.kind in TOLD_KINDS]


def check_attributes(shop: Shop, where: object, camera: str) -> Permission:
    """Whether attributes may be read on ``camera`` of ``shop`` (read from ``where``) at all, before
    anything is opened. Raises ``BadInput`` (``attributes-refused``) with all that is missing."""
    permission = allow_attributes(shop, where)
    if not set(permission.reads) & set(READABLE):
        may, can = " and ".join(permission.reads), " and ".join(READABLE)
        what = f"attributes need something that can be read: {can}; policy and notice allow {may}"
        raise BadInput("attributes-refused", where, what)
    if not told_zones(shop, camera):
        what = f'attributes need an area to be told of, found none for camera "{camera}"'
        raise BadInput("attributes-refused", where, what)
    return permission


def open_attributes(
    shop: Shop, where: object, camera: str, start: datetime, *, threads: int = 1
) -> AttributeWatch:
    """The watch for ``camera``, whose recording or session begins at ``start`` (aware).

    Raises ``BadInput``: ``attributes-refused`` as ``check_attributes`` does and for pictures older
    than the notice, or what opening the models raises.
    """
    permission = check_attributes(shop, where, camera)
    day = start.astimezone(ZoneInfo(shop.shop.timezone)).date()
    allow_attributes(shop, where, day)
    reader = open_reader(permission.reads, threads=threads)
    return AttributeWatch(reader, shop, camera, permission, start)
