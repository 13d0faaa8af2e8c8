"""Several cameras in step: one time for all, and what breaks one leaves the others alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.appearance import AppearanceMemory
from miseban.camera.in_step import in_step
from miseban.camera.opening import open_source
from miseban.camera.together import analyse_together
from miseban.vision.detectors import open_detector
from miseban.vision.detectors.detection import Detections
from miseban.vision.pixels import Frame
from miseban.vision.sources import Gap
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import CameraHealth, VisitEnded
from miseban.vocabulary.shop import load_shop, parse_shop
from tests.camera.played import START, PlayedSource

SHOPS = Path(__file__).parents[2] / "shops"
CAMERA = """
[[camera]]
id = "{0}"
source = "usb:0"
resolution = [64, 48]
[[zone]]
id = "{0}-floor"
kind = "area"
camera = "{0}"
polygon = [[0, 0], [64, 0], [64, 48], [0, 48]]
"""
SHOP = parse_shop(
    '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n' + CAMERA.format("a") + CAMERA.format("b"),
    "s",
)


class Played(PlayedSource):
    """Noise from ``late_s`` after ``START`` on, for ``long_s``."""

    def __init__(self, late_s: float, long_s: float, fps: float = 5.0) -> None:
        super().__init__(64, 48, fps, round(long_s * fps))
        self.info = replace(self.info, start=START + timedelta(seconds=late_s))
        self.closed = False

    def frames(self) -> Iterator[Frame]:
        rng = np.random.default_rng(0)
        for n in range(self.info.frames or 0):
            time_s = n / (self.info.fps or 5.0)
            if self.gaps and self.gaps[0].start_s < time_s < self.gaps[0].end_s:
                continue
            picture = rng.integers(90, 160, (48, 64, 3), np.uint8)
            yield Frame(picture, n + 1, time_s, self.info.start + timedelta(seconds=time_s))


class OneStands:
    """Sees one person standing still, always; breaks at its frame ``breaks``."""

    name = "one stands"

    def __init__(self, breaks: int = 0) -> None:
        self._left = breaks

    def detect(self, frame: Frame) -> Detections:
        self._left -= 1
        if self._left == 0:
            raise Failed("model-fault", "net.onnx", "it broke")
        return Detections(np.array([[20.0, 5.0, 40.0, 40.0]]), np.array([0.9]))

    def close(self) -> None:
        """Nothing is open."""


def test_frames_come_in_the_order_in_which_they_were_taken() -> None:
    sources = {"a": Played(3.0, 4.0), "b": Played(0.0, 5.0, fps=2.0)}
    taken = [
        (frame.time_s + (3.0 if name == "a" else 0.0), name)
        for name, frame in in_step(sources, START)
    ]
    assert taken == sorted(taken, key=lambda one: one[0])
    assert [name for _, name in taken].count("a") == 20
    assert [name for _, name in taken].count("b") == 10
    until = list(in_step({"a": Played(3.0, 4.0), "b": Played(0.0, 5.0)}, START, 4.0))
    assert [name for name, _ in until].count("a") == 5


def test_all_cameras_have_one_time() -> None:
    one = OneStands()
    sources = {"a": (Played(30.0, 20.0), one), "b": (Played(0.0, 60.0), one)}
    result, rows = analyse_together(sources, SHOP)
    assert result.start == START
    assert result.duration_s == pytest.approx(60, abs=0.3)
    assert rows["a"].time_s[0] == pytest.approx(30)
    assert rows["b"].time_s[[0, -1]] == pytest.approx([0, 59.8])
    assert len(result.frames) == 100 + 300
    gaps = {
        (event.camera, event.reason, round(event.gap_s))
        for event in result.events
        if isinstance(event, CameraHealth) and event.state == "gap"
    }
    assert gaps == {
        ("a", "the recording began later", 30),
        ("a", "the recording is over", 10),
    }
    assert result.uncovered_s == pytest.approx(20, abs=0.5)  # 40 of two times 60 seconds
    stays = [event for event in result.events if isinstance(event, VisitEnded)]
    assert {event.camera for event in stays} == {"a", "b"}
    assert result.alone == {"a": len(rows["a"]), "b": len(rows["b"])}
    assert not result.incomplete


def test_what_breaks_one_camera_leaves_the_others_alone() -> None:
    broken = Played(0.0, 20.0)
    broken.incomplete = "the file is cut off"
    broken.gaps.append(Gap(4.0, 9.0, "no frames came"))
    sources = {"a": (broken, OneStands()), "b": (Played(0.0, 40.0), OneStands(breaks=100))}
    result, rows = analyse_together(sources, SHOP, gate=False)
    assert result.incomplete == "a: the file is cut off; b: net: it broke"
    assert len(rows["b"]) == pytest.approx(99, abs=1)
    assert any(
        isinstance(e, CameraHealth) and e.camera == "a" and e.gap_s == 5.0 for e in result.events
    )


def test_a_camera_without_recording_is_lost_coverage() -> None:
    result, rows = analyse_together(
        {"a": (Played(0.0, 20.0), OneStands())}, SHOP, lost={"b": "there is none"}
    )
    assert list(rows) == ["a"]
    assert result.uncovered_s == pytest.approx(10, abs=0.2)
    gaps = [e for e in result.events if isinstance(e, CameraHealth) and e.state == "gap"]
    (gap,) = gaps
    assert (gap.camera, gap.reason) == ("b", "there is none")
    assert gap.gap_s == pytest.approx(20, abs=0.3)
    assert result.incomplete == "b: there is none"


def test_looks_are_forgotten_in_time_also_where_no_detector_looks_any_more() -> None:
    def left(long_s: float) -> int:
        looks = AppearanceMemory(3.0, UTC)
        source = Played(0.0, long_s)
        analyse_together({"a": (source, OneStands(breaks=15))}, SHOP, gate=False, looks=looks)
        return len(looks)

    assert left(4.0) == 1
    assert left(20.0) == 0


FLOOR = """floor_points = [
  { pixel = [0, 0], floor_m = [0, 0] }, { pixel = [64, 0], floor_m = [8, 0] },
  { pixel = [0, 48], floor_m = [0, 6] }, { pixel = [64, 48], floor_m = [8, 6] },
]
[[zone]]"""


class Flapping(Played):
    """Sends nothing in three stretches too short for a gap in what people do."""

    away = ((20.0, 22.5), (40.0, 42.5), (60.0, 62.5))

    def frames(self) -> Iterator[Frame]:
        for frame in super().frames():
            if not any(from_s < frame.time_s < to_s for from_s, to_s in self.away):
                yield frame


def test_a_camera_that_comes_and_goes_is_known_by_its_frames() -> None:
    text = '[shop]\nid = "s"\ntimezone = "UTC"\npolicy = "jp"\n'
    text += "floor = { width_m = 8, depth_m = 6 }\n"
    text += "".join(CAMERA.format(c).replace("[[zone]]", FLOOR) for c in "ab")
    sources = {"a": (Played(0.0, 100.0), OneStands()), "b": (Flapping(0.0, 100.0), OneStands())}
    result, _ = analyse_together(sources, parse_shop(text, "s"), gate=False)
    health = [e for e in result.events if isinstance(e, CameraHealth)]
    assert {e.camera for e in health if e.state == "flapping"} == {"b"}
    (told, *_) = (e.time for e in health if e.state == "flapping")
    assert told - START <= timedelta(seconds=100)


def test_it_ends_when_it_is_told_to() -> None:
    seen: list[float] = []
    sources = {"a": (Played(0.0, 20.0), OneStands()), "b": (Played(0.0, 20.0), OneStands())}
    result, _ = analyse_together(
        sources, SHOP, progress=seen.append, stopped=lambda: bool(seen) and seen[-1] >= 3.0
    )
    assert result.incomplete == "stopped by hand"
    assert result.duration_s == pytest.approx(3.2, abs=0.3)


def test_three_drawn_cameras_of_a_shop_become_one_floor() -> None:
    pytest.importorskip("panda3d", reason="needs panda3d, the extra `sim`")
    shop_file = SHOPS / "konbini.toml"
    shop = load_shop(shop_file)
    detector = open_detector("person-small")
    sources = {
        camera.id: (
            open_source(f"sim:{camera.id}?pace=full&from=12:00&seed=4", shop_file=shop_file),
            detector,
        )
        for camera in shop.cameras
    }
    result, rows = analyse_together(sources, shop, until_s=8.0)
    assert set(result.sights) == {camera.id for camera in shop.cameras}
    assert sum(len(part) for part in rows.values()) > 20
    visits = [event for event in result.events if isinstance(event, VisitEnded)]
    assert visits
    assert all(visit.unit == "m" for visit in visits)
    floor = shop.shop.floor
    assert floor is not None
    for visit in visits:
        assert all(-1 <= x <= floor.width_m + 1 for x in visit.x)
        assert all(-1 <= y <= floor.depth_m + 1 for y in visit.y)
