"""What people do with their arms at a shelf."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from miseban.sim.world.floorplan import Spot
from miseban.sim.world.people import Errand, Group, Person
from miseban.sim.world.stops import Stops
from miseban.sim.world.trails import Act
from miseban.sim.world.world import World

Then = Callable[[float], None]
LOW_M = 0.5  # who reaches for something lower crouches
REACH_S = 1.2, 2.4  # the arm goes out and comes back; the hand is at the goods halfway
LOOK_S = 2.0, 8.0  # a piece in the hand is looked at before it goes back
AWAY_S = 1.3, 2.5  # ... or put into the basket
EACH_S = 3.5  # about what handling one piece takes


def handle(group: Group, member: Person, spot: Spot, from_s: float, until_s: float) -> None:
    """At a shelf whose goods nobody counts: perhaps a hand reaches for something, high or low."""
    rng = group.rng
    wants, takes_s, begins = rng.random() < group.reaches, rng.uniform(1.2, 3.0), rng.random()
    height_m = rng.uniform(0.2, 1.7)
    slack_s = until_s - from_s - takes_s - 1.0
    if wants and slack_s > 0:
        start_s = from_s + 0.5 + begins * slack_s
        low = height_m < LOW_M and member.carries != "wheelchair"
        member.trail.acts.append(
            Act(start_s, start_s + takes_s, "crouch")
            if low
            else Act(start_s, start_s + takes_s, "reach", (*spot.facing, height_m))
        )


@dataclass(frozen=True, slots=True)
class Wish:
    """A piece, of a certain facing or of any; a ``substitute`` gets no other in its stead."""

    key: str | None
    substitute: bool = False


@dataclass(frozen=True, slots=True)
class _Turn:
    """Somebody's time at a shelf; the next of the ``wishes`` is the last."""

    group: Group
    member: Person
    wishes: list[Wish]
    done: Then


class Hands:
    """Hands at goods. Everything happens at its moment, so that no piece is taken twice."""

    def __init__(self, world: World, stops: Stops) -> None:
        self._clock, self._goods, self._stops = world.clock, world.goods, stops

    def shop(
        self,
        group: Group,
        member: Person,
        wishes: list[Wish],
        stay_s: tuple[float, float],
        done: Then,
    ) -> None:
        """``member`` looks around from and until ``stay_s``, takes what is wished for, the last
        first, and calls ``done``, perhaps later than that. Who wishes for nothing may still handle
        something."""
        rng = group.rng
        turn = _Turn(group, member, wishes, done)
        slack_s = max(0.0, stay_s[1] - stay_s[0] - 0.5 - EACH_S * max(len(wishes), 1))
        begin_s = stay_s[0] + 0.5 + rng.random() * slack_s
        curious = rng.random() < group.reaches
        if wishes:
            self._clock.at(begin_s, partial(self._next, turn))
        elif curious:
            self._clock.at(begin_s, partial(self._browse, turn))
        else:
            self._clock.at(stay_s[0], done)

    def _within_reach(self, turn: _Turn) -> dict[str, Spot]:
        return self._stops.within_reach(turn.member)

    def _browse(self, turn: _Turn, now_s: float) -> None:
        """A piece is touched, or taken and put back, for interest only."""
        rng = turn.group.rng
        there = [key for key in self._within_reach(turn) if self._goods.pieces(key)]
        key = self._stops.pick(rng, there) if there else None
        draw = rng.random()
        if key is None:
            turn.done(now_s)
            return
        place = self._goods.places[key]
        chances = place.touch_only + place.put_back
        if not chances:
            turn.done(now_s)
        elif draw * chances < place.touch_only:
            self._reach(turn, key, now_s, partial(self._touch, turn, key))
        else:
            self._reach(turn, key, now_s, partial(self._take, turn, key, True, True))

    def _next(self, turn: _Turn, now_s: float) -> None:
        """The next piece wanted, if any."""
        if not turn.wishes:
            turn.done(now_s)
            return
        wish, rng = turn.wishes.pop(), turn.group.rng
        key = wish.key or self._stops.pick(rng, list(self._within_reach(turn)))
        place = self._goods.places[key]
        only, back = rng.random() < place.touch_only, rng.random() < place.put_back
        if not self._goods.pieces(key):
            self._turn_to(turn, key, now_s)
            self._miss(turn, key, wish.substitute, now_s)
        elif only:
            self._reach(turn, key, now_s, partial(self._touch, turn, key))
        else:
            self._reach(turn, key, now_s, partial(self._take, turn, key, back, wish.substitute))

    def _turn_to(self, turn: _Turn, key: str, now_s: float) -> None:
        """The person looks at a facing."""
        turn.member.trail.facing.append((now_s, self._within_reach(turn)[key].heading))

    def _reach(self, turn: _Turn, key: str, now_s: float, deed: Then) -> None:
        """The arm goes out to the facing; ``deed`` happens when the hand is there."""
        takes_s = turn.group.rng.uniform(*REACH_S)
        self._turn_to(turn, key, now_s)
        front = self._goods.places[key].front
        turn.member.trail.acts.append(Act(now_s, now_s + takes_s, "reach", front))
        self._clock.at(now_s + takes_s / 2, deed)

    def _touch(self, turn: _Turn, key: str, now_s: float) -> None:
        self._goods.touch(key, turn.member, now_s)
        self._on(turn, now_s)

    def _take(self, turn: _Turn, key: str, back: bool, substitute: bool, now_s: float) -> None:
        rng = turn.group.rng
        if not self._goods.take(key, turn.member, now_s):  # somebody was faster
            self._goods.touch(key, turn.member, now_s)
            self._miss(turn, key, substitute, now_s)
            return
        turn.member.trail.hold(now_s, 1)
        if back:
            looked_s = now_s + rng.uniform(*LOOK_S)
            deed = partial(self._put_back, turn, key)
            self._clock.at(looked_s, lambda at_s: self._reach(turn, key, at_s, deed))
        else:
            self._clock.at(now_s + rng.uniform(*AWAY_S), partial(self._keep, turn, key))

    def _put_back(self, turn: _Turn, key: str, now_s: float) -> None:
        self._goods.put_back(key, turn.member, now_s)
        turn.member.trail.hold(now_s, -1)
        self._on(turn, now_s)

    def _keep(self, turn: _Turn, key: str, now_s: float) -> None:
        """Into the basket; without one, the one who will pay carries it in the hand."""
        hidden = turn.group.rng.random() < self._goods.terms.theft
        self._goods.keep(key, turn.member, now_s, hidden=hidden)
        payer = turn.member is turn.group.members[0]
        if hidden or not payer or turn.group.has_basket:
            turn.member.trail.hold(now_s, -1)
        self._next(turn, now_s)

    def _miss(self, turn: _Turn, key: str, substitute: bool, now_s: float) -> None:
        """The facing is empty: another of its category within reach, or elsewhere, or none."""
        rng, goods = turn.group.rng, self._goods
        other = None
        if rng.random() < goods.terms.substitutes and not substitute:
            there = [k for k in goods.places if goods.pieces(k)]
            near = self._within_reach(turn)
            other = self._stops.instead(rng, key, [k for k in there if k in near])
            if other is not None:
                turn.wishes.append(Wish(other, substitute=True))
            else:
                members = turn.group.members
                there = [k for k in there if any(self._stops.can_reach(m, k) for m in members)]
                other = self._stops.instead(rng, key, there)
                if other is not None:
                    turn.group.left.append(Errand(other, 1, substitute=True))
        goods.miss(key, turn.member, now_s, other)
        self._on(turn, now_s)

    def _on(self, turn: _Turn, now_s: float) -> None:
        """A moment later the next piece, if any."""
        self._clock.at(now_s + turn.group.rng.uniform(*AWAY_S), partial(self._next, turn))
