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
from miseban.journal import looking_apart
from miseban.journal.apart import Apart, Caller, here
from miseban.journal.journal import Journal
from miseban.journal.looking_apart import LookingApart
from miseban.journal.reader import JournalReader
from miseban.journal.rollups.keeper import RollupKeeper
from miseban.vocabulary.errors import BadInput
from tests.journal.shop import NOON, SHOP, Maker

LATER = NOON + timedelta(days=3)
MINUTES = "SELECT * FROM minutes ORDER BY ALL"


def children() -> list[int]:
    """Those that look for this process."""
    return [pid for pid, args in children_of(os.getpid()).items() if "serve(0)" in args]


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
