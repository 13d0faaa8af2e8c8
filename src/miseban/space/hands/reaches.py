"""Hands that were at the goods, beside what was taken or brought: the others only reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.hands.deeds import Deed
from miseban.space.hands.one_hand import goes_on, same, told_before
from miseban.space.hands.settings import HandlingSettings
from miseban.space.hands.stretch import SOON_S, Touched
from miseban.vocabulary.hands import HandSeen, HandsLook, ShelfChange

Floats = NDArray[np.float64]

HIDDEN_S = 4.5
"""How much of a facing was hidden is known for so long: no hand is watched for longer."""
BEFORE_S = 1.0
"""So long before a hand is held out it is seen how much of its facing a body hides."""


@dataclass(slots=True, eq=False)
class _Hand:
    """A hand that was seen, and since when its facing has been in full view after it; ``again`` if
    only goods that seemed gone tell of it."""

    seen: HandSeen
    hidden_before: float = 0.0
    open_since_s: float | None = None
    again: bool = False
    decided: bool = False


class Reaches:
    """``see`` every look; ``told`` says which hands only reached, ``at`` which was at a change."""

    def __init__(self, settings: HandlingSettings) -> None:
        self._settings = settings
        self._hands: list[_Hand] = []
        self._asked: list[HandSeen] = []
        self._hidden: list[tuple[float, Floats]] = []
        self._told: list[HandSeen] = []

    def see(self, look: HandsLook, again: Sequence[HandSeen] = ()) -> None:
        """What is likely no hand is not kept; ``again`` are those of goods that are there again."""
        s, now_s = self._settings, look.time_s
        self._hands = [one for one in self._hands if now_s - one.seen.until_s < 2 * s.patient_s]
        self._hidden = [one for one in self._hidden if now_s - one[0] < HIDDEN_S]
        self._hidden.append((now_s, look.hidden))
        self._hands += [
            _Hand(hand, self._hidden_before(hand))
            for hand in look.hands
            if hand.sure >= s.hand_sure
        ]
        self._hands += [_Hand(hand, self._hidden_before(hand), again=True) for hand in again]
        self._asked = [one for one in self._asked if now_s - one.until_s < 2 * s.patient_s]
        self._asked += [*look.hands, *again]
        self._told = [one for one in self._told if now_s - one.until_s < 2 * s.patient_s]
        for one in self._hands:
            if one.decided:
                continue
            most = max(s.hidden_part, min(one.hidden_before + s.hidden_more, s.hidden_most))
            if look.hidden[one.seen.facing] > most:
                one.open_since_s = None
            elif one.open_since_s is None:
                one.open_since_s = now_s

    def _hidden_before(self, hand: HandSeen) -> float:
        """How much of its facing was hidden just before ``hand`` was held out."""
        parts = [hidden[hand.facing] for at_s, hidden in self._hidden
                 if hand.since_s - BEFORE_S <= at_s < hand.since_s]  # fmt: skip
        return float(np.median(parts)) if parts else 0.0

    def judged(self, facing: int, track: int | None, begin_s: float, end_s: float) -> bool:
        """Whether what was held out to ``facing``, or by ``track``, in that time came to rest and
        was judged, hand or not. A hand that comes back soon has not been away."""
        s = self._settings
        return any(
            (one.facing == facing or (track is not None and one.track == track))
            and one.since_s - s.around_s <= end_s
            and one.until_s + (s.again_s if one.sure >= s.hand_sure else s.around_s) >= begin_s
            for one in self._asked
        )

    def at(self, change: ShelfChange, deeds: Sequence[Deed]) -> HandSeen | None:
        """The hand that was at ``change`` when it came and did none of ``deeds``; the surest."""
        early_s, leaves_s = self._settings.early_s, self._settings.leaves_s
        busy = self._busy([one.seen for one in self._hands], deeds)
        found = [
            one.seen for one in self._hands
            if not one.decided and id(one.seen) not in busy
            and change.shares.get(one.seen.facing, 0.0) > 0
            and one.seen.since_s - early_s <= change.until_s
            and one.seen.until_s + early_s >= change.from_s
            and (change.sure > 0 or change.from_s <= one.seen.until_s - leaves_s)
        ]  # fmt: skip
        return max(found, key=lambda hand: hand.sure, default=None)

    def leaves(self, change: ShelfChange) -> bool:
        """Whether ``change`` is the arm of a hand that goes back just then: what a hand takes or
        puts changes while it is out. What is again as it was before is no arm."""
        s = self._settings
        if change.sure >= s.arm_sure or change.undoes is not None:
            return False
        facing = max(change.shares, key=change.shares.__getitem__)
        there = [
            one.seen.until_s for one in self._hands
            if one.seen.facing == facing
            and one.seen.since_s <= change.until_s <= one.seen.until_s + s.leaves_s
        ]  # fmt: skip
        return bool(there) and max(there) - s.leaves_s < change.until_s

    def did(self, hand: HandSeen) -> None:
        """``hand``, one that ``at`` found, took or brought something: that is all it did."""
        for one in self._hands:
            one.decided |= one.seen is hand

    def told(
        self, deeds: Sequence[Deed], pending: Sequence[ShelfChange], now_s: float
    ) -> list[Touched]:
        """Those of which all is known by ``now_s`` and that did none of ``deeds``; ``pending`` are
        changes of which nobody knows yet what they are."""
        ready = [
            one for one in self._hands if not one.decided and self._is_ready(one, pending, now_s)
        ]
        if not ready:
            return []
        busy = self._busy([one.seen for one in self._hands], deeds)
        found = []
        for one in sorted(ready, key=lambda one: -one.seen.sure):
            one.decided = True
            hand, tracks = one.seen, self._whose(one.seen)
            if one.open_since_s is None:
                continue  # nobody has seen what it did
            if len(tracks) > 1:
                continue  # a piece between two hands, of which each stands for itself
            if id(hand) in busy or self._is_of_another(hand, busy):
                continue
            if one.again and self._is_beside(hand, deeds):
                continue
            if not self._comes_back(hand, deeds):
                self._told.append(hand)
                time_s = hand.since_s + min((hand.until_s - hand.since_s) / 2, SOON_S)
                track = next(iter(tracks), None)
                found.append(Touched(hand.facing, "reach", time_s, track, hand.sure))
        return found

    def _is_beside(self, hand: HandSeen, deeds: Sequence[Deed]) -> bool:
        """Whether something was taken or put just before ``hand`` or after: who holds a piece
        before the goods hides them too."""
        holds_s = self._settings.holds_s
        return any(hand.since_s - holds_s < d.time_s < hand.until_s + holds_s for d in deeds)

    def _is_of_another(self, hand: HandSeen, busy: set[int]) -> bool:
        """Whether ``hand`` is seen of one that was told, or will be, or did what one did."""
        s = self._settings
        if any(same(hand, told, s) or goes_on(hand, told, s) for told in self._told):
            return True
        for other in (one.seen for one in self._hands if one.seen is not hand):
            first = told_before(other, hand)
            if first and goes_on(hand, other, s):
                return True
            takes_it = (first or id(other) in busy) and same(hand, other, s)
            if takes_it and len(self._whose(other)) <= 1:
                return True
        return False

    def _is_ready(self, one: _Hand, pending: Sequence[ShelfChange], now_s: float) -> bool:
        s, hand = self._settings, one.seen
        if now_s - hand.until_s > s.patient_s:
            return True
        if now_s - hand.until_s < s.deed_s:
            return False
        if any(
            change.shares.get(hand.facing, 0.0) > 0
            and hand.since_s - s.early_s <= change.until_s
            and hand.until_s + s.early_s >= change.from_s
            for change in pending
        ):
            return False
        if one.again and any(
            hand.since_s - s.holds_s < change.until_s and change.from_s < hand.until_s + s.holds_s
            for change in pending
        ):
            return False  # of whatever facing: who takes it may hold it before this one
        return one.open_since_s is not None and now_s - one.open_since_s >= s.open_s

    def _busy(self, hands: Sequence[HandSeen], deeds: Sequence[Deed]) -> set[int]:
        """The hands, by ``id``, that did one of ``deeds``: each was done by one."""
        pairs = sorted(
            (self._misfit(hand, deed), number, at)
            for number, hand in enumerate(hands)
            for at, deed in enumerate(deeds)
            if self._may_have_done(hand, deed)
        )
        busy: set[int] = set()
        done: set[int] = set()
        for _, number, at in pairs:
            if number not in busy and at not in done:
                busy.add(number)
                done.add(at)
        return {id(hands[number]) for number in busy}

    def _may_have_done(self, hand: HandSeen, deed: Deed) -> bool:
        s = self._settings
        there = hand.since_s - s.early_s <= deed.time_s <= hand.until_s + s.early_s
        known = hand.track is not None and deed.track is not None
        return there and (
            deed.shares.get(hand.facing, 0.0) > 0 or (known and hand.track == deed.track)
        )

    def _misfit(self, hand: HandSeen, deed: Deed) -> float:
        middle_s = (hand.since_s + hand.until_s) / 2
        known = hand.track is not None and deed.track is not None
        return (
            abs(middle_s - deed.time_s)
            + 0.5 * (hand.facing != deed.facing)
            + 0.25 * (known and hand.track != deed.track)
        )

    def _comes_back(self, hand: HandSeen, deeds: Sequence[Deed]) -> bool:
        """Whether it is an arm on its way back from a deed, or holds the piece up. Whose the deed
        was the hand tells that did it, and while another's is still out it is not back."""
        s = self._settings
        for deed in deeds:
            if not 0 < hand.since_s - deed.time_s < s.holds_s:
                continue
            doer = self._doer(deed, hand)
            track = deed.track if doer is None or doer.track is None else doer.track
            known = hand.track is not None and track is not None
            if doer is not None and doer.until_s > hand.since_s + s.early_s:
                if known and hand.track == track:
                    return True
            elif hand.track == track if known else deed.shares.get(hand.facing, 0.0) > 0:
                return True
        return False

    def _doer(self, deed: Deed, but: HandSeen) -> HandSeen | None:
        """The hand at ``deed`` that fits it best, other than ``but``."""
        found = [
            one.seen for one in self._hands
            if one.seen is not but and one.seen.facing == deed.facing
            and self._may_have_done(one.seen, deed)
        ]  # fmt: skip
        return min(found, key=lambda hand: self._misfit(hand, deed), default=None)

    def _whose(self, one: HandSeen) -> set[int]:
        """The tracks whose hand ``one`` can be."""
        if one.track is not None:
            return {one.track}
        hands = (other.seen for other in self._hands if other.seen is not one)
        return {o.track for o in hands if o.track is not None and same(one, o, self._settings)}
