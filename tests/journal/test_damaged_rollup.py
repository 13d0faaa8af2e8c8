"""A roll-up that cannot be read stops neither compaction nor deletions: it is made again."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from miseban.journal.journal import Journal
from miseban.journal.rollups.files import days_there, read_rows
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.rollups.rows import LEVELS, Level
from tests.journal.shop import NOON, SHOP, Maker

FAR = NOON + timedelta(days=40)
DAYS = (0, 1, 5, 40)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    maker = Maker(3)
    opened = Journal.open(tmp_path, shop=SHOP, timezone="Asia/Tokyo", rollups=RollupKeeper())
    for day in DAYS:
        opened.append(maker.some(40, NOON + timedelta(days=day)))
    opened.compact(FAR)
    return opened


def rollups(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for level in LEVELS for path in days_there(folder, level)}


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-9] + b"not a file")


@pytest.mark.parametrize("levels", [("minute",), ("hour",), ("day",), LEVELS])
def test_compaction_makes_it_again(
    journal: Journal, tmp_path: Path, levels: tuple[Level, ...]
) -> None:
    again = Maker(3)
    events = [e for day in DAYS for e in again.some(40, NOON + timedelta(days=day))]
    late = Maker(9).one(NOON + timedelta(hours=1), "line")
    for level in levels:
        damage(days_there(tmp_path, level)[0])
    journal.append([late])
    with capture_logs() as logs:
        journal.compact(FAR)
    journal.close()
    assert [log["event"] for log in logs] == ["rollup.repaired"] * len(levels)
    whole = Journal.open(
        tmp_path / "whole", shop=SHOP, timezone="Asia/Tokyo", rollups=RollupKeeper()
    )
    whole.append([*events, late])
    whole.compact(FAR)
    whole.close()
    wanted = {p.relative_to(tmp_path / "whole"): b for p, b in rollups(tmp_path / "whole").items()}
    assert {p.relative_to(tmp_path): b for p, b in rollups(tmp_path).items()} == wanted


@pytest.mark.parametrize("level", LEVELS)
def test_forgetting_makes_it_again_first(journal: Journal, tmp_path: Path, level: Level) -> None:
    """Of the events that are still there; so what was counted of those that go now stays."""
    path = days_there(tmp_path, level)[0]
    whole = read_rows(path)
    damage(path)
    receipt = journal.forget("trajectory", NOON + timedelta(days=20), now=FAR)
    assert receipt.events > 0
    people = {row["what"] for row in whole.to_pylist()} & {"visit", "stay"}
    assert people
    left = {row["what"] for row in read_rows(path).to_pylist()}
    assert (people <= left) == (level != "minute")
    was = {(r["start"], r["what"], r["place"], r["detail"]): r["n"] for r in whole.to_pylist()}
    for row in read_rows(path).to_pylist():
        assert was[row["start"], row["what"], row["place"], row["detail"]] == row["n"]
    journal.close()


def test_what_was_forgotten_is_lost_with_it(journal: Journal, tmp_path: Path) -> None:
    """And what rests on other events is not."""
    journal.forget("trajectory", NOON + timedelta(days=20), now=FAR)
    path = days_there(tmp_path, "day")[0]
    was = read_rows(path).to_pylist()
    damage(path)
    journal.append([Maker(9).one(NOON + timedelta(hours=1), "health")])
    journal.compact(FAR)
    journal.close()
    kept = [row for row in was if row["what"] in ("line", "receipt")]
    assert kept
    assert [r for r in read_rows(path).to_pylist() if r["what"] in ("line", "receipt")] == kept
    assert not [r for r in read_rows(path).to_pylist() if r["what"] in ("visit", "stay")]
