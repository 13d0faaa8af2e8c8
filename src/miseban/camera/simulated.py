"""``sim:ID``: a camera of the simulated shop as a source like any other."""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Self

from miseban.camera.simulated_address import bad_address, parse_simulated
from miseban.camera.simulated_world import World, shared_world
from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap, SourceInfo
from miseban.vision.sources.timing import LiveTime
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop

STALL_S = 2.0
"""Frames of a camera further apart than this are a gap, as those of any live camera."""
GONE_S = 3600.0
"""A recording of a camera that delivers nothing for so long is over."""


def open_simulated(
    address: str,
    *,
    fps: float | None = None,
    shop_file: Path | None = None,
    base: Path | None = None,
) -> SimulatedSource:
    """Opens ``address`` in the shop that it names, else in that of ``shop_file``.

    ``fps``: frames a second, None for those of the shop file. Raises ``BadInput`` for what the
    address names and does not exist or cannot be played, and without Panda3D.
    """
    wanted = parse_simulated(address, base)
    file = wanted.shop or shop_file
    if file is None:
        raise bad_address(address, "expected a shop file: --shop FILE, or sim:ID?shop=FILE")
    shop = load_shop(file)
    scenario_file = wanted.scenario or beside(file)
    scenario = load_scenario(scenario_file, shop).starting_at(wanted.begins)
    camera = shop.camera(wanted.camera)
    stage = Stage(shop, scenario)
    if camera.id not in stage.poses:
        known = ", ".join(c.id for c in stage.cameras) or "none"
        what = f'expected a [[camera]] "{camera.id}" with its place; those that have one: {known}'
        raise BadInput("no-pose", scenario_file, what)
    filmed = FilmedCamera(stage, camera.id, FaultSchedule(scenario.faults, wanted.seed))

    def made() -> Simulation:
        return Simulation(shop, scenario, wanted.seed, remember=False)

    if wanted.at is None:
        world: World = made()
    else:  # all cameras look at one world
        key = file.absolute(), scenario_file.absolute(), wanted.seed, wanted.begins
        world = shared_world(key, made)
    return SimulatedSource(
        address, filmed, world, fps or camera.fps, paced=wanted.paced, at=wanted.at,
        speed=wanted.speed,
    )  # fmt: skip


class SimulatedSource:
    """A ``Source`` of what ``filmed`` sees of ``world``, ``fps`` frames a second, from the start of
    its scenario.

    If ``paced``, its time goes by as time does, from the first question for frames on, and who is
    too slow for it gets the latest frame; else it gives every frame as soon as it is asked for.

    With ``at`` the scenario began then, whenever the camera is opened: the source starts now, in
    the middle of it, and its frames bear the time of this machine. So all cameras see one world,
    also in several processes and after a new start. ``speed`` is how fast the world goes.
    """

    def __init__(
        self,
        shown: str,
        filmed: FilmedCamera,
        world: World,
        fps: float,
        *,
        paced: bool,
        at: dt.datetime | None = None,
        speed: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
        utc: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
    ) -> None:
        width, height = filmed.camera.resolution
        start = world.start if at is None else utc()
        self.info = SourceInfo(shown, width, height, fps, None, paced, start)
        self._filmed, self._world, self._fps, self._clock = filmed, world, fps, clock
        self._paced = paced
        self._speed = speed
        self._began_s = 0.0 if at is None else max(0.0, (start - at).total_seconds())
        self._zero: float | None = None if at is None else clock()
        # Of the last frame that was due, whether it was delivered or not.
        self._number = int(self._began_s * fps) - 1
        self._time = LiveTime()
        self._last_s: float | None = None
        self._came_s = 0.0  # when the last frame arrived; its own time may be seconds before
        self._gaps: list[Gap] = []
        self._incomplete = ""
        self._lock = threading.RLock()  # close comes from another thread
        self._closed = threading.Event()
        # The shop is built before time begins.
        filmed.shoot(world.scene(self._began_s * speed), world.goods.fill)

    @property
    def gaps(self) -> list[Gap]:
        """Finished gaps, in order; one in progress is added by ``close``."""
        with self._lock:
            return list(self._gaps)

    @property
    def incomplete(self) -> str:
        """Why frames ended; empty while they have not."""
        return self._incomplete

    def frames(self) -> Iterator[Frame]:
        """Frames in order of time until ``close``, which another thread may call."""
        while True:
            number = self._wait()
            if number is None:
                return
            frame = self._frame(number)
            if self._closed.is_set():
                return
            if frame is not None:
                yield frame
                del frame  # not held while the next is waited for
            elif self._gone(self._real_s(number)):
                return

    def poll(self) -> Frame | None:
        """The frame that is due now and was not given yet, if there is one; of a paced source."""
        number = self._due()
        if self._closed.is_set() or number <= self._number:
            return None
        self._pass_over(number)
        return self._frame(number)

    def close(self) -> None:
        """Ends ``frames``; a gap in progress is told."""
        with self._lock:
            if self._closed.is_set():
                return
            self._closed.set()
            now_s = self._real_s(self._number)
            if self._paced and self._zero is not None:
                self._pass_over(self._due())
                now_s = self._clock() - self._zero
            if self._last_s is not None and now_s - self._came_s > STALL_S:
                self._gaps.append(Gap(self._last_s, now_s, "no frames came"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def _frame(self, number: int) -> Frame | None:
        """Frame ``number``, the next in order; None when it does not arrive."""
        time_s = self._arrives(number)
        if time_s is None:
            return None
        shot = self._filmed.shoot(
            self._world.scene(self._true_s(number)), self._world.goods.fill, boxes=False
        )
        utc = self.info.start + dt.timedelta(seconds=time_s)
        return Frame(shot.picture, number + 1, time_s, utc)

    def _due(self) -> int:
        """The number of the newest frame there could be."""
        if self._zero is None:
            self._zero = self._clock()
        return int((self._began_s + self._clock() - self._zero) * self._fps + 1e-9)

    def _true_s(self, number: int) -> float:
        """When frame ``number`` is taken, in seconds of the world."""
        return number / self._fps * self._speed

    def _real_s(self, number: int) -> float:
        """The same in seconds since the source's start."""
        return number / self._fps - self._began_s

    def _wait(self) -> int | None:
        """The number of the frame to come next, when its time has come; None when closed."""
        if not self._paced:
            return None if self._closed.is_set() else self._number + 1
        number = max(self._number + 1, self._due())
        assert self._zero is not None  # noqa: S101 - set by _due
        if self._closed.wait(max(0.0, self._zero + self._real_s(number) - self._clock())):
            return None
        self._pass_over(number)
        return number

    def _pass_over(self, number: int) -> None:
        """Takes note of the frames before ``number`` that nobody had time for."""
        with self._lock:
            while self._number + 1 < number:
                self._arrives(self._number + 1)

    def _arrives(self, number: int) -> float | None:
        """The time of frame ``number``, the next in order; None when it does not arrive."""
        true_s, real_s = self._true_s(number), self._real_s(number)
        state = self._filmed.state(true_s)
        with self._lock:
            self._number = number
            if not state.delivered:
                return None
            time_s = self._time.at(real_s, real_s + state.clock_s - true_s)
            if self._last_s is not None and time_s - self._last_s > STALL_S:
                self._gaps.append(Gap(self._last_s, time_s, "no frames came"))
            self._last_s, self._came_s = time_s, real_s
            return time_s

    def _gone(self, now_s: float) -> bool:
        """Whether a recording has no more to give."""
        if self._paced or now_s - (self._last_s or 0.0) < GONE_S:
            return False
        self._incomplete = f"no frames came for {GONE_S:.0f} s"
        return True
