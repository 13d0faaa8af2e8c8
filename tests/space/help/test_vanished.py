"""Who stood in full view and is gone at once; and who only went, or is hidden by others."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.people import Person
from miseban.space.help.settings import WAITS, HelpSettings
from miseban.space.help.vanished import Gone, Vanished
from miseban.vocabulary.shop import Sensitivity

Place = tuple[float, float]


def body(xy: Place, rows: int = 5, track: int = 0, camera: str = "c") -> Body:
    """As a camera over (0, 0) sees it that looks along y: who is nearer stands lower."""
    x, y = xy
    return Body(
        camera=camera, track=track, xy=xy, tall=1.7, broad=1.0, aspect=0.4,
        box_px=1000.0 / (y + 1.0),
        rows=rows, steep=0.3, whole=True, foot=(500.0 * x / (y + 1.0), 2000.0 / (y + 1.0)),
    )  # fmt: skip


def somebody(key: int) -> Person:
    return Person(key, f"v{key}", 0.0, 0.0, (0.0, 0.0))


def played(
    *ways: Sequence[Place | None],
    rows: int = 5,
    staff: bool = False,
    waits: bool = False,
    cameras: str = "c",
    by_one: bool = True,
) -> list[Gone]:
    """Each way is one place a second; a person each, of whom each of ``cameras`` has a track."""
    people = [somebody(key) for key in range(len(ways))]
    for person in people:
        person.staff, person.waits = staff, waits
    vanished = Vanished(by_one=by_one)
    found = []
    for second in range(max(map(len, ways))):
        here = [
            (body(xy, rows, person.key, camera), person)
            for way, person in zip(ways, people, strict=True)
            for camera in cameras
            if second < len(way) and (xy := way[second]) is not None
        ]
        found += vanished.look(float(second), here, [one for one, _ in here])
    return found


OTHER = [(8.0, 1.0)] * 40
STANDS = [(5.0, 5.0)] * 10


def test_who_stood_and_is_gone_is_told_of_once() -> None:
    (gone,) = played(STANDS, OTHER)
    assert gone.person.key == 0
    assert gone.xy == (5.0, 5.0)
    assert gone.last_s == 9.0


def test_who_walks_is_not() -> None:
    off = [(5.0 + 0.6 * n, 5.0) for n in range(4)]
    assert not played([*STANDS, *off], OTHER)
    assert not played([(1.0 + 0.4 * n, 5.0) for n in range(12)], OTHER)


def test_who_comes_back_or_was_hardly_seen_is_not() -> None:
    assert not played(
        [*STANDS, None, None, None, *STANDS, *[(5.0 + n, 5.0) for n in range(4)]], OTHER
    )
    faint = [(5.0, 5.0), None] * 5
    assert not played(faint, OTHER)
    assert not played(STANDS, OTHER, staff=True)


def test_who_is_hidden_is_not_until_the_view_is_free() -> None:
    front: list[Place | None] = [*[(2.0, 5.0)] * 9, *[(4.3, 4.2)] * 31]
    assert not played(STANDS, front, OTHER)
    free: list[Place | None] = [(2.0, 6.0)] * 28
    (gone,) = played(STANDS, [*front[:11], *free], OTHER)
    assert gone.xy == (5.0, 5.0)
    walked_off = played(STANDS, [*front[:16], *free], OTHER)  # or may have, behind the other
    assert not walked_off


def test_who_stands_behind_hides_nobody() -> None:
    behind: list[Place | None] = [(5.4, 5.4)] * 40
    assert len(played(STANDS, behind, OTHER)) == 1


def test_who_was_seen_in_few_frames_is_not_missed() -> None:
    assert _found_with(rows=4)
    assert not _found_with(rows=1)


def _found_with(rows: int) -> bool:
    """Whether somebody is missed of whom the camera had so many of its five frames a second."""
    person, other = somebody(0), somebody(1)
    vanished, found = Vanished(by_one=True), False
    for second in range(30):
        seen = [(body((8.0, 1.0), track=1), other)]
        if second < 10:
            seen.append((body((5.0, 5.0), rows), person))
        found |= bool(vanished.look(float(second), seen, [one for one, _ in seen]))
    return found


def test_a_camera_that_sees_nobody_tells_nothing() -> None:
    assert not played(STANDS, [None] * 40)
    assert not played(STANDS, [*STANDS[:10], *[None] * 30])


def test_who_stands_beside_does_not_stand_in_the_place() -> None:
    beside: list[Place | None] = [(5.6, 5.0)] * 40
    assert [one.person.key for one in played(STANDS, beside, OTHER)] == [0]
    comes: list[Place | None] = [*[(12.0, 9.0)] * 9, *[(5.6, 5.0)] * 31]
    assert not played(STANDS, comes, OTHER)


def test_what_it_holds_does_not_grow() -> None:
    vanished = Vanished(by_one=True)
    for second in range(500):
        person = Person(second // 6, "v", 0.0, 0.0, (0.0, 0.0))
        one = body((5.0 + 3 * math.sin(second // 6), 5.0))
        vanished.look(float(second), [(one, person)], [one])
    assert len(vanished._known) < 10
    assert len(vanished._gone) < 10


def test_somebody_unknown_who_walks_off_from_there_is_the_one() -> None:
    person, other = somebody(0), somebody(1)
    for away, missed in ((1.0, False), (20.0, True)):
        vanished, found = Vanished(by_one=True), False
        for second in range(30):
            seen: list[tuple[Body, Person | None]] = [(body((8.0, 1.0), track=1), other)]
            if second < 10:
                seen.append((body((5.0, 5.0)), person))
            else:
                seen.append((body((5.0 + away + 0.2 * (second - 10), 5.0), track=2), None))
            found |= bool(vanished.look(float(second), seen, [one for one, _ in seen]))
        assert found is missed


def test_in_a_queue_one_camera_tells_of_nobody() -> None:
    assert played(STANDS, OTHER)
    assert not played(STANDS, OTHER, waits=True)
    assert played(STANDS, OTHER, waits=True, cameras="ab")


def test_one_camera_tells_alone_only_if_it_may() -> None:
    assert not played(STANDS, OTHER, by_one=False)
    assert [one.person.key for one in played(STANDS, OTHER, by_one=False, cameras="ab")] == [0]


@pytest.mark.parametrize(("track", "missed"), [(0, False), (2, True)])
def test_whose_track_goes_on_as_somebody_elses_has_not_vanished(track: int, missed: bool) -> None:
    assert _walks_off(track, Person(2, "v2", 0.0, 0.0, (0.0, 0.0)), from_s=0, far_m=3.5) is missed


@pytest.mark.parametrize(
    ("from_s", "staff", "missed"), [(12, False, False), (0, False, True), (12, True, True)]
)
def test_who_stands_near_and_was_not_seen_then_may_be_the_one(
    from_s: int, staff: bool, missed: bool
) -> None:
    """However long he or she has been known; but for staff, who come to help."""
    known = Person(2, "v2", 0.0, 0.0, (0.0, 0.0), staff=staff)
    assert _walks_off(2, known, from_s=from_s, far_m=2.5) is missed


def _walks_off(track: int, person: Person, *, from_s: int, far_m: float) -> bool:
    """Whether somebody is missed who is not seen from 10 s on, while somebody else, seen since
    ``from_s``, stands so far from there from then on as that ``track``."""
    gone, other = somebody(0), somebody(1)
    vanished, found = Vanished(by_one=True), False
    for second in range(30):
        seen: list[tuple[Body, Person | None]] = [(body((8.0, 1.0), track=1), other)]
        if second < 10:
            seen.append((body((5.0, 5.0)), gone))
        if second >= from_s:
            on = second >= 10
            seen.append((body((5.0 + far_m, 5.0), track=track if on else 3), person))
        found |= bool(vanished.look(float(second), seen, [one for one, _ in seen]))
    return found


@pytest.mark.parametrize(
    ("from_s", "mps", "missed"), [(9, 0.0, False), (0, 0.0, True), (9, 1.0, True)]
)
def test_who_has_come_to_stand_near_may_hide_somebody(
    from_s: int, mps: float, missed: bool
) -> None:
    """1.2 m beside: too far to stand in the way, and to be the one; who was there before or walks
    by hides nobody."""
    person, comes, other = (somebody(key) for key in range(3))
    vanished, found = Vanished(by_one=True), False
    for second in range(30):
        seen = [(body(OTHER[0], track=1), other)]
        if second < 10:
            seen.append((body(STANDS[0]), person))
        if second >= from_s:
            comes.last_s, comes.xy = float(second), (mps * second, 0.0)  # only how fast counts
            comes.way.append((comes.last_s, *comes.xy))
            seen.append((body((6.2, 5.0), track=2), comes))
        found |= bool(vanished.look(float(second), seen, [one for one, _ in seen]))
    assert found is missed


@pytest.mark.parametrize(
    ("sensitivity", "cameras", "squats", "told"),
    [
        ("normal", "ab", False, True),
        ("normal", "a", False, False),
        ("high", "a", False, True),
        ("low", "ab", False, True),
        ("normal", "ab", True, False),
    ],
)
def test_that_somebody_has_vanished_is_told_as_a_fall(
    sensitivity: Sensitivity, cameras: str, *, squats: bool, told: bool
) -> None:
    lying = Lying(HelpSettings(), WAITS[sensitivity])
    stands, other, kinds = somebody(0), somebody(1), set[str]()
    for second in range(20):
        sights: list[tuple[Body, Person | None]] = []
        for camera in cameras:
            sights.append((body(OTHER[0], track=1, camera=camera), other))
            low = body(STANDS[0], camera=camera)
            if second < 10:
                sights.append((low, stands))
            elif squats:  # too low for somebody upright
                sights.append((replace(low, tall=0.8, box_px=80.0), stands))
        kinds |= {sign.kind for sign in lying.look(float(second), sights, [stands, other])}
    assert kinds == ({"fall"} if told else set())
