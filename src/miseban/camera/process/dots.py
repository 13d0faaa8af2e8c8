"""Who is seen now, as a message of anonymous dots: under keys that mean nothing anywhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Hashable
from datetime import UTC, datetime

from miseban.space.now import Seen, among_themselves
from miseban.vocabulary.floor_now import MOST_DOTS, Dot, FloorNow

REMEMBERED_S = 120.0
"""Whoever is seen again after so long gets another key: nobody can tell that it is the same."""


class DotMaker:
    """Hands messages of ``source`` to ``send``, which must not wait. Without ``staff`` nobody is
    said to work here.

    Keys are drawn at random when a visit is first shown, and thrown away when it is gone; nothing
    that is written anywhere holds them.
    """

    def __init__(
        self,
        source: str,
        send: Callable[[bytes], None],
        *,
        staff: bool,
        utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._source, self._send, self._staff, self._utc = source, send, staff, utc
        self._keys: dict[Hashable, tuple[str, float]] = {}

    def show(self, time_s: float, seen: list[Seen], cameras: list[str]) -> None:
        """At ``time_s`` of the stream ``seen`` are on the floor that ``cameras`` look at."""
        # Where more are on the floor than a message has room for, the surest are told.
        shown = sorted(seen, key=lambda one: one.spread_m)[:MOST_DOTS]
        groups = among_themselves(shown)
        dots = [self._dot(one, time_s, grouped=one.group in groups) for one in shown]
        gone = [who for who, (_, at_s) in self._keys.items() if at_s < time_s - REMEMBERED_S]
        for who in gone:
            del self._keys[who]
        dots.sort()  # not in the order in which people came
        now = self._utc()
        message = FloorNow(
            source=self._source, time=now, cameras=tuple(cameras[:200]), dots=tuple(dots)
        )
        self._send(message.encode())

    def _dot(self, one: Seen, time_s: float, *, grouped: bool) -> Dot:
        x, y = (round(max(-1000.0, min(1000.0, value)), 2) for value in one.xy)
        return Dot(
            key=self._key(("visit", one.visit), time_s),
            x=x,
            y=y,
            spread_m=round(min(100.0, one.spread_m), 2),
            staff=self._staff and one.staff,
            group=self._key(("group", one.group), time_s) if grouped else None,
        )

    def _key(self, who: Hashable, time_s: float) -> str:
        key = self._keys[who][0] if who in self._keys else secrets.token_hex(4)
        self._keys[who] = key, time_s
        return key
