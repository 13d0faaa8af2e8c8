"""One person is one visit, whoever sees him or her."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.fusion import FloorFusion
from tests.space.fusion.floors import (
    EAST,
    FPS,
    SHOP,
    THROUGH,
    WEST,
    Floats,
    Walker,
    far,
    floor,
    fuse,
    seen,
    stand,
    walk,
    whose,
)


def test_one_person_under_three_cameras_is_one_visit() -> None:
    rows, ended = fuse(SHOP, seen(SHOP, [THROUGH]))
    assert set(rows.visit.tolist()) == {1}
    assert far(rows, THROUGH) < 0.15
    assert rows.cameras.max() == 3
    (visit,) = ended
    assert (visit.number, visit.pieces, visit.cameras) == (1, 3, ("east", "middle", "west"))
    assert visit.certainty > 0.9


def test_rows_are_in_order_and_a_visit_has_one_place_a_moment() -> None:
    people = [THROUGH, Walker(walk((2, 0.5, 5), (18, 15, 2)), 2.0, 18.0)]
    rows, _ = fuse(SHOP, seen(SHOP, people))
    for visit in np.unique(rows.visit):  # of each; the first of somebody new may come late
        assert (np.diff(rows.time_s[rows.visit == visit]) > 0).all()
    keys = np.stack([np.round(rows.time_s * FPS), rows.visit])
    assert np.unique(keys, axis=1).shape[1] == len(rows)
    assert np.isfinite(rows.xy).all()
    assert (rows.spread_m > 0).all()


def test_two_who_meet_and_pass_keep_their_visits() -> None:
    people = [
        Walker(walk((0, 0.5, 4.75), (20, 19, 4.75))),
        Walker(walk((0, 1.4, 5.25), (2, 1.4, 5.25), (18, 17, 5.25), (20, 17, 5.25))),
        Walker(walk((3, 19, 4.2), (20, 3, 4.2)), 3.0, 20.0),
    ]
    rows, _ = fuse(SHOP, seen(SHOP, people))
    found = whose(rows.take(rows.time_s > 5), people)
    assert [len(visits) for visits in found] == [1, 1, 1]
    assert len(set.union(*found)) == 3


def test_tracks_that_are_mixed_up_when_two_meet_do_not_mix_up_the_visits() -> None:
    people = [
        Walker(walk((0, 1, 4.5), (20, 17, 4.5))),
        Walker(walk((0, 17, 5.1), (20, 1, 5.1))),
    ]

    def track(name: str, n: int, time_s: Floats) -> NDArray[np.int64]:
        swapped = (time_s > 10.0) & (name == "middle")
        return np.where(swapped, 1 - n, n) + 100 * (1 + ["west", "middle", "east"].index(name))

    rows, _ = fuse(SHOP, seen(SHOP, people, track=track))
    found = whose(rows.take(rows.time_s > 3), people)
    assert [len(visits) for visits in found] == [1, 1]
    assert found[0] != found[1]


def test_side_by_side_they_are_two() -> None:
    people = [
        Walker(walk((0, 0.5, 4.5), (20, 18, 4.5))),
        Walker(walk((0, 0.5, 4.95), (20, 18, 4.95))),
    ]
    rows, ended = fuse(SHOP, seen(SHOP, people))
    found = whose(rows.take(rows.time_s > 3), people)
    assert [len(visits) for visits in found] == [1, 1]
    assert found[0] != found[1]
    assert len(ended) == 2


def test_handed_over_across_a_place_that_nobody_sees() -> None:
    shop = floor([WEST, EAST])

    def hidden(name: str, n: int, time_s: Floats) -> NDArray[np.bool_]:
        return (time_s > 6) & (time_s < 13)

    rows, ended = fuse(shop, seen(shop, [THROUGH], hidden=hidden))
    assert set(rows.visit.tolist()) == {1}
    (visit,) = ended
    assert visit.pieces >= 2
    assert visit.cameras == ("east", "west")


def test_who_stood_behind_a_shelf_for_a_minute_is_the_same() -> None:
    one = Walker(walk((0, 0.5, 4), (5, 6, 4), (70, 6.5, 4), (76, 12, 5)), 0, 76)
    rows, ended = fuse(
        SHOP,
        seen(SHOP, [one], hidden=lambda _c, _n, t: (t > 6) & (t < 68)),
        end_s=80,
    )
    assert set(rows.visit.tolist()) == {1}
    assert len(ended) == 1


def test_who_leaves_by_the_door_and_who_comes_later_are_two() -> None:
    people = [
        Walker(walk((0, 8, 5), (8, 0.2, 5)), 0, 8),
        Walker(walk((20, 0.2, 5), (28, 8, 5)), 20, 28),
    ]
    rows, ended = fuse(SHOP, seen(SHOP, people), end_s=30)
    assert set(rows.visit.tolist()) == {1, 2}
    assert [visit.number for visit in ended] == [1, 2]


def test_broken_tracks_are_one_visit() -> None:
    def track(name: str, n: int, time_s: Floats) -> NDArray[np.int64]:
        return (time_s // 1.7).astype(np.int64) + 1000 * (1 + len(name))

    rows, ended = fuse(SHOP, seen(SHOP, [THROUGH], track=track))
    assert set(rows.visit.tolist()) == {1}
    assert ended[0].pieces > 10


def test_ghosts_are_no_visits() -> None:
    ghosts = [Walker(stand(8 + 0.4 * k, 5), 6 + 2 * k, 7.2 + 2 * k) for k in range(5)]
    rows, ended = fuse(SHOP, seen(SHOP, [THROUGH, *ghosts], noise=0.01))
    assert len(ended) == 1
    assert set(rows.visit.tolist()) == {1}


def test_it_is_told_which_tracks_a_visit_has_now() -> None:
    """The tracks of two who walk the other way round: numbers of theirs end in 0 and in 1."""
    people = [THROUGH, Walker(walk((0, 19, 2), (20, 0.5, 2)))]
    rows, fusion, asked = seen(SHOP, people), FloorFusion(SHOP), 0
    for until_s in np.arange(0.2, 20.0, 0.2).tolist():
        for name, part in rows.items():
            now = (part.time_s > until_s - 0.2 - 1e-9) & (part.time_s <= until_s - 1e-9)
            fusion.update(name, part.take(now), until_s)
        for visit in np.unique(fusion.advance(until_s).visit).tolist():
            held = fusion.tracks_of(visit)
            assert held
            assert len({number % 1000 for _, number in held}) == 1, "one person's tracks"
            cameras = [camera for camera, _ in held]
            assert cameras == [SHOP.cameras[number // 1000 - 1].id for _, number in held]
            asked += 1
    assert asked > 100
    fusion.finish(20.0)
    assert [fusion.tracks_of(visit) for visit in (-1, 1, 2, 99)] == [[], [], [], []]
