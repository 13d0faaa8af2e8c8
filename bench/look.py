"""What a hub's look at its journal takes: the busiest day of a shop's year is counted anew, in a
process of its own whose memory is set as a hub's. The year is that of ``questions``."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from datetime import date
from pathlib import Path

from bench.questions import FOLDER
from bench.result import CannotRunError, Result
from miseban.camera.process.memory import PLAIN, give_it_back, take_it_plainly
from miseban.journal.day_tables import DaysOf, DayTables
from miseban.journal.manifest import read_manifest
from miseban.journal.rollups.update import recounted
from miseban.journal.rollups.window import COLUMNS


def run(repeats: int) -> list[Result]:
    del repeats  # it hardly varies
    folder = (FOLDER / "journal").absolute()
    if not (folder / "journal.json").exists():
        raise CannotRunError("needs the year that the suite questions makes")
    done = subprocess.run(
        [sys.executable, "-m", "bench.look", str(folder)],
        env=os.environ | PLAIN, stdout=subprocess.PIPE, check=True,
    )  # fmt: skip
    found = json.loads(done.stdout)
    note = f"the {found['events']:,} events of {found['day']}, trails included, and what the days "
    note += "beside it say of it"
    return [
        Result("look-memory", found["peak_mb"], "MB", f"at most, beside the process: {note}"),
        Result("look-time", found["seconds"], "s", note),
    ]


def main() -> None:
    take_it_plainly()
    folder = Path(sys.argv[1])
    manifest = read_manifest(folder)
    events = Counter[date]()
    for segment in manifest.segments:
        events[segment.day] += segment.events
    ((day, n),) = events.most_common(1)
    source = DaysOf(DayTables(folder, COLUMNS), manifest.segments, stands=lambda: True)
    give_it_back()
    before_mb, began_s = _peak_mb(), time.perf_counter()
    # As if a file were damaged: else it would be seen that nothing has changed.
    damaged = [folder / "none.parquet"]
    zone, gone = manifest.timezone, manifest.forgotten
    counted = dict(recounted(folder, [day], source, timezone=zone, forgotten=gone, damaged=damaged))
    assert counted
    took_s = time.perf_counter() - began_s
    told = {"day": f"{day}", "events": n, "seconds": took_s, "peak_mb": _peak_mb() - before_mb}
    print(json.dumps(told))


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
