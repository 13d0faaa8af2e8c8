"""A made-up shop afternoon as events: the numbers it must give are worked out beside it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from miseban.insight.summary import summarise
from miseban.vocabulary.attributes import VALUES
from miseban.vocabulary.events import (
    AttributeSummary,
    CameraHealth,
    Event,
    LineCrossed,
    QueueState,
    VisitEnded,
    ZoneEntered,
    ZoneLeft,
    ZoneOccupancy,
)
from miseban.vocabulary.events.attribute import WINDOW_S
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.summary import Summary

START = datetime(2026, 5, 16, 4, 7, 30, tzinfo=UTC)  # 13:07:30 in Tokyo
ZONES = {
    "sandwiches": "area",
    "drinks": "area",
    "magazines": "area",
    "queue-1": "queue",
    "counter-1": "counter",
    "back-room": "crew",
}
NAMES = {
    "kawaguchi": "川口店",
    "sandwiches": "サンドイッチ",
    "drinks": "飲み物",
    "magazines": "雑誌",
    "queue-1": "レジ1の列",
    "counter-1": "レジ1",
    "entrance": "正面入口",
}


class Maker:
    """Makes events at seconds since ``START``."""

    def __init__(self, seed: int = 1) -> None:
        self.ids = EventIds(random.Random(seed))
        self.events: list[Event] = []

    def _fields(self, at_s: float) -> dict[str, object]:
        time = START + timedelta(seconds=at_s)
        ident = self.ids.at(time.timestamp())
        return {"id": ident, "time": time, "shop": "kawaguchi", "camera": "door"}

    def cross(self, at_s: float, visit: str, direction: str = "in", line: str = "entrance") -> None:
        fields = self._fields(at_s) | {"line": line, "direction": direction, "visit": visit}
        self.events.append(LineCrossed.model_validate(fields))

    def stay(self, at_s: float, dwell_s: float, visit: str, zone: str) -> None:
        entered = self._fields(at_s) | {"zone": zone, "visit": visit}
        left = self._fields(at_s + dwell_s) | {"zone": zone, "visit": visit}
        self.events.append(ZoneEntered.model_validate(entered))
        self.events.append(ZoneLeft.model_validate(left | {"dwell_s": dwell_s, "stitched": 1}))

    def occupancy(
        self, at_s: float, zone: str, person_s: float, most: int, period_s: float = 60.0
    ) -> None:
        fields = {"zone": zone, "people": 0, "people_max": most, "person_s": person_s}
        fields |= {"period_s": period_s, "coverage": 1.0}
        self.events.append(ZoneOccupancy.model_validate(self._fields(at_s) | fields))

    def queue(self, at_s: float, length: int, zone: str = "queue-1") -> None:
        fields = {"zone": zone, "length": length, "waiting_s": 0.0}
        self.events.append(QueueState.model_validate(self._fields(at_s) | fields))

    def visit(
        self,
        start_s: float,
        end_s: float,
        visit: str,
        areas: tuple[str, ...] = (),
        **told: str | None,
    ) -> None:
        fields = {"visit": visit, "started": START + timedelta(seconds=start_s)}
        fields |= {"t": (start_s,), "x": (1.0,), "y": (1.0,), "unit": "px"}
        fields |= {"areas": areas, "stitched": 1, **told}
        self.events.append(VisitEnded.model_validate(self._fields(end_s) | fields))

    def looks(
        self, quarter: int, zone: str, visitors: int, **told: tuple[int, list[int | None]]
    ) -> None:
        """``told`` of each attribute: how many were judged, and the people of each value."""
        first = START.timestamp() // WINDOW_S + quarter
        time = datetime.fromtimestamp((first + 1) * WINDOW_S, UTC)
        attributes = [
            {
                "attribute": name,
                "judged": judged,
                "values": [
                    {"value": value, "people": n}
                    for value, n in zip(VALUES[name], people, strict=True)  # type: ignore[index]
                ],
            }
            for name, (judged, people) in told.items()
        ]
        fields = self._fields((time - START).total_seconds()) | {"zone": zone, "k": 5}
        fields |= {"visitors": visitors, "attributes": attributes}
        self.events.append(AttributeSummary.model_validate(fields))

    def gap(self, until_s: float, gap_s: float, reason: str = "the stream stopped") -> None:
        fields = {"state": "gap", "fps": 5.0, "gap_s": gap_s, "reason": reason}
        self.events.append(CameraHealth.model_validate(self._fields(until_s) | fields))


def summary_of(
    maker: Maker,
    *,
    duration_s: float = 5400.0,
    lines: tuple[str, ...] = ("entrance",),
    zones: dict[str, str] | None = None,
    tills: tuple[tuple[str, str], ...] = (("queue-1", "counter-1"),),
    uncovered_s: float = 0.0,
    incomplete: str = "",
) -> Summary:
    return summarise(
        maker.events,
        shop_id="kawaguchi",
        camera="door",
        start=START,
        duration_s=duration_s,
        frames=int(duration_s * 5),
        analysed_fps=5.0,
        incomplete=incomplete,
        lines=lines,
        zones=ZONES if zones is None else zones,
        tills=tills,
        model="yolox-nano",
        versions={"miseban": "0.1.0", "onnxruntime": "1.23"},
        uncovered_s=uncovered_s,
        entrances=set(lines),
    )


def afternoon() -> Maker:
    """Ninety minutes, 70 visitors, a queue, and four minutes without the camera."""
    rng = random.Random(7)
    maker = Maker()
    joined: list[float] = []
    left: list[float] = []
    for n in range(70):
        visit = f"v{n:02}"
        enters = at = rng.triangular(0, 4600, 2600)
        areas: list[str] = []
        maker.cross(at, visit, "in")
        for zone, odds, longest in (
            ("sandwiches", 0.7, 90),
            ("drinks", 0.5, 50),
            ("magazines", 0.15, 400),
        ):
            at += rng.uniform(4, 15)
            if rng.random() < odds:
                dwell = rng.uniform(5, longest)
                maker.stay(at, dwell, visit, zone)
                maker.occupancy(at + dwell, zone, dwell, rng.choice((1, 1, 2, 3)))
                areas.append(zone)
                at += dwell
        if rng.random() < 0.8:
            wait = rng.uniform(5, 150)
            maker.stay(at, wait, visit, "queue-1")
            maker.occupancy(at + wait, "queue-1", wait, rng.choice((1, 2, 3, 4)))
            areas.append("queue-1")
            joined.append(at)
            left.append(at + wait)
            at += wait + 3
            if rng.random() < 0.9:
                served = rng.uniform(20, 60)
                maker.stay(at, served, visit, "counter-1")
                maker.occupancy(at + served, "counter-1", served, 1)
                areas.append("counter-1")
                at += served
        if at < 5390:
            maker.cross(at + 5, visit, "out")
        maker.visit(enters, min(at + 5, 5400), visit, tuple(areas))
    changes = sorted([(t, 1) for t in joined] + [(t, -1) for t in left])
    length = 0
    for at, change in changes:
        length += change
        maker.queue(at, length)
    maker.gap(3900, 240)
    return maker
