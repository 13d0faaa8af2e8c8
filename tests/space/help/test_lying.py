"""Bodies of a camera without a floor, of which only boxes are known."""

from __future__ import annotations

import math

from miseban.space.help.bodies import Body
from miseban.space.help.lying import Lying
from miseban.space.help.settings import HelpSettings


def body(track: int, box_px: float = 300.0, aspect: float = 0.4) -> Body:
    return Body(
        camera="c", track=track, xy=(500.0, 600.0), tall=math.nan, broad=math.nan, rows=5,
        steep=0.5, whole=True, box_px=box_px, aspect=aspect,
        foot=(500.0, 600.0),
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
