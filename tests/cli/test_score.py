"""``miseban score``: a table for people, JSON for programs, one line for what cannot be scored."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.vocabulary.events import LineCrossed
from tests.cli.footage import shop_file
from tests.cli.test_replay import HEADER, walk
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


def test_no_result_folder_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    truth, _ = folders(tmp_path)
    (tmp_path / "empty").mkdir()
    assert run(["score", "--truth", truth, "--result", str(tmp_path / "empty")]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "expected events.parquet and summary.json" in error
    assert run(["score", "--truth", truth]) == 2
    assert "--result" in capsys.readouterr().err
