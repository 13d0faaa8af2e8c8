"""What was worked out, told under the names that are known by then."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.floor import FloorRows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NameOf = Callable[[int], int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody without a name was at ``step``."""

    step: int
    xy: Floats
    spread: float
    cameras: int


class Telling:
    """Places of one step after another, of people by uid. Those of visits are told when they are
    settled. Those of people who are not known to be anybody are kept until they are, and told then:
    they are late, but else whoever is first seen on a doorstep would never have passed the door.
    """

    def __init__(self, step_s: float, name_of: NameOf) -> None:
        self._step_s, self._name_of = step_s, name_of
        self._waiting: deque[tuple[int, Ints, Floats, Floats, Ints]] = deque()
        self._nameless: defaultdict[int, list[Place]] = defaultdict(list)
        self._last: dict[int, int] = {}  # the last step told of each visit
        self._ready: list[FloorRows] = []

    def note(self, step: int, uid: Ints, xy: Floats, spread: Floats, cameras: Ints) -> None:
        """Where those of ``uid`` (N,) are at ``step``."""
        self._waiting.append((step, uid, xy, spread, cameras))

    def waited_for(self) -> set[int]:
        """The uids whose names are still needed."""
        return {u for part in self._waiting for u in part[1].tolist()} | set(self._nameless)

    def forget(self, uids: set[int], visits: set[int]) -> None:
        """Only ``uids`` may still become somebody, only ``visits`` still go on."""
        self._nameless = defaultdict(
            list, {uid: places for uid, places in self._nameless.items() if uid in uids}
        )
        self._last = {number: step for number, step in self._last.items() if number in visits}

    def drop(self, uid: int) -> None:
        """Where ``uid`` was up to now is not told, whoever it turns out to be."""
        self._nameless.pop(uid, None)

    def settle(self, until: int) -> None:
        """All up to step ``until`` is to be told."""
        while self._waiting and self._waiting[0][0] <= until:
            step, uid, xy, spread, cameras = self._waiting.popleft()
            number = np.array([self._name_of(u) for u in uid.tolist()], np.int64)
            for i in np.flatnonzero(number < 0).tolist():
                place = Place(step, xy[i], float(spread[i]), int(cameras[i]))
                self._nameless[int(uid[i])].append(place)
            self._tell_late(uid, number)
            # A visit found again may still have been reckoned on: the sight counts.
            order = np.lexsort((-cameras, number))
            order = order[number[order] >= 0]
            order = order[np.diff(number[order], prepend=-1) > 0]
            told = number[order]
            self._last.update(dict.fromkeys(told.tolist(), step))
            time_s = np.full(len(order), step * self._step_s)
            self._ready.append(FloorRows(time_s, told, xy[order], spread[order], cameras[order]))

    def _tell_late(self, uid: Ints, number: Ints) -> None:
        """The first places of those who have a name now."""
        for u, name in zip(uid.tolist(), number.tolist(), strict=True):
            if name < 0 or u not in self._nameless:
                continue
            after = self._last.get(name, -1)
            places = [place for place in self._nameless.pop(u) if place.step > after]
            if places:
                self._ready.append(
                    FloorRows(
                        np.array([place.step for place in places]) * self._step_s,
                        np.full(len(places), name),
                        np.stack([place.xy for place in places]),
                        np.array([place.spread for place in places]),
                        np.array([place.cameras for place in places], np.int64),
                    )
                )

    def told(self) -> FloorRows:
        """What is to be told since the last call, in order of time."""
        rows, self._ready = FloorRows.concatenate(self._ready), []
        late = len(rows) > 1 and bool((np.diff(rows.time_s) < 0).any())
        return rows.take(np.argsort(rows.time_s, kind="stable")) if late else rows
