"""Replays of several cameras over one floor: fused, from one file or several."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from miseban.camera.in_time import in_order_of_time
from miseban.camera.replay import replay
from miseban.insight.outputs import Told, write_outputs
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import CameraHealth, LineCrossed, VisitEnded
from miseban.vocabulary.shop import Shop, parse_shop
from miseban.vocabulary.tracks import TrackRows
from tests.space.walks import START, rows, to_csv, together, told

SHOP = """
[shop]
id = "s"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 12.0, depth_m = 6.0 }
""" + "".join(
    f"""
[[camera]]
id = "{name}"
source = "usb:0"
resolution = [800, 600]
fps = 5
floor_points = [
  {{ pixel = [0, 0], floor_m = [{x}, 0.0] }}, {{ pixel = [800, 0], floor_m = [{x + 8}, 0.0] }},
  {{ pixel = [0, 600], floor_m = [{x}, 6.0] }}, {{ pixel = [800, 600], floor_m = [{x + 8}, 6.0] }},
]
"""
    for name, x in (("west", 0.0), ("east", 4.0))
)
DOOR = '[[line]]\nid = "door"\ncamera = "west"\npoints = [[200, 600], [200, 0]]\n'
PLAN = '[[line]]\nid = "plan"\npoints = [[6, 6], [6, 0]]\n'
YARD = (
    '[[camera]]\nid = "yard"\nsource = "usb:0"\nresolution = [800, 600]\n'
    '[[line]]\nid = "gate"\ncamera = "yard"\npoints = [[400, 600], [400, 0]]\n'
)


def shop(more: str = DOOR + PLAN) -> Shop:
    return parse_shop(SHOP + more, "s.toml")


def seen(camera: str, people: int = 3, seed: int = 1) -> TrackRows:
    """What a camera sees of people who walk from x = 0.5 m to 11.5 m, a minute apart."""
    rng = np.random.default_rng(seed)
    from_x = {"west": 0.0, "east": 4.0, "yard": 0.0}[camera]
    parts = []
    for k in range(people):
        time_s = 60 * k + np.arange(0, 11, 0.2)
        x = 0.5 + (time_s - 60 * k)
        feet = np.stack([100 * (x - from_x), np.full(len(x), 300.0)], axis=1)
        there = (x > from_x) & (x < from_x + 8)
        noise = rng.normal(0, 3, feet.shape)
        parts.append(rows(10 * k + seed, time_s, feet + noise, (40, 100)).take(there))
    return together(parts)


def file_of(folder: Path, name: str, *cameras: str) -> Path:
    """One tracks file of several cameras, in order of time."""
    path = folder / name
    lines: list[tuple[float, str]] = []
    header = ""
    for n, camera in enumerate(cameras):
        text = to_csv(path, seen(camera, seed=n + 1), camera).read_text().splitlines()
        header = text[0]
        lines += [(float(line.split(",")[1]), line) for line in text[1:]]
    lines.sort(key=lambda line: line[0])
    path.write_text("\n".join([header, *(line for _, line in lines)]) + "\n")
    return path


def test_people_seen_by_two_cameras_count_once(tmp_path: Path) -> None:
    result = replay(file_of(tmp_path, "t.csv", "west", "east"), shop(), START)
    visits = [e for e in result.events if isinstance(e, VisitEnded)]
    assert len(visits) == 3
    assert {(e.camera, e.unit) for e in visits} == {(None, "m")}
    assert all(e.x[0] < 2 and e.x[-1] > 10 for e in visits)
    crossed = sorted((e.line, str(e.camera), e.direction) for e in _passages(result.events))
    assert crossed == [("door", "west", "in")] * 3 + [("plan", "None", "in")] * 3
    assert set(result.sights) == {"west", "east"}
    assert result.alone == {}
    assert result.heat is None
    assert result.floor_heat is not None
    assert result.floor_heat.seconds.sum() == pytest.approx(33, abs=3)
    (tmp_path / "out").mkdir()
    summary = write_outputs(tmp_path / "out", result, shop(), Told("tracks"))
    assert summary.people == 3
    assert summary.cameras["west"].fused
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "together on one floor" in page
    assert page.count("<img") == 1


def _passages(events: Sequence[object]) -> list[LineCrossed]:
    return [event for event in events if isinstance(event, LineCrossed)]


def test_one_camera_of_them_is_as_it_was(tmp_path: Path) -> None:
    path = file_of(tmp_path, "t.csv", "west", "east")
    result = replay(path, shop(), START, "west")
    assert result.camera == "west"
    assert {e.camera for e in result.events} == {"west"}
    assert len(_passages(result.events)) == 6
    assert result.heat is not None


def test_a_camera_without_floor_points_is_counted_beside_them(tmp_path: Path) -> None:
    made = shop(DOOR + PLAN + YARD)
    result = replay(file_of(tmp_path, "t.csv", "west", "east", "yard"), made, START)
    assert {name: n > 100 for name, n in result.alone.items()} == {"yard": True}
    assert sum(e.line == "gate" for e in _passages(result.events)) == 3
    assert len([e for e in result.events if isinstance(e, VisitEnded)]) == 6
    (tmp_path / "out").mkdir()
    summary = write_outputs(tmp_path / "out", result, made, Told("tracks"))
    assert summary.people == 3
    assert not summary.cameras["yard"].fused


def test_several_files_are_as_one(tmp_path: Path) -> None:
    both = replay(file_of(tmp_path, "t.csv", "west", "east"), shop(), START)
    west = to_csv(tmp_path / "west.csv", seen("west", seed=1), "west")
    east = to_csv(tmp_path / "east.csv", seen("east", seed=2), "east")
    for files in ([west, east], [east, west]):
        apart = replay(files, shop(), START)
        assert told(apart.events) == told(both.events)
        assert apart.duration_s == both.duration_s


def test_a_camera_in_two_files_is_refused(tmp_path: Path) -> None:
    west = to_csv(tmp_path / "west.csv", seen("west"), "west")
    again = to_csv(tmp_path / "again.csv", seen("west"), "west")
    with pytest.raises(BadInput, match="expected each camera in one file, found west"):
        replay([west, again], shop(), START)


def test_files_come_in_order_of_time_whatever_their_own(tmp_path: Path) -> None:
    """A long one, a short one, an empty one and one in no order."""
    names = ("west", "east", "yard")
    found = {
        "west": seen("west", 200),
        "east": seen("east", 2).take(slice(None, None, -1)),
        "yard": TrackRows.empty(),
    }
    files = {to_csv(tmp_path / f"{n}.csv", found[n], n): n != "east" for n in names}
    blocks = list(in_order_of_time(files))
    times = np.concatenate([block[1].time_s for block in blocks])
    assert len(times) == sum(map(len, found.values()))
    assert (np.diff(times) >= 0).all()
    ends = [float(block[1].time_s[-1]) for block in blocks]
    starts = [float(block[1].time_s[0]) for block in blocks]
    assert all(a < b for a, b in zip(ends, starts[1:], strict=False)), "a moment was parted"
    cameras = np.concatenate([block[0] for block in blocks])
    assert {name: int((cameras == name).sum()) for name in names} == {
        name: len(found[name]) for name in names
    }


def test_a_camera_without_rows_is_lost_and_not_one_that_saw_nobody(tmp_path: Path) -> None:
    """The door is drawn on the picture of the camera of which there is nothing."""
    made = shop(PLAN + YARD)
    path = file_of(tmp_path, "t.csv", "west", "east")
    result = replay(path, made, START)
    assert result.incomplete == "no rows of yard"
    assert result.uncovered_s == pytest.approx(result.duration_s / 3)
    (gap,) = (e for e in result.events if isinstance(e, CameraHealth) and e.state == "gap")
    assert (gap.camera, gap.reason) == ("yard", "there are no rows of it")
    assert gap.gap_s == pytest.approx(result.duration_s, abs=0.3)
    (tmp_path / "out").mkdir()
    summary = write_outputs(tmp_path / "out", result, made, Told("tracks"))
    assert summary.coverage == pytest.approx(2 / 3, abs=0.01)
    assert summary.incomplete == "no rows of yard"
    assert [hour.coverage for hour in summary.lines["gate"].hours] == [pytest.approx(0, abs=0.01)]
    assert summary.people == 3
    alone = replay(path, made, START, "west")
    assert (alone.incomplete, alone.uncovered_s) == ("", 0.0)


def test_a_fused_camera_without_rows_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    north = SHOP[SHOP.index("[[camera]]") :].replace('"west"', '"north"')
    made = parse_shop(SHOP + north[: north.index("[[camera]]", 1)] + DOOR + PLAN, "s.toml")
    path = file_of(tmp_path, "t.csv", "west", "east")
    result = replay(path, made, START)
    assert result.incomplete == "no rows of north"
    assert result.sights["north"] == 0
    assert told(_passages(result.events)) == told(_passages(replay(path, shop(), START).events))
