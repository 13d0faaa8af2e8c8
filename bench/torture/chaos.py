"""What is done to the processes, at random but by a seed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.torture.clock import clock_of, jumped, set_clock
from bench.torture.shop import write_files
from tests.servers.cuttable import Cuttable
from tests.servers.mosquitto import Mosquitto, free_port

READY_S = 60.0
READY = b"ready\n"
EARLY = 0.2
"""So often a hub is killed that is not through with its start."""
ACTS = ("camera", "camera", "cameras", "hub", "hub", "broker", "broker", "forget", "cut", "hang",
        "clock", "clock", "clock")  # fmt: skip
"""By how often they are done."""
ROOT = Path(__file__).parents[2]


class Part:
    """A process of ``parts.py`` that is killed and started again."""

    def __init__(self, kind: str, settings: dict[str, Any], log: Path) -> None:
        self._arguments = [sys.executable, "-m", "bench.torture.parts", kind, json.dumps(settings)]
        self._log = log
        self._ready_before = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._ready_before = self.said(READY)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                self._arguments, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    @property
    def ready(self) -> bool:
        """Whether it is through with its last start."""
        return self.said(READY) > self._ready_before

    def said(self, what: bytes) -> int:
        """How often it printed that."""
        return self._log.read_bytes().count(what) if self._log.exists() else 0

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def ended(self, wait_s: float) -> bool:
        """Whether it ends by itself, well, within ``wait_s``."""
        assert self.process is not None
        try:
            return self.process.wait(wait_s) == 0
        except subprocess.TimeoutExpired:
            return False


class Chaos:
    """``cameras`` cameras, a broker and a hub in ``folder``; ``rate`` events a second and camera.
    ``acts`` may be done to them, and ``done`` counts those that were. With ``careless`` that part
    (``camera``, ``hub``) has a fault that must be found."""

    def __init__(
        self,
        folder: Path,
        cameras: int,
        rate: float,
        seed: int,
        *,
        careless: str = "",
        acts: Sequence[str] = ACTS,
    ) -> None:
        self._chance, self._acts = random.Random(seed), tuple(acts)
        self.folder = folder
        self.broker = Mosquitto(folder / "broker")
        self.names = [f"cam-{n}" for n in range(cameras)]
        self.broker.start()
        self._cables = [Cuttable(self.broker.port) for _ in range(2)]  # of the cameras, of the hub
        near, far = (cable.port for cable in self._cables)
        self.cameras = {
            name: Part(
                "camera",
                {
                    "name": name,
                    "folder": str(folder),
                    "port": near,
                    "rate": rate,
                    "careless": careless == "camera",
                },
                folder / f"{name}.log",
            )
            for name in self.names
        }
        write_files(folder, self.names, free_port(), far)
        settings = {"folder": str(folder), "careless": careless == "hub"}
        self.hub = Part("hub", settings, folder / "hub.log")
        self.done: Counter[str] = Counter()
        self._later: list[tuple[float, Callable[[], None]]] = []

    def run(self, seconds: float, pause_s: tuple[float, float]) -> None:
        """Starts all, and does something bad every ``pause_s`` (from, to) for ``seconds``."""
        parts = [self.hub, *self.cameras.values()]
        for one in parts:
            one.start()
        ready_s = time.monotonic() + READY_S
        while not all(one.ready for one in parts) and time.monotonic() < ready_s:
            time.sleep(0.1)
        end_s = time.monotonic() + seconds
        next_s = time.monotonic() + pause_s[1]
        while time.monotonic() < end_s:
            self._catch_up()
            if time.monotonic() >= next_s:
                next_s = time.monotonic() + self._chance.uniform(*pause_s)
                self._something()
            time.sleep(0.02)
        self._catch_up(all_of_it=True)

    def swallow(self, seconds: float) -> None:
        """What the cameras send for so long, their connections being whole."""
        cable = self._cables[0]
        cable.hang()
        time.sleep(seconds)
        cable.mend()

    def set_clocks(self, by_s: float, *names: str) -> None:
        """Of cameras by their names, and of the ``hub``."""
        for name in names:
            ahead = by_s > clock_of(self.folder, name)
            self.done["clock ahead" if ahead else "clock back"] += 1
            set_clock(self.folder, name, by_s)

    def close(self) -> None:
        for part in [*self.cameras.values(), self.hub]:
            part.kill()
        for cable in self._cables:
            cable.close()
        self.broker.stop()

    def _something(self) -> None:
        chance = self._chance
        what = chance.choice(self._acts)
        away_s = chance.uniform(0.0, 2.5)
        if what in ("camera", "cameras"):
            many = 1 if what == "camera" else len(self.names) // 2
            for name in chance.sample(self.names, many):
                self._again(what, self.cameras[name].kill, self.cameras[name].start, away_s)
        elif what == "hub":
            if self.hub.ready or chance.random() < EARLY:
                self._again(what, self.hub.kill, self.hub.start, away_s)
        elif what in ("broker", "forget"):

            def start() -> None:
                if what == "forget":
                    self.broker.forget()
                self.broker.start()

            self._again(what, self.broker.kill, start, away_s)
        elif what == "clock":
            self._clock(away_s)
        else:
            cable = chance.choice(self._cables)
            self._again(what, cable.cut if what == "cut" else cable.hang, cable.mend, 2 * away_s)

    def _clock(self, away_s: float) -> None:
        """Of one process, or of all as on one machine; now and then while they are down."""
        who = self._chance.choice(("hub", "camera", "all", "all", "all", "all"))
        names = {"hub": ["hub"], "camera": [self._chance.choice(self.names)]}.get(
            who, ["hub", *self.names]
        )
        by_s = jumped(clock_of(self.folder, names[0]), self._chance)
        part = self.cameras.get(names[0], self.hub)
        if who != "all" and part.ready and self._chance.random() < 0.4:
            self._again("killed, and its clock set", part.kill, part.start, away_s)
        self.set_clocks(by_s, *names)

    def _again(
        self, what: str, now: Callable[[], None], later: Callable[[], None], away_s: float
    ) -> None:
        if any(one == later for _, one in self._later):
            return  # it is down already
        if what in ("broker", "forget") and self._broker_is_down:
            return
        self.done[what] += 1
        now()
        self._later.append((time.monotonic() + away_s, later))

    @property
    def _broker_is_down(self) -> bool:
        return self.broker._process is None

    def _catch_up(self, *, all_of_it: bool = False) -> None:
        for at_s, later in sorted(self._later, key=lambda one: one[0]):
            if all_of_it or at_s <= time.monotonic():
                later()
                self._later.remove((at_s, later))
