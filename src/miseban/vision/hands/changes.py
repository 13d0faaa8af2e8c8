"""What changed on the shelf: at once, as goods do, and what lies there when nobody hides it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands.arms import Bodies
from miseban.vision.hands.looks import FormerLooks, detail
from miseban.vision.hands.pieces import Piece, Pieces
from miseban.vision.hands.region import Pair, Region
from miseban.vision.hands.settings import HandsSettings
from miseban.vision.hands.surface import Surface
from miseban.vocabulary.hands import REMEMBERED, ShelfChange

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Judge = Callable[[Sequence[Piece]], NDArray[np.float32]]
"""(N, 3) how likely each piece is no goods, goods that are gone, goods that came."""

ARM = 0.45
"""How far a hand gets from the body's box, in body heights."""


class ShelfChanges:
    """Of the facings of ``region``, by what ``surface`` was shown; ``judge`` tells goods."""

    def __init__(
        self, region: Region, surface: Surface, settings: HandsSettings, unit_px: float,
        judge: Judge,
    ) -> None:  # fmt: skip
        """``unit_px`` is a body's height in small pixels where none is seen."""
        self._region, self._surface, self._settings = region, surface, settings
        self._goods, self._unit_px, self._judge = region.facing >= 0, unit_px, judge
        self._former = FormerLooks(region.facing.shape)
        self._pieces = Pieces(region, surface, self._former)
        self.others: list[Piece] = []
        """Of the last pieces, those that were no goods."""
        self.unsure: Mask | None = None
        """Where (h, w) nobody knows how the shelf looked before, None for nowhere."""
        sizes = region.sizes
        self._least = max(settings.least_px, settings.least_part * float(np.median(sizes)))
        self._most = settings.most_facings * float(sizes.max())
        self._number = 0
        self._more: dict[int, int] = {}

    def at_once(
        self, time_s: float, everybody: Floats, boxes: Floats, tracks: Sequence[int],
        tips: Sequence[Pair], tall: float,
    ) -> list[ShelfChange]:  # fmt: skip
        """What changed as goods do, also where somebody touches it in the picture. ``tips`` is
        where hands were lately, ``tall`` how many small pixels bodies are high."""
        pieces = self._pieces.found(
            time_s, everybody, tips, tall, lambda number: self._more.get(number, 0)
        )
        self.others = []
        if not pieces:
            return []
        chances = self._judge(pieces)
        goods = [
            (piece, chance) for piece, chance in zip(pieces, chances, strict=True)
            if chance[0] < 0.5 and not self._is_unsure(piece.which)
        ]  # fmt: skip
        self.others = [p for p, c in zip(pieces, chances, strict=True) if c[0] >= 0.5]
        changes = []
        while goods:
            first = max(goods, key=lambda one: float(one[0].which.sum()))
            same = [one for one in goods if self._belong(first[0], one[0])]
            goods = [one for one in goods if not self._belong(first[0], one[0])]
            changes.append(self._goods_changed(same, time_s, boxes, tracks))
        return changes

    def _belong(self, one: Piece, other: Piece) -> bool:
        """Whether both changed by one hand."""
        if abs(one.since_s - other.since_s) > 0.25:
            return False
        a, b = (np.argwhere(piece.which).mean(axis=0) for piece in (one, other))
        return bool(np.abs(a - b).max() < 0.5 * self._unit_px)

    def _goods_changed(
        self,
        same: Sequence[tuple[Piece, NDArray[np.float32]]],
        time_s: float,
        boxes: Floats,
        tracks: Sequence[int],
    ) -> ShelfChange:
        surface = self._surface
        which = np.logical_or.reduce([piece.which for piece, _ in same])
        before, after = surface.before_and_after(which)
        sizes = np.array([piece.which.sum() for piece, _ in same], np.float64)
        gone, came = (float(np.average([c[n] for _, c in same], weights=sizes)) for n in (1, 2))
        self._number += 1
        change = ShelfChange(
            number=self._number,
            from_s=min(piece.seen_s for piece, _ in same),
            until_s=min(piece.since_s for piece, _ in same),
            shares=self._region.shares_on_goods(which),
            undoes=same[0][0].undoes,
            detail=detail(before, after, which),
            track=_who(which, boxes, tracks),
            more=came / (gone + came),
            sure=max(1.0 - float(c[0]) for _, c in same),
        )
        self._more[self._number] = 1 if came > gone else -1
        self._more.pop(self._number - REMEMBERED, None)
        for piece, _ in same:
            self._former.changed(piece.which, before, self._number, piece.undoes)
        surface.settle(which, time_s)
        return change

    def lying(
        self,
        found: Bodies,
        time_s: float,
        everybody: Floats,
        boxes: Floats,
        tracks: Sequence[int],
    ) -> list[ShelfChange]:
        """What has come to rest on the shelf and is new there. Where somebody is, it may be a
        sleeve, and is told once they are gone."""
        s, surface = self._settings, self._surface
        lying = surface.covered & ~_wider(found.attached)
        still = lying & (surface.since_s <= time_s - s.settles_s)
        if not still.any():
            return []
        count, *parts, _ = cv2.connectedComponentsWithStats(lying.astype(np.uint8))
        pieces, stats = (np.asarray(one, np.int32) for one in parts)
        quiet = np.bincount(pieces[still], minlength=count) >= 0.8 * stats[:, cv2.CC_STAT_AREA]
        quiet[0] = False
        if not quiet.any():
            return []
        resting = quiet[pieces]
        large = stats[:, cv2.CC_STAT_AREA] > self._most
        on_goods = np.bincount(pieces[self._goods], minlength=count)
        off = on_goods < 0.4 * stats[:, cv2.CC_STAT_AREA]
        old = surface.since_s <= time_s - s.patient_s
        silent = (large | off)[pieces] & resting & old
        if silent.any():
            surface.settle(silent, time_s)
        fresh = resting & ~(large | off)[pieces]
        changes = []
        for which in self._together(fresh, pieces, stats):
            if _within(which, everybody):
                continue
            if self._is_unsure(which):
                surface.settle(which, time_s)
                continue
            if np.count_nonzero(which) < self._least:
                if (surface.since_s[which] <= time_s - 4 * s.settles_s).all():
                    surface.settle(which, time_s)
                continue
            changes.append(self._change(which, time_s, _who(which, boxes, tracks)))
        return changes

    def _is_unsure(self, which: Mask) -> bool:
        return self.unsure is not None and bool(self.unsure[which].mean() > 0.5)

    def _together(
        self, fresh: Mask, pieces: NDArray[np.int32], stats: NDArray[np.int32]
    ) -> list[Mask]:
        """Pieces that changed at one time, near each other, are one change."""
        there = np.zeros(len(stats), bool)
        there[pieces[fresh]] = True
        groups: list[tuple[float, Floats, list[int]]] = []
        for number in np.flatnonzero(there).tolist():
            x, y, wide, high, _ = stats[number].tolist()
            part = np.s_[y : y + high, x : x + wide]
            here = pieces[part] == number
            since_s = float(np.median(self._surface.since_s[part][here]))
            box = np.array([x, y, x + wide, y + high], np.float64)
            for at, (when_s, other, those) in enumerate(groups):
                gap = np.maximum(box[:2] - other[2:], other[:2] - box[2:]).max()
                if abs(since_s - when_s) < 0.35 and gap < 0.15 * self._unit_px:
                    joined = np.concatenate(
                        [np.minimum(box[:2], other[:2]), np.maximum(box[2:], other[2:])]
                    )
                    groups[at] = when_s, joined, [*those, number]
                    break
            else:
                groups.append((since_s, box, [number]))
        masks = []
        for _, _, those in groups:
            one = np.zeros(len(stats), bool)
            one[those] = True
            masks.append(one[pieces])
        return masks

    def _change(self, which: Mask, time_s: float, track: int | None) -> ShelfChange:
        surface = self._surface
        before, after = surface.before_and_after(which)
        undoes = self._former.undoes(which, after)
        self._number += 1
        until_s = float(np.median(surface.since_s[which]))
        change = ShelfChange(
            number=self._number,
            from_s=min(float(np.median(surface.seen_s[which])), until_s),
            until_s=until_s,
            shares=self._region.shares(which),
            undoes=undoes,
            detail=detail(before, after, which),
            track=track,
        )
        self._former.changed(which, before, self._number, undoes)
        surface.settle(which, time_s)
        return change


def _within(which: Mask, boxes: Floats) -> bool:
    """Whether the middle of ``which`` is in one of ``boxes`` (N, 4)."""
    ys, xs = np.nonzero(which)
    point = np.array([xs.mean(), ys.mean()])
    inside = (boxes[:, :2] <= point).all(axis=1) & (boxes[:, 2:] >= point).all(axis=1)
    return bool(inside.any())


def _who(which: Mask, boxes: Floats, tracks: Sequence[int]) -> int | None:
    """The track whose box is nearest to what changed, if it is within an arm's length."""
    if not len(boxes):
        return None
    ys, xs = np.nonzero(which)
    x, y = float(xs.mean()), float(ys.mean())
    across = np.maximum(boxes[:, 0] - x, x - boxes[:, 2]).clip(0)
    down = np.maximum(boxes[:, 1] - y, y - boxes[:, 3]).clip(0)
    far = np.hypot(across, down) / np.maximum(boxes[:, 3] - boxes[:, 1], 1.0)
    best = int(np.argmin(far))
    return tracks[best] if far[best] <= ARM else None


def _wider(mask: Mask) -> Mask:
    return cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
