"""Hands at one drawn shelf: touches found within two seconds, of the right kind at the right
facing, on seeds that nothing was chosen on: while one person is at the shelf, with few people, who
often meet there, and with threes. And what looking for them adds to a camera's cost."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import cv2
import numpy as np

from bench.hands_shop import ALONE_PER_HOUR, CROWDS, at_shelf, one_shelf, write_shop
from bench.result import Result
from bench.seeds import LONG
from miseban.camera.analysis import analyse
from miseban.camera.simulated import open_simulated
from miseban.insight.score.matching import pairs_within
from miseban.sim.truth.goods import goods_events
from miseban.sim.world.simulation import Simulation
from miseban.vision.detectors import open_detector
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap, SourceInfo
from miseban.vision.sources.source import Source
from miseban.vocabulary.events import Event, ShelfTouched
from miseban.vocabulary.shop import Shop

SEEDS = (92, 93, 94, 95)
"""Nothing was chosen on them, and nobody has played them."""
FORMER = {"one": range(72, 92), "three": range(72, 92), "alone": [*range(60, 72), *range(76, 92)]}
"""Measured once, when nothing had been chosen on them (some have chosen since); with
``MISEBAN_LONG=1`` these instead."""
COST_SEED = 11
LONG_S = 240.0
ALONE_S = 900.0
TOLERANCE_S = 2.0
STEP_S = 0.5
KINDS = ("reach", "pick_up", "put_back")
DETECTOR = "person-small"

Found = Counter[tuple[str, str]]


def run(repeats: int) -> list[Result]:
    del repeats  # seeds repeat it
    cv2.setNumThreads(1)
    seeds = FORMER if LONG else dict.fromkeys(FORMER, SEEDS)
    results: list[Result] = []
    for name, (together, per_hour, bar) in CROWDS.items():
        found: Found = Counter()
        for seed in seeds[name]:
            shop, true, _ = _truth(together, per_hour, seed)
            seen, _ = _analysed(shop, together, per_hour, seed)
            found += _scored(true, seen)
        results += _results(name, found, bar, f"{len(seeds[name])} times {LONG_S:g} s")
    alone = sum(map(_alone, seeds["alone"]), Found())
    plays = f"{len(seeds['alone'])} times {ALONE_S:g} s"
    results += _results("alone", alone, CROWDS["one"][2], plays)
    return [*results, _cost()]


def _results(name: str, found: Found, bar: float, plays: str) -> Iterator[Result]:
    for kind in KINDS:
        matched, truth, told = (found[kind, what] for what in ("matched", "truth", "told"))
        note = f"{matched} found of {truth}, {told} told, {plays}"
        f1 = 2 * matched / max(truth + told, 1)
        yield Result(f"hands-{name}-{kind}", f1, "F1", note, bar, at_least=True)


def _alone(seed: int) -> Found:
    """What happens, and what is told, while one person is at the shelf."""
    shop, true, alone = _truth(False, ALONE_PER_HOUR, seed, ALONE_S)
    seen, _ = _analysed(shop, False, ALONE_PER_HOUR, seed, ALONE_S)
    return _scored(filter(alone, true), filter(alone, seen))


def _cost() -> Result:
    """With the shelf in the shop file and without it, drawing not counted."""
    together, per_hour, _ = CROWDS["one"]
    shop, _ = one_shelf(together=together, per_hour=per_hour)
    _, with_s = _analysed(shop, together, per_hour, COST_SEED)
    bare = shop.model_copy(update={"shelves": ()})
    _, without_s = _analysed(bare, together, per_hour, COST_SEED)
    note = f"{DETECTOR}, 480x270, {with_s:.1f} s instead of {without_s:.1f} s for {LONG_S:g} s"
    return Result("hands-cost", with_s / without_s - 1, "", note, 0.30)


def _truth(
    together: bool, per_hour: float, seed: int, length_s: float = LONG_S
) -> tuple[Shop, list[Event], Callable[[Event], bool]]:
    """What hands did, and whether at most one person is at the shelf for ``TOLERANCE_S`` before
    and after an event."""
    shop, scenario = one_shelf(together=together, per_hour=per_hour)
    world = Simulation(shop, scenario, seed)
    steps = round((length_s + TOLERANCE_S) / STEP_S) + 1
    crowd = np.array([at_shelf(scene) for scene in islice(world.scenes(STEP_S), steps)])
    visits = {person.id: str(person.id) for person in world.people}
    events = goods_events(world.goods, shop, visits, world.start, length_s, seed)

    def alone(event: Event) -> bool:
        at_s = (event.time - world.start).total_seconds()
        first, last = (round((at_s + off) / STEP_S) for off in (-TOLERANCE_S, TOLERANCE_S))
        return int(crowd[max(0, first) : last + 1].max()) <= 1

    return shop, events, alone


def _analysed(
    shop: Shop, together: bool, per_hour: float, seed: int, length_s: float = LONG_S
) -> tuple[list[Event], float]:
    """The events, and the seconds of processor time without drawing."""
    with TemporaryDirectory() as folder:
        file = write_shop(Path(folder), "shop", together=together, per_hour=per_hour)
        with open_simulated(f"sim:shelf?seed={seed}&pace=full", shop_file=file) as source:
            played = _Drawn(source)
            began_s = time.process_time()
            result = analyse(played, open_detector(DETECTOR), shop, "shelf", until_s=length_s)
            return result.events, time.process_time() - began_s - played.drawing_s


class _Drawn:
    """A source that knows how long it took to draw its frames."""

    def __init__(self, source: Source) -> None:
        self._source, self.drawing_s = source, 0.0
        self.info: SourceInfo = source.info

    @property
    def gaps(self) -> list[Gap]:
        return self._source.gaps

    @property
    def incomplete(self) -> str:
        return self._source.incomplete

    def frames(self) -> Iterator[Frame]:
        frames = self._source.frames()
        while True:
            began_s = time.process_time()
            frame = next(frames, None)
            self.drawing_s += time.process_time() - began_s
            if frame is None:
                return
            yield frame

    def close(self) -> None:
        self._source.close()

    def __enter__(self) -> _Drawn:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _scored(true: Iterable[Event], seen: Iterable[Event]) -> Found:
    """As ``miseban score`` does, added up by kind."""
    sides = [_times(true), _times(seen)]
    found: Found = Counter()
    for key in sides[0].keys() | sides[1].keys():
        a, b = (np.array(side.get(key, [])) for side in sides)
        found[key[1], "matched"] += pairs_within(a, b, TOLERANCE_S)
        found[key[1], "truth"] += len(a)
        found[key[1], "told"] += len(b)
    return found


def _times(events: Iterable[Event]) -> dict[tuple[str, str], list[float]]:
    times: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    for event in events:
        if isinstance(event, ShelfTouched):
            times[event.facing, event.kind].append(event.time.timestamp())
    return times
