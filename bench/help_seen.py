"""How many of those who fell any camera's detector finds at all while they lie, and how many with a
wheelchair or a walking frame while they are in motion: more than that no judge can tell by their
boxes.

``python -m bench.help_seen PLAY-SEED...`` (as in ``falls-3 supermarket-14``) plays what
``bench/help_seconds.py`` and ``bench/help.py`` play, and prints of each need in how many seconds a
detected box is that person's: it covers more than half of what it and the exact box cover.
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench.help_seconds import named
from bench.help_shop import DETECTED, TRUTH, simulated
from miseban.space.help.settings import HelpSettings

HALF = 0.5
FEW = {"falls": 3, "aids": round(HelpSettings().aid_s)}
"""Who is found in fewer seconds is as good as not seen: of an aid, those in motion."""
KINDS = {"falls": ("fall",), "aids": ("wheelchair", "walking_aid")}
Box = tuple[float, float, float, float]
Frame = tuple[str, str]


def seconds_seen(truth: Path, group: str) -> dict[str, int]:
    """Of each need of a group of ``KINDS``, by the call's id: in how many seconds who has it is
    found."""
    with (truth / "incidents.csv").open(encoding="utf-8") as file:
        needs = [row for row in csv.DictReader(file) if row["kind"] in KINDS[group]]
    people = {row["person"] for row in needs}
    moves = _in_motion(truth, people) if group == "aids" else None
    exact: dict[str, dict[Frame, Box]] = defaultdict(dict)
    for row in _rows(truth / "tracks.csv"):
        who, second = row["track"], int(float(row["time_s"]))
        if who in people and (moves is None or second in moves[who]):
            exact[who][row["camera"], row["time_s"]] = _box(row)
    frames = {frame for boxes in exact.values() for frame in boxes}
    found: dict[Frame, list[Box]] = defaultdict(list)
    for row in _rows(truth / DETECTED):
        if (row["camera"], row["time_s"]) in frames:
            found[row["camera"], row["time_s"]].append(_box(row))
    return {
        need["help"]: len(
            {
                int(float(frame[1]))
                for frame, box in exact[need["person"]].items()
                if float(need["from_s"]) <= float(frame[1]) < float(need["to_s"] or math.inf)
                and any(_common(box, other) > HALF for other in found[frame])
            }
        )
        for need in needs
    }


def _in_motion(truth: Path, people: set[str]) -> dict[str, set[int]]:
    """The seconds in which each of them is as fast as an aid must be to be judged."""
    ways: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in _rows(truth / "trails.csv"):
        if row["person"] in people:
            ways[row["person"]].append((float(row["time_s"]), float(row["x_m"]), float(row["y_m"])))
    found = {}
    for who, way in ways.items():
        t, x, y = np.array(way).T
        at_s = np.arange(math.floor(t[0]), math.ceil(t[-1]) + 1)
        fast = np.hypot(np.diff(np.interp(at_s, t, x)), np.diff(np.interp(at_s, t, y)))
        found[who] = set(at_s[:-1][fast >= HelpSettings().moving_mps].tolist())
    return found


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
    """Prints the seconds of each play, and how many fell or had an aid and were seen."""
    seen: dict[str, list[int]] = {group: [] for group in KINDS}
    for text in plays:
        play, seed = named(text)
        with tempfile.TemporaryDirectory() as folder:
            length = (play.begins, float(play.minutes))
            wants = (play.incidents, play.more_aids)
            simulated(Path(folder), play.shop, seed, *length, *wants, exact=True)
            for group, all_of_it in seen.items():
                mine = sorted(seconds_seen(Path(folder) / TRUTH, group).values())
                print(f"{text}, {group}: found in so many seconds: {mine}", flush=True)
                all_of_it += mine
    for group, all_of_it in seen.items():
        often = sum(n >= FEW[group] for n in all_of_it)
        print(f"{group}: {often} of {len(all_of_it)} in {FEW[group]} seconds and more")


if __name__ == "__main__":
    main(sys.argv[1:])
