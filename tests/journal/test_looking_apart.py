"""Who reads through a process of its own is told the same, also when that process is another."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bench.soak.samples import children_of
from miseban.journal import log, looking_apart, looks, step
from miseban.journal.apart import Apart, Caller, here
from miseban.journal.journal import Journal
from miseban.journal.looking_apart import LookingApart
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput, Failed
from tests.journal.shop import NOON, SHOP, Maker

LATER = NOON + timedelta(days=3)
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


def test_it_sees_what_a_reader_of_this_process_sees(journal: Journal) -> None:
    maker = Maker(5)
    with closing(JournalReader(journal.folder, apart=Apart)) as apart:
        before = apart.snapshot()
        assert apart.snapshot() is before, "nothing came"
        for hours in range(3):
            journal.append(maker.some(40, NOON + timedelta(hours=hours)))
            if hours == 1:
                journal.compact(NOON + timedelta(hours=hours))
            found, known = apart.snapshot(), apart.table(MINUTES)
            with closing(JournalReader(journal.folder)) as reader:
                wanted = reader.snapshot()
                assert known.equals(reader.table(MINUTES))
                assert list(apart.events()) == list(reader.events())
            assert (found.manifest, found.stamp) == (wanted.manifest, wanted.stamp)
            assert found.fresh.equals(wanted.fresh)
            assert found.recounted.keys() == wanted.recounted.keys()
        assert len(known)
        assert len(found.manifest.segments)


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
    looking = LookingApart(journal.folder)
    looking.close()
    with pytest.raises(Failed, match="closed"):
        looking.look()
    looking.renew()
    assert children() == []


def test_a_renewal_that_fails_is_not_tried_again_at_once(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def renew(_: LookingApart) -> None:
        tried.append(1)
        raise OSError("no process")

    monkeypatch.setattr(LookingApart, "renew", renew)
    monkeypatch.setattr(looks, "_TURN_S", 0.05)
    with closing(JournalReader(journal.folder, apart=Apart)) as reader, reader.kept_fresh():
        time.sleep(1.0)
    assert len(tried) == 1


def test_it_goes_on_when_its_process_is_killed_or_old(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    maker = Maker(7)
    looking = LookingApart(journal.folder)
    journal.append(maker.some(5))
    first = looking.look()
    (pid,) = children()
    os.kill(pid, signal.SIGKILL)
    journal.append(maker.some(3))
    assert len(looking.look().fresh) == len(first.fresh) + 3 == 8
    (pid,) = children()
    looking.renew()
    assert children() == [pid], "it is young"
    monkeypatch.setattr(looking_apart, "RENEWED_S", 0.0)
    journal.append(maker.some(2))
    looking.renew()
    assert len(children()) == 1
    assert children() != [pid]
    seen = looking.look()
    assert len(seen.fresh) == 10
    assert looking.look() is seen
    looking.close()
    assert children() == []


def test_one_that_is_old_is_renewed_though_others_look_all_the_time(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking_apart, "RENEWED_S", 0.5)
    with closing(JournalReader(journal.folder, apart=Apart)) as reader, reader.kept_fresh():
        (first,) = children()
        until_s = time.monotonic() + 20.0
        while first in children() and time.monotonic() < until_s:
            journal.append(Maker(8).some(1))
            reader.snapshot()
            time.sleep(0.05)
        assert first not in children()


def test_what_is_wrong_with_the_journal_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="none"):
        JournalReader(tmp_path / "none", apart=Apart)
    assert children() == []
