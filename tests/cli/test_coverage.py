"""``miseban coverage`` as somebody types it."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.camera.calibration.coverage_picture import COLOURS
from miseban.cli.app import run
from tests.sim import konbini

SHOP = str(konbini.SHOP_FILE)


def test_it_says_how_much_is_seen_where_nothing_is_and_where_more_should_hang(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    picture = tmp_path / "floor.png"
    assert run(["coverage", SHOP, "--more", "3", "--picture", str(picture)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert told[0] == "127 m² of floor without fixtures, 3 cameras"
    assert told[1].startswith("who stands (1.6 m) is seen by one and more: 68%")
    assert told[2].startswith("who lies (0.25 m) is seen by one and more: 44%")
    assert sum(" m² around " in line for line in told) >= 3
    assert [line.split(":")[0].strip() for line in told[-3:]] == ["1", "2", "3"]
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    assert drawn.shape[1] == 1200
    none, one = (int(np.all(drawn == colour, axis=2).sum()) for colour in COLOURS[:2])
    assert none > one > 10_000, "more than half of who lies is not seen"


def test_figures_for_programs_are_those_that_people_read(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["coverage", SHOP, "--more", "5", "--anew", "--hang", "2.6", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["floor_m2"] == 126.75
    assert round(told["seen"]["lies"]["by_one"], 2) == 0.44
    assert told["cameras"].keys() == {"door", "aisle", "till"}
    assert len(told["more"]) == 5
    assert {one["height_m"] for one in told["more"]} == {2.6}
    assert told["more"][-1]["by_one"] > 0.9, "five hung well see more than three that count"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["--within", "0,0,5"], "--within: expected two corners in metres"),
        (["--within", "0,0,5,nan"], "--within: expected two corners in metres"),
        (["--within", "50,50,60,60"], "expected some floor"),
        (["--anew"], "--anew: expected --more beside it"),
        (["--picture", SHOP], "expected a new file for --picture"),
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
