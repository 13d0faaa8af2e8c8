"""From simulated days to the file of learned rates: one school for every condition of a camera.

A day once played is kept as a small file, so that a school that was stopped goes on where it was.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from miseban.insight.uncertainty.accuracy import Learned
from miseban.insight.uncertainty.learning import Hours, hours_of, learn_arrivals, learn_rates
from miseban.insight.uncertainty.rates import Rates
from miseban.insight.uncertainty.simulated import Counted, counted, play
from miseban.sim.seen.detector import DetectorModel
from miseban.vocabulary.shop import load_shop

WELL, ROUGH = "well", "rough"
FAULTS: dict[str, tuple[str, float, float]] = {
    "dark": ("dark", 0.3, 1.0),
    "glare": ("glare", 0.3, 1.0),
    "blurred": ("dirt", 0.3, 1.0),
    "slow": ("drop", 0.3, 0.8),
    "moved": ("nudge", 0.5, 4.0),
}
"""Which fault of the simulator stands for a camera's trouble, from and to which amount: each seed
draws its own."""
MOST_CAMERAS = 3
"""Of a shop with more, only the cameras with lines are played: zones are learned in small shops."""
TROUBLED = 3
"""Days in trouble are so many times fewer, and shorter."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A day to be played: ``seed`` of the shop in ``shop_file``, its cameras in ``condition``;
    without ``zones`` only the cameras with lines look."""

    shop_file: Path
    seed: int
    condition: str
    minutes: float
    zones: bool = True

    @property
    def name(self) -> str:
        only = "" if self.zones else "-lines"
        return f"{self.shop_file.stem}-{self.condition}-{self.seed}-{self.minutes:.0f}{only}.json"


def lessons(shop_files: Sequence[Path], seeds: Sequence[int], minutes: float) -> list[Lesson]:
    """All seeds of every shop while all is well, fewer and shorter days in each trouble."""
    result = [Lesson(shop, seed, WELL, minutes) for shop in shop_files for seed in seeds]
    for condition in (*FAULTS, ROUGH):
        result += [
            Lesson(shop, seed, condition, minutes / TROUBLED)
            for shop in shop_files
            for seed in seeds[::TROUBLED]
        ]
    return result


def attend(lesson: Lesson, folder: Path) -> list[Counted]:
    """What the counters counted that day, from ``folder`` if it was played before."""
    kept = folder / lesson.name
    if kept.is_file():
        return read_counted(kept)
    shop = load_shop(lesson.shop_file)
    amount = random.Random(lesson.seed)  # noqa: S311 - chance from a seed is the point
    faults, model = [], None
    if lesson.condition in FAULTS:
        kind, least, most = FAULTS[lesson.condition]
        faults = [f"{c.id}:{kind}={amount.uniform(least, most):.2f}" for c in shop.cameras]
    elif lesson.condition == ROUGH:
        model = DetectorModel(
            found=amount.uniform(0.6, 0.9), jitter=0.04, breaks_per_s=amount.uniform(0.01, 0.05)
        )
    zones = lesson.zones and len(shop.cameras) <= MOST_CAMERAS
    played = play(lesson.shop_file, lesson.seed, lesson.minutes, faults, model, zones=zones)
    found = counted(played, zones=zones)
    folder.mkdir(parents=True, exist_ok=True)
    write_counted(kept, found)
    return found


def learn(days: Sequence[tuple[Lesson, list[Counted]]]) -> Learned:
    """The rates of every condition that was played, of lines and of zones."""
    line: dict[str, Rates] = {}
    zone: dict[str, Rates] = {}
    for condition in dict.fromkeys(lesson.condition for lesson, _ in days):
        units: dict[tuple[object, ...], list[Hours]] = {}
        for lesson, found in days:
            if lesson.condition == condition:
                # In trouble every day is another: what one camera suffers tells less of the next.
                own = lesson.seed if condition != WELL else 0
                for one, hours in zip(found, hours_of(found), strict=True):
                    key = (one.is_line, one.shop, one.name, one.way, own)
                    units.setdefault(key, []).append(hours)
        for target, is_line in ((line, True), (zone, False)):
            mine = [days_of for key, days_of in units.items() if key[0] is is_line]
            if mine:
                # The days in trouble are too few to tell what a crowd adds.
                crowding = target[WELL].crowding if WELL in target else None
                target[condition] = learn_rates(mine, crowding)
    well = [one for lesson, found in days if lesson.condition == WELL for one in found]
    return Learned(arrivals=learn_arrivals([c for c in well if c.is_line]), line=line, zone=zone)


def as_toml(learned: Learned, header: str) -> str:
    """The file, to be read by people too."""
    lines = [f"# {text}" for text in header.splitlines()]
    tables = [("arrivals", learned.arrivals.model_dump())]
    for kind, rates in (("line", learned.line), ("zone", learned.zone)):
        tables += [(f"{kind}.{name}", one.model_dump()) for name, one in rates.items()]
    for name, table in tables:
        lines += ["", f"[{name}]"]
        lines += [f"{key} = {_value(value)}" for key, value in table.items()]
    return "\n".join(lines) + "\n"


def write_counted(path: Path, found: Sequence[Counted]) -> None:
    """Whole or not at all: a half-written day would be taken for a quiet one."""
    rows = [
        [
            c.shop,
            c.name,
            c.way,
            c.duration_s,
            c.true_s.round(2).tolist(),
            c.found_s.round(2).tolist(),
        ]
        for c in found
    ]
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(rows), "utf-8")
    part.replace(path)


def read_counted(path: Path) -> list[Counted]:
    rows = json.loads(path.read_text("utf-8"))
    return [
        Counted(shop, name, way, duration_s, np.array(true_s), np.array(found_s))
        for shop, name, way, duration_s, true_s, found_s in rows
    ]


def school(
    shop_files: Sequence[Path],
    seeds: Sequence[int],
    minutes: float,
    folder: Path,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Learned:
    """Plays all lessons, keeping each day in ``folder``, and learns from them."""
    planned = lessons(shop_files, seeds, minutes)
    days = []
    for number, lesson in enumerate(planned, start=1):
        days.append((lesson, attend(lesson, folder)))
        progress(number, len(planned))
    return learn(days)


def _value(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_value(one) for one in value)}]"
    return f"{value:g}" if isinstance(value, float) else str(value)
