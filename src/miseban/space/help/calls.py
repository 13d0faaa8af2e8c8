"""From signs to calls: each told once, begun and ended, not where or when nobody wants them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign
from miseban.vocabulary.events import Event, HelpEnded, HelpKind, HelpNeeded
from miseban.vocabulary.identifiers import EventIds, VisitIds
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.shop.hours import within

URGENT: tuple[HelpKind, ...] = ("fall", "on_floor")
"""Told in quiet hours, too."""
HOLD_S: dict[HelpKind, float] = {
    "fall": 2.0, "on_floor": 2.0, "unmanned_counter": 3.0, "long_search": 20.0, "lost_child": 20.0,
}  # fmt: skip
"""Without a sign for so long a need is over; the others end when somebody is gone."""
FEW = 2000


@dataclass(slots=True)
class _Open:
    call: str
    last_s: float


class Calls:
    """``zone_of`` names the zone of a place and whether help is off there; ``unit`` is that of all
    places, ``camera`` whose they are, none for the floor of several."""

    def __init__(
        self,
        shop: Shop,
        start: datetime,
        camera: str | None,
        unit_m: bool,
        zone_of: Callable[[tuple[float, float]], tuple[str | None, bool]],
        settings: HelpSettings,
        events: EventIds,
        names: VisitIds,
    ) -> None:
        assert shop.help is not None  # noqa: S101 - who opens this has looked
        self._shop, self._table, self._camera, self._s = shop.shop.id, shop.help, camera, settings
        self._unit_m, self._zone_of = unit_m, zone_of
        self._start, self._zone = start, ZoneInfo(shop.shop.timezone)
        self._events, self._names = events, names
        self._open: dict[tuple[HelpKind, str], _Open] = {}
        self._quiet_s: dict[tuple[HelpKind, str], float] = {}

    def take(self, now_s: float, signs: Iterable[Sign]) -> list[Event]:
        """What the signs of the second that begins at ``now_s`` begin and end."""
        told: list[Event] = []
        at_s = now_s + 1.0
        for sign in signs:
            key = (sign.kind, sign.who)
            known = self._open.get(key)
            if known is not None:
                known.last_s = now_s
            elif self._may(key, sign, at_s):
                call = self._names.next()
                self._open[key] = _Open(call, now_s)
                told.append(self._needed(call, sign, at_s))
        for key, known in list(self._open.items()):
            if now_s - known.last_s >= HOLD_S.get(key[0], self._s.gone_s):
                told.append(self._ended(key, known.call, at_s))
        return told

    def finish(self, end_s: float) -> list[Event]:
        """The session is over; what is open is nobody's any more."""
        return [self._ended(key, known.call, end_s) for key, known in list(self._open.items())]

    def _may(self, key: tuple[HelpKind, str], sign: Sign, at_s: float) -> bool:
        if sign.keeps or sign.kind not in self._table.kinds:
            return False
        if at_s < self._quiet_s.get(key, -math.inf):
            return False
        if sign.kind == "on_floor" and ("fall", sign.who) in self._open:
            return False
        if self._zone_of(sign.xy)[1]:
            return False
        local = self._utc(at_s).astimezone(self._zone).time()
        return sign.kind in URGENT or not any(within(hours, local) for hours in self._table.quiet)

    def _needed(self, call: str, sign: Sign, at_s: float) -> HelpNeeded:
        return HelpNeeded(
            id=self._events.at(self._utc(at_s).timestamp()),
            time=self._utc(at_s),
            shop=self._shop,
            camera=self._camera,
            help=call,
            kind=sign.kind,
            place=(round(sign.xy[0], 2), round(sign.xy[1], 2)),
            unit="m" if self._unit_m else "px",
            zone=self._zone_of(sign.xy)[0],
            visit=sign.visit,
            confidence=round(sign.confidence, 2),
        )

    def _ended(self, key: tuple[HelpKind, str], call: str, at_s: float) -> HelpEnded:
        del self._open[key]
        if len(self._quiet_s) > FEW:
            self._quiet_s = {k: s for k, s in self._quiet_s.items() if s > at_s}
        lasts = key[0] in ("wheelchair", "walking_aid", "slow_walk")
        self._quiet_s[key] = at_s + (self._s.aid_again_s if lasts else self._s.again_s)
        return HelpEnded(
            id=self._events.at(self._utc(at_s).timestamp()),
            time=self._utc(at_s),
            shop=self._shop,
            camera=self._camera,
            help=call,
        )

    def _utc(self, time_s: float) -> datetime:
        return self._start + timedelta(seconds=time_s)
