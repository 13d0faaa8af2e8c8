"""``miseban simulate --fault``, as a person runs it."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest

from miseban.cli.app import run
from tests.sim.konbini import SCENARIO_FILE, SHOP_FILE

FAULTS = [
    "door:drop=0.4",
    "aisle:nudge=8:from=300",
    "till:flap=30",
    "door:jump=-20:from=400:to=800",
]


def simulated(out: Path, *faults: str, more: tuple[str, ...] = ()) -> int:
    options = [part for fault in faults for part in ("--fault", fault)]
    options += ["--minutes", "15", "--seed", "7", "--out", str(out), "--detector", "default"]
    return run(["simulate", "--shop", str(SHOP_FILE), *options, *more])


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.iterdir())}


def test_faults_change_what_is_detected_and_never_the_truth(tmp_path: Path) -> None:
    assert simulated(tmp_path / "well") == 0
    assert simulated(tmp_path / "broken", *FAULTS) == 0
    assert simulated(tmp_path / "again", *FAULTS) == 0
    well, broken = hashes(tmp_path / "well"), hashes(tmp_path / "broken")
    assert broken == hashes(tmp_path / "again")
    assert set(broken) - set(well) == {"faults.csv"}
    assert {name for name in well if well[name] != broken[name]} == {"detected.csv"}
    with (tmp_path / "broken" / "faults.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {(r["camera"], r["kind"]) for r in rows} == {
        ("door", "drop"),
        ("aisle", "nudge"),
        ("till", "flap"),
        ("door", "jump"),
    }
    assert all(0 <= float(r["from_s"]) < float(r["to_s"]) <= 900 for r in rows)


def test_the_file_and_the_option_say_the_same(tmp_path: Path) -> None:
    text = SCENARIO_FILE.read_text("utf-8")
    text += (
        '\n[[fault]]\ncamera = "door"\nkind = "dark"\namount = 0.5\nfrom_s = 60.0\nto_s = 600.0\n'
    )
    (tmp_path / "s.toml").write_text(text, "utf-8")
    assert simulated(tmp_path / "file", more=("--scenario", str(tmp_path / "s.toml"))) == 0
    assert simulated(tmp_path / "option", "door:dark=0.5:from=60:to=600") == 0
    assert hashes(tmp_path / "file") == hashes(tmp_path / "option")


def test_old_faults_do_not_stay_beside_a_new_truth(tmp_path: Path) -> None:
    assert simulated(tmp_path / "t", "door:drop=0.4") == 0
    assert (tmp_path / "t" / "faults.csv").exists()
    assert simulated(tmp_path / "t") == 0
    assert not (tmp_path / "t" / "faults.csv").exists()


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("door", "--fault door: expected CAMERA:KIND=AMOUNT[:from=SECONDS][:to=SECONDS]"),
        ("door:rain=1", "expected one of drop, flap, skew, jump, nudge, dark, glare, dirt"),
        ("window:drop=1", 'found "window"'),
        ("door:drop=2", "amount: expected 0 to 1"),
        ("door:drop=0.2:from=60:to=30", "to_s: expected more than from_s (60), found 30"),
    ],
)
def test_a_wrong_fault_is_one_line_and_writes_nothing(
    fault: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert simulated(tmp_path / "t", fault) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
    assert not (tmp_path / "t").exists()
