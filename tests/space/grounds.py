"""The two grounds that people are counted on: one camera's picture, and the floor of many.

The same walks go over both: on the floor in metres, each person one visit, as a fusion of cameras
hands them over.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np

from miseban.camera.result import Analysis
from miseban.space.engine import CameraSpace
from miseban.space.floor_space import FloorSpace
from miseban.space.settings import SpaceSettings
from miseban.vocabulary.events import Event
from miseban.vocabulary.floor import EndedVisit, FloorRows
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.space.walks import START, replayed, run, space

PX_PER_M = 60.0
"""The walks' people are 100 pixels tall: 1.67 m."""
BREAK = 1000
"""A broken track's number is so much higher: the fusion knows whose it is."""


class CameraGround:
    """One camera, in pixels."""

    name = "camera"

    def space(self, text: str, settings: SpaceSettings | None = None) -> CameraSpace:
        return space(text, settings)

    def facts(
        self,
        text: str,
        found: TrackRows,
        chunk: int | None = None,
        settings: SpaceSettings | None = None,
    ) -> list[Event]:
        return run(space(text, settings), found, chunk)

    def replayed(self, text: str, found: TrackRows) -> Analysis:
        with tempfile.TemporaryDirectory() as folder:
            return replayed(Path(folder), text, found)

    def figures(self, text: str, found: TrackRows) -> tuple[list[Event], float]:
        """The events, and all time on the heat map."""
        engine = space(text)
        events = run(engine, found)
        return events, float(engine.heat.seconds.sum()) + engine.heat.lost_s


class FloorGround:
    """The floor, in metres."""

    name = "floor"

    def space(self, text: str, settings: SpaceSettings | None = None) -> FloorSpace:
        rng = random.Random(1)
        return FloorSpace(
            on_floor(text), START, settings=settings, event_ids=EventIds(rng),
            visit_ids=VisitIds(rng),
        )  # fmt: skip

    def facts(
        self,
        text: str,
        found: TrackRows,
        chunk: int | None = None,
        settings: SpaceSettings | None = None,
    ) -> list[Event]:
        return run_floor(self.space(text, settings), floor_rows(found), chunk)

    def replayed(self, text: str, found: TrackRows) -> Analysis:
        events = self.facts(text, found, 50)
        duration_s = float(found.time_s.max()) if len(found) else 0.0
        return Analysis(None, START, duration_s=duration_s, events=events)

    def figures(self, text: str, found: TrackRows) -> tuple[list[Event], float]:
        engine = self.space(text)
        events = run_floor(engine, floor_rows(found))
        assert engine.heat is not None
        return events, float(engine.heat.seconds.sum()) + engine.heat.lost_s


Ground = CameraGround | FloorGround
GROUNDS: list[Ground] = [CameraGround(), FloorGround()]


def on_floor(text: str) -> Shop:
    """The shop with everything that is drawn on the picture drawn on the floor plan instead."""
    data = parse_shop(text, "shop.toml").model_dump(by_alias=True, exclude_none=True)
    data["shop"]["floor"] = {"width_m": 20.0, "depth_m": 10.0}
    data["camera"] = []
    for kind, key in (("line", "points"), ("zone", "polygon")):
        for drawn in data[kind]:
            del drawn["camera"]
            drawn[key] = [[value / PX_PER_M for value in point] for point in drawn[key]]
    return Shop.checked(data, "shop.toml")


def floor_rows(found: TrackRows, spread_m: float = 0.05) -> FloorRows:
    """The feet in metres; whose track broke stays one visit."""
    feet = np.stack([(found.xyxy[:, 0] + found.xyxy[:, 2]) / 2, found.xyxy[:, 3]], axis=1)
    n = len(found)
    return FloorRows(
        found.time_s,
        found.track % BREAK,
        feet / PX_PER_M,
        np.full(n, spread_m),
        np.ones(n, np.int64),
    )


def run_floor(engine: FloorSpace, rows: FloorRows, chunk: int | None = None) -> list[Event]:
    """Feeds ``rows`` (in order of time) in calls of ``chunk`` moments (None: all at once); a visit
    has ended five seconds after its last row."""
    moments = np.unique(rows.time_s)
    last = {int(v): float(rows.time_s[rows.visit == v].max()) for v in np.unique(rows.visit)}
    events: list[Event] = []
    step = chunk or max(1, len(moments))
    for at in range(0, len(moments), step):
        until_s = float(moments[min(at + step, len(moments)) - 1])
        a, b = (
            np.searchsorted(rows.time_s, moments[at]),
            np.searchsorted(rows.time_s, until_s, side="right"),
        )
        over = sorted((t, v) for v, t in last.items() if t + 5.0 <= until_s)
        ended = [EndedVisit(v, 1, ("c",), 1.0) for _, v in over]
        for _, v in over:
            del last[v]
        events += engine.update(rows.take(slice(int(a), int(b))), ended, until_s)
    events += engine.finish(float(moments[-1]) if len(moments) else 0.0)
    return sorted(events, key=lambda event: event.time)
