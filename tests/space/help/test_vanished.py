"""Who stood in full view and is gone at once; and who only went, or is hidden by others."""

from __future__ import annotations

import math
from collections.abc import Sequence

from miseban.space.help.bodies import Body
from miseban.space.help.people import Person
from miseban.space.help.vanished import Gone, Vanished

EYE = {"c": (0.0, 0.0)}
Place = tuple[float, float]


def body(xy: Place, rows: int = 5) -> Body:
    return Body(
        camera="c", track=1, xy=xy, tall=1.7, broad=1.0, aspect=0.4, box_px=200.0, rows=rows,
        steep=0.3, whole=True,
    )  # fmt: skip


def played(*ways: Sequence[Place | None], rows: int = 5, staff: bool = False) -> list[Gone]:
    """Each way is one place a second; a person each."""
    people = [Person(key, f"v{key}", 0.0, 0.0, (0.0, 0.0), staff=staff) for key in range(len(ways))]
    vanished = Vanished(EYE)
    found = []
    for second in range(max(map(len, ways))):
        here = [
            (body(xy, rows), person)
            for way, person in zip(ways, people, strict=True)
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
    front = [(2.0, 5.0)] * 9 + [(2.5, 2.5)] * 31
    assert not played(STANDS, front, OTHER)
    (gone,) = played(STANDS, [*front[:12], *[(2.0, 6.0)] * 28], OTHER)
    assert gone.xy == (5.0, 5.0)


def test_a_camera_that_sees_nobody_tells_nothing() -> None:
    assert not played(STANDS, [None] * 40)
    assert not played(STANDS, [*STANDS[:10], *[None] * 30])


def test_who_stands_beside_does_not_stand_in_the_place() -> None:
    beside: list[Place | None] = [(5.6, 5.0)] * 40
    assert [one.person.key for one in played(STANDS, beside, OTHER)] == [0]
    comes: list[Place | None] = [*[(12.0, 9.0)] * 9, *[(5.6, 5.0)] * 31]
    assert not played(STANDS, comes, OTHER)


def test_what_it_holds_does_not_grow() -> None:
    vanished = Vanished(EYE)
    for second in range(500):
        person = Person(second // 6, "v", 0.0, 0.0, (0.0, 0.0))
        one = body((5.0 + 3 * math.sin(second // 6), 5.0))
        vanished.look(float(second), [(one, person)], [one])
    assert len(vanished._known) < 10
    assert len(vanished._gone) < 10
