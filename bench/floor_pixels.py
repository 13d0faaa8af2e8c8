"""One floor from pictures: eight drawn cameras of the supermarket, the built-in detector, fused."""

from __future__ import annotations

import resource
import tempfile
from pathlib import Path

from bench.process import cost
from bench.result import CannotRunError, Result
from miseban.insight.score.compare import score_folders
from miseban.insight.score.figures import Score

SHOP = Path(__file__).parents[1] / "shops" / "supermarket.toml"
SEED = 23
"""Not looked at while anything was made or chosen."""
MINUTES = 6.0
FPS = 5
"""The cameras' own rate."""


def run(repeats: int) -> list[Result]:
    """Renders (some four minutes of processor time), analyses (some four) and scores."""
    del repeats  # it takes long enough
    with tempfile.TemporaryDirectory() as name:
        truth, found = Path(name) / "truth", Path(name) / "found"
        film = ("--video", "all", "--video-fps", str(FPS), "--from", "11:00")
        length = ("--minutes", str(MINUTES), "--seed", str(SEED))
        cost("simulate", "--shop", str(SHOP), *length, *film, "--out", str(truth))
        before_s = _processor_s()
        spent = cost("analyze", str(truth), "--shop", str(SHOP), "--out", str(found))
        took_s = _processor_s() - before_s
        score = score_folders(truth, found)
    floor = score.floor
    if floor is None or floor.error_m_median is None:
        raise CannotRunError("the two folders tell of no common floor")
    of = f"{MINUTES:g} min of the supermarket from 11:00, seed {SEED}, person-small, closer look"
    seen = f"{floor.person_s} s of people, {floor.covered:.0%} covered"
    parts = f"DetA {floor.det_a:.2f}, AssA {floor.ass_a:.2f}; {floor.switches} switches"
    visits = f"{floor.result_visits} visits for {floor.truth_visits} people in view"
    return [
        Result("HOTA on the floor", 100 * floor.hota, "", f"{of}; {parts}; {seen}", 60.0, True),
        Result("median error of places", floor.error_m_median, "m", of, 0.35),
        Result("90 % of places within", floor.error_m_p90 or 0.0, "m", of),
        Result("pieces a person", floor.pieces or 0.0, "", visits),
        *_visitors(score),
        Result("processor time", took_s / (60 * MINUTES), "s a second", "of eight cameras"),
        Result("memory", spent.peak_mb, "MB", "peak of the process, eight cameras"),
    ]


def _visitors(score: Score) -> list[Result]:
    if score.visitors is None:
        return []
    told = score.visitors.visitors
    return [Result("visitors found", told.result, "", f"{told.truth} came")]


def _processor_s() -> float:
    """Of the children that have ended, on all cores."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
