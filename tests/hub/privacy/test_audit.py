"""The audit lists all that is held, and whatever is out of policy fails it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from miseban.cli.app import run
from miseban.hub.database import open_database
from miseban.hub.people.identity import CONSOLE
from miseban.hub.people.people import AUDIT_KEPT, People
from miseban.hub.privacy.audit import GRACE, Audited, audit
from miseban.hub.privacy.retention import retain
from miseban.journal.backup import back_up
from miseban.journal.journal import Journal
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import EVENTS, Event
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.policies import Policy, load_policy
from tests.hub.people.staff import FAST, PASSWORD

NOW = datetime(2026, 11, 26, 3, tzinfo=UTC)
JP = load_policy("jp")
DAY = timedelta(days=1)
IDS = EventIds(Random(3))


def event(of_type: str, time: datetime, **fields: Any) -> Event:
    head = {"id": IDS.at(time.timestamp()), "time": time, "shop": "s", "type": of_type}
    return EVENTS.validate_python({**head, **fields})


def of_every_class(time: datetime, visit: str = "00000000000000aa") -> list[Event]:
    return [
        event("line.crossed", time, line="entrance", direction="in", visit=visit),
        event("zone.left", time, zone="bento", visit=visit, dwell_s=30.0, stitched=1),
        event("help.needed", time, help="h", kind="fall", place=(1, 1), unit="m", confidence=0.5),
        event("camera.health", time, camera="door", state="ok", fps=5.0),
        event("alert.answered", time, alert="a", step="accepted", by="hanako"),
    ]


def filled(data: Path, events: Sequence[Event], *, compact: bool = True) -> Journal:
    journal = Journal.open(data / "journal", shop="s", reserve=0, rollups=RollupKeeper())
    journal.append(events)
    if compact:
        journal.compact(NOW)
    return journal


def audited(data: Path, policy: Policy = JP, **more: Any) -> Audited:
    return audit(data, "s", policy, NOW, **more)


def wrong(found: Audited) -> set[tuple[str, str | None]]:
    return {(one.held.kind, one.held.data) for one in found.out_of_policy}


@pytest.mark.parametrize("compact", [True, False])
def test_what_is_within_its_time_passes_and_is_listed(tmp_path: Path, compact: bool) -> None:
    filled(tmp_path, of_every_class(NOW - DAY), compact=compact).close()
    found = audited(tmp_path)
    assert wrong(found) == set()
    kind = "events" if compact else "log"
    listed = {one.held.data: one for one in found.findings if one.held.kind == kind}
    assert set(listed) == {"count", "trajectory", "assist", "device", "staff"}
    for data, one in listed.items():
        assert one.held.records == 1
        assert one.held.oldest == NOW - DAY
        assert data is not None
        assert one.limit == NOW - timedelta(days=JP.rule(data).keep_days or 0)


@pytest.mark.parametrize("compact", [True, False])
def test_what_is_too_old_fails_class_by_class_until_it_is_deleted(
    tmp_path: Path, compact: bool
) -> None:
    journal = filled(tmp_path, of_every_class(NOW - 100 * DAY), compact=compact)
    kind = "events" if compact else "log"
    too_old = {(kind, "trajectory"), (kind, "assist"), (kind, "staff")}
    journal.close()
    assert wrong(audited(tmp_path)) >= too_old
    assert {data for _, data in wrong(audited(tmp_path))} == {"trajectory", "assist", "staff"}
    journal = filled(tmp_path, [])
    retain(journal, JP, NOW)
    journal.close()
    assert wrong(audited(tmp_path)) == set()
    kept = {one.held.data for one in audited(tmp_path).findings if one.held.kind == "events"}
    assert kept == {"count", "device"}
    assert any(one.held.kind == "receipts" for one in audited(tmp_path).findings)


def test_roll_ups_of_few_people_are_out_of_policy_too(tmp_path: Path) -> None:
    """A journal whose events were deleted by hand still tells how long one person stayed."""
    journal = filled(tmp_path, of_every_class(NOW - 100 * DAY))
    before = {p: p.read_bytes() for p in (tmp_path / "journal" / "rollups").rglob("*.parquet")}
    retain(journal, JP, NOW)
    journal.close()
    assert wrong(audited(tmp_path)) == set()
    for path, content in before.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    assert wrong(audited(tmp_path)) == {("roll-ups", "trajectory"), ("roll-ups", "assist")}


def test_a_night_of_grace_and_no_more(tmp_path: Path) -> None:
    limit = NOW - 30 * DAY
    for name, age, is_wrong in (("a", GRACE, False), ("b", GRACE + timedelta(seconds=1), True)):
        stay = {"zone": "z", "visit": "00000000000000aa", "dwell_s": 1.0, "stitched": 1}
        filled(tmp_path / name, [event("zone.left", limit - age, **stay)]).close()
        assert (("events", "trajectory") in wrong(audited(tmp_path / name))) == is_wrong


def test_what_the_policy_has_off_may_not_be_there_at_all(tmp_path: Path) -> None:
    filled(tmp_path, of_every_class(NOW)).close()
    strict = load_policy("strict")
    assert ("events", "staff") in wrong(audited(tmp_path, strict))
    (one,) = [f for f in audited(tmp_path, strict).out_of_policy if f.held.kind == "events"]
    assert one.wrong == "the policy strict keeps nothing of class staff"


def test_rejected_lines_and_strays(tmp_path: Path) -> None:
    journal = filled(tmp_path, of_every_class(NOW))
    rejected = tmp_path / "journal" / "rejected"
    rejected.mkdir(exist_ok=True)
    (rejected / "2026-09-01-00000001.jsonl").write_text("{}\n")
    segment = next((tmp_path / "journal" / "events").rglob("*.parquet"))
    segment.with_name("99999999.parquet").write_bytes(segment.read_bytes())
    assert wrong(audited(tmp_path)) == {("rejected lines", None), ("stray file", None)}
    receipts = retain(journal, JP, NOW)
    journal.close()
    assert not list(rejected.glob("*.jsonl"))
    assert [receipt.rejected for receipt in receipts] == [1]


def test_old_back_ups_are_found_wherever_they_lie(tmp_path: Path) -> None:
    journal = filled(tmp_path / "data", of_every_class(NOW - 100 * DAY))
    (tmp_path / "backups").mkdir()
    back_up(tmp_path / "data" / "journal", tmp_path / "backups" / "september", NOW - 90 * DAY)
    retain(journal, JP, NOW)
    back_up(tmp_path / "data" / "journal", tmp_path / "backups" / "now", NOW)
    journal.close()
    assert wrong(audited(tmp_path / "data")) == set()
    found = audited(tmp_path / "data", backups=[tmp_path / "backups"])
    assert {one.held.backup for one in found.out_of_policy} == {
        str(tmp_path / "backups" / "september")
    }
    assert {one.held.data for one in found.out_of_policy} == {"trajectory", "assist", "staff"}


def test_outboxes_below_the_folder(tmp_path: Path) -> None:
    from miseban.camera.delivery.outbox import Outbox

    (tmp_path / "outbox").mkdir()
    outbox = Outbox(tmp_path / "outbox" / "door.db", "door")
    outbox.add(of_every_class(NOW - 3 * DAY))
    outbox.close()
    with sqlite3.connect(tmp_path / "other.db") as other:
        other.execute("CREATE TABLE t (x)")
    found = audited(tmp_path)
    (one,) = [f for f in found.findings if f.held.kind == "outbox"]
    assert (one.held.records, one.held.oldest, one.wrong) == (5, NOW - 3 * DAY, "")
    assert wrong(audited(tmp_path, load_policy("strict"))) == {("outbox", None)}


def test_an_outbox_that_a_camera_writes_is_audited_and_left_alone(tmp_path: Path) -> None:
    from miseban.camera.delivery.outbox import Outbox

    outbox = Outbox(tmp_path / "door.sqlite", "door")

    def found() -> tuple[int, object, str]:
        (one,) = [f for f in audited(tmp_path).findings if f.held.kind == "outbox"]
        return one.held.records, one.held.oldest, one.wrong

    assert found() == (0, None, "")
    number = 0
    for days in range(60, 0, -1):  # many rounds of its log
        last = outbox.add([*of_every_class(NOW - days * DAY)] * 40)
        if days == 30:
            number = last
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    records, oldest, wrong_ = found()
    assert (records, oldest) == (60 * 40 * 5, NOW - 60 * DAY)
    assert wrong_, "it is older than the policy lets it be"
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before
    outbox.forget(number)
    assert found()[:2] == (29 * 40 * 5, NOW - 29 * DAY)
    outbox.close()


def test_an_outbox_that_cannot_be_read_is_not_passed(tmp_path: Path) -> None:
    from miseban.camera.delivery.outbox import Outbox

    path = tmp_path / "door.db"
    outbox = Outbox(path, "door")
    outbox.add(of_every_class(NOW - 100 * DAY))
    outbox.close()
    whole = path.read_bytes()
    with sqlite3.connect(path) as database:
        database.execute("UPDATE events SET line = x'7b'")
    database.close()
    with pytest.raises(BadInput, match="its first line is no event"):
        audited(tmp_path)
    path.write_bytes(whole[:100] + b"\xff" * (len(whole) - 100))
    with pytest.raises(BadInput, match="cannot be read"):
        audited(tmp_path)


def test_accounts_and_the_log_of_what_they_did(tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'hub.db'}")
    people = People(engine, passwords=FAST)
    then = NOW - AUDIT_KEPT - 5 * DAY
    people.accounts.add("hanako", "manager", PASSWORD, CONSOLE, then)
    found = audited(tmp_path, engine=engine)
    assert wrong(found) == {("audit log", "staff")}
    assert {one.held.kind for one in found.findings} == {"accounts", "audit log"}
    people.accounts.add("jiro", "staff", PASSWORD, CONSOLE, NOW)
    people.tidy(NOW)
    assert wrong(audited(tmp_path, engine=engine)) == set()
    engine.dispose()


def test_the_command_says_it_and_fails(tmp_path: Path, capsys: Any) -> None:
    shop = tmp_path / "shop.toml"
    shop.write_text('[shop]\nid = "s"\ntimezone = "Asia/Tokyo"\npolicy = "jp"\n')
    data = tmp_path / "data"
    old = datetime.now(UTC) - 100 * DAY
    filled(data, of_every_class(old)).close()
    assert run(["privacy", "audit", str(shop), "--data", str(data)]) == 1
    out = capsys.readouterr().out
    assert "days older than the policy jp lets it be" in out
    assert run(["privacy", "audit", str(shop), "--data", str(data), "--json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert {one["held"]["data"] for one in told["findings"] if one["wrong"]} == {
        "trajectory", "assist", "staff",
    }  # fmt: skip
    journal = filled(data, [])
    retain(journal, JP, datetime.now(UTC))
    journal.close()
    assert run(["privacy", "audit", str(shop), "--data", str(data)]) == 0
    assert "nothing out of policy" in capsys.readouterr().out
    assert run(["privacy", "audit", str(shop), "--data", str(tmp_path / "none")]) == 2
    assert not (data / "hub.db").exists()  # looking makes nothing
