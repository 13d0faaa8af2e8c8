"""``miseban calibrate`` as a person types it."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import cv2
import numpy as np
import pytest

from miseban.camera.calibration.answer import Answer
from miseban.cli.app import run
from miseban.cli.new_files import write_new
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.tracks import COLUMNS, TrackRows
from tests.space.calibration.views import camera, off_cm, spots_of, tracks, walks
from tests.vision.boards.laid import laid_out

SHOP = """\
# Ours, with comments.
[shop]
id = "corner"
timezone = "Asia/Tokyo"
policy = "jp"
floor = { width_m = 16.0, depth_m = 12.0 }   # measured

[[camera]]
id = "door"          # by the door
source = "door.mp4"
resolution = [640, 360]
fps = 10
# Nothing known yet.

[[camera]]
id = "hall"
source = "hall.mp4"
resolution = [640, 360]
anchor = "upright"
floor_points = [  # as it was
  HALL
]

[[line]]
id = "in"
points = [[1, 1], [3, 1]]
"""


def written(points: tuple[np.ndarray, np.ndarray]) -> str:
    rows = np.column_stack(points).round(3).tolist()
    return "\n".join(f"  {{ pixel = [{u}, {v}], floor_m = [{x}, {y}] }}," for u, v, x, y in rows)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    path = tmp_path / "shop.toml"
    hall = camera(x=12.0, heading=2.0, height_m=3.4)
    path.write_text(SHOP.replace("  HALL", written(spots_of(hall, 6))), "utf-8")
    return path


def points_file(folder: Path, pixels: np.ndarray, floor_m: np.ndarray) -> Path:
    path = folder / "points.csv"
    rows = np.column_stack([pixels, floor_m]).round(3).tolist()
    lines = ["pixel_x,pixel_y,floor_x,floor_y", *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def tracks_file(folder: Path, rows: dict[str, TrackRows]) -> Path:
    path = folder / "tracks.csv"
    lines = []
    for name, of in rows.items():
        for t, who, box, score in zip(of.time_s, of.track, of.xyxy, of.score, strict=True):
            corners = ",".join(f"{v:.2f}" for v in box)
            lines.append((t, f"{name},{t:.3f},{who},{corners},{score:.2f}"))
    lines.sort()
    path.write_text("\n".join([",".join(COLUMNS), *(line for _, line in lines)]) + "\n")
    return path


def test_clicks_become_floor_points_and_a_copy_of_the_shop_file(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels, places = spots_of(camera(), 8)
    points = points_file(tmp_path, pixels, places)
    copy = tmp_path / "new.toml"
    before = shop.read_text("utf-8")
    arguments = ["calibrate", "--shop", str(shop), "--camera", "door", "--points", str(points)]
    assert run([*arguments, "--write", str(copy)]) == 0
    out = capsys.readouterr().out
    assert "# door: residual 0 cm: each of 8 points against the others" in out
    assert len(tomllib.loads(out)["floor_points"]) == 8
    assert shop.read_text("utf-8") == before
    text = copy.read_text("utf-8")
    assert [line for line in before.splitlines() if line not in text.splitlines()] == []
    found, other = load_shop(copy), load_shop(shop)
    assert found.camera("hall") == other.camera("hall")
    assert len(found.camera("door").floor_points) == 8
    # Once more onto the copy, whose points are replaced.
    again = tmp_path / "again.toml"
    arguments[2] = str(copy)
    assert run([*arguments, "--write", str(again)]) == 0
    assert again.read_text("utf-8") == text
    assert run([*arguments, "--write", str(again)]) == 2  # nothing is written over
    assert "found one that exists" in capsys.readouterr().err


def test_four_typed_points_say_that_nothing_checks_them(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pixels, places = spots_of(camera(), 4, seed=3)
    typed = [
        word
        for (u, v), (x, y) in zip(pixels.tolist(), places.tolist(), strict=True)
        for word in ("--point", f"{u:.1f},{v:.1f}={x:.2f},{y:.2f}")
    ]
    assert run(["calibrate", "--shop", str(shop), "--camera", "door", *typed, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["residual_cm"] > 1
    assert "nothing to compare with" in figures["basis"]
    assert figures["height_m"] == pytest.approx(3.2, rel=0.05)


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["calibrate", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    return err


def test_what_no_camera_sees_is_refused_in_one_line(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["--shop", str(shop), "--camera", "door"]
    pixels, places = spots_of(camera(), 8)

    def told(u: np.ndarray, x: np.ndarray) -> str:
        return refused([*base, "--points", str(points_file(tmp_path, u, x))], capsys)

    assert "four or more points, or none, found 3" in told(pixels[:3], places[:3])
    line = np.column_stack([np.linspace(100, 500, 5), np.linspace(100, 300, 5)])
    assert "no three lie on a line" in told(line, places[:5])
    assert "the floor mirrored" in told(pixels, np.array([16, 0]) + places * [-1, 1])
    assert "32 cm above the floor" in told(pixels, places * 0.1)
    assert "point 1: expected a point on the floor" in told(pixels, places + 20)
    assert "point 1: expected a point in the picture" in told(np.add(pixels, (640, 0)), places)
    turned = np.array([640, 360]) - pixels
    assert "the horizon at y = " in told(turned, places)
    wrong = places.copy()
    wrong[4] += [0.9, 0.2]
    said = told(pixels, wrong)
    assert "point 5: expected" in said
    assert "cm off" in said
    belongs = camera().to_pixel(wrong[[4]].round(3))[0]
    assert f"near [{belongs[0]:.0f}, {belongs[1]:.0f}]" in said
    assert "expected one of the shop file's: door, hall" in refused(base[:2], capsys)
    assert "--point: expected X,Y=PLAN_X,PLAN_Y" in refused([*base, "--point", "1,2,3"], capsys)
    assert "line 2: expected four numbers" in refused(
        [*base, "--points", str(_broken(tmp_path))], capsys
    )


def test_nothing_is_left_half_done(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    points = points_file(tmp_path, *spots_of(camera(), 8))
    tracks_csv = tracks_file(tmp_path, {"door": tracks(camera(), walks(2, 3))})
    base = [str(tracks_csv), "--shop", str(shop), "--camera", "door", "--points", str(points)]
    picture, nowhere = tmp_path / "x.png", tmp_path / "nodir"
    said = refused([*base, "--picture", str(nowhere / "x.png")], capsys)
    assert "expected a folder that exists for --picture" in said
    said = refused([*base, "--picture", str(picture), "--write", str(nowhere / "y.toml")], capsys)
    assert "expected a folder that exists for --write" in said
    said = refused([*base, "--picture", str(picture), "--write", str(picture)], capsys)
    assert "for --write other than --picture's" in said
    assert not picture.exists()
    said = refused([*base, "--write", str(tmp_path / ("a" * 300))], capsys)
    assert "cannot be written" in said
    # What the disk refuses only at the end takes the rest with it.
    with pytest.raises(BadInput, match="cannot be written"):
        write_new({picture: b"a picture", nowhere / "y.toml": b"a copy"})
    assert not picture.exists()
    picture.write_bytes(b"mine")
    with pytest.raises(BadInput, match="found one that exists"):
        write_new({tmp_path / "z.toml": b"a copy", picture: b"a picture"})
    assert picture.read_bytes() == b"mine"
    assert not (tmp_path / "z.toml").exists()


def test_a_walk_told_to_stand_on_feet_says_so_where_the_file_says_otherwise(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = camera(x=12.0, heading=2.0, height_m=3.4)
    file = tracks_file(tmp_path, {"hall": tracks(hall, walks(9, 30, spread_s=4.0))})
    spots = points_file(tmp_path, *(half[:3] for half in spots_of(hall, 6)))
    copy = tmp_path / "new.toml"
    arguments = ["calibrate", str(file), "--walk", "--shop", str(shop), "--camera", "hall"]
    arguments += ["--points", str(spots), "--anchor", "feet", "--write", str(copy)]
    assert run(arguments) == 0, capsys.readouterr().err
    assert load_shop(shop).camera("hall").anchor == "upright"
    assert load_shop(copy).camera("hall").anchor == "feet"
    assert 'anchor = "feet"' in capsys.readouterr().out


def test_a_residual_that_nobody_knows_is_called_so() -> None:
    answer = Answer("door", "board", [], camera(), float("nan"), "lay the sheet down again")
    assert answer.told()[0] == "residual not known: lay the sheet down again"


def _broken(folder: Path) -> Path:
    path = folder / "broken.csv"
    path.write_text("pixel_x,pixel_y,floor_x,floor_y\n1,2,three,4\n")
    return path


def test_people_who_walk_by_are_laid_on_the_plan_by_the_other_camera(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    true = camera()
    hall = camera(x=12.0, heading=2.0, height_m=3.4)
    people = walks(9, 40, spread_s=4.0)
    file = tracks_file(tmp_path, {"door": tracks(true, people), "hall": tracks(hall, people)})
    copy = tmp_path / "new.toml"
    base = ["calibrate", str(file), "--shop", str(shop)]
    walk = ["--walk", "--camera", "door", "--anchor", "upright"]
    assert run([*base, *walk, "--json", "--write", str(copy)]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["anchor"] == "upright"
    assert 1 < figures["residual_cm"] < 60
    assert "whom hall saw too" in figures["basis"]
    found = load_shop(copy).camera("door")
    pixels = np.array([p.pixel for p in found.floor_points])
    placed = np.array([p.floor_m for p in found.floor_points])
    off = np.linalg.norm(true.to_floor(pixels) - placed, axis=1)
    assert np.median(off) < 0.35
    # The check is content with that, and not with a camera that was turned since.
    base[3] = str(copy)
    assert run([*base, "--check"]) == 0
    out = capsys.readouterr().out
    assert "door - hall: " in out
    assert "WRONG" not in out
    turned = tracks(camera(heading=1.56, tilt=0.62), people)
    moved = tracks_file(tmp_path, {"door": turned, "hall": tracks(hall, people)})
    base[1] = str(moved)
    assert run([*base, "--check", "--json"]) in (0, 1)
    told = json.loads(capsys.readouterr().out)
    assert told["pairs"][0]["apart_cm"] > 20


def test_people_on_one_line_calibrate_nothing(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = ["--walk", "--shop", str(shop), "--camera", "door"]
    one = tracks_file(tmp_path, {"door": tracks(camera(), walks(4, 20, line=True))})
    assert "on one line of the picture" in refused([str(one), *base], capsys)
    few = tracks_file(tmp_path, {"door": tracks(camera(), walks(4, 4))})
    assert "8 or more people" in refused([str(few), *base], capsys)
    alone = tracks_file(tmp_path, {"door": tracks(camera(), walks(1, 20))})
    assert "two known spots" in refused([str(alone), *base], capsys)


def test_sheets_in_a_recording_calibrate_and_the_floor_is_drawn_over_it(
    shop: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    true = camera(height_m=2.4, tilt=0.75, y=3.0)
    video = tmp_path / "boards.mp4"
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter.fourcc(*"mp4v"), 5, (640, 360))
    plain = np.full((360, 640, 3), 120, np.uint8)
    spots = [(7.2, 5.0), (8.8, 5.0), (8.0, 5.6), (7.4, 6.2), (8.9, 6.1)]
    for number, (x, y) in enumerate(spots):
        lying = laid_out(true, [(number, x, y, 0.5 * number)], plain, noise=1.0)
        for _ in range(12):
            writer.write(lying)
    writer.release()
    picture = tmp_path / "grid.png"
    base = ["calibrate", str(video), "--board", "--shop", str(shop), "--camera", "door"]
    laid = ["--laid", "0=7.2,5.0", "--laid", "4=8.9,6.1"]
    assert run([*base, *laid, "--picture", str(picture), "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert "placements left out in turn" in figures["basis"]
    assert figures["height_m"] == pytest.approx(2.4, rel=0.06)
    drawn = cv2.imread(str(picture))
    assert drawn is not None
    assert drawn.shape == (360, 640, 3)
    assert (drawn != 120).any(axis=2).mean() > 0.05  # a grid, and no sheet: it lay about too short
    err = refused([*base[1:], *laid[:2], "--laid", "9=1,1"], capsys)
    assert "expected sheet 9 to lie still in the picture, found 0, 1, 2, 3, 4" in err


@pytest.mark.parametrize("name", ["sheets.pdf", "sheet.png"])
def test_sheets_are_printed_into_a_new_file(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    assert run(["calibrate", "--print-board", str(path), "--lang", "ja"]) == 0
    assert path.stat().st_size > 5000
    assert "180 mm" in capsys.readouterr().out
    assert run(["calibrate", "--print-board", str(path)]) == 2
    assert run(["calibrate", "--print-board", str(tmp_path / "sheet.jpg")]) == 2


def test_the_true_camera_is_the_one_that_was_used() -> None:
    """The tests' own measure is none that cannot fail."""
    assert off_cm(camera(), camera()) < 1e-9
    assert off_cm(camera(height_m=3.6), camera()) > 20
