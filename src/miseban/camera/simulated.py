"""``sim:ID``: a camera of the simulated shop as a source like any other."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import parse_qsl

from miseban.sim.faults import FaultSchedule
from miseban.sim.filming import FilmedCamera
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.sim.world.simulation import Simulation
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap, SourceInfo
from miseban.vision.sources.timing import LiveTime
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.identifiers import is_name
from miseban.vocabulary.shop import load_shop

FORM = "sim:ID[?shop=FILE&scenario=FILE&seed=N&from=HH:MM&pace=live|full]"
STALL_S = 2.0
"""Frames of a camera further apart than this are a gap, as those of any live camera."""
GONE_S = 3600.0
"""A recording of a camera that delivers nothing for so long is over."""


@dataclass(frozen=True, slots=True)
class Address:
    """What ``sim:...`` says; ``shop`` and ``scenario`` are none where it leaves them out."""

    camera: str
    shop: Path | None = None
    scenario: Path | None = None
    seed: int = 1
    begins: dt.time | None = None
    paced: bool = True


def parse_simulated(address: str, base: Path | None = None) -> Address:
    """Reads ``FORM``; relative files start from ``base`` (else the working folder). Raises
    ``BadInput``."""
    camera, _, query = address.removeprefix("sim:").partition("?")
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise _bad(address, f"expected {FORM}") from None
    options = dict(pairs)
    if not is_name(camera) or len(options) < len(pairs):
        raise _bad(address, f"expected {FORM}")
    known = ("shop", "scenario", "seed", "from", "pace")
    unknown = [key for key in options if key not in known]
    if unknown:
        raise _bad(address, f"expected {', '.join(known)} after ?, found {unknown[0]!r}")
    seed, begins, pace = options.get("seed", "1"), options.get("from"), options.get("pace", "live")
    if not re.fullmatch(r"[0-9]{1,9}", seed):
        raise _bad(address, f"expected seed=0 to seed=999999999, found {seed!r}")
    if pace not in ("live", "full"):
        raise _bad(address, f"expected pace=live or pace=full, found {pace!r}")
    files = {
        key: (base or Path()) / options[key] if options.get(key) else None
        for key in ("shop", "scenario")
    }
    return Address(
        camera,
        files["shop"],
        files["scenario"],
        int(seed),
        None if begins is None else time_of_day(begins, address),
        pace == "live",
    )


def open_simulated(
    address: str,
    *,
    fps: float | None = None,
    shop_file: Path | None = None,
    base: Path | None = None,
) -> SimulatedSource:
    """Opens ``address`` (see ``FORM``) in the shop that it names, else in that of ``shop_file``.

    ``fps``: frames a second, None for those of the shop file. Raises ``BadInput`` for what the
    address names and does not exist or cannot be played, and without Panda3D.
    """
    wanted = parse_simulated(address, base)
    file = wanted.shop or shop_file
    if file is None:
        raise _bad(address, "expected a shop file: --shop FILE, or sim:ID?shop=FILE")
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
    world = Simulation(shop, scenario, wanted.seed, remember=False)
    return SimulatedSource(address, filmed, world, fps or camera.fps, paced=wanted.paced)


class SimulatedSource:
    """A ``Source`` of what ``filmed`` sees of ``world``, ``fps`` frames a second, from the start of
    its scenario.

    If ``paced``, its time goes by as time does, from the first question for frames on, and who is
    too slow for it gets the latest frame; else it gives every frame as soon as it is asked for.
    """

    def __init__(
        self,
        shown: str,
        filmed: FilmedCamera,
        world: Simulation,
        fps: float,
        *,
        paced: bool,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        width, height = filmed.camera.resolution
        self.info = SourceInfo(shown, width, height, fps, None, paced, world.start)
        self._filmed, self._world, self._fps, self._clock = filmed, world, fps, clock
        self._paced = paced
        self._zero: float | None = None
        self._number = -1  # of the last frame that was due, whether it was delivered or not
        self._time = LiveTime()
        self._last_s: float | None = None
        self._came_s = 0.0  # when the last frame arrived; its own time may be seconds before
        self._gaps: list[Gap] = []
        self._incomplete = ""
        self._lock = threading.RLock()  # close comes from another thread
        self._closed = threading.Event()
        filmed.shoot(world.scene(0.0), world.goods.fill)  # the shop is built before time begins

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
            elif self._gone(number / self._fps):
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
            now_s = self._number / self._fps
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
            self._world.scene(number / self._fps), self._world.goods.fill, boxes=False
        )
        utc = self.info.start + dt.timedelta(seconds=time_s)
        return Frame(shot.picture, number + 1, time_s, utc)

    def _due(self) -> int:
        """The number of the newest frame there could be."""
        if self._zero is None:
            self._zero = self._clock()
        return int((self._clock() - self._zero) * self._fps + 1e-9)

    def _wait(self) -> int | None:
        """The number of the frame to come next, when its time has come; None when closed."""
        if not self._paced:
            return None if self._closed.is_set() else self._number + 1
        number = max(self._number + 1, self._due())
        assert self._zero is not None  # noqa: S101 - set by _due
        if self._closed.wait(max(0.0, self._zero + number / self._fps - self._clock())):
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
        true_s = number / self._fps
        state = self._filmed.state(true_s)
        with self._lock:
            self._number = number
            if not state.delivered:
                return None
            time_s = self._time.at(true_s, state.clock_s)
            if self._last_s is not None and time_s - self._last_s > STALL_S:
                self._gaps.append(Gap(self._last_s, time_s, "no frames came"))
            self._last_s, self._came_s = time_s, true_s
            return time_s

    def _gone(self, now_s: float) -> bool:
        """Whether a recording has no more to give."""
        if self._paced or now_s - (self._last_s or 0.0) < GONE_S:
            return False
        self._incomplete = f"no frames came for {GONE_S:.0f} s"
        return True


def time_of_day(text: str, where: str) -> dt.time:
    """``HH:MM``. Raises ``BadInput``."""
    match = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", text)
    if match is None:
        raise _bad(where, f"expected from 00:00 to 23:59, found {text!r}")
    return dt.time(int(match[1]), int(match[2]))


def _bad(address: str, what: str) -> BadInput:
    return BadInput("bad-simulated-camera", address, what)
