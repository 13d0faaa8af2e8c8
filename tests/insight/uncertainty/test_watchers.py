"""Lines on the floor plan: lost while every camera that sees them is away."""

from __future__ import annotations

from datetime import timedelta

import pytest

from miseban.insight.uncertainty import Accuracy
from miseban.insight.uncertainty.applied import with_intervals
from miseban.insight.uncertainty.watchers import watchers_of
from miseban.vocabulary.events import CameraHealth, Event
from miseban.vocabulary.summary import CameraSummary, LineSummary, Summary
from tests.insight.sample import START, Maker, summary_of
from tests.space.fusion.floors import EAST, MIDDLE, WEST, floor

DOOR = {"id": "entrance", "entrance": True, "points": [[5.0, 6.0], [5.0, 2.0]]}
SHOP = floor([WEST, MIDDLE, EAST], [DOOR, {"id": "lost", "points": [[19.8, 0.1], [19.8, 0.3]]}])
FUSED = {name: CameraSummary(fused=True, sights=1) for name in ("west", "middle", "east")}


def counted(*away: str) -> LineSummary:
    """Twenty-five came in while all saw; then those cameras were ``away`` for forty minutes."""
    maker = Maker()
    for n in range(25):
        maker.cross(10 + 20 * n, f"v{n}")
    events: list[Event] = [event.model_copy(update={"camera": None}) for event in maker.events]
    events += [
        CameraHealth(
            id=name, time=START + timedelta(seconds=3000), shop="kawaguchi", camera=name,
            state="gap", fps=0.0, gap_s=2400.0,
        )
        for name in away
    ]  # fmt: skip
    summary: Summary = summary_of(maker, duration_s=3000.0, lines=("entrance",), tills=())
    summary = summary.model_copy(update={"camera": None, "cameras": FUSED})
    return with_intervals(summary, events, SHOP, Accuracy.before_audits()).lines["entrance"]


def test_those_who_have_the_middle_in_the_picture_watch() -> None:
    summary = summary_of(Maker(), duration_s=60.0, lines=(), tills=())
    several = summary.model_copy(update={"camera": None, "cameras": FUSED})

    assert watchers_of(SHOP, several)["entrance"] == ("west", "middle")
    assert set(watchers_of(SHOP, several)["lost"]) == {"west", "middle", "east"}
    assert watchers_of(SHOP, summary) == {}


def test_a_line_is_lost_while_its_watchers_are_away() -> None:
    lost, seen = counted("west", "middle"), counted("middle", "east")

    assert lost.hours[0].coverage == pytest.approx(1 - 2400 / 3000)
    assert lost.in_.flag == "gap"
    assert lost.in_.high > seen.in_.high + 20
    assert seen.hours[0].coverage == 1.0
    assert seen.in_.flag is None
