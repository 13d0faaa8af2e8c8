"""A journal's folder, asked from Python."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

import miseban
from miseban.client.local import LocalShop
from miseban.vocabulary.errors import BadInput
from tests.insight.questions.shops import SHOPS, kept, konbini, morning

DAY = "2026-04-06"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> LocalShop:
    folder = tmp_path_factory.mktemp("data")
    kept(folder / "journal", konbini(), morning()[1]).reader.close()
    (folder / "shop.toml").write_bytes((SHOPS / "konbini.toml").read_bytes())
    opened = miseban.open(folder)
    assert isinstance(opened, LocalShop)
    return opened


def test_every_question_is_a_data_frame(shop: LocalShop) -> None:
    for name in (
        "visitors", "occupancy", "dwell", "queues", "areas", "heat", "paths", "routes", "funnel",
        "stock", "cameras", "alerts", "help", "receipts", "conversion",
    ):  # fmt: skip
        found = getattr(shop, name)(DAY)
        assert isinstance(found, pd.DataFrame), name
        assert set(found.attrs["units"]) <= set(found.columns), name
        assert all(found[measure].dtype == "float64" for measure in found.attrs["units"]), name


def test_times_are_the_shops(shop: LocalShop) -> None:
    found = shop.visitors("2026-04-06T07:00", "2026-04-06T09:00")
    assert str(found["start"].dt.tz) == "Asia/Tokyo"
    assert found["start"].dt.hour.unique().tolist() == [7, 8]
    same = shop.visitors(morning()[0], morning()[0] + timedelta(hours=2))
    pd.testing.assert_frame_equal(found, same)
    whole = shop.visitors(date(2026, 4, 6), by="whole")
    assert whole["in"].iloc[0] == found.loc[found["place"] == "", "in"].sum()


def test_intervals_and_bases_stand_beside(shop: LocalShop) -> None:
    found = shop.visitors("2026-04-06T07:00", "2026-04-06T09:00")
    assert (found["in_low"] <= found["in"]).all()
    assert (found["in_high"] >= found["in"]).all()
    assert found["in_base"].dtype == "Int64"
    assert found.attrs["units"]["in"] == "people"


def test_comparing(shop: LocalShop) -> None:
    found = shop.receipts(
        "2026-04-06T08:00", "2026-04-06T09:00", compare=("2026-04-06T07:00", "2026-04-06T08:00")
    )
    seven = shop.receipts("2026-04-06T07:00", "2026-04-06T08:00")
    assert found["receipts_before"].tolist() == seven["receipts"].tolist()


def test_sql_and_events(shop: LocalShop) -> None:
    told = shop.table("SELECT count(*) AS n FROM events WHERE type = $type", {"type": "zone.left"})
    assert told["n"].iloc[0] == sum(1 for _ in shop.events(types=["zone.left"])) > 0
    first = next(iter(shop.events(since=datetime(2026, 4, 5, tzinfo=UTC), limit=1)))
    assert first == morning()[1][0]


@pytest.mark.parametrize(
    ("since", "until", "says"),
    [
        ("2026-04-06T07:00", None, "expected an end"),
        ("yesterday", "2026-04-06", 'found "yesterday"'),
        ("2026-04-07", "2026-04-05", "expected until after since"),
    ],
)
def test_wrong_times(shop: LocalShop, since: str, until: str | None, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        shop.visitors(since, until)


def test_wrong_words(shop: LocalShop) -> None:
    with pytest.raises(BadInput, match="by"):
        shop.visitors(DAY, by="fortnight")  # type: ignore[arg-type]
    with pytest.raises(BadInput):
        shop.table("SELECT * FROM nothing")
    with pytest.raises(BadInput):
        shop.table("SELECT * FROM read_csv('/etc/passwd')")
    with pytest.raises(BadInput):
        shop.table("COPY (SELECT 1) TO 'was-here.csv'")


def test_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no journal there"):
        miseban.open(tmp_path)
    kept(tmp_path, konbini(), []).reader.close()
    with pytest.raises(BadInput, match=r"shop\.toml"):
        miseban.open(tmp_path)


def test_a_camera_loads_no_pandas() -> None:
    heavy = "[name for name in ('pandas', 'duckdb') if name in sys.modules]"
    code = f"import sys, miseban, miseban.camera.replay; print({heavy})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
