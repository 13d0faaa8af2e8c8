"""Back-up of a journal that is written, restore, check and export."""

from __future__ import annotations

import csv
import json
import threading
from datetime import timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from miseban.cli.app import run
from miseban.journal.backup import back_up, check, restore
from miseban.journal.events_table import read_events
from miseban.journal.export import export
from miseban.journal.journal import Journal
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from tests.journal.shop import NOON, SHOP, Maker, Outbox, batch, in_segments, stored

MAKER = Maker(11)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path / "journal", shop=SHOP)


def filled(journal: Journal) -> list[Event]:
    events = MAKER.some(40, NOON - timedelta(hours=13))
    journal.accept([batch(events[:30])])
    journal.compact(NOON)
    journal.accept([batch(events[30:], first=31)])
    return events


def names(events: list[Event]) -> list[str]:
    return sorted(event.id for event in events)


def test_a_back_up_is_a_journal_that_can_be_restored(journal: Journal, tmp_path: Path) -> None:
    events = filled(journal)
    made = back_up(journal.folder, tmp_path / "backup", NOON)
    assert (made.events, made.shop) == (40, SHOP)
    assert check(tmp_path / "backup").problems == ()
    restore(tmp_path / "backup", tmp_path / "restored")
    assert names(stored(tmp_path / "restored")) == names(events)
    other = Journal.open(tmp_path / "restored", shop=SHOP)
    assert other.state.sources == journal.state.sources
    assert other.accept([batch(events)])[0].upto == 40
    other.compact(NOON)
    assert names(in_segments(other.folder)) == names(events)
    assert not (tmp_path / "restored" / "backup.json").exists()


def test_after_an_older_back_up_cameras_go_on_and_the_loss_is_told(
    journal: Journal, tmp_path: Path
) -> None:
    outbox = Outbox()
    events = MAKER.some(30)
    for at in range(0, 30, 10):
        if at == 20:
            back_up(journal.folder, tmp_path / "backup", NOON)
        outbox.put(events[at : at + 10])
        outbox.heard(journal.accept([outbox.batch()])[0])
    outbox.put(MAKER.some(5))
    restore(tmp_path / "backup", tmp_path / "restored")
    other = Journal.open(tmp_path / "restored", shop=SHOP)
    (ack,) = other.accept([outbox.batch()])
    assert ack.upto == 35
    assert other.state.lost == 10
    assert len(stored(other.folder)) == 25


def test_it_is_copied_while_it_is_written_and_compacted(journal: Journal, tmp_path: Path) -> None:
    stop = threading.Event()

    def hub() -> None:
        outbox = Outbox()
        while not stop.is_set():
            outbox.put(MAKER.some(5))
            outbox.heard(journal.accept([outbox.batch()])[0])
            journal.compact(NOON)

    thread = threading.Thread(target=hub)
    thread.start()
    try:
        made = [back_up(journal.folder, tmp_path / f"backup-{i}", NOON) for i in range(4)]
    finally:
        stop.set()
        thread.join()
    assert made[-1].events > 0
    for i, one in enumerate(made):
        found = check(tmp_path / f"backup-{i}")
        assert (found.problems, found.events) == ((), one.events)
        held = names(stored(tmp_path / f"backup-{i}"))
        assert len(held) == len(set(held)) == one.events
        assert one.events % 5 == 0


@pytest.mark.parametrize("name", ["journal.json", "*.parquet", "*.log"])
def test_a_flipped_byte_is_found_and_not_restored(
    journal: Journal, tmp_path: Path, name: str
) -> None:
    filled(journal)
    back_up(journal.folder, tmp_path / "backup", NOON)
    path = sorted((tmp_path / "backup").rglob(name))[0]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    found = check(tmp_path / "backup")
    assert path.name in found.problems[0]
    with pytest.raises(BadInput, match="damaged"):
        restore(tmp_path / "backup", tmp_path / "restored")
    assert not (tmp_path / "restored").exists()
    assert run(["journal", "verify", str(tmp_path / "backup")]) == 1


def test_a_check_finds_a_segment_with_an_event_too_many(journal: Journal) -> None:
    filled(journal)
    path = max(journal.folder.rglob("*.parquet"), key=lambda p: p.stat().st_size)
    table = pq.read_table(path)
    pq.write_table(table.slice(0, len(table) - 1), path)
    (problem,) = check(journal.folder).problems
    assert f"{len(table) - 1} events, expected {len(table)}" in problem


@pytest.mark.parametrize("evil", ["../evil", "/evil", "log/../../evil", "..\\evil", "C:evil", ""])
def test_nothing_is_restored_outside_its_folder(
    journal: Journal, tmp_path: Path, evil: str
) -> None:
    filled(journal)
    (tmp_path / "in").mkdir()
    back_up(journal.folder, tmp_path / "in" / "backup", NOON)
    path = tmp_path / "in" / "backup" / "backup.json"
    told = json.loads(path.read_text())
    told["files"][evil] = told["files"]["journal.json"]
    path.write_text(json.dumps(told))
    (tmp_path / "in" / "evil").write_bytes((journal.folder / "journal.json").read_bytes())
    (tmp_path / "to").mkdir()
    with pytest.raises(BadInput, match="in the back-up's folder") as error:
        restore(path.parent, tmp_path / "to" / "restored")
    assert error.value.code == "backup"
    assert list((tmp_path / "to").iterdir()) == []


def test_a_stray_file_among_the_logs_is_not_copied(journal: Journal, tmp_path: Path) -> None:
    filled(journal)
    (journal.folder / "log" / "notes.txt").write_text("mine")
    made = back_up(journal.folder, tmp_path / "backup", NOON)
    assert [name for name in made.files if name.startswith("log/")] == ["log/00000002.log"]
    assert made.events == 40


def test_nothing_is_written_over(journal: Journal, tmp_path: Path) -> None:
    filled(journal)
    with pytest.raises(BadInput, match="expected a new folder"):
        back_up(journal.folder, journal.folder, NOON)
    with pytest.raises(BadInput, match="no journal there"):
        back_up(tmp_path / "nothing", tmp_path / "backup", NOON)
    with pytest.raises(BadInput, match="no back-up there"):
        restore(journal.folder, tmp_path / "restored")
    with pytest.raises(BadInput, match="expected a folder that exists"):
        back_up(journal.folder, tmp_path / "no" / "backup", NOON)
    assert {path.name for path in tmp_path.iterdir()} == {"journal"}


def test_events_are_exported_in_order_of_time(journal: Journal, tmp_path: Path) -> None:
    events = filled(journal)
    path = tmp_path / "all.parquet"
    assert export(journal.folder, path) == 40
    assert read_events(path) == sorted(events, key=lambda event: event.time)
    since, until = events[5].time, events[35].time
    wanted = [e for e in events[5:35] if e.type in ("line.crossed", "visit.ended")]
    some = tmp_path / "some.csv"
    kinds = ["line.crossed", "visit.ended"]
    assert export(journal.folder, some, types=kinds, since=since, until=until) == len(wanted)
    with some.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == [event.id for event in wanted]
    trails = [json.loads(row["x"]) for row in rows if row["type"] == "visit.ended"]
    assert trails == [list(event.x) for event in wanted if event.type == "visit.ended"]


@pytest.mark.parametrize("name", ["events.txt", "no/events.csv", "there.csv"])
def test_an_export_that_cannot_be_is_refused(journal: Journal, tmp_path: Path, name: str) -> None:
    (tmp_path / "there.csv").touch()
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(BadInput):
        export(journal.folder, tmp_path / name)
    assert sorted(tmp_path.rglob("*")) == before


def test_the_commands(journal: Journal, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    filled(journal)
    folder, backup, again = (str(tmp_path / n) for n in ("journal", "backup", "again"))
    out = str(tmp_path / "out.parquet")
    for arguments, said in (
        (["backup", folder, backup], "40 events of corner"),
        (["verify", backup], "40 events of corner, no problems"),
        (["restore", backup, again], "40 events of corner, as of "),
        (["verify", again, "--json"], '"problems":[]'),
        (["export", again, out, "--until", "2026-04-07", "--json"], '{"events": 40}'),
    ):
        expected = said.replace("40", "60") if "--until" in arguments else said
        status = run(["journal", *arguments])
        told = capsys.readouterr().out
        assert status == 0
        if "--until" not in arguments:
            assert expected in told
        else:
            day = NOON.replace(hour=0)
            early = [e for e in stored(tmp_path / "again") if e.time < day]
            assert json.loads(told) == {"events": len(early)}
    assert run(["journal", "export", again, out, "--type", "nonsense"]) == 2
    assert "--type nonsense: expected one of" in capsys.readouterr().err
