"""Two visits beside each other, second by second: what speaks for having come together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from miseban.space.columns import Columns
from miseban.space.groups.settings import GroupSettings
from miseban.space.layout import Layout
from miseban.space.lost import LostSettings, lost_near
from miseban.space.seconds import Second

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

FEATURES = {
    "always": 0, "entry_gap": -1, "entry_m": -1, "entered_apart": -1, "distance": -1, "near": 1,
    "beside": 1, "apart": -1, "exit_gap": -1, "shared": 1,
}  # fmt: skip
"""In words: the same for all; seconds between their entries and metres between the places, of those
who came in by a door; whether one of them did not; how far they are from each other on average, and
for what part of the time near; for how long they walked side by side, and apart; seconds between
their exits; and what part of the time that either was there both were. With each, whether it
can only speak for one group (1) or against (-1)."""

_VISIT = ("first_s", "last_s", "start_x", "start_y", "x", "y", "before_x", "before_y", "before_s",
          "way_x", "way_y", "walks", "waits", "door", "left")  # fmt: skip
_PAIR = ("a", "b", "both_s", "near_s", "distance", "beside_s", "apart_s", "odds", "judged")


LOST = LostSettings()


class Pairs:
    """The visits on the floor, and the pairs of them that may have come together. Only those who
    came in shortly after each other, or who walk side by side, are a pair; so most are none."""

    def __init__(self, layout: Layout, settings: GroupSettings) -> None:
        self._layout, self._settings = layout, settings
        self.people = Columns(_VISIT)
        self.pairs = Columns(_PAIR)
        self.row_of: dict[int, int] = {}
        self.visits_at: dict[int, list[int]] = {}  # more than one where somebody was lost
        self._of: dict[int, dict[int, int]] = {}  # by person's row: the other's row to the pair's
        self._looked_s = -np.inf

    def add(self, second: Second) -> None:
        """Takes one second."""
        people, s, now_s, xy = self.people, self._settings, second.time_s, second.xy
        known = np.array([visit in self.row_of for visit in second.visit.tolist()], bool)
        for i in np.flatnonzero(~known).tolist():
            self._begin(int(second.visit[i]), xy[i], now_s)
        at = np.array([self.row_of[visit] for visit in second.visit.tolist()], np.int64)
        people["x"][at], people["y"][at], people["last_s"][at] = xy[:, 0], xy[:, 1], now_s
        layout = self._layout
        depth = layout.depth_m(xy)
        people["left"][at] = ~(np.abs(depth) > s.door_m) | (depth < 0)
        people["waits"][at] = layout.within("queue", xy) | layout.within("counter", xy)
        due = at[now_s - people["before_s"][at] >= s.step_s]
        if len(due):
            passed = now_s - people["before_s"][due]
            for axis in ("x", "y"):
                way = (people[axis][due] - people[f"before_{axis}"][due]) / passed
                people[f"way_{axis}"][due] = way
                people[f"before_{axis}"][due] = people[axis][due]
            people["before_s"][due] = now_s
            speed = np.hypot(people["way_x"][due], people["way_y"][due])
            people["walks"][due] = speed > s.walking_mps
        if now_s >= self._looked_s + s.look_s:
            self._looked_s = now_s
            self._beside(at, xy)
        self._follow(now_s)

    def forget(self, visit: int) -> None:
        row = self.row_of.pop(visit, None)
        if row is None:
            return
        self.visits_at[row].remove(visit)
        if self.visits_at[row]:
            return
        del self.visits_at[row]
        for other, pair in self._of.pop(row, {}).items():
            del self._of[other][row]
            self.pairs.end(pair)
        self.people.end(row)

    def partners(self, row: int) -> dict[int, int]:
        """Rows of those with whom ``row`` makes a pair, each with the pair's row."""
        return self._of.get(row, {})

    def features(self, rows: Ints) -> Floats:
        """(N, len(FEATURES)) of the pairs ``rows`` (N,)."""
        p, q = self.pairs, self.people
        a, b = p["a"][rows].astype(np.int64), p["b"][rows].astype(np.int64)
        doors = (q["door"][a] > 0) & (q["door"][b] > 0)
        entry_s = np.abs(q["first_s"][a] - q["first_s"][b])
        entry_m = np.hypot(q["start_x"][a] - q["start_x"][b], q["start_y"][a] - q["start_y"][b])
        exits = (q["left"][a] > 0) & (q["left"][b] > 0)
        exit_s = np.abs(q["last_s"][a] - q["last_s"][b])
        common = np.minimum(q["last_s"][a], q["last_s"][b]) - np.maximum(
            q["first_s"][a], q["first_s"][b]
        )
        whole = np.maximum(q["last_s"][a], q["last_s"][b]) - np.minimum(
            q["first_s"][a], q["first_s"][b]
        )
        both_s = p["both_s"][rows]
        columns = {
            "always": np.ones(len(rows)),
            "entry_gap": np.where(doors, np.log1p(entry_s), 0.0),
            "entry_m": np.where(doors, np.minimum(entry_m, 10.0), 0.0),
            "entered_apart": ~doors,
            "distance": (p["distance"][rows] + 30.0) / (both_s + 10.0),
            "near": p["near_s"][rows] / (both_s + 10.0),
            "beside": np.log1p(p["beside_s"][rows]),
            "apart": np.log1p(p["apart_s"][rows]),
            "exit_gap": np.where(exits, np.log1p(exit_s), 0.0),
            "shared": np.clip(common, 0.0, None) / (whole + 10.0),
        }
        return np.stack([np.asarray(columns[name], np.float64) for name in FEATURES], axis=1)

    def _begin(self, visit: int, xy: Floats, now_s: float) -> None:
        s, people = self._settings, self.people
        x, y = float(xy[0]), float(xy[1])
        depth = float(self._layout.depth_m(xy[None])[0])
        again = lost_near(people, x, y, now_s, LOST) if depth > s.door_m else None
        if again is not None:
            self.row_of[visit] = again
            self.visits_at[again].append(visit)
            return
        row = people.begin(
            first_s=now_s, last_s=now_s, start_x=x, start_y=y, x=x, y=y, before_x=x, before_y=y,
            before_s=now_s, door=float(depth <= s.door_m),
        )  # fmt: skip
        self.row_of[visit], self.visits_at[row] = row, [visit]
        self._of[row] = {}
        if depth <= s.door_m:
            near = np.hypot(people["start_x"] - x, people["start_y"] - y) <= s.entry_m
            near &= people.used & (people["door"] > 0) & (people["first_s"] >= now_s - s.entry_s)
            for other in np.flatnonzero(near).tolist():
                self._pair(row, other)

    def _pair(self, a: int, b: int) -> None:
        if a != b and b not in self._of[a]:
            pair = self.pairs.begin(a=a, b=b)
            self._of[a][b] = self._of[b][a] = pair

    def _beside(self, at: Ints, xy: Floats) -> None:
        """Pairs of those who walk side by side."""
        people, s = self.people, self._settings
        walking = people["walks"][at] > 0
        at, xy = at[walking], xy[walking]
        if len(at) < 2:
            return
        found = cKDTree(xy).query_pairs(s.beside_m, output_type="ndarray")
        if not len(found):
            return
        a, b = at[found[:, 0]], at[found[:, 1]]
        for i in np.flatnonzero(self._same_way(a, b)).tolist():
            self._pair(int(a[i]), int(b[i]))

    def _same_way(self, a: Ints, b: Ints) -> Bools:
        q = self.people
        product = q["way_x"][a] * q["way_x"][b] + q["way_y"][a] * q["way_y"][b]
        speeds = np.hypot(q["way_x"][a], q["way_y"][a]) * np.hypot(q["way_x"][b], q["way_y"][b])
        return np.asarray(product > self._settings.same_way * np.maximum(speeds, 1e-9), bool)

    def _follow(self, now_s: float) -> None:
        """One more second for every pair of which both are there, and not both in a queue."""
        p, q, s = self.pairs, self.people, self._settings
        rows = np.flatnonzero(p.used)
        a, b = p["a"][rows].astype(np.int64), p["b"][rows].astype(np.int64)
        both = (q["last_s"][a] == now_s) & (q["last_s"][b] == now_s)
        # Where all stand in a line, being near says nothing.
        both &= (q["waits"][a] == 0) | (q["waits"][b] == 0)
        rows, a, b = rows[both], a[both], b[both]
        if not len(rows):
            return
        away = np.hypot(q["x"][a] - q["x"][b], q["y"][a] - q["y"][b])
        walk = (q["walks"][a] > 0) & (q["walks"][b] > 0)
        p["both_s"][rows] += 1.0
        p["near_s"][rows] += away < s.near_m
        p["distance"][rows] += np.minimum(away, s.far_m)
        p["beside_s"][rows] += walk & (away < s.near_m) & self._same_way(a, b)
        p["apart_s"][rows] += walk & (away > s.apart_m)
        p["judged"][rows] = 0.0
