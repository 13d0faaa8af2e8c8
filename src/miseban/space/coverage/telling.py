"""Coverage as figures, ready for JSON: the command and the API tell the same."""

from __future__ import annotations

import math
from typing import Any

from miseban.space.coverage.placing import Hanging, Hung
from miseban.space.coverage.seen import Coverage
from miseban.space.coverage.view import TALL_M, Posture


def figures(now: Coverage) -> dict[str, Any]:
    """What is seen now: square metres of free floor (``floor_m2``), shares of it by posture
    (``seen``) with what nobody sees (``gaps``), square metres that each camera sees of who stands
    (``cameras``), and the cameras that do not know their floor (``without_floor_points``)."""
    return {
        "floor_m2": round(now.m2, 2),
        "seen": {posture: _seen(now, posture) for posture in TALL_M},
        "cameras": {name: round(m2, 2) for name, m2 in now.of_camera.items()},
        "without_floor_points": [one.id for one in now.shop.cameras if not one.floor_points],
    }


def _seen(now: Coverage, posture: Posture) -> dict[str, Any]:
    return {
        "by_one": round(now.share(posture, 1), 4),
        "by_two": round(now.share(posture, 2), 4),
        "gaps": [
            {"m2": gap.m2, "x": gap.x, "y": gap.y, "zones": list(gap.zones)}
            for gap in now.gaps(posture)
        ],
    }


def figures_of(hung: Hung, hanging: Hanging) -> dict[str, Any]:
    """A further camera: where it hangs and looks, in metres and degrees, and the shares that are
    then seen of who lies."""
    return {
        "x": hung.lens.x,
        "y": hung.lens.y,
        "height_m": hung.lens.height_m,
        "angle_deg": hanging.angle_deg,
        "down_deg": round(math.degrees(hung.lens.tilt), 1),
        "looks_at": list(hung.looks_at),
        "by_one": round(hung.once, 4),
        "by_two": round(hung.twice, 4),
    }
