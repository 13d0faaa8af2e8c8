"""``miseban shelves plan`` as somebody types it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from miseban.cli.app import run
from miseban.journal.journal import Journal
from miseban.vocabulary.events import Event, ShelfConfirmed, ShelfState
from miseban.vocabulary.shop import load_shop

SHOP = """
[shop]
id = "wall"
timezone = "UTC"
policy = "strict"
[[camera]]
id = "c"
source = "usb:0"
resolution = [1600, 360]
[[shelf]]
id = "wall"
camera = "c"
[[shelf.facing]]
id = "a"
gtin = "40000015"
polygon = [[40, 40], [100, 40], [100, 80], [40, 80]]
capacity = 7
[[shelf.facing]]
id = "b"
gtin = "40000022"
polygon = [[120, 40], [180, 40], [180, 80], [120, 80]]
capacity = 7
"""
PLAN = "shelf,facing,gtin,brand\nwall,a,40000015,Hen\nwall,b,40000039,Ox\n"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("shop.toml").write_text(SHOP, encoding="utf-8")
    Path("plan.csv").write_text(PLAN, encoding="utf-8")


def plan(*words: str) -> int:
    return run(["shelves", "plan", "shop.toml", *words])


def test_differences_and_shares_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert plan("plan.csv", "--by", "brand", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [(one["kind"], one["place"], one["gtin"]) for one in told["differences"]] == [
        ("missing", "wall/b", "40000039"), ("unplanned", "wall/b", "40000022"),
        ("neighbour", "wall/a", "40000015"),
    ]  # fmt: skip
    assert {one["name"]: (one["share"], one["planned"]) for one in told["shares"]} == {
        "Hen": (0.5, 0.5), "": (0.5, 0.0), "Ox": (0.0, 0.5),
    }  # fmt: skip
    assert plan("plan.csv") == 0
    text = capsys.readouterr().out
    assert "2 facings planned, 3 differences" in text
    assert "neighbour (right)" in text
    assert plan() == 0
    assert "2 facings planned, no differences" in capsys.readouterr().out


def said(minutes_ago: float, state: str, *, by_staff: bool = False) -> Event:
    time = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    head = {"id": f"{minutes_ago}", "time": time, "shop": "wall", "shelf": "wall", "facing": "a"}
    if by_staff:
        return ShelfConfirmed.model_validate(head | {"camera": None, "state": state})
    more = {"camera": "c", "fill": 0.5, "confidence": 0.9, "state": state}
    return ShelfState.model_validate(head | more)


def test_a_journal_says_how_facings_look_now(capsys: pytest.CaptureFixture[str]) -> None:
    shop = load_shop(Path("shop.toml"))
    with closing(Journal.open(Path("journal"), shop=shop.shop.id)) as journal:
        journal.append([said(90, "wrong"), said(60, "low"), said(5, "empty", by_staff=True)])
        journal.append([said(10, "full")])
    assert plan("--journal", "journal", "--json") == 0
    told = json.loads(capsys.readouterr().out)["differences"]
    assert [(one["kind"], one["place"]) for one in told] == [("empty", "wall/a")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("shelf,facing,gtin\nwall,c,40000015\n", "plan.csv, line 2 (facing): expected a facing of"),
        ("shelf,facing,gtin\nwall,a,40000016\n", "plan.csv, line 2 (gtin): expected a GTIN that"),
        ("shelf,facing\nwall,a\n", "plan.csv, line 1: expected a column gtin"),
        ("", "plan.csv, file: expected columns shelf, facing, gtin and a row, found nothing"),
        ("x" * 2_000_001, "plan.csv, file: expected at most 2000000 bytes"),
        (None, "plan.csv: cannot be read"),
    ],
)
def test_bad_input_is_one_line(
    text: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is None:
        Path("plan.csv").unlink()
    else:
        Path("plan.csv").write_text(text, encoding="utf-8")
    assert plan("plan.csv") == 2
    found = capsys.readouterr()
    assert found.out == ""
    assert found.err.startswith(f"miseban: {says}")
    assert found.err.count("\n") == 1


def test_a_journal_of_another_shop_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with closing(Journal.open(Path("journal"), shop="other")):
        pass
    assert plan("--journal", "journal") == 2
    assert "expected the journal of wall, found that of other" in capsys.readouterr().err
    assert plan("--journal", "nowhere") == 2
    assert capsys.readouterr().err.count("\n") == 1
