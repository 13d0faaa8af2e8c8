"""Who stands beside somebody who lies is not that one risen, whosever the fusion takes him or her
for: since when, and where, each track has been upright."""

from __future__ import annotations

import math
from collections.abc import Sequence

from miseban.space.help.bodies import Body
from miseban.space.help.low import WIDE, Low
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.stood import UPRIGHT

Pair = tuple[float, float]
FORGOTTEN_S = 60.0


class Risen:
    """Of the tracks seen within ``FORGOTTEN_S``. Places in metres."""

    def __init__(self, settings: HelpSettings) -> None:
        self._near_m, self._still_m = WIDE * settings.same_m, settings.still_m
        self._since: dict[tuple[str, int], tuple[float, Pair, float]] = {}

    def stands(self, now_s: float, body: Body) -> None:
        """Seen upright in the second that begins at ``now_s``."""
        track = body.camera, body.track
        from_s, xy, _ = self._since.get(track, (now_s, body.xy, now_s))
        self._since[track] = from_s, xy, now_s

    def lies(self, body: Body) -> None:
        """Seen low: upright only anew."""
        self._since.pop((body.camera, body.track), None)

    def count(self, now_s: float, low: Low, upright: Sequence[tuple[Body, Person | None]]) -> None:
        """Nobody is low; who was is upright, or somebody is at the very place."""
        if low.last_s == now_s:
            return
        if not low.gone:  # helpers and neighbours stand and walk there, and the fusion errs
            may = self._may_be if low.told else self._is_no_neighbour
            upright = [sight for sight in upright if may(low, sight[0])]
        rose = low.visit is not None and any(
            person is not None and person.name == low.visit for _, person in upright
        )
        here = rose or any(
            math.dist(body.xy, low.xy) <= self._still_m
            for body, person in upright
            if person is None or low.visit is None
        )
        low.upright = low.upright + 1 if here else 0
        low.rose = low.rose + 1 if rose else 0

    def forget(self, now_s: float) -> None:
        """What is too long ago."""
        self._since = {k: one for k, one in self._since.items() if now_s - one[2] <= FORGOTTEN_S}

    def _may_be(self, low: Low, body: Body) -> bool:
        """Whether ``body``, upright in this second, can be ``low``, of whom was told: as tall, got
        up there, and not upright already when ``low`` was last seen on the floor."""
        if low.own_m is not None and body.tall < UPRIGHT * low.own_m:
            return False
        from_s, xy, _ = self._since[body.camera, body.track]
        return from_s >= low.last_s and math.dist(xy, low.xy) <= self._near_m

    def _is_no_neighbour(self, low: Low, body: Body) -> bool:
        """Whether the camera of ``body`` has not seen it upright while it saw ``low``: what one
        camera sees at once are two."""
        return self._since[body.camera, body.track][0] >= low.at.get(body.camera, -math.inf)
