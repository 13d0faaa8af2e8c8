"""Who reads through a process of its own is told the same, also when that process is another."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bench.soak.samples import children_of
from miseban.journal import log, reader_apart, step
from miseban.journal.apart import Apart, Caller, here
from miseban.journal.apart_process import Process
from miseban.journal.journal import Journal
from miseban.journal.reader import JournalReader
from miseban.journal.reader_apart import ReaderApart
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.journal.waited import Waited
from miseban.vocabulary.errors import BadInput, Failed
from tests.journal.shop import NOON, SHOP, Maker

LATER = NOON + timedelta(days=3)
ENDLESS = "SELECT sum(hash(a.range, b.range)) FROM range(10000000) a, range(10000000) b"
MINUTES = "SELECT * FROM minutes ORDER BY ALL"


def children() -> list[int]:
    """Those that look for this process."""
    return [pid for pid, args in children_of(os.getpid()).items() if "serve(0, " in args]


def opened(folder: Path, call: Caller = here) -> Journal:
    keeper = RollupKeeper(call=call)
    return Journal.open(folder, shop=SHOP, timezone="Asia/Tokyo", rollups=keeper, call=call)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    with closing(opened(tmp_path / "journal")) as one:
        yield one


def test_it_tells_what_a_reader_of_this_process_tells(journal: Journal) -> None:
    maker = Maker(5)
    span = [(NOON.date() - timedelta(days=1), NOON.date())]
    with closing(ReaderApart(journal.folder)) as apart:
        assert (apart.newest(), list(apart.events()), apart.rollups([])) == (None, [], [])
        for hours in range(3):
            journal.append(maker.some(40, NOON + timedelta(hours=hours)))
            if hours == 1:
                journal.compact(NOON + timedelta(hours=hours))
            with closing(JournalReader(journal.folder)) as reader:
                assert apart.table(MINUTES).equals(reader.table(MINUTES))
                assert list(apart.events()) == list(reader.events())
                asked = (["visit.ended"], NOON, NOON + timedelta(hours=1, minutes=30))
                some = list(apart.events(*asked))
                assert some == list(reader.events(*asked))
                assert list(apart.events(*asked, limit=5)) == some[:5]
                assert apart.newest() == reader.newest() is not None
                assert apart.rollups(span) == reader.rollups(span)
                assert (apart.shop, apart.timezone) == (reader.shop, reader.timezone)
                assert apart.forgotten == reader.forgotten
        assert len(some) > 5


def test_a_question_of_which_nobody_waits_any_more_is_broken_off(journal: Journal) -> None:
    """And the process goes on, for the others."""
    journal.append(Maker(9).some(5))
    waited, ended = Waited(), []
    with closing(ReaderApart(journal.folder)) as reader:
        process = children()

        def ask() -> None:
            with waited.heeded(), pytest.raises(Failed, match="nobody waits"):
                reader.table(ENDLESS)
            ended.append(time.monotonic())

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.5)
        began_s = time.monotonic()
        while asking.is_alive():
            waited.give_up()
            asking.join(0.1)
        assert ended[0] - began_s < 5.0
        assert reader.table("SELECT count(*) AS n FROM events")["n"].to_pylist() == [5]
        assert children() == process


def test_who_gives_up_breaks_off_nobody_elses_question(journal: Journal) -> None:
    journal.append(Maker(9).some(5))
    with closing(ReaderApart(journal.folder)) as reader:
        told = []

        def ask() -> None:
            told.append(reader.table("SELECT sum(hash(a.range)) AS n FROM range(60000000) a"))

        asking = threading.Thread(target=ask)
        asking.start()
        time.sleep(0.1)
        waited = Waited()

        def give_up() -> None:
            with waited.heeded(), pytest.raises(Failed, match="nobody waits"):
                reader.table(ENDLESS)

        other = threading.Thread(target=give_up)
        other.start()
        while other.is_alive():
            waited.give_up()
            other.join(0.02)
        asking.join()
        assert len(told[0]) == 1


def test_a_compaction_apart_leaves_the_same_files(tmp_path: Path) -> None:
    events = [Maker(6).some(200, NOON + timedelta(hours=9 * n)) for n in range(4)]
    left = []
    apart = Apart(nice=5)
    for name, call in (("here", here), ("apart", apart.call)):
        journal = opened(tmp_path / name, call)
        for some in events:
            journal.append(some)
            journal.compact(some[-1].time)
        journal.compact(LATER)
        assert journal.state.fresh == 0
        journal.close()
        files = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        left.append({path.relative_to(tmp_path / name): path.read_bytes() for path in files})
    assert apart.pid is not None
    apart.end()
    assert left[0] == left[1]
    assert len(left[0]) > 5


def test_many_steps_come_to_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = []
    for at_once, head in ((1, log._HEAD), (1, 20), (10_000, log._HEAD)):
        monkeypatch.setattr(step, "EVENTS_A_STEP", at_once)
        monkeypatch.setattr(log, "_HEAD", head)
        folder = tmp_path / f"{at_once}-{head}"
        journal = opened(folder)
        for n in range(6):  # a log each
            journal.append(Maker(n).some(30, NOON + timedelta(hours=n)))
            journal.close()
            journal = opened(folder)
        journal.compact(LATER)
        state = journal.state
        assert state.fresh == 0
        with closing(JournalReader(journal.folder)) as reader:
            told.append((list(reader.events()), state.totals, state.sources))
        journal.close()
    assert told[0] == told[1] == told[2]
    assert len(told[0][0]) == 180


def test_after_closing_nothing_is_begun(journal: Journal) -> None:
    reader = ReaderApart(journal.folder)
    reader.close()
    with pytest.raises(Failed, match="closed"):
        reader.newest()
    reader._apart.renew(time.monotonic, time.monotonic)
    assert children() == []


def test_a_renewal_that_fails_is_not_tried_again_at_once(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def renew(*_: object) -> None:
        tried.append(1)
        raise OSError("no process")

    monkeypatch.setattr(Apart, "renew", renew)
    monkeypatch.setattr(reader_apart, "_TURN_S", 0.05)
    monkeypatch.setattr(reader_apart, "RENEWED_S", 0.0)
    with closing(ReaderApart(journal.folder)) as reader, reader.kept_fresh():
        time.sleep(1.0)
        assert reader.newest() is None, "the old one goes on"
    assert len(tried) == 1


def test_it_goes_on_when_its_process_is_killed(journal: Journal) -> None:
    maker = Maker(7)
    with closing(ReaderApart(journal.folder)) as reader:
        journal.append(maker.some(5))
        assert len(list(reader.events())) == 5
        (pid,) = children()
        os.kill(pid, signal.SIGKILL)
        journal.append(maker.some(3))
        assert len(list(reader.events())) == 8
        assert pid not in children()
    assert children() == []


def test_one_that_is_old_is_renewed_though_others_ask_all_the_time(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_apart, "RENEWED_S", 0.5)
    with closing(ReaderApart(journal.folder)) as reader, reader.kept_fresh():
        (first,) = children()
        maker, until_s, told = Maker(8), time.monotonic() + 20.0, 0
        while first in children() and time.monotonic() < until_s:
            told += journal.append(maker.some(1))
            assert len(list(reader.events())) == told
            time.sleep(0.05)
        assert first not in children()
        assert len(list(reader.events())) == told


def test_one_that_is_young_stays(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_apart, "_TURN_S", 0.05)
    with closing(ReaderApart(journal.folder)) as reader, reader.kept_fresh():
        before = children()
        time.sleep(0.5)
        assert children() == before


def test_what_is_wrong_with_the_journal_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none"):
        ReaderApart(tmp_path / "none")
    assert children() == []


def threads(_: JournalReader) -> list[str]:
    return [one.name for one in threading.enumerate()]


def test_it_looks_though_nobody_asks(journal: Journal) -> None:
    with closing(ReaderApart(journal.folder, patience_s=5.0)) as reader:
        assert "keeping fresh" in reader._call(threads)


def test_another_process_knows_what_the_old_one_told(journal: Journal) -> None:
    """Though the journal grew between its first look and the moment when it takes the place."""
    maker = Maker(4)
    with closing(ReaderApart(journal.folder, patience_s=600.0)) as reader:
        journal.append(maker.some(5))
        seen: list[int] = []

        asked = Process.asked

        def meanwhile(process: Process, what: bytes) -> tuple[object, Exception | None]:
            found = asked(process, what)
            if process is not reader._apart._process and not seen:
                seen.append(journal.append(maker.some(3)))
                reader._call(JournalReader.look)
                assert len(list(reader.events())) == 8
            return found

        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(Process, "asked", meanwhile)
            first = children()
            reader._apart.renew(reader_apart._look, reader_apart._looked, reader.folder, 600.0)
        assert children() != first
        assert seen == [3]
        assert len(list(reader.events())) == 8


def test_closing_breaks_off_a_question_that_a_renewal_waits_for(journal: Journal) -> None:
    reader = ReaderApart(journal.folder)
    with ThreadPoolExecutor() as others:
        asked = others.submit(reader.table, ENDLESS)
        time.sleep(0.3)

        def renew() -> None:
            reader._apart.renew(reader_apart._look, reader_apart._looked, reader.folder, 0.0)

        renewed = others.submit(renew)
        time.sleep(3.0)
        began_s = time.monotonic()
        reader.close()
        with pytest.raises(Failed):
            asked.result()
        with contextlib.suppress(EOFError):  # it was killed before it had looked
            renewed.result()
        assert time.monotonic() - began_s < 5.0
    assert children() == []


def test_one_that_has_just_begun_is_not_ended_by_a_signal(journal: Journal) -> None:
    waited = Waited()
    with closing(ReaderApart(journal.folder)) as reader:
        (pid,) = children()
        os.kill(pid, signal.SIGKILL)

        def ask() -> None:
            with waited.heeded(), pytest.raises(Failed, match="nobody waits"):
                reader.table(ENDLESS)

        asking = threading.Thread(target=ask)
        asking.start()
        begun: set[int] = set()
        while asking.is_alive():
            waited.give_up()
            asking.join(0.01)
            begun |= {*children()} - {pid}
        assert len(begun) == 1
        assert {*children()} == begun
