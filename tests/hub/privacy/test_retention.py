"""What is too old is gone, what is not is there: for every policy and class."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest

from miseban.hub.privacy.retention import limit_of, retain
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.events import (
    EVENT_CLASSES,
    CameraHealth,
    DataClass,
    Event,
    HelpEnded,
    LineCrossed,
    ZoneEntered,
    ZoneLeft,
)
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.policies import all_policies, load_policy

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
IDS = EventIds()


def events_of(days_ago: float) -> list[Event]:
    time = NOW - timedelta(days=days_ago)

    def common() -> dict[str, object]:
        return {"id": IDS.at(time.timestamp()), "time": time, "shop": "s"}

    return [
        LineCrossed.model_validate(
            {**common(), "line": "entrance", "direction": "in", "visit": "00000000000000aa"}
        ),
        ZoneEntered.model_validate({**common(), "zone": "bento", "visit": "00000000000000aa"}),
        HelpEnded.model_validate({**common(), "help": "h1"}),
        CameraHealth.model_validate({**common(), "camera": "door", "state": "ok", "fps": 5.0}),
    ]


@pytest.mark.parametrize("name", ["jp", "kr", "eu", "strict"])
def test_nothing_outlives_its_policy_and_nothing_goes_before(tmp_path: Path, name: str) -> None:
    policy = all_policies()[name]
    ages = (0.5, 2, 6, 8, 29, 31, 89, 91, 364, 366, 1000, 2000)
    journal = Journal.open(tmp_path / "j", shop="s", reserve=0)
    given = [event for age in ages for event in events_of(age)]
    journal.append(given)
    journal.compact(NOW)
    receipts = retain(journal, policy, NOW)
    reader = JournalReader(tmp_path / "j")
    left = {event.id for event in reader.events()}
    for event in given:
        limit = limit_of(policy, EVENT_CLASSES[event.type], NOW)
        assert (event.id in left) == (limit is None or event.time >= limit), event
    assert sum(receipt.events for receipt in receipts) == len(given) - len(left)
    assert {receipt.data for receipt in receipts} <= set(get_args(DataClass))
    written = list((tmp_path / "j" / "receipts").glob("*.json"))
    assert len(written) >= len(receipts)
    assert retain(journal, policy, NOW) == []
    reader.close()
    journal.close()


def test_it_goes_from_the_log_too(tmp_path: Path) -> None:
    """A box whose power goes every hour may never have compacted."""
    journal = Journal.open(tmp_path / "j", shop="s", reserve=0)
    journal.append(events_of(40))
    retain(journal, load_policy("jp"), NOW)
    journal.close()
    text = b"".join(path.read_bytes() for path in (tmp_path / "j").rglob("*") if path.is_file())
    assert b"zone.entered" not in text
    assert b"line.crossed" in text or list((tmp_path / "j").rglob("count/**/*.parquet"))


def test_what_a_policy_has_off_is_deleted_when_it_comes_into_force(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path / "j", shop="s", reserve=0)
    journal.append(events_of(0.2))
    (receipt,) = retain(journal, load_policy("strict").model_copy(
        update={"assist": load_policy("strict").staff}), NOW)  # fmt: skip
    assert (receipt.data, receipt.events) == ("assist", 1)
    journal.close()


def test_what_tells_of_single_people_goes_from_the_roll_ups_and_what_was_counted_stays(
    tmp_path: Path,
) -> None:
    """After retention nothing in any file says how long somebody stayed; how many came does."""
    zone = {"zone": "bento", "stitched": 1}
    old, new = NOW - timedelta(days=40), NOW - timedelta(days=3)
    few = [left(old, n, 61.5 + n, **zone) for n in range(3)]
    many = [left(old + timedelta(hours=2), 10 + n, 40.0, **zone) for n in range(7)]
    lately = [left(new, 20 + n, 61.5 + n, **zone) for n in range(2)]
    passed = [events_of(40)[0] for _ in range(4)]
    journal = Journal.open(
        tmp_path / "j", shop="s", timezone="Asia/Tokyo", reserve=0, rollups=RollupKeeper()
    )
    journal.append([*few, *many, *lately, *passed])
    journal.compact(NOW)
    assert minutes(tmp_path / "j") == {"stay": 3, "line": 1}
    receipts = retain(journal, load_policy("jp"), NOW)
    assert {receipt.data: receipt.events for receipt in receipts} == {"trajectory": 10}
    reader = JournalReader(tmp_path / "j")
    hours = reader.table(
        "SELECT n, total, top, histogram FROM hours WHERE what = 'stay' ORDER BY start, n"
    ).to_pylist()
    assert [row["n"] for row in hours] == [3, 7, 2]
    assert (hours[0]["total"], hours[0]["top"], hours[0]["histogram"]) == (None, None, None)
    assert hours[1]["total"] == 280.0  # of seven people, which is no one's
    assert hours[2]["total"] == 124.0  # not old enough
    assert minutes(tmp_path / "j") == {"stay": 1, "line": 1}
    assert {e.type for e in reader.events()} == {"zone.left", "line.crossed"}
    assert len(list(reader.events(types=["line.crossed"]))) == 4
    reader.close()
    journal.close()
    written = [json.loads(p.read_text()) for p in (tmp_path / "j" / "receipts").glob("*.json")]
    assert [(one["data"], one["events"]) for one in written] == [("trajectory", 10)]


def test_the_last_day_that_was_forgotten_goes_from_the_roll_ups_when_it_is_over(
    tmp_path: Path,
) -> None:
    """Its only event went in the night before; nothing else came since."""
    journal = Journal.open(tmp_path / "j", shop="s", reserve=0, rollups=RollupKeeper())
    journal.append([left(NOW.replace(minute=30, hour=0), 1, 61.5, zone="bento", stitched=1)])
    journal.compact(NOW)
    policy = load_policy("jp")
    night = NOW + timedelta(days=30)
    assert [receipt.events for receipt in retain(journal, policy, night)] == [1]
    assert minutes(tmp_path / "j") == {"stay": 1}  # its day is not over
    before = (tmp_path / "j" / "journal.json").read_bytes()
    assert retain(journal, policy, night + timedelta(hours=5)) == []
    assert (tmp_path / "j" / "journal.json").read_bytes() == before  # at no cost
    assert retain(journal, policy, night + timedelta(days=1)) == []
    assert minutes(tmp_path / "j") == {}
    reader = JournalReader(tmp_path / "j")
    assert reader.table("SELECT n, total FROM hours").to_pylist() == [{"n": 1, "total": None}]
    reader.close()
    journal.close()


def left(time: datetime, visit: int, dwell_s: float, **fields: object) -> Event:
    return ZoneLeft.model_validate(
        {
            "id": IDS.at(time.timestamp()), "time": time, "shop": "s", "visit": f"{visit:016x}",
            "dwell_s": dwell_s, **fields,
        }
    )  # fmt: skip


def minutes(folder: Path) -> dict[str, int]:
    """How many rows of minutes there are, by what they are of."""
    reader = JournalReader(folder)
    found = reader.table("SELECT what, count(*) AS n FROM minutes GROUP BY what").to_pylist()
    reader.close()
    return {row["what"]: row["n"] for row in found}
