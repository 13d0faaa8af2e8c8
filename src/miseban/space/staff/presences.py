"""Who is on the floor, second by second: one presence goes on through the pieces of a visit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.columns import Columns
from miseban.space.layout import Layout
from miseban.space.lost import LostSettings, lost_near
from miseban.space.seconds import Second
from miseban.space.staff.places import Places
from miseban.space.staff.settings import StaffSettings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

COLUMNS = (
    "last_s", "x", "y", "seen_s", "inside_s", "came_in", "left", "crew_s", "queue_s", "private",
    "cell", "stop_x", "stop_y", "stop_s", "stop_queue_s", "long_stops", "long_s", "place_s",
    "pace_s", "door", "vote", "own_vote", "worn", "worn_s", "counted", "matched",
)  # fmt: skip
"""What is known of a presence, a column each; see ``Presences``."""


PLACES = ("place_s", "crew_s", "private")
DOORS = ("door", "queue_s")
STOPS = ("pace_s", "long_stops", "long_s")
CLOTHES = ("worn", "worn_s")
"""Columns that fade, by what they tell of: see ``StaffSettings``."""

LOST = LostSettings()


@dataclass(slots=True)
class _Typical:
    """A running mean of logarithms of seconds, from what is usual in shops towards this one."""

    sum: float
    weight: float

    def add(self, seconds: Floats) -> None:
        self.sum += float(np.log(np.maximum(seconds, 1.0)).sum())
        self.weight += len(seconds)

    @property
    def log_s(self) -> float:
        return self.sum / self.weight


class Presences:
    """Columns of numbers, a row a presence.

    A *presence* is what is taken for one person's time in the shop. The fusion of cameras ends a
    visit when it has lost somebody and begins another when somebody turns up where nobody came in;
    when only one was lost near enough, and it can be walked in the time, both are one presence
    here. Counts go on with visits; only the judgement of who works here goes through. That is
    right more often than not, and where it is wrong it costs a role, not a count.

    ``x``, ``y`` and ``last_s`` are the last place and its time; ``seen_s`` the seconds seen,
    ``inside_s`` those inside the doors, ``crew_s`` and ``queue_s`` those in such zones; ``private``
    the sum over the seconds of how private the places were (``Places``), ``cell`` the last one.
    ``came_in`` and ``left`` are 1 where the presence began or ended at a door or outside. A *stop*
    is time near a place: the one that lasts is at ``stop_x``, ``stop_y`` for ``stop_s``,
    ``stop_queue_s`` of them in a queue or at a counter; ``long_stops`` and ``long_s`` are those of
    the past, elsewhere than there, that lasted much longer than is usual for shoppers here.

    What was seen long ago may have been somebody else: ``PLACES``, ``DOORS``, ``STOPS`` and
    ``CLOTHES`` fade. ``door`` is ``came_in`` that fades; ``place_s`` and ``pace_s`` are the seconds
    behind the sums over places and over stops. ``vote`` is the ``StaffJudge``'s; ``own_vote``,
    ``worn``, ``worn_s``, ``counted`` and ``matched`` are ``Wearing``'s.
    """

    def __init__(self, layout: Layout, settings: StaffSettings) -> None:
        self._layout, self._settings = layout, settings
        self._table = Columns(COLUMNS)
        self._visits: dict[int, int] = {}  # by visit, its presence
        self._members: dict[int, list[int]] = {}  # by presence, its visits
        self.places = Places()
        self._stay = _Typical(
            settings.usual_stay_s_log * settings.usual_weight, settings.usual_weight
        )
        self._stop = _Typical(
            settings.usual_stop_s_log * settings.usual_weight, settings.usual_weight
        )
        self._settled_s = -np.inf
        self._done: set[int] = set()  # presences whose stay has been learned from

    def of(self, visit: int) -> int | None:
        """The row of that visit's presence."""
        return self._visits.get(visit)

    def visits(self, presence: int) -> list[int]:
        return self._members.get(presence, [])

    def column(self, name: str) -> Floats:
        """(P,) a column, to be read and written."""
        return self._table[name]

    @property
    def usual_stay_s(self) -> float:
        """How long shoppers stay, as learned from those who came in and left (geometric mean)."""
        return float(np.exp(self._stay.log_s))

    @property
    def usual_stop_s(self) -> float:
        return float(np.exp(self._stop.log_s))

    def forget(self, visit: int) -> None:
        presence = self._visits.pop(visit, None)
        if presence is None:
            return
        members = self._members[presence]
        members.remove(visit)
        if not members:
            del self._members[presence]
            self._table.end(presence)
            self._done.discard(presence)

    def add(self, second: Second) -> Ints:
        """Takes one second; returns the presences (N,) of its visits."""
        at, now_s, xy = self._presences(second), second.time_s, second.xy
        s, layout, col = self._settings, self._layout, self.column
        passed = np.clip(now_s - col("last_s")[at], 0.0, s.longest_gap_s)
        self._fade(at, passed)
        for name in ("seen_s", "place_s", "pace_s"):
            col(name)[at] += passed
        col("x")[at], col("y")[at], col("last_s")[at] = xy[:, 0], xy[:, 1], now_s
        for kind in ("crew", "queue"):
            if layout.has(kind):
                col(f"{kind}_s")[at] += passed * layout.within(kind, xy)
        waits = layout.within("queue", xy) | layout.within("counter", xy)
        depth = layout.depth_m(xy)
        col("inside_s")[at] += passed * (depth > 0)
        at_door = ~(np.abs(depth) > s.door_m)
        came_in = np.maximum(col("came_in")[at], depth < -s.outside_m)
        col("came_in")[at] = came_in
        col("door")[at] = np.maximum(col("door")[at], depth < -s.outside_m)
        col("left")[at] = at_door | (depth < 0)
        self._stops(at, xy, passed, waits)
        cell = self.places.cell(xy)
        code = (cell[:, 0] * 100_003 + cell[:, 1]).astype(np.float64)
        new = (col("cell")[at] != code) & (came_in > 0)
        col("cell")[at] = code
        self.places.add(xy, passed, new, now_s)
        col("private")[at] += passed * self.places.privacy(xy)
        if now_s >= self._settled_s + 10.0:
            self._settle(now_s)
        return at

    def _fade(self, at: Ints, passed: Floats) -> None:
        s = self._settings
        memories = (
            (PLACES, s.place_memory_s), (DOORS, s.door_memory_s), (STOPS, s.stop_memory_s),
            (CLOTHES, s.clothes_memory_s),
        )  # fmt: skip
        for names, memory_s in memories:
            keep = np.exp(-passed / memory_s)
            for name in names:
                self.column(name)[at] *= keep

    def _stops(self, at: Ints, xy: Floats, passed: Floats, waits: NDArray[np.bool_]) -> None:
        s, col = self._settings, self.column
        from_x, from_y = col("stop_x")[at], col("stop_y")[at]
        on = np.hypot(xy[:, 0] - from_x, xy[:, 1] - from_y) > s.stop_m
        done = at[on]
        lasted = col("stop_s")[done]
        shopping = col("stop_queue_s")[done] < 0.5 * lasted
        real = shopping & (lasted >= s.stop_least_s)
        long = real & (lasted >= s.long_factor * self.usual_stop_s)
        col("long_stops")[done] += long
        col("long_s")[done] += np.where(long, lasted, 0.0)
        known = real & (col("came_in")[done] > 0)
        if known.any():
            self._stop.add(lasted[known])
        col("stop_x")[done], col("stop_y")[done] = xy[on, 0], xy[on, 1]
        col("stop_s")[done] = col("stop_queue_s")[done] = 0.0
        col("stop_s")[at] += passed
        col("stop_queue_s")[at] += passed * waits

    def _presences(self, second: Second) -> Ints:
        known = self._visits
        at = np.array([known.get(visit, -1) for visit in second.visit.tolist()], np.int64)
        new = np.flatnonzero(at < 0)
        if len(new):
            # Whoever is here now was not lost.
            self.column("last_s")[at[at >= 0]] = np.maximum(
                self.column("last_s")[at[at >= 0]], second.time_s - 1.0
            )
            for i in new.tolist():
                at[i] = self._begin(int(second.visit[i]), second.xy[i], second.time_s)
        return at

    def _begin(self, visit: int, xy: Floats, now_s: float) -> int:
        depth = float(self._layout.depth_m(xy[None])[0])
        inside = depth > self._settings.door_m  # not where that is unclear
        presence = None
        if inside:
            presence = lost_near(self._table, float(xy[0]), float(xy[1]), now_s, LOST)
        if presence is None:
            at_door = depth <= self._settings.door_m
            presence = self._fresh(xy, now_s, at_door=at_door)
        else:
            missed_s = max(0.0, now_s - self.column("last_s")[presence] - 1)
            for name in ("seen_s", "place_s", "pace_s"):
                self.column(name)[presence] += missed_s
        self._visits[visit] = presence
        self._members.setdefault(presence, []).append(visit)
        return presence

    def _fresh(self, xy: Floats, now_s: float, *, at_door: bool) -> int:
        x, y = float(xy[0]), float(xy[1])
        return self._table.begin(
            last_s=now_s, x=x, y=y, stop_x=x, stop_y=y, came_in=float(at_door), cell=np.nan,
            door=float(at_door),
        )  # fmt: skip

    def _settle(self, now_s: float) -> None:
        """Learns how long shoppers stay from those who have left."""
        self._settled_s = now_s
        col = self.column
        gone = self._table.used & (col("last_s") < now_s - LOST.most_s)
        gone &= (col("came_in") > 0) & (col("left") > 0) & (col("inside_s") > 20.0)
        rows = [row for row in np.flatnonzero(gone).tolist() if row not in self._done]
        self._done.update(rows)
        if rows:
            self._stay.add(col("seen_s")[np.array(rows)])
