"""Bodies of a camera without a floor, of which only boxes are known."""

from __future__ import annotations

import math

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.settings import HelpSettings
from miseban.space.help.usual import Usual


def body(track: int, box_px: float = 300.0, aspect: float = 0.4, u: float = 500.0) -> Body:
    return Body(
        camera="c", track=track, xy=(u, 600.0), tall=math.nan, broad=math.nan, rows=5,
        steep=0.5, whole=True, box_px=box_px, aspect=aspect,
        foot=(u, 600.0),
    )  # fmt: skip


def test_nothing_of_whoever_is_gone_is_remembered() -> None:
    lying = Lying(HelpSettings(), 1.0)
    for second in range(2000):
        list(lying.look(float(second), [(body(second // 5), None)], []))
    assert len(lying._boxes) <= HelpSettings().gone_s


def test_who_was_upright_and_is_low_and_broad_at_once_is_told_of() -> None:
    lying = Lying(HelpSettings(), 1.0)
    for second in range(10):
        assert not list(lying.look(float(second), [(body(1), None)], []))
    told = [
        sign
        for second in range(10, 20)
        for sign in lying.look(float(second), [(body(1, 120.0, 2.2), None)], [])
    ]
    assert {sign.kind for sign in told} == {"fall"}


def test_two_without_a_floor_who_lie_apart_have_names_of_their_own() -> None:
    lying, told = Lying(HelpSettings(), 1.0), set[str]()
    for second in range(60):
        low = [second >= at for at in (10, 30)]
        sights = [
            (body(n, *((80.0, 2.0) if lies else (200.0, 0.4)), u=300.0 + 300.0 * n), None)
            for n, lies in enumerate(low)
            if n or second < 30  # the first is not found any more
        ]
        told |= {sign.who for sign in lying.look(float(second), sights, [])}
    assert len(told) == 2


def flat_body(xy: tuple[float, float]) -> Body:
    """As nobody looks who is upright."""
    return Body(
        camera="c", track=1, xy=xy, tall=0.5, broad=3.0, rows=5, steep=0.3, whole=True,
        box_px=80.0, aspect=2.0, foot=xy, flat=0.5, middle=xy,
    )  # fmt: skip


def test_a_breadth_that_nobody_can_tell_lets_people_be_upright() -> None:
    upright = Body(
        camera="c", track=1, xy=(1.0, 1.0), tall=1.7, broad=math.nan, rows=5, steep=0.3,
        whole=True, box_px=300.0, aspect=0.4, foot=(1.0, 1.0), flat=30.0, middle=(1.0, 1.0),
    )  # fmt: skip
    usual = Usual()
    for _ in range(40):
        usual.add("c", 1.0)
    lying = Lying(HelpSettings(), 1.0, usual)
    assert not list(lying.look(0.0, [(upright, None)], []))
    kinds = {
        sign.kind
        for second in range(1, 9)
        for sign in lying.look(float(second), [(flat_body((1.0, 1.0)), None)], [])
    }
    assert kinds == {"fall"}  # and not `on_floor`: somebody was upright here
