"""Looks at the facings of one camera: arms in front of them, and what changed on them after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands.arms import Bodies, bodies
from miseban.vision.hands.looks import FormerLooks, detail
from miseban.vision.hands.region import Pair, Region
from miseban.vision.hands.surface import Surface
from miseban.vision.pixels import Frame
from miseban.vision.sealed import Sealed
from miseban.vocabulary.hands import ArmSeen, HandsLook, ShelfChange

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

ARM = 0.45
"""How far a hand gets from the body's box, in body heights."""


@dataclass(frozen=True, slots=True)
class HandsSettings:
    """Seconds, and parts."""

    settles_s: float = 0.5
    """What lies on the shelf and has not moved for so long has come to rest."""

    least_part: float = 0.01
    """A change of less of a facing is none; what is smaller is learnt silently."""

    least_px: int = 6
    """And one of fewer small pixels."""

    most_facings: float = 1.5
    """What is larger than so many facings is no goods, but somebody or something in front."""

    lively_s: float = 1.5
    """An arm that comes in over the edge does not hold still for so long."""

    patient_s: float = 6.0
    """What is no change is learnt after so long without moving, with nobody near."""

    near_heights: float = 0.08
    """A hand is at a facing when it is so near to it, in body heights."""


class HandsWatch(Sealed):
    """``look`` at every frame, in order. It holds small pictures of the shelf: sealed."""

    __slots__ = ("_former", "_gap", "_goods", "_nearest", "_number", "_region", "_settings",
                 "_surface", "_unit_px")  # fmt: skip

    def __init__(
        self,
        polygons: Sequence[Sequence[Pair]],
        width: int,
        height: int,
        settings: HandsSettings | None = None,
    ) -> None:
        """``polygons`` are the facings' corners in frames of ``width`` by ``height`` pixels."""
        self._settings = settings or HandsSettings()
        self._region = region = Region.of(polygons, width, height)
        self._goods = region.facing >= 0
        self._surface = Surface()
        self._former = FormerLooks(region.facing.shape)
        self._number = 0
        self._unit_px = 3.0 * float(np.sqrt(np.median(region.sizes)))
        self._nearest, self._gap = _nearest(region.facing)

    def look(self, frame: Frame, people: Floats, boxes: Floats, tracks: Sequence[int]) -> HandsLook:
        """``people`` (P, 4) is all that may be somebody in ``frame``, ``boxes`` (N, 4) those who
        are, with their ``tracks``; pixels of the frame."""
        region, surface = self._region, self._surface
        everybody = region.boxes(np.concatenate([boxes, people]).reshape(-1, 4))
        small = region.small(frame.bgr)
        if not _near(everybody, region.facing.shape) and surface.at_rest(small, frame.time_s):
            return HandsLook(frame.time_s, hidden=np.zeros(len(region.sizes)))
        surface.take(small, frame.time_s)
        lively = surface.covered & (surface.since_s > frame.time_s - self._settings.lively_s)
        found = bodies(surface.covered, self._goods, lively, everybody, self._unit_px)
        tall = self._unit_px
        if len(everybody):
            tall = float(np.median(everybody[:, 3] - everybody[:, 1]))
        arms = [
            ArmSeen(
                facing=self._facing_at(arm.tip, tall),
                x=arm.tip[0] / tall,
                y=arm.tip[1] / tall,
                length=arm.length,
                hand=float(arm.hand_px),
                track=_track_of(arm.owner, everybody, tracks),
            )
            for arm in found.arms
        ]
        hidden = np.bincount(
            region.facing[found.attached & self._goods], minlength=len(region.sizes)
        ) / np.maximum(region.sizes, 1)
        changes = self._changes(found, frame.time_s, region.boxes(boxes), tracks)
        return HandsLook(frame.time_s, arms, changes, hidden)

    def _facing_at(self, tip: Pair, tall: float) -> int:
        at = round(tip[1]), round(tip[0])
        return int(self._nearest[at]) if self._gap[at] <= self._settings.near_heights * tall else -1

    def _changes(
        self, found: Bodies, time_s: float, boxes: Floats, tracks: Sequence[int]
    ) -> list[ShelfChange]:
        """What has come to rest on the shelf and is new there."""
        s, surface, region = self._settings, self._surface, self._region
        lying = surface.covered & ~_wider(found.attached)
        if not lying.any():
            return []
        count, *parts, _ = cv2.connectedComponentsWithStats(lying.astype(np.uint8))
        pieces, stats = (np.asarray(one, np.int32) for one in parts)
        still = lying & (surface.since_s <= time_s - s.settles_s)
        quiet = np.bincount(pieces[still], minlength=count) >= 0.8 * stats[:, cv2.CC_STAT_AREA]
        quiet[0] = False
        if not quiet.any():
            return []
        resting = quiet[pieces]
        least = max(s.least_px, s.least_part * float(np.median(region.sizes)))
        most = s.most_facings * float(region.sizes.max())
        large = stats[:, cv2.CC_STAT_AREA] > most
        on_goods = np.bincount(pieces[self._goods], minlength=count)
        off = on_goods < 0.4 * stats[:, cv2.CC_STAT_AREA]
        old = surface.since_s <= time_s - s.patient_s
        silent = (large | off)[pieces] & resting & old
        if silent.any():
            surface.settle(silent, time_s)
        fresh = resting & ~(large | off)[pieces]
        changes = []
        for which in self._together(fresh, pieces, stats):
            if which.sum() < least:
                if (surface.since_s[which] <= time_s - 4 * s.settles_s).all():
                    surface.settle(which, time_s)
                continue
            changes.append(self._change(which, time_s, _who(which, boxes, tracks)))
        return changes

    def _together(
        self, fresh: Mask, pieces: NDArray[np.int32], stats: NDArray[np.int32]
    ) -> list[Mask]:
        """Pieces that changed at one time, near each other, are one change."""
        numbers = np.unique(pieces[fresh])
        groups: list[tuple[float, Floats, list[int]]] = []
        for number in numbers.tolist():
            x, y, wide, high, _ = stats[number].tolist()
            here = pieces == number
            since_s = float(np.median(self._surface.since_s[here]))
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
        return [np.isin(pieces, those) for _, _, those in groups]

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
            shares=self._shares(which),
            undoes=undoes,
            detail=detail(before, after, which),
            track=track,
        )
        self._former.changed(which, before, self._number, undoes)
        surface.settle(which, time_s)
        return change

    def _shares(self, which: Mask) -> dict[int, float]:
        """By the facing, or the nearest: goods are seen from above too, beyond their front."""
        counts = np.bincount(self._nearest[which], minlength=len(self._region.sizes))
        return {int(f): float(counts[f] / self._region.sizes[f]) for f in np.flatnonzero(counts)}


def _near(boxes: Floats, shape: tuple[int, ...]) -> bool:
    """Whether one of ``boxes`` (N, 4) reaches into the small picture."""
    inside = (boxes[:, 2:] > 0).all(axis=1) & (boxes[:, :2] < (shape[1], shape[0])).all(axis=1)
    return bool(inside.any())


def _track_of(owner: int, boxes: Floats, tracks: Sequence[int]) -> int | None:
    """The track of box ``owner``; of one that is no track's, that whose box it lies over most. The
    first of ``boxes`` (N, 4) are the tracks'."""
    if owner < 0 or not len(tracks):
        return None
    if owner < len(tracks):
        return tracks[owner]
    own, known = boxes[owner], boxes[: len(tracks)]
    wide = np.minimum(own[2:], known[:, 2:]) - np.maximum(own[:2], known[:, :2])
    over = wide.clip(0).prod(axis=1)
    best = int(np.argmax(over))
    return tracks[best] if over[best] > 0 else None


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


def _nearest(facing: NDArray[np.int16]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """(h, w) the facing nearest to each pixel, and how many pixels off it is."""
    gap, labels = cv2.distanceTransformWithLabels(
        (facing < 0).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    on = facing >= 0
    of = np.zeros(int(labels.max()) + 1, np.int64)
    of[labels[on]] = facing[on]
    return of[labels], np.asarray(gap, np.float32)
