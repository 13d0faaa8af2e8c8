"""``miseban replay``: results from tracks, and bad rows named by their line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.journal.events_table import read_events
from tests.cli.footage import SHOP, shop_file

HEADER = "camera,time_s,track,x1,y1,x2,y2,score\n"


def walk(track: str = "1", start_s: float = 0.0, camera: str = "door") -> str:
    """Someone crosses the picture from left to right in six seconds, ten rows a second."""
    return "".join(
        f"{camera},{start_s + n / 10:.1f},{track},{10 + 5 * n},80,{40 + 5 * n},170,0.9\n"
        for n in range(54)
    )


def tracks_file(folder: Path, text: str) -> Path:
    path = folder / "tracks.csv"
    path.write_text(text, encoding="utf-8")
    return path


def replay(tracks: Path, shop: Path, out: Path, *more: str) -> int:
    return run(["replay", str(tracks), "--shop", str(shop), "--out", str(out), *more])


def test_results_without_pictures(tmp_path: Path) -> None:
    tracks = tracks_file(tmp_path, HEADER + walk() + walk("2", 20) + walk("-1", 40) + walk("", 50))
    out = tmp_path / "out"
    assert replay(tracks, shop_file(tmp_path), out, "--start", "2026-03-02T10:00:00") == 0
    assert sorted(path.name for path in out.iterdir()) == [
        "events.parquet",
        "heatmap.png",
        "report.html",
        "summary.json",
    ]
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert summary["lines"]["entrance"]["in"]["count"] == 2
    assert summary["people"] == 2
    assert summary["start"] == "2026-03-02T10:00:00+09:00"  # the shop's own time
    events = read_events(out / "events.parquet")
    assert {event.shop for event in events} == {"test"}


BAD = {
    "a word for a number": (walk() + "door,9,1,a,80,40,170,0.9\n", "line 56"),
    "a column too few": ("door,9,1,1,80,40,170\n" + walk(), "line 2"),
    "an upside-down box": (walk() + "door,9,1,50,80,40,170,0.9\n", "line 56"),
    "another camera": (walk(camera="window"), "window"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_rows_are_one_line_and_leave_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text, said = BAD[name]
    tracks, out = tracks_file(tmp_path, HEADER + text), tmp_path / "out"
    assert replay(tracks, shop_file(tmp_path), out) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert said in error
    assert not out.exists()


def test_bad_rows_leave_older_results_untouched(tmp_path: Path) -> None:
    shop, out = shop_file(tmp_path), tmp_path / "out"
    assert replay(tracks_file(tmp_path, HEADER + walk()), shop, out) == 0
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert replay(tracks_file(tmp_path, HEADER + "door,x\n"), shop, out) == 2
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_nobody_is_a_result_too(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert replay(tracks_file(tmp_path, HEADER), shop_file(tmp_path), out) == 0
    summary = json.loads((out / "summary.json").read_text("utf-8"))
    assert (summary["people"], summary["duration_s"], summary["coverage"]) == (0, 0.0, 0.0)


def test_several_cameras_are_kept_apart(tmp_path: Path) -> None:
    second = SHOP + SHOP[SHOP.index("[[camera]]") :].replace('"door"', '"side"').replace(
        '"entrance"', '"side-door"'
    ).replace('"right"', '"side-right"')
    shop = shop_file(tmp_path, second)
    tracks = tracks_file(tmp_path, HEADER + walk() + walk(camera="side"))
    assert replay(tracks, shop, tmp_path / "both") == 0
    both = json.loads((tmp_path / "both" / "summary.json").read_text("utf-8"))
    assert both["camera"] is None
    assert both["lines"]["entrance"]["in"]["count"] == 1
    assert both["lines"]["side-door"]["in"]["count"] == 1
    assert replay(tracks, shop, tmp_path / "one", "--camera", "side") == 0
    one = json.loads((tmp_path / "one" / "summary.json").read_text("utf-8"))
    assert list(one["lines"]) == ["side-door"]
    assert one["people"] == 1


def test_a_camera_without_rows_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    camera = SHOP[SHOP.index("[[camera]]") : SHOP.index("[[line]]")]
    shop = shop_file(tmp_path, SHOP + "".join(camera.replace("door", c) for c in ("side", "back")))
    tracks = tracks_file(tmp_path, HEADER + walk() + walk(camera="side"))
    assert replay(tracks, shop, tmp_path / "both") == 0
    assert "lost coverage: back: there are no rows of it" in capsys.readouterr().err
    assert replay(tracks, shop, tmp_path / "one", "--camera", "side") == 0
    assert "back" not in capsys.readouterr().err


@pytest.mark.parametrize("start", ["0001-01-01", "9999-12-31T23:59:59"])
def test_a_year_without_cameras(
    start: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks, out = tracks_file(tmp_path, HEADER + walk()), tmp_path / "out"
    assert replay(tracks, shop_file(tmp_path), out, "--start", start) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "--start: expected a year from" in line
    assert not out.exists()


def test_a_name_that_no_disk_takes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracks = tracks_file(tmp_path, HEADER + walk())
    assert replay(tracks, shop_file(tmp_path), tmp_path / ("a" * 300)) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "cannot write results there" in line


def test_an_output_folder_whose_name_is_no_utf8(tmp_path: Path) -> None:
    tracks, out = tracks_file(tmp_path, HEADER + walk()), tmp_path / "\udcff\udcfe"
    assert replay(tracks, shop_file(tmp_path), out) == 0
    assert read_events(out / "events.parquet")


def test_the_truth_stands_in_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop, start = shop_file(tmp_path), ("--start", "2026-03-02T10:00:00")
    truth, out = tmp_path / "truth", tmp_path / "out"
    (tmp_path / "more").mkdir()
    both = tracks_file(tmp_path / "more", HEADER + walk() + walk("2", 20))
    assert replay(both, shop, truth, *start) == 0
    one = tracks_file(tmp_path, HEADER + walk(start_s=20))
    assert replay(one, shop, out, *start, "--truth", str(truth)) == 0
    report = (out / "report.html").read_text("utf-8")
    assert '<td class="n">2</td><td class="n">1</td><td class="n off">−1</td>' in report
    late = ("--start", "2026-03-02T11:00:00")
    assert replay(one, shop, out, *late, "--truth", str(truth)) == 0
    assert "of another time, so not in the report" in capsys.readouterr().err
    assert 'class="n off"' not in (out / "report.html").read_text("utf-8")


def test_a_truth_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tracks, shop, out = tracks_file(tmp_path, HEADER + walk()), shop_file(tmp_path), tmp_path / "o"
    for text, said in ((None, "found none"), ("{}", "Field required"), ("\udcff", "found none")):
        folder = tmp_path / "truth"
        folder.mkdir(exist_ok=True)
        if text is not None:
            (folder / "summary.json").write_bytes(text.encode("utf-8", "surrogateescape"))
        assert replay(tracks, shop, out, "--truth", str(folder)) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert said in line
        assert not out.exists()
