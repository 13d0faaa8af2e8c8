"""``miseban score``: a table for people, JSON for programs, one line for what cannot be scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.vocabulary.events import LineCrossed
from tests.cli.footage import shop_file
from tests.cli.test_replay import HEADER, walk
from tests.insight.score.floor import Floor
from tests.insight.score.folders import shop_day, write


def folders(tmp_path: Path) -> tuple[str, str]:
    """100 people came in, of whom the result has 95."""
    events = shop_day()
    ins = [e for e in events if isinstance(e, LineCrossed) and e.direction == "in"]
    lost = {e.id for e in ins[::20]}
    write(tmp_path / "truth", events)
    write(tmp_path / "result", [e for e in events if e.id not in lost])
    return str(tmp_path / "truth"), str(tmp_path / "result")


def test_the_table_has_every_section(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, result = folders(tmp_path)
    assert run(["score", "--truth", truth, "--result", result]) == 0
    lines = capsys.readouterr().out.splitlines()
    entrance = next(line for line in lines if line.startswith("entrance in"))
    assert entrance.split() == [
        *("entrance", "in", "100", "95", "-5", "(-5.0", "%)"),
        *("1.25", "-1.25", "-3", "95.0%", "100.0%"),
    ]
    for begin in ("people", "zones", "queues", "heat", "not compared"):
        assert any(line.startswith(begin) for line in lines), begin
    assert any(line.startswith("tracking") and "needs tracks.csv" in line for line in lines)


def test_json_for_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, result = folders(tmp_path)
    assert run(["score", "--truth", truth, "--result", result, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == 1
    assert told["lines"]["entrance"]["in"]["error"] == -5
    assert told["missing"][0]["what"] == "tracking"


def test_a_replay_scored_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folders of real commands, with the tracks beside them."""
    text = HEADER + walk() + walk("2", 20.0)
    shop = shop_file(tmp_path)
    for name in ("truth", "result"):
        out = tmp_path / name
        (tmp_path / "tracks.csv").write_text(text, "utf-8")
        arguments = ["replay", str(tmp_path / "tracks.csv"), "--shop", str(shop), "--out", str(out)]
        assert run([*arguments, "--start", "2026-03-02T10:00:00"]) == 0
        (out / "tracks.csv").write_text(text, "utf-8")
    capsys.readouterr()
    folders = ["--truth", str(tmp_path / "truth"), "--result", str(tmp_path / "result")]
    assert run(["score", *folders, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lines"]["entrance"]["in"]["truth"] == 2
    assert told["lines"]["entrance"]["in"]["passages"] == {
        "matched": 2, "precision": 1.0, "recall": 1.0
    }  # fmt: skip
    assert told["tracking"]["door"]["hota"] == pytest.approx(1.0)
    assert told["zones"]["right"]["dwell_s"]["error_mean"] == 0.0
    assert told["heat"]["door"]["correlation"] == pytest.approx(1.0)
    assert run(["score", *folders]) == 0
    assert "1.000" in capsys.readouterr().out


def test_people_shelves_help_and_tills_have_a_section_each(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """One piece of two found, a shelf told empty 30 s late, a fall after 4 s, a receipt wrong."""
    sides = {"truth": (0.0, 2), "result": (30.0, 3)}
    for name, (late_s, pieces) in sides.items():
        floor = Floor()
        floor.touch(100)
        floor.touch(200 + late_s)
        floor.state(0, "full")
        floor.state(600 + late_s, "empty")
        floor.state(900 + late_s, "full")
        floor.help(100 + late_s / 7.5, until_s=200)
        floor.receipt(300, ("4901", pieces, 158))
        floor.walk(10, f"{name}-clerk", role="staff")
        floor.walk(10, f"{name}-a", y=9.0, role="shopper", group=name)
        floor.walk(10, f"{name}-b", y=12.0, role="shopper", group=name)
        write(tmp_path / name, floor.events)
    folders = ["--truth", str(tmp_path / "truth"), "--result", str(tmp_path / "result")]
    assert run(["score", *folders]) == 0
    lines = capsys.readouterr().out.splitlines()

    def row(begin: str) -> list[str]:
        return next(line for line in lines if line.startswith(begin)).removeprefix(begin).split()

    assert row("pick_up") == ["2", "2", "50.0%", "50.0%", "50.0%"]
    assert row("tea/green") == ["2", "2", "50.0%", "50.0%", "50.0%"]
    assert row("shoppers") == ["2", "2", "0", "(0.0", "%)"]
    assert row("staff") == ["1", "1", "100.0%", "100.0%", "100.0%"]
    assert row("pairs in a group") == ["1", "1", "100.0%", "100.0%", "100.0%"]
    at = next(i for i, line in enumerate(lines) if line.startswith("shelf states"))
    assert lines[at + 1].split() == ["(shop)", "10800", "0.0%", "90.0%", "1.1", "points"]
    at = next(i for i, line in enumerate(lines) if line.startswith("empty shelves"))
    assert lines[at + 1].split() == ["(shop)", *("1", "1", "1", "0", "0", "30.0", "s", "30.0", "s")]
    assert row("fall") == ["1", "1", "100.0%", "100.0%", "100.0%", "4.0", "s", "0.00"]
    assert row("pieces sold") == ["2", "3", "+1", "(+50.0", "%)"]
    assert row("total JPY") == ["316", "474", "+158", "(+50.0", "%)"]
    assert row("to the line") == ["1", "1", "0.0%", "0.0%", "0.0%"]
    assert row("4901") == ["2", "3", "+1", "(+50.0", "%)"]


def test_many_facings_are_shown_by_their_worst(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Thirty facings, of which two are wrong: twenty are shown, those two among them."""
    for name in ("truth", "result"):
        floor = Floor()
        for n in range(30):
            if name == "truth" or n not in (7, 23):
                floor.touch(100 + n, f"f{n:02}")
        write(tmp_path / name, floor.events)
    folders = ["--truth", str(tmp_path / "truth"), "--result", str(tmp_path / "result")]
    assert run(["score", *folders]) == 0
    lines = capsys.readouterr().out.splitlines()
    shown = [line.split()[0] for line in lines if line.startswith("tea/")]
    assert len(shown) == 20
    assert shown == sorted(shown)
    assert {"tea/f07", "tea/f23"} <= set(shown)
    assert any(line.startswith("touches of (worst 20 of 30)") for line in lines)


def test_tracks_that_lie_elsewhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A replay leaves no copy of what it read."""
    tracks, shop = tmp_path / "tracks.csv", shop_file(tmp_path)
    tracks.write_text(HEADER + walk(), "utf-8")
    out = str(tmp_path / "out")
    replayed = ["replay", str(tracks), "--shop", str(shop), "--out", out]
    assert run([*replayed, "--start", "2026-03-02T10:00:00"]) == 0
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "tracks.csv").write_text(HEADER + walk(), "utf-8")
    capsys.readouterr()
    command = ["score", "--truth", str(tmp_path / "truth"), "--result", out, "--json"]
    assert run([*command, "--tracks", str(tracks)]) == 0
    assert json.loads(capsys.readouterr().out)["tracking"]["door"]["mota"] == 1.0
    assert run([*command, "--tracks", str(tmp_path / "none.csv")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_no_result_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, _ = folders(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run(["score", "--truth", truth, "--result", str(tmp_path / "empty")]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "expected events.parquet and summary.json" in error
    assert run(["score", "--truth", truth]) == 2
    assert "--result" in capsys.readouterr().err
