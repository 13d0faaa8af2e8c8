"""How many of those who fell any camera's detector finds at all while they lie: more than that no
judge can tell by their boxes.

``python -m bench.help_seen PLAY-SEED...`` (as in ``falls-3 supermarket-14``) plays what
``bench/help_seconds.py`` and ``bench/help.py`` play, and prints of each fall in how many seconds a
detected box is the fallen one's: it covers more than half of what it and the exact box cover.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.help_seconds import named
from bench.help_shop import DETECTED, TRUTH, simulated

HALF = 0.5
FEW = 3
"""Who is found in fewer seconds is as good as not seen."""
Box = tuple[float, float, float, float]
Frame = tuple[str, str]


def seconds_seen(truth: Path) -> dict[str, int]:
    """Of each fall, by the call's id: in how many seconds who fell is found."""
    with (truth / "incidents.csv").open(encoding="utf-8") as file:
        falls = [row for row in csv.DictReader(file) if row["kind"] == "fall"]
    people = {row["person"] for row in falls}
    exact: dict[str, dict[Frame, Box]] = defaultdict(dict)
    for row in _rows(truth / "tracks.csv"):
        if row["track"] in people:
            exact[row["track"]][row["camera"], row["time_s"]] = _box(row)
    frames = {frame for boxes in exact.values() for frame in boxes}
    found: dict[Frame, list[Box]] = defaultdict(list)
    for row in _rows(truth / DETECTED):
        if (row["camera"], row["time_s"]) in frames:
            found[row["camera"], row["time_s"]].append(_box(row))
    return {
        fall["help"]: len(
            {
                int(float(frame[1]))
                for frame, box in exact[fall["person"]].items()
                if float(fall["from_s"]) <= float(frame[1]) < float(fall["to_s"])
                and any(_common(box, other) > HALF for other in found[frame])
            }
        )
        for fall in falls
    }


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def _box(row: dict[str, str]) -> Box:
    return float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"])


def _common(one: Box, other: Box) -> float:
    """The part that two boxes have in common of what they cover together."""
    wide = max(min(one[2], other[2]) - max(one[0], other[0]), 0.0)
    high = max(min(one[3], other[3]) - max(one[1], other[1]), 0.0)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return wide * high / max(areas - wide * high, 1e-9)


def main(plays: list[str]) -> None:
    """Prints the seconds of each play, and how many fell and were seen."""
    seen: list[int] = []
    for text in plays:
        play, seed = named(text)
        with tempfile.TemporaryDirectory() as folder:
            length = (play.begins, float(play.minutes))
            wants = (play.incidents, play.more_aids)
            simulated(Path(folder), play.shop, seed, *length, *wants, exact=True)
            mine = sorted(seconds_seen(Path(folder) / TRUTH).values())
        print(f"{text}: found in so many seconds: {mine}", flush=True)
        seen += mine
    print(f"{sum(n >= FEW for n in seen)} of {len(seen)} in {FEW} seconds and more")


if __name__ == "__main__":
    main(sys.argv[1:])
