"""One world for all simulated cameras of a process that look at it at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from datetime import datetime
from typing import Protocol
from weakref import WeakValueDictionary

from miseban.sim.state import Scene
from miseban.sim.world.goods import Goods
from miseban.sim.world.simulation import Simulation


class World(Protocol):
    """What a camera looks at."""

    @property
    def start(self) -> datetime: ...
    @property
    def goods(self) -> Goods: ...
    def scene(self, time_s: float) -> Scene:
        """Everybody there at ``time_s`` of the world."""
        ...


class SharedWorld:
    """``simulation``, which goes on as far as whoever is furthest asks. Who asks for a moment that
    is over sees the present one: cameras of one rate ask for the same moments anyway."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._now_s = 0.0
        self._lock = threading.Lock()

    @property
    def start(self) -> datetime:
        return self._simulation.start

    @property
    def goods(self) -> Goods:
        return self._simulation.goods

    def scene(self, time_s: float) -> Scene:
        with self._lock:
            self._now_s = max(self._now_s, time_s)
            return self._simulation.scene(self._now_s)


_WORLDS: WeakValueDictionary[Hashable, SharedWorld] = WeakValueDictionary()


def shared_world(key: Hashable, made: Callable[[], Simulation]) -> SharedWorld:
    """The world of that ``key``, ``made`` where no camera looks at it yet."""
    world = _WORLDS.get(key)
    if world is None:
        world = _WORLDS[key] = SharedWorld(made())
    return world
