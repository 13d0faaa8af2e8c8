"""What every camera's own map of where people go says of turns: no other camera is needed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.bank import EvidenceBank
from miseban.space.fusion.trust.footfall import Footfall
from miseban.space.fusion.trust.lens import TurnedLens
from miseban.space.fusion.trust.trails import Sightings
from miseban.space.fusion.trust.turned import Turns

Floats = NDArray[np.float64]


class OwnMaps:
    """The maps of C cameras with ``lenses``."""

    def __init__(self, lenses: Sequence[TurnedLens]) -> None:
        self._maps = [Footfall(lens) for lens in lenses]

    @property
    def suspected(self) -> set[int]:
        """Cameras that may have been turned, which is not sure yet."""
        return {n for n, one in enumerate(self._maps) if one.suspected}

    def look(
        self, seen: Sequence[Sightings], ahead_s: Floats, stretch_s: tuple[float, float]
    ) -> dict[int, tuple[Floats, float]]:
        """What was ``seen`` in a stretch, by the clock of the shop, beside which those of the
        cameras are ahead by ``ahead_s`` (C,). The turn (3,) of each camera that has another one
        than was taken, and since when."""
        found = {}
        for n, (one, sights) in enumerate(zip(self._maps, seen, strict=True)):
            from_s, to_s = (moment + float(ahead_s[n]) for moment in stretch_s)
            rows, track = sights.between(from_s, to_s)
            if (told := one.look(stretch_s[1], track, rows[:, 1:3])) is not None:
                found[n] = told
        return found

    def take(self, turn: Floats) -> None:
        """From now on the cameras are taken to be turned by ``turn`` (C, 3)."""
        for one, taken in zip(self._maps, turn, strict=True):
            one.take(taken)


def told_by_maps(turns: Turns, found: dict[int, tuple[Floats, float]], bank: EvidenceBank) -> Turns:
    """``turns`` with those that maps have ``found``, to go on from. Drops from ``bank`` what was
    seen before they came."""
    for camera, (turn, since_s) in found.items():
        bank.forget_camera(camera, since_s)
        turns.turn[camera] = turn
        turns.suspected.pop(camera, None)
        turns.either.pop(camera, None)
        turns.own.add(camera)
    return turns
