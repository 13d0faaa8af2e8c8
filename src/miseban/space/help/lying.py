"""Who lies or sits on the floor: far below their own height, and still."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from miseban.space.help.bodies import Body
from miseban.space.help.in_the_way import is_cut_below
from miseban.space.help.low import WIDE, Low, Names, helps
from miseban.space.help.people import Person
from miseban.space.help.postures import FITS, MOST, lying_odds
from miseban.space.help.risen import Risen
from miseban.space.help.seated import may_sit
from miseban.space.help.settings import HelpSettings
from miseban.space.help.signs import Sign
from miseban.space.help.stood import Stood
from miseban.space.help.sunk import SunkBoxes
from miseban.space.help.usual import Usual
from miseban.space.help.vanished import Gone, Vanished
from miseban.vocabulary.events import HelpKind

Pair = tuple[float, float]
Sight = tuple[Body, Person | None]
RISEN = 0.62
"""Of the least height of an adult: so tall, somebody, also a child, is upright."""
LIES, STANDS, SURE = 0.5, -1.0, 1.5
"""Log odds of one second above which a box may be of who lies, below which it tells where
and as whose track somebody stood, and above which a new track is of who stood there."""
WALKS_MPS = 0.5
"""Who is so fast does not lie."""
LONGEST_S = 180.0
"""Who has vanished and is not seen again has got up unseen, or is helped."""


class Lying:
    """Places on the floor where somebody is low, whether or not it is known who. Each adds up the
    log odds that somebody lies there, second by second (a cumulative sum, E. S. Page,
    *Biometrika* 41, 1954)."""

    def __init__(
        self,
        settings: HelpSettings,
        waits: float,
        usual: Usual | None = None,
        *,
        on_floor: bool = True,
        widths: Mapping[str, int] | None = None,
        has_room: Callable[[Body], bool] = lambda _: True,
        sits: Callable[[Body], float] = lambda _: math.inf,
    ) -> None:
        """Places are in metres ``on_floor``, else in pixels; ``widths`` of pictures; ``has_room``:
        whether somebody can lie there; ``sits``: how ill a box fits who sits in a wheelchair."""
        self._widths, self._has_room, self._sits = widths or {}, has_room, sits
        self._s, self._waits, self._usual = settings, waits, usual or Usual()
        self._on_floor = on_floor
        # By one camera alone it is told at high sensitivity only that somebody has vanished.
        self._vanished = Vanished(by_one=waits < 1.0)
        self._stood, self._rises = Stood(), Risen(settings)
        self._upright: deque[tuple[float, Pair]] = deque()
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
        stand: list[Sight] = []
        low: list[tuple[Body, Person | None, bool, float]] = []
        for body, person in sights:
            self._stood.begins(now_s, body, person)
            owner = self._stood.owner(body) or person
            odds = self._odds(now_s, body, owner)
            if person is not None and self._walks(now_s, body, person):
                odds = min(odds, 0.0)
            lies = self._lies(now_s, body, owner, odds)
            squats = not lies and self._squats(now_s, body, person)
            if not lies and math.isfinite(body.tall):
                stand.append((body, person))
            if lies or squats:
                low.append((body, self._stood.owner(body) or owner, lies, odds))
                self._rises.lies(body)
            elif math.isfinite(body.tall) and body.tall > RISEN * s.adult_m:
                upright.append((body, person))
                self._rises.stands(now_s, body)
                if odds < STANDS:
                    self._stood.see(now_s, body, person)
        for body, person, lies, odds in low:
            self._add(now_s, body, person, lately, odds, lies=lies)
        self._names.part(now_s, self._low)
        for gone in self._vanished.look(now_s, stand, [body for body, _ in sights]):
            self._lose(now_s, gone)
        self._upright.extend((now_s, body.xy) for body, _ in upright)
        while self._upright and self._upright[0][0] < now_s - s.fell_s:
            self._upright.popleft()
        self._boxes = {k: b for k, b in self._boxes.items() if now_s - b.last_s <= s.gone_s}
        self._stood.forget(now_s)
        self._rises.forget(now_s)
        for one in self._low:
            one.close(MOST)
            if helps(now_s, one, self._low, WIDE * self._s.same_m):
                one.helped_s = now_s
            self._rises.count(now_s, one, upright)
        over = [one for one in self._low if self._is_over(now_s, one)]
        self._low = [one for one in self._low if one not in over]
        self._names.over(now_s, over)
        for one in self._low:
            kind = self._kind(now_s, one)
            if kind is not None:
                one.told = True
                sure = min(0.99, 0.6 + 0.05 * one.seen)
                keeps = one.last_s < now_s and not one.gone
                yield Sign(kind, one.who, one.xy, sure, one.visit, keeps=keeps)

    def _kind(self, now_s: float, one: Low) -> HelpKind | None:
        """What is told of who is low by now."""
        s = self._s
        if one.gone:
            return "fall"
        fall: HelpKind = "fall" if one.fell else "on_floor"
        if one.seen > s.lying_s * self._waits and one.odds >= s.lying_odds * self._waits:
            return fall
        waits_s = s.sitting_s * self._waits
        since_s = max(one.from_s, one.helped_s + 1.0)  # who helps gets up before long
        if now_s + 1.0 - since_s < waits_s or one.seen < 0.5 * waits_s:
            return None
        return fall if one.fits > 0.5 * one.seen else "on_floor"

    def _odds(self, now_s: float, body: Body, person: Person | None) -> float:
        """Log odds that the box is of somebody who lies. Staff do not call."""
        if person is not None and person.staff:
            return -MOST
        stood = self._stood.place(now_s, body, person)
        who = stood.person if stood is not None else person
        broad = self._usual.broader(body.camera, body.broad)
        own_m, xy = (who.own_m if who else None), (stood.xy if stood else None)
        looked = stood.looks.get(body.camera) if stood is not None else None
        below = is_cut_below(body, self._widths.get(body.camera, 0))
        sits = self._sits if may_sit(who, self._s) else None
        odds = lying_odds(body, broad, own_m, xy, looked, sits, below=below)
        if not self._has_room(body):
            odds = min(odds, 0.0)
        if stood is not None and odds >= SURE:
            self._stood.owns(now_s, body, stood.person)
        if odds >= LIES:
            self._stood.lies(now_s, body, self._stood.owner(body), stood)
        return odds

    def _walks(self, now_s: float, body: Body, person: Person) -> bool:
        """Whether the box is of somebody who walks: not if the fusion has lost who lies there, or
        goes on with who helps."""
        here = person.last_s == now_s and math.dist(person.xy, body.xy) <= self._s.same_m
        return here and person.speed() > WALKS_MPS

    def _lies(self, now_s: float, body: Body, person: Person | None, odds: float) -> bool:
        """Whether somebody lies."""
        if person is not None and person.staff:
            return False
        if math.isfinite(body.tall):
            return odds >= LIES
        boxes = self._boxes.setdefault((body.camera, body.track), SunkBoxes())
        return body.whole and boxes.sunk(now_s, body)

    def _squats(self, now_s: float, body: Body, person: Person | None) -> bool:
        """Whether somebody may only squat or sit: then the track is that one's until upright."""
        s, who = self._s, self._stood.down(body, person)
        # Who sits in a wheelchair is never seen taller, so his or her own height is that.
        if not body.whole or who is None or who.own_m is None or who.own_m <= s.adult_m:
            return False
        # A squat that fits somebody who lies as well is over before long.
        part = s.lying_part if min(body.flat, default=math.inf) > FITS else s.low_part
        if who.staff or not body.tall < part * who.own_m:
            return False
        self._stood.owns(now_s, body, who)
        return True

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
        # Metres, or pixels where the floor is unknown.
        near_m = s.same_m if self._on_floor else body.box_px + body.box_px * body.aspect
        xy = body.middle if lies and body.middle is not None else body.xy
        one = self._found(xy, near_m, None if lies or person is None else person.key)
        if one is None:
            before = person or self._lost(now_s, xy, near_m, people)
            wide_m = WIDE * near_m if self._on_floor else near_m
            key = before.key if before is not None else None
            who = self._names.of(now_s, xy, wide_m, key, [body.camera], self._low)
            one = Low(who, xy, now_s, now_s)
            one.fell = (
                not math.isfinite(body.tall)
                or (before is not None and before.own_m is not None)
                or any(math.dist(stood, xy) <= near_m for _, stood in self._upright)
            )
            person = before
            self._low.append(one)
        if person is not None:
            one.visit, one.key = person.name or one.visit, person.key
            one.own_m = one.own_m or person.own_m
        fits = lies or (min(body.flat, default=math.inf) <= FITS and self._has_room(body))
        one.see(now_s, body.camera, odds if math.isfinite(body.tall) else MOST, fits=fits)
        one.xy = (0.8 * one.xy[0] + 0.2 * xy[0], 0.8 * one.xy[1] + 0.2 * xy[1])

    def _found(self, xy: Pair, near_m: float, key: int | None = None) -> Low | None:
        """Who is held to be low there, if ``key`` is given that person: who squats beside somebody
        who lies says nothing of that one."""
        found = [
            one
            for one in self._low
            if math.dist(one.xy, xy) <= near_m and (key is None or one.key == key)
        ]
        return min(found, key=lambda low: math.dist(low.xy, xy), default=None)

    def _lose(self, now_s: float, gone: Gone) -> None:
        """Somebody vanished who stood there."""
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

    def _is_over(self, now_s: float, low: Low) -> bool:
        s = self._s
        silent = now_s - low.last_s
        if low.gone and low.upright < s.up_s:
            return silent > LONGEST_S
        return low.upright >= s.up_s or silent > s.unseen_s
