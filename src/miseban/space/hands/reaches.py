"""Hands that were at the goods, beside what was taken or brought: the others only reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.space.hands.deeds import Deed
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
    """A hand that was seen, and since when its facing has been in full view after it."""

    seen: HandSeen
    hidden_before: float = 0.0
    open_since_s: float | None = None
    decided: bool = False


class Reaches:
    """``see`` every look; ``told`` says which hands only reached, ``at`` which was at a change."""

    def __init__(self, settings: HandlingSettings) -> None:
        self._settings = settings
        self._hands: list[_Hand] = []
        self._asked: list[HandSeen] = []
        self._hidden: list[tuple[float, Floats]] = []

    def see(self, look: HandsLook) -> None:
        """What is no hand by more than even odds is not kept."""
        s, now_s = self._settings, look.time_s
        self._hands = [one for one in self._hands if now_s - one.seen.until_s < 2 * s.patient_s]
        self._hidden = [one for one in self._hidden if now_s - one[0] < HIDDEN_S]
        self._hidden.append((now_s, look.hidden))
        self._hands += [
            _Hand(hand, self._hidden_before(hand))
            for hand in look.hands
            if hand.sure >= s.hand_sure
        ]
        self._asked = [one for one in self._asked if now_s - one.until_s < 2 * s.patient_s]
        self._asked += look.hands
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
            hand = one.seen
            if one.open_since_s is None:
                continue  # nobody has seen what it did
            others = [other.seen for other in self._hands if other is not one]
            if any(
                self._same(hand, other) and (id(other) in busy or _before(other, hand))
                for other in others
            ):
                continue
            if any(self._goes_on(hand, other) and _before(other, hand) for other in others):
                continue
            if id(hand) not in busy and not self._comes_back(hand, deeds):
                time_s = hand.since_s + min((hand.until_s - hand.since_s) / 2, SOON_S)
                found.append(Touched(hand.facing, "reach", time_s, hand.track, hand.sure))
        return found

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

    def _same(self, one: HandSeen, other: HandSeen) -> bool:
        """Whether both are one hand. An arm is seen in pieces: what nobody is known to hold out
        and comes and goes with a hand is of that."""
        s = self._settings
        known = one.track is not None and other.track is not None
        begin_s, end_s = abs(one.since_s - other.since_s), abs(one.until_s - other.until_s)
        near = begin_s < s.same_s
        if not known and max(begin_s, end_s) < s.at_once_s:
            return True
        if known and one.track != other.track:
            return False
        if not near and (known or one.facing == other.facing):
            both_s = min(one.until_s, other.until_s) - max(one.since_s, other.since_s)
            least_s = min(one.until_s - one.since_s, other.until_s - other.since_s)
            return both_s > s.both_part * least_s
        return near and (one.facing == other.facing or known)

    def _goes_on(self, one: HandSeen, other: HandSeen) -> bool:
        """Whether ``one`` is how somebody stands when the hand ``other`` is back."""
        known = one.track is not None and other.track is not None
        if (one.track != other.track) if known else (one.facing != other.facing):
            return False
        return abs(one.since_s - other.until_s) < self._settings.at_once_s


def _before(one: HandSeen, other: HandSeen) -> bool:
    """Whether ``one`` is told rather than ``other``."""
    return (one.sure, -one.since_s) > (other.sure, -other.since_s)
