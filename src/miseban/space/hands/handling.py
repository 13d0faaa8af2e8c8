"""From arms and changes to touches: a hand at a facing, and what was there more or less after."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from miseban.space.hands.again import Again
from miseban.space.hands.deeds import Deed, forget, is_rest, is_second, more_than_before
from miseban.space.hands.hasty import Hasty
from miseban.space.hands.reaches import Reaches
from miseban.space.hands.settings import HandlingSettings
from miseban.space.hands.stretch import Stretch, Touched, doubt
from miseban.vocabulary.events import Touch
from miseban.vocabulary.hands import ArmSeen, HandSeen, HandsLook, ShelfChange


class Handling:
    """Feed every look with ``see``; it returns what is certain now. ``finish`` tells the rest."""

    def __init__(self, capacities: Sequence[int], settings: HandlingSettings | None = None) -> None:
        """``capacities`` (F,) are how many pieces fit at each facing."""
        self._capacities = capacities
        self._settings = settings or HandlingSettings()
        self._open: list[Stretch] = []
        self._past: list[Stretch] = []
        self._changes: list[ShelfChange] = []
        self._more: dict[int, bool] = {}
        self._hasty = Hasty(self._settings)
        self._again = Again(self._settings)
        self._done: list[Deed] = []
        self._hands = Reaches(self._settings)
        self._reached: dict[tuple[int, int], float] = {}
        self._now_s = 0.0

    def see(self, look: HandsLook) -> list[Touched]:
        s, now_s = self._settings, look.time_s
        self._now_s = now_s
        for arm in look.arms:
            if arm.length >= s.least_length:
                self._arm(arm, now_s, look)
        for one in [one for one in self._open if now_s - one.end_s > s.gap_s]:
            self._open.remove(one)
            if s.least_s <= one.end_s - one.begin_s <= s.most_s:
                self._past.append(one)
        self._hands.see(look, self._again.hands(look.changes, self._done))
        told = [one for change in look.changes if change.sure for one in self._at_once(change)]
        told += self._sure_now(now_s)
        late = [*self._changes, *(one for one in look.changes if not one.sure)]
        self._changes = [one for one in late if one.number not in self._again.numbers]
        # A change is told once the arm that made it is back, and so is known in full.
        ready = [
            change for change in self._changes
            if not self._hasty.holds(change) and (now_s - change.until_s > s.most_s or (
                not any(one.fits(change, s.beside_s) for one in self._open)
                and not (look.somebody and now_s - change.until_s < s.seen_s)
            ))
        ]  # fmt: skip
        told += self._tell(ready)
        pending = [*self._changes, *self._hasty.waiting]
        told += self._reaches(look, pending)
        told += self._hands.told(self._done, pending, now_s)
        forget(self._more)
        forget(self._reached)
        self._done = [one for one in self._done if now_s - one.until_s < 2 * s.patient_s]
        return told

    def finish(self) -> list[Touched]:
        """Nothing more comes."""
        s = self._settings
        self._past += [one for one in self._open if one.end_s - one.begin_s >= s.least_s]
        self._open = []
        told = self._sure_now(math.inf) + self._tell(self._changes)
        for one in self._past:
            if not one.told and one.facing() >= 0:
                told += self._reach(one, 0.5)
        self._past = []
        return told + self._hands.told(self._done, [], math.inf)

    def _arm(self, arm: ArmSeen, now_s: float, look: HandsLook) -> None:
        steady = self._settings.steady
        for one in self._open:
            if math.hypot(one.x - arm.x, one.y - arm.y) <= steady and (
                one.track == arm.track or one.track is None or arm.track is None
            ):
                break
        else:
            one = Stretch(arm.track, arm.x, arm.y, fresh=arm.rests_s <= self._settings.comes_s)
            self._open.append(one)
        if one.time_s and one.time_s[-1] == now_s:
            return
        one.x += 0.3 * (arm.x - one.x)
        one.y += 0.3 * (arm.y - one.y)
        one.track = arm.track if one.track is None else one.track
        one.time_s.append(now_s)
        one.hand.append(arm.hand)
        one.facings.append(arm.facing)
        one.hidden.append(float(look.hidden[arm.facing]) if arm.facing >= 0 else 0.0)
        one.length = max(one.length, arm.length)
        one.somebody |= look.somebody

    def _at_once(self, change: ShelfChange) -> list[Touched]:
        """What was seen the moment it came needs no arm to be told."""
        s = self._settings
        self._more[change.number] = change.more > 0.5
        if self._hasty.came(change) or self._is_told(change):
            return []
        if change.sure < s.goods_sure or self._hands.leaves(change):
            return []
        if self._pieces(change) < s.small_piece:
            self._changes.append(change)  # perhaps a hand was there
            return []
        if self._hasty.is_back(change) or self._hasty.waits(change):
            return []
        return self._goods(change)

    def _is_told(self, change: ShelfChange) -> bool:
        s, done = self._settings, self._done
        told = is_rest(change, done, s) or is_second(change, change.more > 0.5, done, s)
        return told or change.number in self._again.numbers

    def _goods(self, change: ShelfChange) -> list[Touched]:
        kind: Touch = "put_back" if change.more > 0.5 else "pick_up"
        deed = Deed(change.until_s, change.until_s, change.track, change.shares, kind)
        self._done.append(deed)
        return [Touched(deed.facing, kind, change.until_s, change.track, change.sure)]

    def _sure_now(self, now_s: float) -> list[Touched]:
        """Of what waited."""
        over = self._hasty.over(now_s)
        return [one for change in over if not self._is_told(change) for one in self._goods(change)]

    def _tell(self, ready: Sequence[ShelfChange]) -> list[Touched]:
        """Those that are surest of their arm first."""
        told, beside_s = [], self._settings.beside_s
        for change in sorted(ready, key=lambda one: doubt(one, self._past, beside_s)):
            self._changes.remove(change)
            told += self._told(change)
        return told

    def _told(self, change: ShelfChange) -> list[Touched]:
        s = self._settings
        changed = self._pieces(change)
        plain = change.undoes not in self._more and abs(change.detail) < s.plain_detail
        hand = self._hands.at(change, self._done)
        least = s.seen_piece if hand is not None else s.plain_piece if plain else s.least_piece
        if changed < least:
            return []
        if is_rest(change, self._done, s):
            self._more[change.number] = self._grew(change)
            return []
        if hand is not None:
            return self._done_by(hand, change)
        if change.sure:
            return []  # less than a piece
        by = [one for one in self._past if one.fits(change, s.beside_s)]
        by.sort(key=lambda one: one.distance(change))
        one = next((one for one in by if not one.told), by[0] if by else None)
        facing = max(change.shares, key=change.shares.__getitem__)
        if one is not None and one.told:
            if change.shares.get(one.changed, 0.0) >= 0.5 * change.shares[facing]:
                self._more[change.number] = self._grew(change)
                return []  # the rest of what was told
            one = replace(one)  # the other hand's doing
        more = self._grew(change, one)
        self._more[change.number] = more
        kind: Touch = "put_back" if more else "pick_up"
        if is_second(change, more, self._done, s):
            return []
        if change.until_s - change.from_s > s.vague_s or (one is None and change.track is None):
            return []
        if one is None:
            middle_s = (change.from_s + change.until_s) / 2
            self._done.append(Deed(middle_s, change.until_s, change.track, change.shares, kind))
            return [Touched(facing, kind, middle_s, change.track, 0.6)]
        one.told = True
        reached = one.facing()
        if change.shares.get(reached, 0.0) >= 0.25 * change.shares[facing]:
            facing = reached
        one.changed = facing
        time_s = (max(change.from_s, one.begin_s) + min(change.until_s, one.end_s)) / 2
        self._done.append(Deed(time_s, change.until_s, one.track, change.shares, kind))
        return [Touched(facing, kind, time_s, one.track, 0.9)]

    def _pieces(self, change: ShelfChange) -> float:
        return sum(share * self._capacities[f] for f, share in change.shares.items())

    def _grew(self, change: ShelfChange, one: Stretch | None = None) -> bool:
        return more_than_before(change, one, self._more, self._settings)

    def _done_by(self, hand: HandSeen, change: ShelfChange) -> list[Touched]:
        """``hand`` was there when ``change`` came."""
        s = self._settings
        more = change.more > 0.5 if change.sure else self._grew(change)
        self._more[change.number] = more
        if is_second(change, more, self._done, s):
            return []
        time_s = (change.from_s + change.until_s) / 2
        if change.until_s - change.from_s > s.deed_s:
            time_s = (max(change.from_s, hand.since_s) + min(change.until_s, hand.until_s)) / 2
        kind: Touch = "put_back" if more else "pick_up"
        track = change.track if hand.track is None else hand.track
        self._done.append(Deed(time_s, change.until_s, track, change.shares, kind))
        self._hands.did(hand)
        return [Touched(hand.facing, kind, time_s, track, hand.sure)]

    def _reaches(self, look: HandsLook, pending: Sequence[ShelfChange]) -> list[Touched]:
        s, now_s = self._settings, look.time_s
        told = []
        for one in list(self._past):
            facing = one.facing()
            if facing < 0 or one.told:
                if now_s - one.end_s > s.patient_s:
                    self._past.remove(one)
                continue
            if look.hidden[facing] > s.hidden_part:
                one.open_since_s = None
            elif one.open_since_s is None:
                one.open_since_s = now_s
            if any(one.fits(change, s.beside_s) for change in pending):
                continue  # the deed will be told
            waited = now_s - one.end_s > s.patient_s
            if waited or (one.open_since_s is not None and now_s - one.open_since_s >= s.open_s):
                one.told = True
                told += self._reach(one, 0.8)
        return told

    def _reach(self, one: Stretch, confidence: float) -> list[Touched]:
        """A hand that took nothing and brought nothing; none for what is no hand, hangs on nobody
        or is the same as the last one."""
        s = self._settings
        facing = one.facing()
        if not one.fresh or one.track is None:
            return []
        at = one.track, facing
        last_s = self._reached.get(at, -math.inf)
        self._reached[at] = max(last_s, one.end_s)
        if float(np.median(one.hidden)) > s.body_part or one.begin_s - last_s < s.again_s:
            return []
        if one.somebody and self._hands.judged(facing, one.track, one.begin_s, one.end_s):
            return []
        # The hand that takes or puts is seen before and after, with and without the piece.
        for deed in self._done:
            same = deed.track is None or deed.track == one.track
            if same and one.begin_s - s.holds_s < deed.time_s < one.end_s + s.deed_s:
                return []
        return [Touched(facing, "reach", one.there_s, one.track, confidence)]
