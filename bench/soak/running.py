"""The processes of the soak, and what is done to them."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench.result import CannotRunError
from bench.soak.pictures import Camera, draw
from bench.soak.samples import children_of
from bench.soak.shop import SEEING, make_token, write_files
from tests.servers.cuttable import Cuttable
from tests.servers.mosquitto import Mosquitto, free_port

ROOT = Path(__file__).parents[2]
MAIN = "from miseban.cli.app import main; main()"
COUNTING = "counting"
KILLED = 2
"""So many of the telling cameras are killed; what the others take is seen without a break."""


class Shop:
    """Everything that runs, in ``folder``: a hub, a broker, ``miseban camera`` for what sees and
    ``telling`` processes that tell ``rate`` events a second each."""

    def __init__(self, folder: Path, telling: int, rate: float, pictures_s: float) -> None:
        folder.mkdir(parents=True)
        self.folder, self._rate = folder, rate
        self.names = [f"till-{n}" for n in range(telling)]
        (folder / "told").mkdir()
        self.broker = Mosquitto(folder / "broker")
        self.broker.start()
        self.cables = {name: Cuttable(self.broker.port) for name in ("hub", "seeing", *self.names)}
        draw(folder / "pictures", pictures_s)
        self.pictures = {
            name: Camera(free_port(), folder / "pictures", folder / "pictures.log")
            for name in SEEING
        }
        ports = {name: camera.port for name, camera in self.pictures.items()}
        write_files(folder, self.names, ports, self.cables["hub"].port)
        self.token = make_token(folder)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        for camera in self.pictures.values():
            camera.start()
        hub = ["hub", "shop.toml", "--settings", "hub.toml", "--log", "json"]
        self._start("hub", "-c", MAIN, *hub, "--listen", f"127.0.0.1:{self.port}")
        self._wait_for_hub()
        address = f"mqtt://127.0.0.1:{self.cables['seeing'].port}"
        which = [part for name in SEEING for part in ("--camera", name)]
        self._start("supervisor", "-c", MAIN, "camera", "shop.toml", "--hub", address, *which)
        for name in self.names:
            self.start_teller(name)

    def start_teller(self, name: str) -> None:
        settings = {
            "name": name, "folder": str(self.folder), "index": self.names.index(name),
            "port": self.cables[name].port, "rate": self._rate,
        }  # fmt: skip
        self._start(name, "-m", "bench.soak.teller", json.dumps(settings))

    def _start(self, role: str, *arguments: str) -> None:
        path = os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
        environment = {**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"}
        with (self.folder / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [sys.executable, *arguments], cwd=self.folder, env=environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def _wait_for_hub(self) -> None:
        import httpx

        until_s = time.monotonic() + 60.0
        while time.monotonic() < until_s and self.processes["hub"].poll() is None:
            with contextlib.suppress(httpx.TransportError):
                if httpx.get(f"{self.url}/healthz").status_code == 200:
                    return
            time.sleep(0.2)
        raise CannotRunError(f"the hub did not start: {self.folder / 'hub.log'}")

    def pids(self) -> dict[str, int]:
        """Role to pid of all that runs and is to be measured."""
        found = {role: one.pid for role, one in self.processes.items() if one.poll() is None}
        with contextlib.suppress(AssertionError):
            found["broker"] = self.broker.pid
        return found | self.seeing() | self.counting()

    def counting(self) -> dict[str, int]:
        """The process by which the hub counts what came last, and asks its journal."""
        begun = children_of(self.processes["hub"].pid)
        pids = [pid for pid, args in begun.items() if "serve(0, " in args]
        return {COUNTING: pids[0]} if pids else {}

    def seeing(self) -> dict[str, int]:
        """Those with pictures, by the outbox that they have open."""
        found = {}
        for pid in children_of(self.processes["supervisor"].pid):
            with contextlib.suppress(OSError):
                for file in Path(f"/proc/{pid}/fd").iterdir():
                    target = file.readlink()
                    if target.parent.name == "outbox" and target.suffix == ".sqlite":
                        found[target.stem] = pid
        return found

    def end(self, most_s: float = 90.0) -> list[str]:
        """Cameras first, so that all they told arrives. Returns who did not end well."""
        bad = []
        for role in [*self.names, "supervisor", "hub"]:
            if role in self.processes:
                self.processes[role].terminate()
            if role in self.names[:-1]:
                continue
            waiting = self.names if role in self.names else [role]
            for name in waiting:
                try:
                    status = self.processes[name].wait(most_s)
                except subprocess.TimeoutExpired:
                    status = -1
                if status != 0:
                    bad.append(f"{name} ({status})")
        return bad

    def close(self) -> None:
        for one in self.processes.values():
            one.kill()
            one.wait()
        for camera in self.pictures.values():
            camera.kill()
        for cable in self.cables.values():
            cable.close()
        self.broker.stop()


def signalled(pid: int, what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, what)


class Flaps:
    """Chooses by ``seed`` what breaks next in ``shop``."""

    def __init__(self, shop: Shop, seed: int) -> None:
        self._shop, self._chance = shop, random.Random(seed)
        self._turn = 0
        self._all = {*shop.names, *SEEING}

    def next(self) -> tuple[str, str, set[str], float, Callable[[], None], Callable[[], None]]:
        """What, whose, the cameras that must come back, for how long in seconds, how it is broken,
        and how it is mended."""
        shop, chance = self._shop, self._chance
        self._turn += 1
        kinds = ["kill", "pause", "pause", "cut", "hang", "cut", "hang", "source", "source",
                 "frozen", "kill seeing", "pause seeing", "cut seeing", "hang seeing"]  # fmt: skip
        what = chance.choice(kinds)
        if self._turn % 12 == 0:
            what = ("broker", "hub cut", "broker forgets")[self._turn // 12 % 3]
        away_s = chance.uniform(3.0, 15.0)
        name, seen = chance.choice(shop.names), chance.choice(SEEING)
        if what == "kill":
            name = chance.choice(shop.names[:KILLED])
            kill = shop.processes[name].kill
            return what, name, {name}, away_s, kill, lambda: self._start(name)
        if what == "pause":
            pid = shop.processes[name].pid
            return what, name, {name}, away_s, *self._pause(pid)
        if what in ("cut", "hang"):
            cable = shop.cables[name]
            return what, name, {name}, away_s, getattr(cable, what), cable.mend
        if what in ("cut seeing", "hang seeing"):
            cable = shop.cables["seeing"]
            return what, "both", set(SEEING), away_s, getattr(cable, what[:4].strip()), cable.mend
        if what == "hub cut":
            cable = shop.cables["hub"]
            return what, "hub", self._all, away_s, cable.cut, cable.mend
        if what.startswith("broker"):
            return what, "broker", self._all, 2.0, shop.broker.kill, lambda: self._broker(what)
        if what == "source":
            camera = shop.pictures[seen]
            return what, seen, {seen}, away_s, camera.kill, camera.start
        if what == "frozen":
            process = shop.pictures[seen].process
            assert process is not None
            return what, seen, {seen}, away_s, *self._pause(process.pid)
        if what == "kill seeing":  # the supervisor starts it again: nothing else stands in the way
            pid = shop.seeing().get("door", -1)
            kill = lambda: signalled(pid, signal.SIGKILL) if pid > 0 else None  # noqa: E731
            return what, "door", {"door"}, 0.0, kill, lambda: None
        pid = shop.seeing().get(seen, -1)
        if pid < 0:
            return "none", "none", set(), 0.0, lambda: None, lambda: None
        return what, seen, {seen}, away_s, *self._pause(pid)

    def _start(self, name: str) -> None:
        self._shop.processes[name].wait()
        self._shop.start_teller(name)

    def _broker(self, what: str) -> None:
        if what == "broker forgets":
            self._shop.broker.forget()
        self._shop.broker.start()

    @staticmethod
    def _pause(pid: int) -> tuple[Callable[[], None], Callable[[], None]]:
        return (
            lambda: signalled(pid, signal.SIGSTOP),
            lambda: signalled(pid, signal.SIGCONT),
        )
