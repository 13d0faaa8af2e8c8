"""A folder of results becomes a journal, whenever the power is cut."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from miseban.journal.events_table import write_events
from miseban.journal.journal import Journal
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.events import Event
from tests.journal.power import PowerCut, SimulatedDisk
from tests.journal.shop import NOON, SHOP, Maker, batch, in_segments, stored

EVENTS = Maker(13).some(40, NOON - timedelta(hours=12, minutes=20))


def results(folder: Path, events: list[Event], disk: SimulatedDisk | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    write_events(folder / "events.parquet", events)
    if disk is not None:
        content = (folder / "events.parquet").read_bytes()
        file = disk.open(folder / "events.parquet")
        file.write(content, 0)
        file.sync()
        disk.sync_folder(folder)
    return folder


def names(events: list[Event]) -> list[str]:
    return sorted(event.id for event in events)


def test_results_of_analyze_become_a_journal(tmp_path: Path) -> None:
    folder = results(tmp_path / "results", EVENTS)
    (folder / "report.html").touch()
    journal = Journal.open(folder, shop=SHOP, rollups=None, timezone="Asia/Tokyo")
    assert not (folder / "events.parquet").exists()
    assert (folder / "report.html").exists()
    assert names(in_segments(folder)) == names(EVENTS) == names(stored(folder))
    assert journal.state.totals.kept == 40
    assert journal.accept([batch(EVENTS)])[0].upto == 40
    journal.compact(NOON)
    journal.close()
    Journal.open(folder, shop=SHOP, rollups=None).close()
    assert names(in_segments(folder)) == names(EVENTS)


def test_results_of_another_shop_stay_what_they_are(tmp_path: Path) -> None:
    folder = results(tmp_path / "results", EVENTS)
    with pytest.raises(BadInput, match="events of shop corner, expected other"):
        Journal.open(folder, shop="other")
    assert [p.name for p in folder.iterdir() if p.name != "lock"] == ["events.parquet"]


@pytest.mark.parametrize("seed", range(2))
def test_the_power_is_cut_in_the_midst_of_an_upgrade(tmp_path: Path, seed: int) -> None:
    for cut_at in range(1 + 3 * seed, 50, 7):
        folder = tmp_path / str(cut_at) / "results"
        folder.mkdir(parents=True)
        disk = SimulatedDisk(folder.parent, cut_at)
        results(folder, EVENTS, disk)
        disk.cut_at = disk.operations + cut_at
        try:
            Journal.open(folder, shop=SHOP, rollups=None, disk=disk).close()
            disk.off = True
        except PowerCut:
            pass
        disk.restart()
        Journal.open(folder, shop=SHOP, rollups=None, disk=disk).close()
        assert names(stored(folder)) == names(EVENTS)
        assert names(in_segments(folder)) == names(EVENTS)
        assert not (folder / "events.parquet").exists()
