"""``python -m bench.torture``: see the package."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path

from bench.torture.chaos import Chaos
from bench.torture.judge import judge
from bench.torture.rest import settle


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.torture")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--cameras", type=int, default=8)
    parser.add_argument("--rate", type=float, default=30.0, help="events a second and camera")
    parser.add_argument("--pause", type=float, nargs=2, default=(0.5, 3.0), help="seconds")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", type=float, default=120.0, help="seconds to deliver the rest")
    parser.add_argument("--keep", type=Path, help="work in this folder, and leave it")
    parser.add_argument(
        "--careless",
        choices=("camera", "hub"),
        default="",
        help="whose fault must be found: it forgets too early, or overlooks a set clock",
    )
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = asked.keep or Path(made)
        folder.mkdir(parents=True, exist_ok=True)
        chaos = Chaos(folder, asked.cameras, asked.rate, asked.seed, careless=asked.careless)
        try:
            chaos.run(60 * asked.minutes, tuple(asked.pause))
            began_s = time.monotonic()
            late = settle(chaos, asked.settle)
            settled_s = time.monotonic() - began_s
        finally:
            chaos.close()
        verdict = judge(folder, chaos.names)
    for what, count in sorted(chaos.done.items()):
        print(f"{what}: {count}")
    print(f"settled within {settled_s:.1f} s" + (f", but not {', '.join(late)}" if late else ""))
    for name, value in asdict(verdict).items():
        print(f"{name}: {value}")
    good = verdict.good and not late
    print("exactly once" if good else "NOT exactly once")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
