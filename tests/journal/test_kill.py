"""A real process with a real disk is killed in the midst of its work."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from miseban.journal.backup import check
from miseban.journal.journal import Journal
from tests.journal.shop import NOON, SHOP, Maker, batch, in_segments, stored

ROUNDS, EVENTS = 4, 3000
WRITER = f"""
import sys
from pathlib import Path
from miseban.journal.journal import Journal
from tests.journal.shop import NOON, SHOP, Maker, batch

events = Maker(23).some({EVENTS})
journal = Journal.open(Path(sys.argv[1]), shop=SHOP, rollups=None)
upto = journal.accept([batch([])])[0].upto
print(upto, flush=True)
while upto < len(events):
    for _ in range(8):
        upto = journal.accept([batch(events[upto:upto + 7], first=upto + 1)])[0].upto
        print(upto, flush=True)
    journal.compact(NOON)
"""


def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    rng = random.Random(1)
    folder = tmp_path / "journal"
    told = 0
    for _ in range(ROUNDS):
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        resumed = int(writer.stdout.readline())
        assert resumed >= told
        time.sleep(rng.uniform(0.05, 0.4))
        writer.kill()
        told = max([resumed, *map(int, writer.stdout.read().split())])
        writer.wait()
        writer.stdout.close()
        held = [event.id for event in stored(folder)]
        assert len(held) == len(set(held)) >= told
    assert told > 0
    events = Maker(23).some(EVENTS)
    journal = Journal.open(folder, shop=SHOP, rollups=None)
    for first in range(0, EVENTS, 1000):
        assert journal.accept([batch(events[first : first + 1000], first=first + 1)])[0].upto
    journal.compact(NOON)
    journal.close()
    assert check(folder).problems == ()
    assert sorted(e.id for e in in_segments(folder)) == sorted(e.id for e in events)
