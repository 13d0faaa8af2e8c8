"""Whether people now go beside where they always went in one camera's picture, all of them alike.

A camera that was turned sees people walk through shelves and stand beside the tills. That needs no
other camera: the picture's own map is what is compared with. For each turn that a bump may give,
every track tells how much likelier its way would be; the sums are watched as E. Page proposed
(*Continuous inspection schemes*, 1954): from 0, never below, until one is too high.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.footmap import Footmap
from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.swivels import STEP, swivels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DELAY_S, HELD_S = 300.0, 900.0
"""What was seen goes into the map so much later, and while a turn is suspected up to the second."""
TOGETHER = 3.0
"""So many cells that one person walks over say as much as one would by itself."""
LEAST, MOST = -9.0, 3.0
"""One track makes a turn less likely or likelier by so much at most (natural logarithms): who still
goes where people went before says more than who does not."""
KNOWN_TRACKS, KNOWN_S = 60, 480.0
"""A map of so many tracks and so many seconds can be compared with."""
TOLD, SUSPECT = 50.0, 20.0
"""A turn that makes what was seen so much likelier is told, and suspected."""
SAYS = 1.0
"""A track speaks for a turn, or against it, from so much on."""
PEOPLE, MOSTLY = 8, 0.8
"""So many tracks must speak for it, and so large a part of all that say something: where people
take other ways from now on, some still take the usual ones, which a turn would make impossible."""
EXPLAINED = 0.2
"""What ways are less likely than usual must be explained by the turn to this part at least."""
AGAIN_S = (60.0, 180.0, 420.0)
"""So long after a turn was told it is measured again, by what was seen since."""
SHORTEST = 3
"""Cells. Who was seen in fewer is not asked."""
GONE_S = 60.0


@dataclass(slots=True)
class _Walk:
    """What one track told so far: the ``cells`` where it was, and how much ``likelier`` (M,) each
    turn is. It counts for one ``half`` of the map."""

    cells: set[int]
    likelier: Floats
    half: int
    last_s: float = 0.0


class Footfall:
    """One camera's, with ``lens``. Of M turns, the first is none."""

    def __init__(self, lens: TurnedLens) -> None:
        self._map = Footmap(lens)
        self._turns = np.concatenate([np.zeros((1, 3)), swivels(lens)])
        self._before = np.empty((len(self._turns), 0), np.int64)  # made when first needed
        self._near_px = STEP / 2 * lens.size[0]
        self._first_s: float | None = None
        self._tracks, self._walked = 0, 0  # in the map, and seen
        self._walks: dict[int, _Walk] = {}
        self._late: deque[tuple[float, Ints, Ints, int]] = deque()  # not in the map yet
        self._again: list[tuple[float, float]] = []  # when to measure, and what was seen since when
        self._taken = np.zeros(3)
        self._taken_before = self._map.before(self._taken)
        self._restart()

    def _restart(self) -> None:
        count = len(self._turns)
        self._sum = np.zeros(count)
        self._since_s = np.full(count, np.inf)  # when each sum left 0, and what was seen since:
        self._people = np.zeros((2, count), np.int64)  # who speak for it, and against
        self._seen = np.zeros((2, count))  # cells, and the sum of their logarithms as taken
        self._walks.clear()

    @property
    def suspected(self) -> bool:
        """Whether a turn may have been seen that is not sure yet."""
        return bool(self._sum.max() >= SUSPECT)

    def take(self, turn: Floats) -> None:
        """From now on the camera is taken to have been turned by ``turn`` (3,)."""
        far_px = float(np.abs(turn - self._taken).max())
        if far_px < 1.0 and turn.any():
            return
        self._taken = turn.copy()
        self._taken_before = self._map.before(turn)
        if far_px >= self._near_px:
            self._restart()

    def look(self, time_s: float, track: Ints, pixel: Floats) -> tuple[Floats, float] | None:
        """Rows of ``track`` (N,) with feet at ``pixel`` (N, 2) were seen up to ``time_s``. The turn
        (3,) that the camera has now and since when, in case it is another one than was taken."""
        self._first_s = time_s if self._first_s is None else self._first_s
        self._learn(time_s)
        usable = self._tracks >= KNOWN_TRACKS and time_s - self._first_s >= KNOWN_S + DELAY_S
        if usable and not self._before.size:
            small = np.min_scalar_type(self._map.cells)  # of 150 cameras they are many
            self._before = np.array([self._map.before(turn) for turn in self._turns], small)
        self._walk(time_s, track, self._map.cell(pixel), usable=usable)
        return self._told(time_s) if usable else None

    def _learn(self, time_s: float) -> None:
        old_s = time_s - (HELD_S if self.suspected else DELAY_S)
        learned = False
        while self._late and self._late[0][0] < old_s:
            at_s, cells, half, begun = self._late.popleft()
            self._map.add(at_s, self._taken_before[cells], half)
            self._tracks += begun
            learned = True
        if learned:
            self._map.settle()

    def _walk(self, time_s: float, track: Ints, cell: Ints, *, usable: bool) -> None:
        inside = cell < self._map.cells
        track, cell = track[inside], cell[inside]
        new: list[Ints] = []
        begun = 0
        total = np.zeros(len(self._turns))
        for number in np.unique(track).tolist():
            walk = self._walks.get(number)
            if walk is None:
                self._walked += 1
                walk = _Walk(set(), np.zeros(len(self._turns)), self._walked % 2)
                self._walks[number] = walk
            walk.last_s = time_s
            found = set(cell[track == number].tolist()) - walk.cells
            if not found:
                continue
            cells = np.array(sorted(found), np.int64)
            begun += not walk.cells
            walk.cells |= found
            new.append(np.column_stack([cells, np.full(len(cells), walk.half)]))
            if usable and len(walk.cells) >= SHORTEST:
                total += self._ask(time_s, walk, cells)
        self._sum = self._sum + total
        over = self._sum <= 0
        self._sum[over], self._since_s[over] = 0.0, np.inf
        self._seen[:, over], self._people[:, over] = 0.0, 0
        self._walks = {n: w for n, w in self._walks.items() if time_s - w.last_s <= GONE_S}
        if new:
            both = np.concatenate(new)
            self._late.append((time_s, both[:, 0], both[:, 1], begun))

    def _ask(self, time_s: float, walk: _Walk, cells: Ints) -> Floats:
        """(M,) by how much the new ``cells`` of a walk make each turn likelier."""
        log = self._map.log
        taken = log[self._taken_before[cells]]
        before = walk.likelier
        after = before + (log[self._before[:, cells]] - taken).sum(axis=1) / TOGETHER
        walk.likelier = after
        self._since_s = np.minimum(self._since_s, time_s)
        said, says = (np.array([part > SAYS, part < -SAYS], np.int64) for part in (before, after))
        self._people = np.maximum(self._people + says - said, 0)
        self._seen += np.array([[len(cells)], [taken.sum()]])
        return np.asarray(np.clip(after, LEAST, MOST) - np.clip(before, LEAST, MOST), np.float64)

    def _told(self, time_s: float) -> tuple[Floats, float] | None:
        if self._again and time_s >= self._again[0][0]:
            _, since_s = self._again.pop(0)
            return self._map.finer(self._taken, self._cells(since_s))[0], since_s
        k = int(self._sum.argmax())
        many, against = self._people[:, k]
        if self._sum[k] < TOLD or many < PEOPLE or many < MOSTLY * (many + against):
            return None
        since_s = float(self._since_s[k])
        turn, turned = self._map.finer(self._turns[k], self._cells(since_s))
        cells, logs = self._seen[:, k]
        taken = logs / cells
        lost = self._map.usual() - taken
        if lost <= 0 or turned - taken < EXPLAINED * lost:
            return None
        self._again = [(time_s + later_s, since_s) for later_s in AGAIN_S if turn.any()]
        return turn, since_s

    def _cells(self, since_s: float) -> Ints:
        """(N,) cells that were walked over since then, each by every track, as far as known."""
        late = [cells for at_s, cells, _, _ in self._late if at_s >= since_s]
        return np.concatenate(late or [np.empty(0, np.int64)])
