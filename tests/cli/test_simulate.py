"""``miseban simulate``, as a person runs it."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.journal.events_table import read_events
from tests.sim.konbini import SCENARIO_FILE, SHOP_FILE

FILES = {"events.parquet", "people.csv", "summary.json", "tracks.csv", "trails.csv"}
FILES |= {"cameras.json", "incidents.csv", "receipts.csv", "stock.csv"}


def simulated(out: Path, *more: str, seed: str = "7") -> int:
    options = ["--minutes", "20", "--seed", seed, "--out", str(out)]
    return run(["simulate", "--shop", str(SHOP_FILE), *options, *more])


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_it_writes_the_truth_in_the_products_formats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulated(tmp_path / "t", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert {p.name for p in (tmp_path / "t").iterdir()} == FILES
    assert told == json.loads((tmp_path / "t" / "summary.json").read_text("utf-8"))
    crossed = [
        e for e in read_events(tmp_path / "t" / "events.parquet") if e.type == "line.crossed"
    ]
    lines = told["lines"]["entrance"]
    assert lines["in"]["count"] + lines["out"]["count"] == len(crossed) > 10
    assert told["people"] == len((tmp_path / "t" / "people.csv").read_text().splitlines()) - 1
    inside = told["inside"]
    assert inside["entered"] - inside["left"] == inside["people_end"] + inside["drift"]


def test_same_seed_same_bytes_in_two_processes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        command = "import sys; from miseban.cli.app import run; sys.exit(run(sys.argv[1:]))"
        options = ["--minutes", "20", "--seed", "7", "--out", str(tmp_path / name)]
        options += ["--detector", "default"]
        arguments = [sys.executable, "-c", command, "simulate", "--shop", str(SHOP_FILE), *options]
        subprocess.run(arguments, check=True, capture_output=True)
    assert set(hashes(tmp_path / "one")) == FILES | {"detected.csv"}
    assert hashes(tmp_path / "one") == hashes(tmp_path / "other")
    assert simulated(tmp_path / "third", seed="8") == 0
    assert hashes(tmp_path / "third")["trails.csv"] != hashes(tmp_path / "one")["trails.csv"]


def test_an_old_detection_does_not_stay_beside_a_new_truth(tmp_path: Path) -> None:
    assert simulated(tmp_path, "--detector", "default") == 0
    assert simulated(tmp_path) == 0
    assert not (tmp_path / "detected.csv").exists()


def test_what_it_writes_can_be_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert simulated(tmp_path / "t", "--json", "--minutes", "10") == 0
    truth = json.loads(capsys.readouterr().out)
    tracks = str(tmp_path / "t" / "tracks.csv")
    out = str(tmp_path / "r")
    assert run(["replay", tracks, "--shop", str(SHOP_FILE), "--out", out, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    for way in ("in", "out"):
        told = found["lines"]["entrance"][way]
        assert told["count"] == truth["lines"]["entrance"][way]["count"]
        assert told["low"] <= told["count"] <= told["high"]
    assert truth["lines"]["entrance"]["in"]["count"] > 3


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--scenario", "none.toml"], "none.toml: expected a scenario file, found none"),
        (["--minutes", "0"], "--minutes"),
        (["--seed", "-1"], "--seed"),
        (["--detector", "best"], "--detector"),
    ],
)
def test_wrong_use_is_one_line_and_writes_nothing(
    options: list[str], what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulated(tmp_path / "t", *options) == 2
    told = capsys.readouterr().err
    assert what in told
    assert told.count("\n") == 1
    assert not (tmp_path / "t").exists()


def test_an_impossible_scenario_names_file_table_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text(
        SCENARIO_FILE.read_text("utf-8").replace('zone = "bento"', 'zone = "x"'), "utf-8"
    )
    assert simulated(tmp_path / "t", "--scenario", str(bad)) == 2
    assert "bad.toml: [[attraction]] 2 zone: expected" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("per_hour = [9, 5, 3", "per_hour = [9000, 5, 3", "[arrivals] per_hour: expected at most "),
        ('facing = "water"', 'facing = "watter"', "[[facing]] 1 facing: expected the id of a "),
        ("price = 98\n", "price = 98\nstock = -3\n", "[[facing]] 1 stock: expected 0 pieces or "),
    ],
    ids=["more people than floor", "unknown facing", "negative stock"],
)
def test_what_cannot_be_played_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, where: str
) -> None:
    text = SCENARIO_FILE.read_text("utf-8")
    assert old in text
    scenario = tmp_path / "impossible.scenario.toml"
    scenario.write_text(text.replace(old, new, 1), "utf-8")
    assert simulated(tmp_path / "t", "--scenario", str(scenario)) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{scenario}: {where}" in said
    assert not (tmp_path / "t").exists()
