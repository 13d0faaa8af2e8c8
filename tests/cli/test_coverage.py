"""``miseban coverage`` as somebody types it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.camera.calibration.coverage_picture import COLOURS, FIXTURE
from miseban.cli.app import run
from tests.sim import konbini

SHOP = str(konbini.SHOP_FILE)
EMPTY = """
[shop]
id = "s"
timezone = "UTC"
policy = "strict"
floor = { width_m = 10, depth_m = 6 }
[[camera]]
id = "blind"
source = "usb:0"
resolution = [640, 360]
[[zone]]
id = "all-of-it"
name = "All of it"
kind = "area"
polygon = [[1, 1], [9, 1], [9, 5], [1, 5]]
"""
WALL = '[[fixture]]\nid = "w"\npolygon = [[0, 0], [2, 0], [2, 6], [0, 6]]\n'


def shop(tmp_path: Path, text: str) -> str:
    file = tmp_path / "shop.toml"
    file.write_text(text, "utf-8")
    return str(file)


def test_what_people_read_is_what_programs_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["coverage", SHOP, "--more", "3", "--hang", "2.6", "--within", "0,0,14,10"]
    assert run(asked) == 0
    text = capsys.readouterr().out
    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert f"{told['floor_m2']:.0f} m² of floor that nothing stands on\n" in text
    assert told["cameras"].keys() == {"door", "aisle", "till"}
    for name, m2 in told["cameras"].items():
        assert f"  {name} sees {m2:.0f} m²\n" in text
    for posture, seen in told["seen"].items():
        line = next(line for line in text.splitlines() if f"who {posture} (" in line)
        assert re.findall(r"(\d+)%", line) == [
            f"{100 * seen[key]:.0f}" for key in ("by_one", "by_two")
        ]
    gaps = told["seen"]["lies"]["gaps"]
    assert gaps
    for gap in gaps[:8]:
        assert f"  {gap['m2']:.1f} m² around {gap['x']:.1f}, {gap['y']:.1f}" in text
    assert len(told["more"]) == 3
    for number, one in enumerate(told["more"], start=1):
        assert f"  {number}: at {one['x']:.1f}, {one['y']:.1f}, looks" in text
        assert f"{one['by_one']:.0%}, {one['by_two']:.0%}" in text
        assert one["height_m"] == 2.6
        assert one["y"] <= 10
    assert told["more"][-1]["by_one"] > told["seen"]["lies"]["by_one"] + 0.2


def test_a_narrow_lens_shows_less_and_cameras_that_hang_count(
    capsys: pytest.CaptureFixture[str],
) -> None:
    shares = []
    for more in (["--anew"], ["--anew", "--angle", "40"], []):
        assert run(["coverage", SHOP, "--more", "2", "--json", *more]) == 0
        shares.append(json.loads(capsys.readouterr().out)["more"][-1]["by_one"])
    anew, narrow, beside = shares
    assert narrow < anew < beside


def test_what_is_not_known_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["coverage", shop(tmp_path, EMPTY)]) == 0
    told = capsys.readouterr().out
    assert "  blind has no floor_points: not counted\n" in told
    assert "no [[fixture]] is on the plan: figures are of an empty room\n" in told
    assert "  60.0 m² around 4.9, 2.9 (All of it)\n" in told
    assert run(["coverage", shop(tmp_path, EMPTY + WALL), "--more", "400"]) == 0
    told = capsys.readouterr().out
    assert "1 of 1 fixtures have no height_m: taken as 1.8 m\n" in told
    assert "48 m² of floor" in told
    assert told.endswith("one more would show nothing that two do not see already\n")


def test_the_picture_is_the_plan_coloured_by_who_sees(tmp_path: Path) -> None:
    file = shop(tmp_path, EMPTY + WALL)
    before, after = tmp_path / "before.png", tmp_path / "after.PNG"
    assert run(["coverage", file, "--picture", str(before)]) == 0
    assert run(["coverage", file, "--more", "1", "--picture", str(after)]) == 0
    drawn, then = (cv2.imread(str(one)) for one in (before, after))
    assert drawn is not None
    assert then is not None
    assert drawn.shape == (720 + 3 * 34, 1200 + 34, 3)

    def colour(picture: np.ndarray, x: float, y: float) -> tuple[int, ...]:
        """At a place of the plan, 120 pixels a metre."""
        return tuple(picture[68 + round(120 * y), 34 + round(120 * x)].tolist())

    assert colour(drawn, 1.0, 3.0) == FIXTURE
    assert colour(drawn, 5.05, 3.05) == COLOURS[0]
    plan = np.s_[68:-34, 34:]
    none, one = (
        [int(np.all(picture[plan] == c, axis=2).sum()) for picture in (drawn, then)]
        for c in COLOURS[:2]
    )
    assert none[0] == pytest.approx(48 * 120**2, rel=0.01)
    assert one[0] == 0
    assert none[0] - none[1] == pytest.approx(one[1], rel=0.05)
    assert one[1] > 0.4 * none[0]


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--within", "0,0,5"], "--within: expected two corners in metres"),
        (["--within", "0,0,5,nan"], "--within: expected two corners in metres"),
        (["--within", "50,50,60,60"], "50,50,60,60: expected a part of the floor"),
        (["--anew"], "--anew: expected --more beside it"),
        (["--angle", "60"], "--angle: expected --more beside it"),
        (["--picture", SHOP], "expected a new file for --picture"),
        (["--picture", "floor.jpg"], "expected a name that ends in .png for --picture"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["coverage", SHOP, *more]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert says in told.err
    assert len(told.err.splitlines()) == 1
