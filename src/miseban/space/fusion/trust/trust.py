"""Whether each camera can be trusted, online, from what only shows beside the others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from miseban.space.fusion.trust.agreeing import Agreeing
from miseban.space.fusion.trust.bank import EvidenceBank
from miseban.space.fusion.trust.believing import Believing, Doubt
from miseban.space.fusion.trust.clocks import Clocks, Edge, decided, settle
from miseban.space.fusion.trust.comparing import SEARCH_S, STRETCH_S, Comparing, views
from miseban.space.fusion.trust.outages import FLAPPING, Outages
from miseban.space.fusion.trust.own_maps import OwnMaps, told_by_maps
from miseban.space.fusion.trust.silent import Silences
from miseban.space.fusion.trust.telling import Telling
from miseban.space.fusion.trust.trouble import CameraTrouble
from miseban.space.fusion.trust.turned import Turns, who_turned
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import Stretch

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

LATE_S = 2.5
"""Rows may come so late: a track's first ones come when it is confirmed."""
WINDOW_S = 90.0
CLOCK_OFF_S = 0.3
CLOCK_LEAST_S = 0.04
"""Less than a fifth of a frame is left alone."""
MOVED_WEIGHT, EITHER_WEIGHT, LYING_WEIGHT = 0.5, 0.5, 0.02
VAGUE_S = 0.4
"""What is known worse of two clocks says nothing."""
RECENT_S = 60.0
"""What two clocks were before is forgotten when they surely were otherwise for so long."""
SUDDEN_S, SUDDEN_PX = 0.3, 5.0
MET = 5
"""Cameras that saw so many of the same people of late can tell of each other's clocks."""


class CameraTrust:
    """The cameras of ``shop`` that have floor points, in its order, as ``cameras``.

    Feed it ``raw`` sightings of every camera, ``frames`` where their times are known, and call
    ``advance`` now and then; ask it before each step. It works on stretches of ten seconds, which
    it judges some ten seconds later. Times are seconds since the start.
    """

    def __init__(self, shop: Shop) -> None:
        self.cameras: tuple[str, ...] = tuple(c.id for c in shop.cameras if c.floor_points)
        self._number = {name: n for n, name in enumerate(self.cameras)}
        lenses, size = views(shop)
        count = len(lenses)
        self._comparing = Comparing(lenses, size)
        self._bank = EvidenceBank(count, WINDOW_S)
        self._clocks = settle([], np.zeros(count), CLOCK_OFF_S)
        self._decided_s = np.zeros(count)
        self._turns = Turns.none(count)
        self._own = OwnMaps(lenses)
        self._outages = [Outages(lens.size) for lens in lenses]
        self._silences = Silences(count)
        self._agreeing = Agreeing(count, size, self._comparing.pairs)
        self._believing = Believing(count)
        self._doubts: dict[int, Doubt] = {}
        self._telling = Telling(self.cameras)
        self._next_s: float | None = None

    # --- What comes in ----------------------------------------------------------------------------

    def raw(self, camera: str, time_s: Floats, track: Ints, pixel: Floats, xyxy: Floats) -> None:
        """What ``camera`` saw: ``time_s`` (N,) by its own clock, ``track`` (N,), ``pixel`` (N, 2)
        where the feet are in its picture, and ``xyxy`` (N, 4) boxes; nothing of it corrected. A
        camera without floor points is passed over."""
        number = self._number.get(camera)
        if number is None or not len(time_s):
            return
        self._comparing.seen[number].add(time_s, track, pixel, xyxy)
        if self._next_s is None:
            self._next_s = float(np.floor(time_s.min() / STRETCH_S) * STRETCH_S)

    def frames(self, camera: str, time_s: Floats) -> None:
        """Frames of ``camera`` came at ``time_s`` (N,) of its own clock, with or without people."""
        number = self._number.get(camera)
        if number is not None:
            self._outages[number].frames(time_s)

    def advance(self, until_s: float) -> None:
        """All that was seen up to ``until_s`` by the shop's clock is in."""
        if self._next_s is None:
            return
        while self._next_s + STRETCH_S + SEARCH_S + 1.0 + LATE_S <= until_s:
            self._look(self._next_s)
            self._next_s += STRETCH_S

    # --- What can be asked ------------------------------------------------------------------------

    def clock_s(self, camera: str) -> float:
        """By how many seconds the camera's clock is ahead of the shop's; 0 where not known."""
        return float(self._comparing.now[self._number[camera], 0])

    def shift_px(self, camera: str) -> tuple[float, float]:
        """How far things went in the middle of its picture, to the right and downwards."""
        _, right, down, _ = self._comparing.now[self._number[camera]]
        return float(right), float(down)

    def unturned(self, camera: str, pixel: Floats) -> Floats:
        """(N, 2) where ``pixel`` (N, 2) would be, had the camera not been turned: what the floor
        points take to the floor."""
        number = self._number[camera]
        return self._comparing.lenses[number].unturned(pixel, self._comparing.now[number, 1:])

    def weight(self, camera: str) -> float:
        """How far its positions are to be believed, from 0 to 1: errors are larger by the inverse.
        Who is believed less than ``EITHER_WEIGHT`` should begin no visit."""
        number = self._number[camera]
        if self._telling.on(number, "disagrees") and number in self._doubts:
            doubt = self._doubts[number]
            if doubt.kind == "ghosts":
                return LYING_WEIGHT if doubt.proven else EITHER_WEIGHT
        return MOVED_WEIGHT if self._telling.on(number, "moved") else 1.0

    def lost(self, camera: str) -> list[Stretch]:
        """From when to when, by the shop's clock, it delivered nothing, as far as that was found:
        see ``Outages``."""
        number = self._number[camera]
        ahead_s = float(self._comparing.now[number, 0])
        return [(from_s - ahead_s, to_s - ahead_s) for from_s, to_s in self._outages[number].lost]

    def outages(self) -> list[tuple[str, float, float]]:
        """The camera, from and to, by the shop's clock, of what was found lost since the last
        call."""
        found = []
        for name, outages in zip(self.cameras, self._outages, strict=True):
            ahead_s = self.clock_s(name)
            found += [(name, a - ahead_s, b - ahead_s) for a, b in outages.lost[outages.told :]]
            outages.told = len(outages.lost)
        return found

    def troubles(self) -> list[CameraTrouble]:
        """What became wrong, or right again, since the last call."""
        return self._telling.taken()

    # --- Every ten seconds ------------------------------------------------------------------------

    def _look(self, from_s: float) -> None:
        now_s = from_s + STRETCH_S
        comparing, bank = self._comparing, self._bank
        clock_before = comparing.now[:, 0]
        for seen, outages, ahead_s in zip(
            comparing.seen, self._outages, clock_before.tolist(), strict=True
        ):
            outages.look(seen, from_s + ahead_s, now_s + ahead_s)
        scenes = comparing.scenes(from_s)
        self._silences.look(comparing.people(scenes), now_s, STRETCH_S)
        comparing.compare(from_s, scenes, bank)
        away = [
            outages.away(comparing.moments_s(from_s) + ahead_s)
            for outages, ahead_s in zip(self._outages, clock_before.tolist(), strict=True)
        ]
        self._agreeing.look(scenes, comparing.core, away)
        comparing.forget(from_s - SEARCH_S - 1.0)
        bank.forget(now_s)
        self._clocks = settle(self._edges(now_s), self._decided_s, CLOCK_OFF_S)
        self._decided_s = decided(self._clocks, self._decided_s, CLOCK_OFF_S)
        own = self._own.look(comparing.seen, clock_before, (from_s, now_s))
        was = told_by_maps(self._turns, own, bank)
        self._turns = who_turned(bank, self._clocks.ahead_s, was, now_s)
        self._doubts = self._believing.look(
            self._agreeing.asked, self._agreeing.seen, STRETCH_S, self._busy(now_s)
        )
        self._tell(now_s)
        self._take()

    def _edges(self, now_s: float) -> list[Edge]:
        """How far clocks are apart: where people fit much better at another offset than the one
        that was taken, by that; else by those who were found to be the same."""
        bank = self._bank
        theta = np.zeros((len(self.cameras), 4))
        theta[:, 1:] = self._comparing.now[:, 1:]
        far = self._comparing.far_apart()
        for a, b in far:
            bank.forget_pair(a, b, np.inf)
        of_late = bank.since(now_s - RECENT_S).clocks(theta)
        for a, b in bank.clocks(theta).changed(of_late):
            bank.forget_pair(a, b, now_s - RECENT_S)
        fine = bank.clocks(theta)
        edges = [
            Edge(a, b, float(fine.ahead_s[k]), float(fine.error_s[k]))
            for k, (a, b) in enumerate(fine.pairs.tolist())
            if (a, b) not in far and fine.error_s[k] <= VAGUE_S
        ]
        return edges + [Edge(a, b, ahead_s, 0.15) for (a, b), ahead_s in far.items()]

    def _busy(self, now_s: float) -> set[int]:
        """Cameras whose people others cannot see for another reason."""
        far = {n for pair in self._comparing.far_apart(doubtful=True) for n in pair}
        flapping = {n for n, o in enumerate(self._outages) if len(o.of_late(now_s)) >= FLAPPING}
        turned = np.flatnonzero(self._turns.turn.any(axis=1)).tolist()
        clocks = np.flatnonzero(np.abs(self._clocks.ahead_s) >= CLOCK_OFF_S).tolist()
        known = {*turned, *self._turns.suspected, *clocks, *self._clocks.either}
        return far | flapping | known | self._own.suspected

    def _tell(self, now_s: float) -> None:
        met = self._bank.counts() >= MET
        for n in range(len(self.cameras)):
            clocks: Clocks = self._clocks
            other = clocks.either.get(n)
            wait = other is not None and bool(
                np.delete(met[n] | met[other[0]], [n, other[0]]).any()
            )
            ahead_s, error_s = float(clocks.ahead_s[n]), float(clocks.error_s[n])
            self._telling.clock(now_s, n, ahead_s, error_s, other, wait=wait)
            turns = self._turns
            self._telling.moved(now_s, n, turns)
            silent_s = self._silences.silent_s(n)
            own_s = now_s + float(self._comparing.now[n, 0])
            if self._outages[n].works(own_s - silent_s):
                silent_s = 0.0
            self._outages[n].silent = silent_s > 0
            if silent_s > 0:  # that it does not see others' people says nothing against them
                self._agreeing.forget(n)
            self._telling.flapping(now_s, n, self._outages[n], silent_s)
            self._telling.disagrees(now_s, n, self._doubts.get(n))

    def _take(self) -> None:
        """From the next stretch on, what was found is taken off."""
        before = self._comparing.now
        ahead, error = self._clocks.ahead_s, self._clocks.error_s
        least_s = np.where(np.isfinite(error), np.maximum(CLOCK_LEAST_S, 2.5 * error), 0.0)
        least_s[list(self._clocks.either)] = 0.0
        clock = np.where(np.abs(ahead) >= least_s, ahead, 0.0)
        turn = self._turns.turn
        sudden = np.abs(clock - before[:, 0]) >= SUDDEN_S
        sudden |= np.abs(turn - before[:, 1:]).max(axis=1, initial=0.0) >= SUDDEN_PX
        for n in np.flatnonzero(sudden).tolist():
            self._agreeing.forget(n)
        self._comparing.take(clock, turn)
        self._own.take(turn)
