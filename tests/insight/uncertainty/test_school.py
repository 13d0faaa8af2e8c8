"""Days played for learning are those of ``simulate`` and ``replay``; the school keeps them."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from miseban.cli.app import run
from miseban.insight.uncertainty.accuracy import Learned
from miseban.insight.uncertainty.school import FAULTS, ROUGH, WELL, lessons, write_counted
from miseban.insight.uncertainty.simulated import Counted, counted, play
from miseban.journal.events_table import read_events

KONBINI = Path(__file__).parents[3] / "shops" / "konbini.toml"


def test_what_is_played_is_what_the_commands_give(tmp_path: Path) -> None:
    played = play(KONBINI, 4, 15.0, ["door:drop=0.5"])
    found = {(one.name, one.way): one for one in counted(played)}

    shop = ["--shop", str(KONBINI)]
    options = ["--minutes", "15", "--seed", "4", "--detector", "default"]
    fault = ["--fault", "door:drop=0.5"]
    assert run(["simulate", *shop, *options, *fault, "--out", str(tmp_path / "t")]) == 0
    start = ["--camera", "door", "--start", "2026-04-06T07:00:00"]
    detected = str(tmp_path / "t" / "detected.csv")
    assert run(["replay", detected, *shop, *start, "--out", str(tmp_path / "r")]) == 0

    for folder, side in (("t", "true_s"), ("r", "found_s")):
        events = read_events(tmp_path / folder / "events.parquet", {"line.crossed"}, trails=False)
        times = sorted(
            (e.time - played.start).total_seconds()
            for e in events
            if e.type == "line.crossed" and e.direction == "in"
        )
        assert len(times) > 5
        # In the file times are rounded to a millisecond.
        np.testing.assert_allclose(getattr(found["entrance", "in"], side), times, atol=0.01)


def test_a_school_goes_on_from_the_days_it_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rng = np.random.default_rng(1)
    for lesson in lessons([KONBINI], range(1, 3), 600.0):
        worse = 0.01 if lesson.condition == WELL else 0.2
        day = []
        for name, way in (("entrance", "in"), ("entrance", "out"), ("drinks", "enter")):
            true = np.sort(rng.uniform(0, lesson.minutes * 60, 500))
            kept = true[rng.random(500) > worse]
            day.append(Counted("konbini", name, way, lesson.minutes * 60, true, kept))
        write_counted(tmp_path / lesson.name, day)
    out = tmp_path / "learned.toml"
    options = ["--shop", str(KONBINI), "--days", str(tmp_path), "--seeds", "2", "--minutes", "600"]
    assert run(["learn", "accuracy", *options, "--out", str(out)]) == 0

    learned = Learned.model_validate(tomllib.loads(out.read_text("utf-8")))
    assert set(learned.line) == set(learned.zone) == {WELL, ROUGH, *FAULTS}
    assert learned.line[WELL].missed_mean == pytest.approx(0.01, abs=0.008)
    assert learned.line["dark"].missed_mean == pytest.approx(0.2, abs=0.06)
    assert "seeds 1 to 2, 600 minutes each" in out.read_text("utf-8")
    assert f"{len(FAULTS) + 2} conditions" in capsys.readouterr().out
