"""Hands that are held out to the goods, whether they take anything or not, in numbers.

An arm is there from one moment on, holds nearly still while the hand is at the goods, and then is
gone again. What came to rest in one moment beside a body and is no goods is watched until it moves
again; then it is told of each facing near it how likely a hand was there, by a small network that
has learnt hands from sleeves, heads and people who turn round.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands import gestures
from miseban.vision.hands.movements import together
from miseban.vision.hands.pieces import Piece
from miseban.vision.hands.region import Region, middle_of, span_of
from miseban.vision.hands.surface import Surface
from miseban.vocabulary.hands import HandSeen

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
HandChances = Callable[[NDArray[np.float32], Sequence[HandSeen]], NDArray[np.float32]]
"""(N,) how likely each of what may be hands, of which (N, NUMBERS) numbers tell, is one."""

LONGEST_S = 2.6
"""What stays for longer is told of by then."""
GONE = 0.5
"""What has changed again in so large a part is over."""
PAST_S = 4.0
"""Where bodies and arms were is known for so long; who was not seen for as long comes back under
another track."""
TOOK_S = 10.0
"""After so long it does not matter how long ago a piece was taken, only which way it went."""
FARTHEST = 2.0
"""No hand is so many bodies off."""
NUMBERS = 43 + 5 + gestures.NUMBERS
"""How many numbers tell of a hand at a facing."""


@dataclass(slots=True, eq=False)
class _Held:
    """What came to rest beside one body, from ``since_s`` on: ``where`` are the flat places of its
    small pixels, ``since`` since when each rests and ``former`` what it showed before."""

    since_s: float
    track: int | None
    box: Floats
    pieces: list[Piece]
    where: NDArray[np.int64]
    since: Floats
    away: NDArray[np.float32]
    former: gestures.Former
    moved: float
    last: tuple[float, int]


@dataclass(slots=True)
class _Past:
    time_s: float
    boxes: dict[int, Floats]
    arms: list[tuple[int, float]] = field(default_factory=list)


class Outstretched:
    """Of one camera's ``region``, by what ``surface`` shows."""

    def __init__(self, region: Region, surface: Surface, chances: HandChances) -> None:
        self._region, self._surface, self._chances = region, surface, chances
        self._held: list[_Held] = []
        self._past: list[_Past] = []
        self._gestures = gestures.Gestures()
        self._told: dict[int, tuple[float, int]] = {}
        ys, xs = np.indices(region.facing.shape)
        self._ys, self._xs = ys.ravel(), xs.ravel()
        self._middles = [middle_of(region.facing == facing) for facing in range(len(region.sizes))]
        self._short = float(np.sqrt(np.median(region.sizes)))
        self._spans = [span_of(region.facing == facing) for facing in range(len(region.sizes))]

    def took(self, track: int | None, time_s: float, more: bool) -> None:
        """``track`` took a piece, or brought ``more``."""
        if track is not None:
            self._told[track] = time_s, 1 if more else -1

    def nobody(self) -> None:
        """Nobody is near: no picture is kept."""
        self._gestures.forget()

    @property
    def remembered(self) -> int:
        """Of how many tracks it knows what they did last."""
        return len(self._told)

    def look(
        self,
        time_s: float,
        fresh: Sequence[Piece],
        root: Mask,
        arms: Sequence[tuple[int, float]],
        everybody: Floats,
        tracks: Sequence[int],
        tall: float,
    ) -> list[HandSeen]:
        """Those that are over. ``fresh`` came to rest now and are no goods; ``root`` (h, w) is
        bodies without arms, ``arms`` the facing and length of each; the first of
        ``everybody`` (N, 4) are the ``tracks``' boxes, of bodies ``tall`` small pixels high."""
        own = {track: everybody[n] for n, track in enumerate(tracks)}
        self._past = [one for one in self._past if time_s - one.time_s < PAST_S]
        self._past.append(_Past(time_s, own, list(arms)))
        self._forget(time_s)
        self._gestures.see(time_s, self._surface.now, self._surface.moving, own, tall)
        if fresh:
            away = np.asarray(
                cv2.distanceTransform((~root).astype(np.uint8), cv2.DIST_L2, 5), np.float32
            )
            away = np.minimum(away, FARTHEST * tall)  # where no body shows, all is without end
            self._held += self._began(fresh, away, everybody, tracks, tall)
        over = [held for held in self._held if self._is_over(held, time_s)]
        if not over:
            return []
        self._held = [held for held in self._held if held not in over]
        told: list[HandSeen] = []
        rows: list[list[float]] = []
        numbers_of: list[int] = []
        for number, held in enumerate(over):
            for facing, numbers in self._numbers(held, time_s, own, tall):
                told.append(HandSeen(facing, held.since_s, time_s, held.track, 0.0))
                rows.append(numbers)
                numbers_of.append(number)
        if not rows:
            return []
        chances = self._chances(np.array(rows, np.float32), told)
        best: dict[int, HandSeen] = {}
        for number, one, chance in zip(numbers_of, told, chances, strict=True):
            if number not in best or chance > best[number].sure:
                best[number] = replace(one, sure=float(chance))
        return list(best.values())

    def _forget(self, time_s: float) -> None:
        """Of tracks that are over: those still seen are told of as the network learnt them."""
        here = {track for past in self._past for track in past.boxes}
        self._told = {
            track: last for track, last in self._told.items()
            if track in here or time_s - last[0] < TOOK_S
        }  # fmt: skip

    def _is_over(self, held: _Held, time_s: float) -> bool:
        surface = self._surface
        same = surface.since_s.ravel()[held.where] == held.since
        same &= surface.covered.ravel()[held.where]
        return bool(same.mean() < GONE) or time_s - held.since_s > LONGEST_S

    def _began(
        self, fresh: Sequence[Piece], away: NDArray[np.float32], everybody: Floats,
        tracks: Sequence[int], tall: float,
    ) -> list[_Held]:  # fmt: skip
        found = []
        for owner, pieces in together(fresh, everybody, tracks, tall):
            where = np.concatenate([np.flatnonzero(piece.which) for piece in pieces])
            track = tracks[owner] if 0 <= owner < len(tracks) else None
            x, y = self._xs[where].mean(), self._ys[where].mean()
            since_s = min(piece.since_s for piece in pieces)
            box = everybody[owner] if owner >= 0 else np.array([x, y, x, y + tall])
            found.append(_Held(
                since_s, track, box.copy(), pieces, where,
                self._surface.since_s.ravel()[where], away.ravel()[where],
                self._gestures.before(since_s, where), self._moved(track, tall),
                self._told.get(-1 if track is None else track, (-np.inf, 0)),
            ))  # fmt: skip
        return found

    def _numbers(
        self, held: _Held, time_s: float, own: dict[int, Floats], tall: float
    ) -> list[tuple[int, list[float]]]:
        region, where = self._region, held.where
        xs, ys = self._xs[where], self._ys[where]
        nearest, gap = region.nearest.ravel()[where], region.gap.ravel()[where]
        on = region.facing.ravel()[where]
        sizes = np.array([piece.which.sum() for piece in held.pieces], np.float64)
        looks = np.average(
            np.stack([piece.numbers for piece in held.pieces]), axis=0, weights=sizes
        )
        box, high = held.box, max(float(held.box[3] - held.box[1]), 1.0)
        foot = np.array([(box[0] + box[2]) / 2, box[3]])
        far = np.hypot(xs - foot[0], ys - foot[1])
        covered = self._surface.covered.ravel()[where]
        moving = self._surface.moving.ravel()[where]
        back = self._gestures.back(held.former, where)
        after = 1.0
        if held.track is not None and held.track in own:
            after = min(float(np.abs(own[held.track] - box).max()) / tall, 1.0)
        whole = [
            float(np.log(len(where) / self._short**2 + 0.02)),
            len(where) / ((np.ptp(xs) + 1) * (np.ptp(ys) + 1)),
            np.ptp(ys) / self._short,
            np.ptp(xs) / self._short,
            *(float(looks[n]) for n in (7, 8, 10, 11, 13, 15, 17, 18, 21, 23)),
            held.moved,
            after,
            float(held.track is not None),
            min(time_s - held.since_s, LONGEST_S),
            float(1.0 - covered.mean()),
            float(moving.mean()),
            min(held.since_s - held.last[0], TOOK_S) / TOOK_S,
            float(held.last[1]),
            float(held.away.max()) / tall,
            float(back.mean()),
            *self._gestures.moved(held.track, held.since_s),
        ]
        during = [p for p in self._past if held.since_s - 0.05 <= p.time_s < time_s]
        before = [p for p in self._past if held.since_s - 1.05 <= p.time_s < held.since_s - 0.05]
        found = []
        tip = int(np.argmax(far))
        top = int(np.argmin(ys))
        end = int(np.argmax(held.away))
        for facing in np.unique(nearest).tolist():
            here = (nearest == facing) & (gap < 0.5 * self._short)
            if here.sum() < 3:
                continue
            fx, fy = self._middles[facing]
            found.append((facing, [
                *whole,
                float(np.log(here.sum() / region.sizes[facing] + 0.005)),
                float(here.mean()),
                float((on == facing).sum() / region.sizes[facing]),
                float(far[here].max() / far[tip]),
                float(held.away[here].max() / max(held.away.max(), 1.0)),
                float(nearest[tip] == facing),
                float(nearest[top] == facing),
                *_arms_at(during, facing),
                _arms_at(before, facing)[0],
                abs(fx - foot[0]) / high,
                (box[1] - fy) / high,
                float(ys[here].min() - ys[top]) / self._short,
                float(nearest[end] == facing),
                *self._off(facing, xs[tip], ys[tip]),
                *self._off(facing, xs[end], ys[end]),
                *self._off(facing, float(xs[here].mean()), float(ys[here].mean())),
                *gestures.about(
                    xs, ys, back, self._middles[facing], self._spans[facing], float(foot[0])
                ),
            ]))  # fmt: skip
        return found

    def _off(self, facing: int, x: float, y: float) -> tuple[float, float]:
        """How far from the middle of ``facing`` a small pixel is, in its widths and heights."""
        (fx, fy), (wide, high) = self._middles[facing], self._spans[facing]
        return min(abs(x - fx) / wide, 2.0), float(np.clip((y - fy) / high, -2.0, 2.0))

    def _moved(self, track: int | None, tall: float) -> float:
        """How far ``track``'s box moved lately, in heights of a body."""
        boxes = [past.boxes[track] for past in self._past[-8:] if track in past.boxes]
        if track is None or len(boxes) < 2:
            return 1.0
        return float(min(np.abs(boxes[-1] - boxes[0]).max() / tall, 1.0))


def _arms_at(looks: Sequence[_Past], facing: int) -> tuple[float, float]:
    """In what part of ``looks`` an arm was at ``facing``, and how long the longest was."""
    lengths = [
        max((length for at, length in past.arms if at == facing), default=0.0) for past in looks
    ]
    if not lengths:
        return 0.0, 0.0
    return float(np.mean([length > 0 for length in lengths])), float(max(lengths))
