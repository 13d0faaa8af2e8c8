"""Shelf states from real pictures: the clip of three bottles that are put on a table and taken
away, each a facing of one piece. It is no shelf, and hands come in without a person."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from bench.material import SHARED, VIDEO, need
from bench.result import Result
from miseban.camera.shelf_watch import ShelfWatch
from miseban.insight.score.figures import ShelfScore
from miseban.insight.score.folder import Recording
from miseban.insight.score.gaps import Gaps
from miseban.insight.score.shelves import score_shelves
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import Event, ShelfState, Stocked
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.shop.shelf import gtin_check_digit
from miseban.vocabulary.summary import Summary

CLIP = VIDEO / "intel_bottle_detection.mp4"
KNOWN = SHARED / "data" / "truth" / "bottle.json"
START = datetime(2026, 1, 1, tzinfo=UTC)
AROUND_PX = 6
SLOW = (1.0, 4.0, 12.0)
"""So many times as slowly as in life: there the table is bare for 4 to 11 s at a time, and 4 s is
what a state must hold."""
TOLD_OF = frozenset({"shelf.state"})


def run(repeats: int) -> list[Result]:
    del repeats  # it is one clip
    known = json.loads(need(KNOWN).read_text("utf-8"))
    shop = table(known)
    results = []
    for slow in SLOW:
        score = played(need(CLIP), known, shop, slow)
        empty, calls = score.empty, score.emptyings
        pace = "as it is" if slow == 1 else f"{slow:g} times as slow"
        delay = "-" if calls.delay_s_median is None else f"{calls.delay_s_median:.0f} s"
        note = f"the bottle clip, {pace}, a look a second; {calls.found} of {calls.truth} "
        note += f"emptyings found, median delay {delay}, {calls.false_alarms} false calls"
        bar = 0.90 if slow == SLOW[-1] else None
        results.append(Result(f"shelf-bottles-{slow:g}x", empty.f1 or 0.0, "F1 of empty", note,
                              bar, at_least=True, details={
                                  "found": calls.found, "emptyings": calls.truth,
                                  "false": calls.false_alarms}))  # fmt: skip
    return results


@dataclass(frozen=True, slots=True)
class _Stand:
    """From when to when, in seconds of the clip, a bottle stands; to None: until the end."""

    on_s: float
    off_s: float | None


def played(clip: Path, known: dict[str, Any], shop: Shop, slow: float) -> ShelfScore:
    """What a camera that looks once a second told of the clip, beside the truth."""
    camera = shop.cameras[0]
    watch = ShelfWatch(shop, camera.id, camera.width, camera.height, START)
    events: list[Event] = []
    nobody = np.empty((0, 4))
    last_s = 0.0
    for picture, time_s in _pictures(clip, known["fps"] / slow):
        utc = START + timedelta(seconds=time_s)
        events += watch.offer(Frame(picture, 1, time_s, utc), nobody)
        last_s = time_s
    summary = Summary.model_construct(start=START, duration_s=last_s, camera=None)
    true: list[Event] = list(_truth(known, shop, slow))
    score = score_shelves(
        Recording(summary, true, {}, TOLD_OF), Recording(summary, events, {}, TOLD_OF), Gaps()
    )
    assert score is not None
    return score.shop


def _pictures(clip: Path, fps: float) -> Iterator[tuple[np.ndarray, float]]:
    film = cv2.VideoCapture(str(clip))
    number = 0
    while True:
        there, picture = film.read()
        if not there:
            break
        yield np.asarray(picture, np.uint8), number / fps
        number += 1
    film.release()


def _truth(known: dict[str, Any], shop: Shop, slow: float) -> Iterator[ShelfState]:
    """Bare from the moment when a bottle has left until the next one stands there; hands are
    before it for a second longer."""
    second = slow / known["fps"]
    for number, bottle in enumerate(known["bottles"]):
        for stand in (_Stand(one["on"], one["off"]) for one in bottle["stands"]):
            yield _state(shop, bottle["id"], number, stand.on_s * second, "full")
            if stand.off_s is not None:
                yield _state(shop, bottle["id"], number, stand.off_s * second, "empty")


def _state(shop: Shop, facing: str, number: int, time_s: float, state: Stocked) -> ShelfState:
    return ShelfState(
        id=f"{number}-{time_s:.3f}", time=START + timedelta(seconds=time_s), shop=shop.shop.id,
        camera=shop.cameras[0].id, shelf="table", facing=facing,
        fill=1.0 if state == "full" else 0.0, state=state, confidence=1.0,
    )  # fmt: skip


def table(known: dict[str, Any]) -> Shop:
    """A facing around each bottle, wherever it stands."""
    text = f"""
[shop]
id = "bottles"
timezone = "UTC"
policy = "strict"

[[camera]]
id = "table"
source = "table.mp4"
resolution = [{known["width"]}, {known["height"]}]
fps = 30

[[line]]
id = "way-in"
camera = "table"
points = [[0, 0], [10, 0]]

[[shelf]]
id = "table"
camera = "table"
tells = ["state"]
"""
    for number, bottle in enumerate(known["bottles"]):
        boxes = np.array([stand["box"] for stand in bottle["stands"]], np.float64)
        left, top = (boxes[:, :2].min(axis=0) - AROUND_PX).tolist()
        right, low = (boxes[:, 2:].max(axis=0) + AROUND_PX).tolist()
        body = f"20010{number:05d}00"
        text += f'\n[[shelf.facing]]\nid = "{bottle["id"]}"\n'
        text += f'gtin = "{body}{gtin_check_digit(body)}"\ncapacity = 1\n'
        text += f"polygon = [[{left}, {top}], [{right}, {top}], [{right}, {low}], [{left}, {low}]]"
    return parse_shop(text, "bottles.toml")
