"""Who lies or sits on the floor: far below their own height, and still."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Iterable, Iterator, Sequence

from miseban.space.help.bodies import Body
from miseban.space.help.flat import lying_odds
from miseban.space.help.low import WIDE, Low, Names
from miseban.space.help.people import Person
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign
from miseban.space.help.sunk import SunkBoxes
from miseban.space.help.usual import Usual
from miseban.space.help.vanished import ENOUGH, Gone, Vanished
from miseban.vocabulary.events import HelpKind

Pair = tuple[float, float]
Sight = tuple[Body, Person | None]
RISEN = 0.75
"""Of the least height of an adult: so tall, somebody is upright."""
LIES, STANDS = 1.5, 0.5
"""Log odds above which a box is of somebody who lies, and below which it is not."""
WALKS_MPS = 0.5
"""Who is as fast does not lie."""
STEEP = 0.6
"""From so far above who lies is hard to tell from who stands."""
UPRIGHT = 0.85
"""Of one's own height: in the second of a fall it is less on average."""
FELL = 0.3
"""Who was upright and is on the floor for long, and likelier lies than sits, has fallen."""
STOOD_S = 60.0
"""So long it is remembered where somebody stood."""
GLIMPSE = 2.5
"""Log odds that a second tells in which somebody low is seen where somebody may have vanished."""
BLIND_S = 10.0
"""A detector finds who lies in few frames: so long it may see nobody before it is over."""
LONGEST_S = 180.0
"""Who has vanished and is never seen again has got up unseen, or is with those who help."""


class Lying:
    """Places on the floor where somebody is low, whether or not it is known who."""

    def __init__(self, settings: HelpSettings, waits: float, usual: Usual | None = None) -> None:
        self._s, self._waits, self._usual = settings, waits, usual or Usual()
        self._vanished = Vanished(alone=waits < 1.0)  # at high sensitivity
        self._places: dict[int, tuple[float, Pair]] = {}
        self._stood: deque[tuple[float, Pair]] = deque()
        self._low: list[Low] = []
        self._boxes: dict[Hashable, SunkBoxes] = {}
        self._names = Names(settings.up_s)

    def look(
        self, now_s: float, sights: Iterable[Sight], people: Iterable[Person]
    ) -> Iterator[Sign]:
        """The second that begins at ``now_s``: all bodies, with who they are where known, and all
        people seen lately."""
        s = self._s
        lately, sights = list(people), list(sights)
        upright: list[Sight] = []
        low: list[tuple[Body, Person | None, bool, float]] = []
        for body, person in sights:
            odds = self._odds(body, person)
            lies = self._is_low(now_s, body, person, odds)
            if lies is not None:
                low.append((body, person, lies, odds))
            elif odds < STANDS and math.isfinite(body.tall) and body.tall > RISEN * s.adult_m:
                upright.append((body, person))
                if person is not None and body.tall > UPRIGHT * (person.own_m or math.inf):
                    self._places[person.key] = now_s, body.xy
        vanished = self._vanished.look(now_s, upright, [body for body, _ in sights])
        for body, person, lies, odds in low:
            self._add(now_s, body, person, lately, odds, lies=lies)
        self._names.part(now_s, self._low)
        for gone in vanished:
            self._lose(now_s, gone)
        self._stood.extend((now_s, body.xy) for body, _ in upright)
        while self._stood and self._stood[0][0] < now_s - s.fell_s:
            self._stood.popleft()
        self._boxes = {k: b for k, b in self._boxes.items() if now_s - b.last_s <= s.gone_s}
        self._places = {k: p for k, p in self._places.items() if now_s - p[0] <= STOOD_S}
        for one in self._low:
            self._risen(now_s, one, upright)
        over = [one for one in self._low if self._is_over(now_s, one)]
        self._low = [one for one in self._low if one not in over]
        self._names.over(now_s, over)
        for one in self._low:
            if one.staff:
                continue
            lasted = now_s + 1.0 - one.from_s
            kind: HelpKind = "on_floor"
            if one.gone:
                kind = "fall"
            elif (
                one.lying >= max(2.0, s.lying_s * self._waits) and lasted >= s.lying_s * self._waits
            ):
                kind = "fall" if one.fell else "on_floor"
            elif lasted < s.sitting_s * self._waits or one.seen < 0.5 * s.sitting_s * self._waits:
                continue
            elif one.fell and one.odds > FELL * one.seen:
                kind = "fall"
            one.told = True
            sure = min(0.99, 0.6 + 0.05 * one.seen)
            keeps = one.last_s < now_s and not one.gone
            yield Sign(kind, one.who, one.xy, sure, one.visit, keeps=keeps)

    def _odds(self, body: Body, person: Person | None) -> float:
        """Log odds that the box is of somebody who lies; of who stood there, if nobody knows who
        it is."""
        if not body.whole or body.middle is None or not math.isfinite(body.tall):
            return -math.inf
        own_m = person.own_m if person is not None else None
        stood = self._places.get(person.key, (0.0, None))[1] if person is not None else None
        gone = self._vanished.near(body.middle, self._s.same_m) if own_m is None else None
        if gone is not None:
            own_m, stood = gone.person.own_m, gone.xy
        moved_m = math.dist(body.xy, stood) if stood is not None else None
        broad = self._usual.broader(body.camera, body.broad)
        steep = body.steep >= STEEP
        odds = lying_odds(body.flat, body.tall, broad, own_m, moved_m, steep=steep)
        walks = person is not None and person.speed() > WALKS_MPS
        return min(odds, 0.0) if walks else odds

    def _is_low(self, now_s: float, body: Body, person: Person | None, odds: float) -> bool | None:
        """Whether somebody lies (True) or sits on the floor (False); None for who does neither."""
        s = self._s
        if not body.whole:
            return None
        if not math.isfinite(body.tall):
            boxes = self._boxes.setdefault((body.camera, body.track), SunkBoxes())
            return True if boxes.sunk(now_s, body) else None
        if odds >= LIES:
            return True
        own_m = person.own_m if person is not None else None
        if own_m is None:
            return True if body.tall < 0.9 * s.lying_m and odds > STANDS else None
        if body.tall < min(s.lying_m, s.lying_part * own_m) and odds > STANDS:
            return True
        # Who sits in a wheelchair is never seen taller, so his or her own height is that.
        return False if body.tall < s.lying_part * own_m and own_m > s.adult_m else None

    def _add(
        self,
        now_s: float,
        body: Body,
        person: Person | None,
        people: list[Person],
        odds: float,
        *,
        lies: bool,
    ) -> None:
        s = self._s
        xy, near_m = _reach(body, s, lies=lies)
        one = self._found(xy, near_m)
        if one is None:
            before = person or self._lost(now_s, xy, near_m, people)
            wide_m = WIDE * near_m if math.isfinite(body.tall) else near_m
            key = before.key if before is not None else None
            who = self._names.of(now_s, xy, wide_m, key, [body.camera], self._low)
            one = Low(who, xy, now_s, now_s)
            one.fell = (
                not math.isfinite(body.tall)
                or (before is not None and before.own_m is not None)
                or any(math.dist(stood, xy) <= near_m for _, stood in self._stood)
            )
            person = before
            self._low.append(one)
        if person is not None:
            one.visit, one.staff = person.name or one.visit, person.staff
            one.key = person.key
        if one.last_s < now_s or not one.seen:
            one.seen += 1
            one.lying += lies
            one.odds += odds if math.isfinite(odds) else 0.0
        one.last_s, one.upright, one.rose = now_s, 0, 0
        one.at[body.camera] = now_s
        one.xy = (0.8 * one.xy[0] + 0.2 * xy[0], 0.8 * one.xy[1] + 0.2 * xy[1])
        gone = self._vanished.near(one.xy, near_m)
        if gone is None or one.lying * GLIMPSE + gone.odds < ENOUGH:
            return
        # Helpers of somebody who was told of crouch beside, and stand behind each other.
        one.gone |= one.told or not any(
            low.told and math.dist(low.xy, one.xy) <= WIDE * near_m
            for low in self._low
            if low is not one
        )

    def _found(self, xy: Pair, near_m: float) -> Low | None:
        """Who is held to be low there."""
        found = [one for one in self._low if math.dist(one.xy, xy) <= near_m]
        return min(found, key=lambda low: math.dist(low.xy, xy), default=None)

    def _lose(self, now_s: float, gone: Gone) -> None:
        """Somebody has vanished who stood there."""
        near_m, key = self._s.same_m, gone.person.key
        one = self._found(gone.xy, near_m)
        if one is None:
            who = self._names.of(now_s, gone.xy, WIDE * near_m, key, gone.often, self._low)
            one = Low(who, gone.xy, gone.last_s + 1.0, gone.last_s, key)
            self._low.append(one)
        one.gone, one.visit = True, gone.person.name or one.visit

    def _lost(self, now_s: float, xy: Pair, near_m: float, people: list[Person]) -> Person | None:
        """Who was upright here shortly before, and is not seen any more."""
        gone = [
            p
            for p in people
            if 0 < now_s - p.last_s <= self._s.fell_s and math.dist(p.xy, xy) <= near_m
        ]
        return min(gone, key=lambda p: math.dist(p.xy, xy)) if gone else None

    def _risen(self, now_s: float, low: Low, upright: Sequence[Sight]) -> None:
        """Nobody is low; who was is upright, or somebody is at the very place."""
        if low.last_s == now_s:
            return
        rose = low.visit is not None and any(
            person is not None and person.name == low.visit for _, person in upright
        )
        here = rose or any(
            math.dist(body.xy, low.xy) <= self._s.still_m
            for body, person in upright
            if person is None or low.visit is None
        )
        low.upright = low.upright + 1 if here else 0
        low.rose = low.rose + 1 if rose else 0

    def _is_over(self, now_s: float, low: Low) -> bool:
        s = self._s
        silent = now_s - low.last_s
        if low.gone and low.upright < s.up_s:
            return silent > LONGEST_S
        if low.upright >= s.up_s or silent > s.unseen_s:
            return True
        return low.seen < s.lying_s and silent > BLIND_S


def _reach(body: Body, s: HelpSettings, *, lies: bool) -> tuple[Pair, float]:
    """Where somebody low is, and how near another sight of him or her is to that: metres, or pixels
    where the floor is unknown."""
    near_m = s.same_m if math.isfinite(body.tall) else body.box_px + body.box_px * body.aspect
    return (body.middle if lies and body.middle is not None else body.xy), near_m
