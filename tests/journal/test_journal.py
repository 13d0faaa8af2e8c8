"""What a journal takes in, and what it says of it."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from miseban.journal.journal import Journal
from miseban.journal.marks import MOST_STREAMS
from miseban.journal.segments import events_of, read_segment
from miseban.vocabulary.delivery import Batch, BatchHead
from miseban.vocabulary.errors import BadInput, Failed
from miseban.vocabulary.events import EVENT_CLASSES, DataClass, Event
from tests.journal.shop import NOON, SHOP, Maker, Outbox, batch, in_segments, line, stored

MAKER = Maker(7)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal.open(tmp_path, shop=SHOP)


def ids(events: Sequence[Event]) -> list[str]:
    return [event.id for event in events]


def test_a_batch_sent_again_is_acknowledged_and_not_stored(journal: Journal) -> None:
    events = MAKER.some(10)
    heard: list[str] = []
    journal.subscribe(lambda told: heard.extend(ids(told)))
    for first, last, upto in ((0, 5, 5), (0, 5, 5), (3, 8, 8), (0, 2, 8), (8, 10, 10), (0, 10, 10)):
        (ack,) = journal.accept([batch(events[first:last], first=first + 1)])
        assert (ack.state, ack.upto) == ("ok", upto)
    assert heard == ids(events) == ids(stored(journal.folder))


def test_many_batches_of_one_outbox_and_of_others_share_a_call(journal: Journal) -> None:
    events = MAKER.some(9)
    acks = journal.accept(
        [
            batch(events[:3]),
            batch(events[3:6], source="till", stream="1" * 16),
            batch(events[6:], first=4),
        ]
    )
    assert [ack.upto for ack in acks] == [3, 3, 6]
    assert [ack.stream for ack in acks] == ["0" * 16, "1" * 16, "0" * 16]
    marks = {mark.source: mark for mark in journal.state.sources}
    assert (marks["door"].upto, marks["till"].upto) == (6, 3)
    assert marks["door"].time == events[8].time


def test_a_batch_after_a_hole_is_not_taken(journal: Journal) -> None:
    events = MAKER.some(8)
    journal.accept([batch(events[:3])])
    (ack,) = journal.accept([batch(events[5:], first=6, oldest=2)])
    assert ack.upto == 3
    (ack,) = journal.accept([batch(events[5:], first=6, oldest=5)])  # the fifth is still to come
    assert ack.upto == 3
    assert journal.state.lost == 0
    assert len(stored(journal.folder)) == 3


def test_what_an_outbox_does_not_have_any_more_is_told_as_lost(journal: Journal) -> None:
    events = MAKER.some(8)
    journal.accept([batch(events[:3])])
    (ack,) = journal.accept([batch(events[5:], first=6, oldest=6)])
    assert ack.upto == 8
    assert journal.state.lost == 2
    assert journal.state.sources[0].lost == 2
    journal.compact(NOON)
    journal.close()
    journal = Journal.open(journal.folder, shop=SHOP)
    assert journal.state.lost == 2


def test_a_batch_without_events_asks_how_far_we_are(journal: Journal) -> None:
    assert journal.accept([batch([], first=1)])[0].upto == 0
    journal.accept([batch(MAKER.some(3))])
    size = sum(path.stat().st_size for path in journal.folder.rglob("*.log"))
    assert journal.accept([batch([], first=9, oldest=9)])[0].upto == 3
    assert sum(path.stat().st_size for path in journal.folder.rglob("*.log")) == size


@pytest.mark.parametrize("compacted", [False, True])
def test_an_event_that_comes_by_another_stream_is_not_stored_twice(
    journal: Journal, compacted: bool
) -> None:
    events = MAKER.some(30, NOON - timedelta(minutes=20))
    journal.accept([batch(events)])
    if compacted:
        journal.compact(NOON)
    (ack,) = journal.accept([batch(events[10:20], stream="2" * 16)])
    assert ack.upto == 10
    assert journal.append(events[3:7]) == 0
    assert journal.state.totals.twice == 10
    assert sorted(ids(stored(journal.folder))) == sorted(ids(events))


@pytest.mark.parametrize("compacted", [False, True])
def test_an_outbox_restored_from_a_copy_gives_its_numbers_to_other_events(
    journal: Journal, compacted: bool
) -> None:
    """Its new events stand under numbers that are kept: the ids say that they are new."""
    first, then, instead = MAKER.some(5), MAKER.some(3), MAKER.some(4)
    journal.accept([batch([*first, *then])])
    if compacted:
        journal.compact(NOON)
    (ack,) = journal.accept([batch([*first[3:], *instead], first=4)])
    assert ack.upto == 9
    assert sorted(ids(stored(journal.folder))) == sorted(ids([*first, *then, *instead]))


def test_late_events_go_to_their_day(journal: Journal) -> None:
    today, early = MAKER.some(5), MAKER.some(5, NOON - timedelta(days=40))
    journal.accept([batch(today)])
    journal.compact(NOON)
    journal.accept([batch(early, first=6)])
    journal.compact(NOON)
    assert {path.parent.name for path in (journal.folder / "events").rglob("*.parquet")} == {
        "2026-04-07",
        "2026-02-26",
    }
    assert sorted(ids(stored(journal.folder))) == sorted(ids([*today, *early]))
    assert journal.accept([batch([*today, *early], stream="3" * 16)])[0].upto == 10
    assert len(stored(journal.folder)) == 10
    assert min(journal.state.oldest.values()) == date(2026, 2, 26)


def test_a_day_of_many_compactions_stands_in_few_files(tmp_path: Path) -> None:
    journal = Journal.open(tmp_path, shop=SHOP, rollups=None)
    events = MAKER.some(60, NOON, "line")
    for at in range(60):
        journal.accept([batch(events[at : at + 1], first=at + 1)])
        journal.compact(NOON)
    day = journal.folder / "events" / "count" / "2026-04-07"
    assert 1 <= len(list(day.iterdir())) <= 7
    journal.compact(NOON + timedelta(days=2))
    assert len(list(day.iterdir())) == 1
    assert ids(in_segments(journal.folder)) == ids(events)


def test_lines_that_are_no_event_count_as_taken_and_are_kept(journal: Journal) -> None:
    good = MAKER.some(3)
    foreign = good[0].model_copy(update={"shop": "other", "id": "x"})
    lines = (line(good[0]), b"{}", line(good[1]), b"\xff\0", line(foreign), line(good[2]))
    head = BatchHead(source="door", stream="0" * 16, first=1, events=6, oldest=1)
    for _ in range(2):
        (ack,) = journal.accept([Batch(head, lines)])
        assert ack.upto == 6
    assert ids(stored(journal.folder)) == ids(good)
    assert journal.state.totals.rejected == 3
    journal.compact(NOON)
    (path,) = (journal.folder / "rejected").iterdir()
    told = [json.loads(text) for text in path.read_text().splitlines()]
    assert [one["number"] for one in told] == [2, 4, 5]
    assert all(one["source"] == "door" for one in told)
    assert told[0]["line"] == "{}"
    assert "shop: expected corner, found other" in told[2]["why"]


def test_what_the_policy_does_not_keep_is_acknowledged_and_not_written(tmp_path: Path) -> None:
    def keep(data: DataClass) -> bool:
        return data != "trajectory"

    journal = Journal.open(tmp_path, shop=SHOP, keep=keep)
    events = MAKER.some(30)
    assert journal.accept([batch(events)])[0].upto == 30
    kept = [event for event in events if EVENT_CLASSES[event.type] != "trajectory"]
    assert ids(stored(tmp_path)) == ids(kept)
    assert journal.state.totals.dropped == 30 - len(kept) > 0
    assert b"visit.ended" not in b"".join(p.read_bytes() for p in tmp_path.rglob("*.log"))


def test_events_of_our_own_are_kept_once(journal: Journal) -> None:
    alerts = [MAKER.alert(), MAKER.alert()]
    assert journal.append(alerts) == 2
    assert journal.append([*alerts, MAKER.alert()]) == 1
    journal.compact(NOON)
    assert journal.append(alerts) == 0
    assert len(stored(journal.folder)) == 3
    foreign = alerts[0].model_copy(update={"shop": "other", "id": "x"})
    with pytest.raises(BadInput, match="shop: expected corner, found other"):
        journal.append([MAKER.alert(), foreign])
    assert len(stored(journal.folder)) == 3


def test_listeners_hear_after_durability_in_order_and_may_append(journal: Journal) -> None:
    events, alert = MAKER.some(4), MAKER.alert()
    heard: list[list[str]] = [[], []]

    def first(told: Sequence[Event]) -> None:
        heard[0] += ids(told)
        assert {*ids(told)} <= {*ids(stored(journal.folder))}
        if told[0].type != "alert.step":
            journal.append([alert])

    journal.subscribe(first)
    journal.subscribe(lambda told: heard[1].extend(ids(told)))
    journal.accept([batch(events)])
    assert heard == [ids([*events, alert])] * 2


def test_an_error_of_a_listener_costs_nothing(journal: Journal) -> None:
    events = MAKER.some(4)
    heard: list[str] = []

    def listener(told: Sequence[Event]) -> None:
        heard.extend(ids(told))
        if len(heard) == 2:
            raise ZeroDivisionError

    journal.subscribe(listener)
    with pytest.raises(ZeroDivisionError):
        journal.accept([batch(events[:2])])
    assert journal.accept([batch(events)])[0].upto == 4
    assert heard == ids(events) == ids(stored(journal.folder))


def test_intake_goes_on_while_it_is_compacted(journal: Journal) -> None:
    outboxes = [Outbox(f"cam-{i}", f"{i:016x}") for i in range(2)]
    errors: list[Failed] = []

    def camera(outbox: Outbox) -> None:
        try:
            for _ in range(40):
                outbox.put(makers[outbox.source].some(5))
                (ack,) = journal.accept([outbox.batch()])
                outbox.heard(ack)
        except Failed as error:
            errors.append(error)

    makers = {outbox.source: Maker(10 + i) for i, outbox in enumerate(outboxes)}
    threads = [threading.Thread(target=camera, args=(outbox,)) for outbox in outboxes]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        journal.compact(NOON)
    journal.compact(NOON)
    assert errors == []
    held = ids(in_segments(journal.folder))
    assert len(held) == len(set(held)) == 400 == journal.state.totals.kept
    assert journal.state.fresh == 0


def test_a_second_writer_is_refused_in_a_line(journal: Journal) -> None:
    with pytest.raises(BadInput, match="another process writes this journal") as caught:
        Journal.open(journal.folder, shop=SHOP)
    assert (caught.value.code, str(caught.value).count("\n")) == ("journal-locked", 0)
    journal.close()
    Journal.open(journal.folder, shop=SHOP).close()
    with pytest.raises(Failed, match="closed"):
        journal.accept([batch(MAKER.some(1))])


def spoiled(folder: Path, **changed: object) -> None:
    path = folder / "journal.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changed))


@pytest.mark.parametrize(
    ("changed", "code", "said"),
    [
        ({"shop": "other"}, "journal-shop", "the journal of shop other, expected corner"),
        ({"version": 99}, "journal-newer", "made by a newer miseban: version 99"),
        ({"marks": 3}, "journal", "marks: "),
    ],
)
def test_a_journal_that_is_not_for_us_is_refused(
    journal: Journal, changed: dict[str, object], code: str, said: str
) -> None:
    journal.close()
    spoiled(journal.folder, **changed)
    before = {path: path.read_bytes() for path in journal.folder.rglob("*") if path.is_file()}
    with pytest.raises(BadInput, match=said) as caught:
        Journal.open(journal.folder, shop=SHOP)
    assert caught.value.code == code
    after = {path: path.read_bytes() for path in journal.folder.rglob("*") if path.is_file()}
    assert after == before


def test_events_without_journal_json_are_not_swept_away(journal: Journal) -> None:
    journal.accept([batch(MAKER.some(3))])
    journal.close()
    (journal.folder / "journal.json").unlink()
    with pytest.raises(BadInput, match="restore a back-up"):
        Journal.open(journal.folder, shop=SHOP)
    assert list(journal.folder.rglob("*.log"))


def test_forgetting_leaves_a_receipt_and_nothing_else(journal: Journal) -> None:
    events = MAKER.some(60, NOON - timedelta(minutes=30))
    early = MAKER.some(20, NOON - timedelta(days=3))
    journal.accept([batch([*early, *events[:30]])])
    journal.compact(NOON)
    journal.accept([batch(events[30:], first=51)])
    gone = [
        event
        for event in (*early, *events)
        if EVENT_CLASSES[event.type] == "trajectory" and event.time < NOON
    ]
    receipt = journal.forget("trajectory", NOON, now=NOON)
    assert (receipt.events, receipt.number) == (len(gone), 1)
    assert set(receipt.days) == {event.time.date() for event in gone}
    names = set(ids(gone))
    assert {*ids(stored(journal.folder))} == {*ids(early), *ids(events)} - names
    everything = b"".join(p.read_bytes() for p in journal.folder.rglob("*") if p.is_file())
    assert not any(name.encode() in everything for name in names)
    written = json.loads((journal.folder / "receipts" / "00000001.json").read_text())
    assert written["events"] == len(gone)

    # What comes too late is not taken in any more, and acknowledged.
    assert journal.accept([batch(early, stream="4" * 16)])[0].upto == 20
    assert not names & {*ids(stored(journal.folder))}
    journal.close()
    journal = Journal.open(journal.folder, shop=SHOP)
    journal.accept([batch(early, stream="5" * 16)])
    assert not names & {*ids(stored(journal.folder))}
    assert journal.forget("trajectory", NOON, now=NOON).events == 0
    assert [path.name for path in (journal.folder / "receipts").iterdir()] == ["00000001.json"]


@pytest.mark.parametrize("gone", [False, True])
def test_a_segment_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, gone: bool
) -> None:
    journal = Journal.open(tmp_path, shop=SHOP, rollups=None)
    events = MAKER.some(20, NOON, "line")
    journal.accept([batch(events[:10])])
    journal.compact(NOON)
    (path,) = (tmp_path / "events").rglob("*.parquet")
    if gone:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-9])
    journal.close()
    journal = Journal.open(tmp_path, shop=SHOP, rollups=None)
    assert journal.accept([batch(events[10:], first=11)])[0].upto == 20
    journal.compact(NOON)
    journal.compact(NOON + timedelta(days=3))
    (told,) = journal.state.unreadable
    assert str(path) in told
    (other,) = set((tmp_path / "events").rglob("*.parquet")) - {path}
    assert ids(events_of(read_segment(other))) == ids(events[10:])
    assert path.exists() != gone


def test_rejected_lines_are_forgotten_with_any_class(journal: Journal) -> None:
    head = BatchHead(source="door", stream="0" * 16, first=1, events=1, oldest=1)
    journal.accept([Batch(head, (b"{}",))])
    journal.compact(NOON)
    assert journal.forget("assist", NOON).rejected == 0
    assert journal.forget("assist", NOON + timedelta(days=1)).rejected == 1
    assert list((journal.folder / "rejected").iterdir()) == []


def test_what_was_rejected_today_is_kept_whatever_is_forgotten(journal: Journal) -> None:
    head = BatchHead(source="door", stream="0" * 16, first=1, events=1, oldest=1)
    journal.accept([Batch(head, (b"{}",))])
    for before in (NOON - timedelta(days=30), NOON - timedelta(days=7)):
        assert journal.forget("trajectory", before, now=NOON).rejected == 0
    (path,) = (journal.folder / "rejected").iterdir()
    assert path.name.startswith(NOON.date().isoformat())


def test_streams_of_a_source_are_not_remembered_without_end(journal: Journal) -> None:
    for n in range(MOST_STREAMS + 5):
        journal.accept([batch(MAKER.some(1), stream=f"{n:016x}")])
    assert len(journal.state.sources) == MOST_STREAMS
    assert f"{4:016x}" not in {mark.stream for mark in journal.state.sources}


def test_times_in_other_zones_belong_to_the_day_of_utc(journal: Journal) -> None:
    tokyo = datetime.fromisoformat("2026-04-07T08:30:00+09:00")
    event = MAKER.one(tokyo, "line")
    journal.accept([batch([event])])
    journal.compact(NOON)
    assert [p.parent.name for p in (journal.folder / "events").rglob("*.parquet")] == ["2026-04-06"]
    (held,) = stored(journal.folder)
    assert held == event
    assert held.time.utcoffset() == timedelta(0)
    assert journal.append([event.model_copy(update={"time": tokyo.astimezone(UTC)})]) == 0
