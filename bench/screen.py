"""What a page that stays open costs the hub: ``/live/screen`` with one and with ten viewers.

A hub of the supermarket with half an hour behind it and sixty people on the floor, told twice a
second as by a camera process, runs in a process of its own. Its processor time is read while nobody
looks, while one manager does, and while ten do.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from bench.result import Result
from miseban.hub.api.app import create_app
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.rights import ROLE_RIGHTS, TOKEN_RIGHTS
from miseban.hub.running.box import Box, open_box
from miseban.hub.running.serving import serve
from miseban.hub.running.settings import load_settings
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.truth.events import truth
from miseban.sim.world.simulation import Simulation
from miseban.vocabulary.floor_now import Dot, FloorNow
from miseban.vocabulary.shop import load_shop

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
PEOPLE, SECONDS, VIEWERS = 60, 30.0, 10
WARM_S = 3.0
BAR = 5.0
"""Per cent of a core for each."""


def served(folder: Path) -> None:
    """Serves until standard input closes; says port and token first."""
    settings_file = folder / "hub.toml"
    settings_file.write_text("[tls]\non = false\n", "utf-8")
    settings = load_settings(settings_file, data=folder / "data", listen="127.0.0.1:8443")
    ends = threading.Event()
    with open_box(SHOP, settings) as box:
        _fill(box)
        account = box.hub.people.accounts.add(
            "manager", "manager", "a long sentence for a bench", CONSOLE, box.hub.now()
        )
        scopes = sorted(ROLE_RIGHTS["manager"] & TOKEN_RIGHTS)
        until = box.hub.now() + timedelta(days=1)
        _, secret = box.hub.people.tokens.create(
            account.id, "bench", scopes, until, CONSOLE, box.hub.now()
        )
        threading.Thread(target=_walk, args=(box, ends), daemon=True).start()
        threading.Thread(target=_until_closed, args=(ends,), daemon=True).start()

        def ready(port: int) -> None:
            print(json.dumps({"port": port, "token": secret}), flush=True)

        serve(create_app(box.hub), "127.0.0.1", 0, None, on_ready=ready, until=ends)


def _until_closed(ends: threading.Event) -> None:
    sys.stdin.read()
    ends.set()


def _fill(box: Box) -> None:
    shop = load_shop(SHOP)
    simulation = Simulation(shop, load_scenario(beside(SHOP), shop), 1)
    simulation.run_until(1800)
    start = datetime.now(UTC) - timedelta(seconds=1800)
    events = truth(shop, simulation.people, start, 1800, 1).events
    for first in range(0, len(events), 1000):
        box.hub.journal.append(events[first : first + 1000])


def _walk(box: Box, ends: threading.Event) -> None:
    beat = 0
    while not ends.wait(0.5):
        beat += 1
        dots = tuple(
            Dot(f"{n:08x}", round(15 + 14 * math.sin(n + beat / 40), 2),
                round(10 + 9 * math.cos(n * 1.7 + beat / 30), 2), 0.25, n < 6, None)
            for n in range(PEOPLE)
        )  # fmt: skip
        now = datetime.now(UTC)
        floor = FloorNow(source="door", time=now, cameras=("door", "tills"), dots=dots)
        box.hub.floor.take("door", floor.encode())


@contextlib.contextmanager
def hub(folder: Path) -> Iterator[tuple[int, str, str]]:
    """Its process, address and token."""
    program = [sys.executable, "-m", "bench.screen", str(folder)]
    process = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        line = b""
        while not line.startswith(b'{"port"'):
            line = process.stdout.readline()
        told = json.loads(line)
        yield process.pid, f"http://127.0.0.1:{told['port']}", told["token"]
    finally:
        process.stdin.close()
        process.wait(30)


def _spent_s(pid: int) -> float:
    """Processor time of all its threads, also of those that are over."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def cores(pid: int, url: str, token: str, viewers: int, seconds: float) -> tuple[float, float]:
    """Parts of a core while so many look, and messages a second that one of them got."""
    ends = threading.Event()
    heard = [0] * viewers

    def look(n: int) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        with (
            httpx.Client(base_url=url, headers=headers, timeout=30) as client,
            client.stream("GET", "/api/v1/live/screen") as stream,
        ):
            for line in stream.iter_lines():
                heard[n] += line.startswith("event:")
                if ends.is_set():
                    return

    threads = [threading.Thread(target=look, args=(n,)) for n in range(viewers)]
    for thread in threads:
        thread.start()
    time.sleep(WARM_S)
    before_s, before, began = _spent_s(pid), sum(heard), time.monotonic()
    time.sleep(seconds)
    spent_s, took_s = _spent_s(pid) - before_s, time.monotonic() - began
    told = sum(heard) - before
    ends.set()
    for thread in threads:
        thread.join()
    return spent_s / took_s, told / took_s / max(1, viewers)


def run(repeats: int) -> list[Result]:  # noqa: ARG001
    """Nothing is repeated, since it is long."""
    with tempfile.TemporaryDirectory() as folder, hub(Path(folder)) as (pid, url, token):
        idle, _ = cores(pid, url, token, 0, SECONDS / 2)
        one, _ = cores(pid, url, token, 1, SECONDS)
        ten, each = cores(pid, url, token, VIEWERS, SECONDS)
    note = f"{VIEWERS} pages open at once, {PEOPLE} people on the floor, {each:.1f} messages/s each"
    return [
        Result(
            "a viewer of the live page", 100 * (ten - idle) / VIEWERS, "% of a core", note, BAR,
            details={"idle": 100 * idle, "one": 100 * one, "ten": 100 * ten},
        ),
        Result("one viewer alone", 100 * (one - idle), "% of a core", "what is made is made once"),
    ]  # fmt: skip


if __name__ == "__main__":
    served(Path(sys.argv[1]))
