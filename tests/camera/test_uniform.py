"""From pictures of several cameras to who works here, by the colour that the shop file names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from miseban.camera.result import Analysis
from miseban.camera.together import analyse_together
from miseban.camera.uniform import UniformOfVisits, open_uniform
from miseban.insight.outputs import Told, write_outputs
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vocabulary.events import VisitEnded
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.camera.played import PlayedSource

SIZE, PX_M, FPS, LONG_S = (160, 160), 20.0, 3.0, 150.0
TEAL, RED = (31, 111, 92), (160, 40, 40)
SHOP = """
[shop]
id = "s"
timezone = "UTC"
policy = "eu"
floor = { width_m = 8, depth_m = 8 }
[[line]]
id = "door"
points = [[8.0, 5.0], [0.0, 5.0]]
[[zone]]
id = "back"
kind = "crew"
polygon = [[0, 2], [0.8, 2], [0.8, 3], [0, 3]]
[[zone]]
id = "street"
kind = "entrance"
polygon = [[0, 6], [8, 6], [8, 8], [0, 8]]
""" + "".join(
    f"""
[[camera]]
id = "{name}"
source = "usb:0"
resolution = [160, 160]
fps = 3
floor_points = [
  {{ pixel = [0, 0], floor_m = [0, 0] }}, {{ pixel = [160, 0], floor_m = [8, 0] }},
  {{ pixel = [0, 160], floor_m = [0, 8] }}, {{ pixel = [160, 160], floor_m = [8, 8] }},
]
"""
    for name in ("a", "b")
)
NAMED = '[staff]\nuniform = ["#1f6f5c"]\n'
Place = tuple[float, float]


def places(time_s: float) -> dict[str, Place]:
    """A member of staff goes between the back and shelves, and stops there no longer than a
    shopper might; shoppers come in one after another by the left of the door, and go out by the
    right."""
    walked = (0.0, 8.0, 11.0, 37.0, 40.0)
    x = float(np.interp(time_s % 40.0, walked, (0.5, 0.5, 3.0, 3.0, 0.5)))
    found: dict[str, Place] = {"staff": (x, 2.5)}
    for n in range(6):
        since_s = time_s - 3.0 - 22.0 * n
        if 0.0 <= since_s <= 20.0:
            x = float(np.interp(since_s, (6.0, 14.0), (4.4, 7.0)))
            y = float(np.interp(since_s, (0.0, 6.0, 14.0, 20.0), (7.5, 3.0, 3.0, 7.5)))
            found[f"shopper {n}"] = (x, y)
    return found


def box(place: Place) -> tuple[float, float, float, float]:
    x, y = place[0] * PX_M, place[1] * PX_M
    return x - 7.0, y - 36.0, x + 7.0, y


class Drawn(PlayedSource):
    """People in plain colours before shelves of many; one camera is darker and warmer."""

    def __init__(self, light: tuple[float, float, float]) -> None:
        super().__init__(*SIZE, FPS, round(LONG_S * FPS))
        self._light = np.array(light)

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(3)
        shelves = np.kron(rng.uniform(40, 220, (16, 16, 3)), np.ones((10, 10, 1)))
        for n in range(self.info.frames or 0):
            time_s = n / FPS
            picture = shelves.copy()
            for name, place in places(time_s).items():
                x1, y1, x2, y2 = (round(v) for v in box(place))
                shirt = np.array(TEAL if name == "staff" else RED, float)[::-1] * 0.7
                picture[max(y1, 0) : y2, x1:x2] = 60.0
                picture[max(y1 + 5, 0) : max(y1 + 19, 0), x1:x2] = shirt
            picture = picture * self._light + rng.normal(0, 3, picture.shape)
            at = self.info.start + timedelta(seconds=time_s)
            yield Frame(np.clip(picture, 0, 255).astype(np.uint8), n + 1, time_s, at)


class Knows:
    """Sees everybody."""

    name = "knows"

    def detect(self, frame: Frame) -> Detections:
        there = [box(p) for p in places(frame.time_s).values()]
        xyxy = np.clip(np.array(there), 0, [*SIZE, *SIZE])
        return Detections(xyxy, np.full(len(xyxy), 0.9))

    def close(self) -> None:
        """Nothing is open."""


def analysed(shop: Shop) -> tuple[Analysis, dict[str, TrackRows]]:
    sources = {
        "a": (Drawn((1.0, 1.0, 1.0)), Knows()),
        "b": (Drawn((0.62, 0.70, 0.75)), Knows()),
    }
    return analyse_together(sources, shop, gate=False, uniform=open_uniform(shop, "s.toml"))


@pytest.fixture(scope="module")
def plain() -> Analysis:
    return analysed(parse_shop(SHOP, "s.toml"))[0]


@pytest.fixture(scope="module")
def named() -> tuple[Analysis, dict[str, TrackRows]]:
    return analysed(parse_shop(SHOP + NAMED, "s.toml"))


def visits(result: Analysis) -> list[VisitEnded]:
    found = [event for event in result.events if isinstance(event, VisitEnded)]
    return sorted(found, key=lambda event: (event.started, event.t))


def role_of_staff(result: Analysis) -> str | None:
    (event,) = (v for v in visits(result) if lasted_s(v) > 0.8 * LONG_S)
    return event.role


def lasted_s(visit: VisitEnded) -> float:
    return visit.t[-1] - visit.t[0]


def test_who_goes_from_shelf_to_shelf_in_the_uniform_is_staff_and_no_shopper_is(
    plain: Analysis, named: tuple[Analysis, dict[str, TrackRows]]
) -> None:
    result, _ = named
    assert role_of_staff(plain) == "shopper"
    assert role_of_staff(result) == "staff"
    others = [v.role for v in visits(result) if lasted_s(v) < 0.5 * LONG_S]
    assert len(others) >= 5
    assert set(others) == {"shopper"}


def test_nothing_but_roles_comes_out_of_it(
    plain: Analysis, named: tuple[Analysis, dict[str, TrackRows]], tmp_path: Path
) -> None:
    result, rows = named
    assert Counter(e.type for e in result.events) == Counter(e.type for e in plain.events)
    for event, before in zip(visits(result), visits(plain), strict=True):
        told, was = event.model_dump(), before.model_dump()
        assert told.keys() == was.keys()
        assert {k for k in told if told[k] != was[k]} <= {"id", "visit", "group", "role"}
    shop = parse_shop(SHOP + NAMED, "s.toml")
    write_outputs(tmp_path, result, shop, Told("knows"))
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {"events.parquet", "summary.json"} <= {p.name for p in files}
    table = pq.read_table(tmp_path / "events.parquet").to_pylist()
    content = [path.read_bytes() for path in files] + [repr(table).encode()]
    for colour in (b"1f6f5c", b"1F6F5C", b"31, 111, 92", b"uniform"):
        assert not any(colour in part for part in content)
    assert {len(part) > 0 for part in rows.values()} == {True}


class Tracks:
    def __init__(self, told: dict[tuple[str, int], float]) -> None:
        self._told = told

    def wears(self, camera: str, track: int) -> float | None:
        return self._told.get((camera, track))


class Visits:
    def __init__(self, held: dict[int, list[tuple[str, int]]]) -> None:
        self._held = held

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        return self._held.get(visit, [])


def test_a_visit_is_judged_by_the_tracks_it_has_now() -> None:
    tracks = Tracks({("a", 1): 3.0, ("b", 7): -1.0, ("c", 2): 2.0})
    held = {1: [("a", 1), ("b", 7), ("c", 9)], 2: [("c", 9)], 3: []}
    cue = UniformOfVisits(tracks, Visits(held))
    assert cue.uniform(1) == 1.0
    assert cue.uniform(2) is None
    assert cue.uniform(3) is None
    assert cue.uniform(4) is None
