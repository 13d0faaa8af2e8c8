"""``python -m bench.soak``: see the package."""

from __future__ import annotations

import argparse
import csv
import json
import math
import random
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console

from bench.__main__ import table
from bench.result import CannotRunError
from bench.soak.judge import judge
from bench.soak.pages import Listening, Visiting
from bench.soak.running import Flaps, Shop
from bench.soak.samples import Samples

SAMPLE_S = 10.0
BACK_S = 120.0
"""So long a camera is waited for."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.soak")
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--cameras", type=int, default=6, help="that tell numbered events")
    parser.add_argument("--rate", type=float, default=2.0, help="events a second of each")
    parser.add_argument("--pause", type=float, nargs=2, default=(30.0, 60.0), help="seconds")
    parser.add_argument("--pictures", type=float, default=60.0, help="seconds that are drawn")
    parser.add_argument("--warm-up", type=float, default=20.0, help="minutes that are not judged")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="work in this new folder, and leave it")
    parser.add_argument("--report", type=Path, metavar="FOLDER", help="judge what is there")
    asked = parser.parse_args()
    console = Console() if Console().is_terminal else Console(width=140)
    if asked.report is not None:
        return _report(asked.report, console)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is ended
    with tempfile.TemporaryDirectory() as made:
        folder = (asked.keep or Path(made) / "soak").absolute()
        try:
            _run(folder, asked)
        except CannotRunError as error:
            print(f"could not run: {error}", file=sys.stderr)
            return 1
        return _report(folder, console)


def _report(folder: Path, console: Console) -> int:
    results, notes = judge(folder)
    console.print(table(results))
    for note in notes:
        console.print(note, markup=False, soft_wrap=True)
    return 1 if any(result.passed is False for result in results) else 0


def _run(folder: Path, asked: argparse.Namespace) -> None:
    shop = Shop(folder, asked.cameras, asked.rate, asked.pictures)
    over = threading.Event()
    samples = Samples(folder / "samples.csv")
    try:
        shop.start()
        told = {"begun_s": time.time(), "warm_up_s": 60 * asked.warm_up, "cameras": shop.names}
        (folder / "run.json").write_text(json.dumps(told), "utf-8")
        page, visitor = Listening(shop.url, shop.token), Visiting(shop.url, shop.token, asked.seed)

        def sample() -> None:
            while not over.wait(SAMPLE_S):
                samples.take(shop.pids())

        sampling = threading.Thread(target=sample, name="samples", daemon=True)
        sampling.start()
        _flap(shop, page, folder / "flaps.csv", asked)
        over.set()
        sampling.join()
        visitor.close()
        page.close()
        told |= {"ended_s": time.time(), "ended_badly": shop.end(), "calls": page.calls,
                 "visits": visitor.visits, "answers": visitor.answers,
                 "failed": dict(visitor.failed), "heard": dict(page.events)}  # fmt: skip
        (folder / "run.json").write_text(json.dumps(told), "utf-8")
    finally:
        samples.close()
        shop.close()


def _flap(shop: Shop, page: Listening, path: Path, asked: argparse.Namespace) -> None:
    """Breaks and mends one thing after another, and writes down how long each took to be back."""
    flaps, chance = Flaps(shop, asked.seed), random.Random(asked.seed)
    end_s = time.monotonic() + 60 * asked.minutes
    with path.open("w", buffering=1, newline="", encoding="ascii") as out:
        rows = csv.writer(out)
        rows.writerow(("time_s", "what", "whose", "camera", "away_s", "back_s"))
        next_s = time.monotonic() + 20.0
        while next_s < end_s:
            time.sleep(max(0.0, next_s - time.monotonic()))
            what, whose, cameras, away_s, broken, mended = flaps.next()
            broken()
            time.sleep(away_s)
            mended()
            free_s = time.time()
            for camera, back_s in page.wait_for(cameras, free_s, BACK_S).items():
                back = "" if math.isinf(back_s) else f"{back_s:.2f}"
                rows.writerow([f"{free_s:.1f}", what, whose, camera, f"{away_s:.1f}", back])
            next_s = max(time.monotonic() + 5.0, next_s + chance.uniform(*asked.pause))
        time.sleep(max(0.0, end_s - time.monotonic()))


if __name__ == "__main__":
    sys.exit(main())
