"""``python -m bench.day_scan``: see the package."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from rich.console import Console

from bench.__main__ import table
from bench.day_scan.needles import Needles
from bench.day_scan.open_files import OpenFiles
from bench.day_scan.page import Page
from bench.day_scan.planted import kinds, plant
from bench.day_scan.relay import Relay
from bench.day_scan.search import Found, Search, quads
from bench.day_scan.shop import Ports, people, run, simulated, wait_for_hub, write_files
from bench.push_service import push_service
from bench.result import CannotRunError, Result
from miseban.hub.notify.encryption import decrypt
from miseban.hub.notify.hooks import TYPES
from miseban.hub.people.rights import ROLE_RIGHTS, see
from miseban.journal.backup import back_up
from miseban.vocabulary.events import EVENT_CLASSES
from tests.hub.notify.receivers import http_receiver
from tests.servers.mosquitto import Mosquitto, free_port

KONBINI = Path(__file__).parents[2] / "shops" / "konbini.toml"
ASK_S = 60.0
QUIET_S = 3.0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.day_scan")
    parser.add_argument("--shop", type=Path, default=KONBINI)
    parser.add_argument("--from", dest="begins", default="08:00", metavar="HH:MM")
    parser.add_argument("--hours", type=float, default=14.0)
    parser.add_argument("--pictures", type=float, default=20.0, help="seconds each half hour")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this new folder, and leave it")
    asked = parser.parse_args()
    console = Console() if Console().is_terminal else Console(width=140)
    with tempfile.TemporaryDirectory() as made:
        place = (asked.keep or Path(made) / "day").absolute()
        try:
            day = _day(place, asked)
        except CannotRunError as error:
            print(f"could not run: {error}", file=sys.stderr)
            return 1
        print("the day is over; searching", flush=True)
        results, found = _searched(place, day)
    console.print(table(results))
    for one in found[:50]:
        console.print(f"FOUND {one.kind} in {one.where} at {one.at}", markup=False, soft_wrap=True)
    return 1 if any(result.passed is False for result in results) else 0


def _day(place: Path, asked: argparse.Namespace) -> dict[str, float]:
    """Plays it. In ``place``: ``shop`` is all that a shop has, ``said`` what went over sockets,
    ``elsewhere`` copies of files that its processes had open at other places, and beside these
    what is needed to search."""
    folder, said = place / "shop", place / "said"
    folder.mkdir(parents=True)
    (said / "files").mkdir(parents=True)
    with ExitStack() as stack:
        broker = Mosquitto(folder / "broker")
        broker.start()
        stack.callback(broker.stop)
        cameras = Relay(broker.port, said / "camera and broker")
        hubs = Relay(broker.port, said / "broker and hub")
        ports = Ports(free_port(), hubs.port)
        write_files(folder, asked.shop, ports)
        start = simulated(folder, asked.begins, 60 * asked.hours, asked.seed)
        push, hook = stack.enter_context(push_service()), stack.enter_context(http_receiver())
        tokens = people(folder, push, start)
        hub = run(folder, "hub", "-m", "bench.day_scan.hub", str(folder), start.isoformat())
        stack.callback(_end, hub)
        _wait_for(folder / "data" / "tls" / "authority.pem", hub, folder)
        browser = Relay(ports.hub, said / "hub and page", folder / "data" / "tls" / "authority.pem")
        for relay in (cameras, hubs, browser):
            stack.callback(relay.close)
        url = f"http://localhost:{browser.port}"
        wait_for_hub(hub, url, folder)
        pages = [Page(url, token) for token in tokens]
        for page in pages:
            stack.callback(page.close)
        may = ROLE_RIGHTS["manager"]
        types = sorted(t for t in TYPES if t not in EVENT_CLASSES or see(EVENT_CLASSES[t]) in may)
        pages[0].post("/api/v1/hooks", {"url": f"{hook.url}/hook", "types": types})
        settings = {
            "folder": str(folder), "apart": str(place), "port": cameras.port,
            "start": start.isoformat(), "minutes": 60 * asked.hours, "pictures": asked.pictures,
        }  # fmt: skip
        seeing = run(folder, "camera", "-m", "bench.day_scan.seeing", json.dumps(settings))
        stack.callback(_end, seeing)
        watched = OpenFiles(lambda: [hub.pid, seeing.pid, broker.pid], place, place / "elsewhere")
        end = start + timedelta(hours=asked.hours)
        middle = False
        while seeing.poll() is None:
            time.sleep(ASK_S)
            for page in pages:
                page.ask(start, end, said / "files")
            if not middle:  # what lies there while it is at work
                _copied(folder, place / "in between")
                middle = True
        if seeing.returncode != 0:
            raise CannotRunError(f"the camera ended with {seeing.returncode}: camera.log")
        time.sleep(QUIET_S)
        for page in pages:
            page.ask(start, end, said / "files")
        back_up(folder / "data" / "journal", folder / "backup", datetime.now(start.tzinfo))
        watched.close()
        for number, (_, body) in enumerate(push.received):
            (said / "files" / f"push-{number}").write_bytes(decrypt(body, push.key, push.auth))
        hooked = b"\n".join(one.body + repr(one.headers).encode() for one in hook.received)
        (said / "files" / "webhook").write_bytes(hooked)
        (place / "elsewhere.json").write_text(json.dumps(watched.names), "utf-8")
        day = {
            "heard": sum(page.heard for page in pages),
            "answers": sum(page.answers for page in pages),
            "pushes": len(push.received), "hooks": len(hook.received), "looks": watched.looks,
        }  # fmt: skip
        print("refused:", sorted({one for page in pages for one in page.refused}), flush=True)
        if not all(day.values()):
            raise CannotRunError(f"a way was not gone: {day}")
    _copied(folder, place / "stopped")
    told: dict[str, float] = json.loads((place / "told.json").read_text("ascii"))
    return day | told


def _copied(folder: Path, to: Path) -> None:
    """Files come and go meanwhile: those that are there."""
    for path in folder.rglob("*"):
        if path.is_file():
            target = to / path.relative_to(folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(path, target)
            except FileNotFoundError:
                continue


def _wait_for(file: Path, process: subprocess.Popen[bytes], folder: Path) -> None:
    until_s = time.monotonic() + 120.0
    while not file.exists():
        if process.poll() is not None or time.monotonic() > until_s:
            raise CannotRunError(f"the hub did not start: {folder / 'hub.log'}")
        time.sleep(0.2)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _searched(place: Path, day: dict[str, float]) -> tuple[list[Result], list[Found]]:
    seen = json.loads((place / "seen.json").read_text("ascii"))
    needles = Needles([np.load(place / "needles.npy")])
    search = Search(needles, frozenset(q for row in seen["numbers"] for q in quads(row)))
    begun_s = time.process_time()
    found = list(_everything(search, place))
    took_s = time.process_time() - begun_s
    whole = sum(search.bytes.values())
    missed, planted = _control(search, place, seen["numbers"])
    counts = ", ".join(f"{v / 1e6:.1f} MB of {k}" for k, v in sorted(search.bytes.items()))
    files = ", ".join(f"{v} {k}" for k, v in sorted(search.files.items()))
    ways = f"{day['heard']} events to pages, {day['answers']} answers, {day['pushes']} pushes, "
    return [
        Result("day: events", day["events"], "events", f"delivered; {day['left']} left; {ways}"
               f"{day['hooks']} webhooks"),
        Result("day: pictures", seen["frames"], "frames", "drawn and looked at"),
        Result("day: needles", len(needles), "needles", f"of {seen['pictures']} frames, and of "
               f"{seen['vectors']} vectors of clothes"),
        Result("day: searched", whole / 1e6, "MB", f"{counts}; {took_s:.0f} s of processor time"),
        Result("day: files", sum(search.files.values()), "files", files),
        Result("day: exempt", search.exempt, "rows", "of numbers: visits' ways, columns of single "
               "numbers, answers to questions"),
        Result("day: found", len(found), "", "pictures, crops, vectors", 0),
        Result("day: planted", planted, "", "places in which something was planted"),
        Result("day: missed", len(missed), "", f"of these {', '.join(missed)[:300]}", 0),
    ], found  # fmt: skip


def _everything(search: Search, place: Path) -> Iterator[Found]:
    yield from search.folder(place / "shop", "what the shop keeps")
    yield from search.folder(place / "in between", "what lay there in between")
    yield from search.folder(place / "stopped", "what is left after the end")
    for folder in sorted((place / "said").iterdir()):
        yield from search.folder(folder, f"sockets, {folder.name}")
    names = json.loads((place / "elsewhere.json").read_text("utf-8"))
    for name, where in names.items():
        yield from search.file(place / "elsewhere" / name, "files elsewhere", where)


def _control(search: Search, place: Path, numbers: list[list[float]]) -> tuple[list[str], int]:
    """What was planted and not found, and how much was planted."""
    with np.load(place / "planted.npz") as frames:
        frame = frames[frames.files[-1]]
    vector = np.array(max(numbers, key=lambda one: len(set(one))))
    placed = plant(place / "planted", kinds(frame, vector))
    control = Search(search.needles, search.quads)
    missed = [
        f"{kind} ({path.name})"
        for kind, paths in placed.items()
        for path in paths
        if not any(True for _ in control.file(path, "planted"))
    ]
    return missed, sum(len(paths) for paths in placed.values())


if __name__ == "__main__":
    sys.exit(main())
