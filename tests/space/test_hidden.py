"""Rules 7 and 8 where people hide each other: who is covered for long, and whose visit another's
track took."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from miseban.space.covering import unbroken_until
from miseban.space.leaving import came_in
from miseban.vocabulary.events import QueueState, VisitEnded, ZoneOccupancy
from miseban.vocabulary.tracks import TrackRows
from tests.space.walks import facts, passages, replayed, rows, shop_text, stays, together, walk

ZONE = ((100, 100), (540, 100), (540, 460), (100, 460))
QUEUE = shop_text(zones={"z": ("queue", ZONE)})
FPS = [2.0, 5.0, 30.0]


def hidden(
    from_s: float, to_s: float, fps: float, *, x: float = 300, covered_s: float | None = None
) -> list[TrackRows]:
    """Somebody stands at x = 300 for a minute and is hidden from ``from_s`` to ``to_s``, then found
    under another number at ``x``; somebody else stands just before the place from half a second
    before until ``covered_s`` (without it: ``to_s``), and on the left at all other times."""
    seen = walk(((0, 300, 300), (60, 300, 300)), fps, breaks=(to_s,))
    seen = seen.take((seen.time_s < from_s) | (seen.time_s >= to_s))
    seen.xyxy[seen.time_s >= to_s, ::2] += x - 300
    until_s = to_s if covered_s is None else covered_s
    path = (
        *((0.0, 170, 320), (from_s - 2.5, 170, 320), (from_s - 0.5, 306, 320)),
        *((until_s, 306, 320), (until_s + 2, 170, 320), (80.0, 170, 320)),
    )
    return [seen, walk(path, fps, track=5)]


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("silent_s", [8.0, 20.0, 45.0])
def test_who_stands_behind_somebody_goes_on(tmp_path: Path, fps: float, silent_s: float) -> None:
    events = replayed(tmp_path, QUEUE, together(hidden(10, 10 + silent_s, fps))).events
    mine, other = sorted(stays(events), key=lambda stay: stay.dwell_s)
    assert mine.dwell_s == pytest.approx(60, abs=1e-4)
    assert mine.stitched == 2
    assert other.dwell_s == pytest.approx(80, abs=1e-4)
    assert sum(isinstance(e, VisitEnded) for e in events) == 2
    person_s = sum(e.person_s for e in events if isinstance(e, ZoneOccupancy))
    assert person_s == pytest.approx(140, abs=1e-3)
    lengths = [e.length for e in events if isinstance(e, QueueState)]
    assert max(lengths) == 2
    assert lengths[-3:] == [2, 1, 0]


def test_who_shows_up_beside_the_place_is_somebody_else() -> None:
    events = facts(QUEUE, together(hidden(10, 30, 5.0, x=380)))
    assert sorted(round(stay.dwell_s) for stay in stays(events)) == [10, 30, 80]


def test_who_does_not_show_up_when_the_view_is_free_has_gone() -> None:
    """Nobody is in front any more for 14 s: who stands there then is somebody else."""
    first, second, _ = sorted(
        stays(facts(QUEUE, together(hidden(10, 30, 5.0, covered_s=16)))), key=lambda s: s.dwell_s
    )
    assert (first.dwell_s, second.dwell_s) == pytest.approx((9.8, 30), abs=1e-4)


def test_nobody_is_waited_for_for_ever() -> None:
    people = [
        walk(((0, 300, 300), (10, 300, 300)), 5.0),
        walk(((0, 306, 320), (100, 306, 320)), 5.0, track=5),
        walk(((80, 300, 300), (95, 300, 300)), 5.0, track=9),
    ]
    found = stays(facts(QUEUE, together(people)))
    assert sorted(round(stay.dwell_s) for stay in found) == [10, 15, 100]


@pytest.mark.parametrize("fps", FPS)
@pytest.mark.parametrize("missed", [1, 2, 3])
def test_a_visit_taken_in_a_missed_moment_is_given_back(fps: float, missed: int) -> None:
    """Whoever is not found in a few frames has not become the one who shows up beside them."""
    stands = walk(((0, 300, 300), (60, 300, 300)), fps)
    from_s, to_s = 30 - 0.25 / fps, 30 + (missed - 0.25) / fps
    stands = stands.take((stands.time_s < from_s) | (stands.time_s > to_s))
    comes = walk(((30, 330, 305), (50, 330, 305)), fps, track=2)
    events = facts(QUEUE, together([stands, comes]))
    dwells = sorted(stay.dwell_s for stay in stays(events))
    assert dwells[1] == pytest.approx(60, abs=1e-4)
    assert dwells[0] == pytest.approx(20 - missed / fps, abs=1e-4)
    assert sum(isinstance(e, VisitEnded) for e in events) == 2


@pytest.mark.parametrize("fps", [5.0, 10.0])
def test_who_comes_in_behind_somebody_does_not_go_on_for_him(fps: float) -> None:
    """One walks in over the bottom edge and is hidden on the line; just then the next comes in, so
    near that he could be the same. Both pass."""
    ahead = walk(((0, 300, 470), (3.0, 300, 110)), fps, breaks=(2.0,), box=(80, 200))
    ahead = ahead.take((ahead.time_s <= 1.0) | (ahead.time_s >= 2.4))
    behind = walk(((1.2, 300, 475), (4.2, 300, 115)), fps, track=2, box=(80, 200))
    line = shop_text({"l": ((640, 300), (0, 300))})
    assert sorted(passages(facts(line, together([ahead, behind])))) == [0, 2]


OUTWARD = {
    "left": ((5, 150, 65, 350), (-1, 0)),
    "right": ((575, 150, 635, 350), (1, 0)),
    "top": ((300, 3, 360, 203), (0, -1)),
    "bottom": ((300, 275, 360, 475), (0, 1)),
}


@pytest.mark.parametrize("edge", OUTWARD)
def test_who_stood_at_an_edge_or_walked_to_it_may_be_found_there(edge: str) -> None:
    size, still = (640.0, 480.0), np.zeros(2)
    box, speed = (np.array(part, float) for part in OUTWARD[edge])
    far = np.array([280.0, 130.0, 340.0, 330.0])
    assert came_in(box, far, still, 0.05, size)
    assert came_in(box, far, -100 * speed, 0.05, size)
    assert not came_in(box, far, 100 * speed, 0.05, size)
    assert not came_in(box, box, still, 0.05, size)
    assert not came_in(far, box, still, 0.05, size)


def test_one_of_whom_there_was_one_sight_hides_for_no_longer() -> None:
    """A false box before somebody who stands is not waited for: nobody is added."""
    stands = walk(((0, 300, 300), (60, 300, 300)), 5.0)
    ghost = rows(7, stands.time_s[50:51], np.array([[302.0, 299.0]]))
    again = rows(8, stands.time_s[100:101], np.array([[302.0, 299.0]]))
    events = facts(QUEUE, together([stands, ghost, again]))
    assert [round(stay.dwell_s) for stay in stays(events)] == [60]


def test_a_chain_ends_at_its_first_long_pause() -> None:
    moments = walk(((0, 0, 0), (10, 0, 0)), 1.0).time_s
    assert unbroken_until(-1.0, moments[::-1], 1.0) == 10.0
    assert unbroken_until(-1.5, moments, 1.0) == -1.5
    assert unbroken_until(-1.0, moments[(moments < 4) | (moments > 6)], 2.0) == 3.0
