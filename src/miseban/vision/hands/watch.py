"""Looks at the facings of one camera: arms in front of them, and what changed on them after."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from miseban.vision.hands.arms import bodies, height_of, in_boxes, track_of
from miseban.vision.hands.changes import Judge, ShelfChanges
from miseban.vision.hands.judge import hand_judge
from miseban.vision.hands.judge import judge as common
from miseban.vision.hands.outstretched import HandChances, Outstretched
from miseban.vision.hands.pieces import Piece
from miseban.vision.hands.region import Pair, Region
from miseban.vision.hands.settings import HandsSettings
from miseban.vision.hands.surface import Surface
from miseban.vision.pixels import Frame
from miseban.vision.sealed import Sealed
from miseban.vocabulary.hands import ArmSeen, HandSeen, HandsLook, ShelfChange

Floats = NDArray[np.float64]

TIPS_S = 1.5
"""Where hands were is known for so long."""

TIP_PX = 2
"""So many small pixels around its tip are the hand's."""

LYING_S = 0.55
"""What lies on the shelf while somebody is near is looked for so often: it was judged when it came,
and is told later."""

BESIDE = 0.06
"""A body may reach so far beyond its box, in heights."""

REACH = 0.45
"""And a hand so far."""


class HandsWatch(Sealed):
    """``look`` at every frame, in order. It holds small pictures of the shelf: sealed."""

    __slots__ = (
        "_changes", "_first", "_goods", "_hands", "_lay_s", "_region", "_settings", "_surface",
        "_tips", "_unit_px", "_unsure",
    )  # fmt: skip

    def __init__(
        self,
        polygons: Sequence[Sequence[Pair]],
        width: int,
        height: int,
        settings: HandsSettings | None = None,
        judge: Judge | None = None,
        hands: HandChances | None = None,
    ) -> None:
        """``polygons`` are the facings' corners in frames of ``width`` by ``height`` pixels;
        ``judge`` tells goods from arms and ``hands`` hands at the goods from others, None for those
        that all facings share."""
        self._settings = settings or HandsSettings()
        self._region = region = Region.of(polygons, width, height)
        self._goods = region.facing >= 0
        self._surface = Surface()
        self._unit_px = 3.0 * float(np.sqrt(np.median(region.sizes)))
        self._changes = ShelfChanges(
            region, self._surface, self._settings, self._unit_px, judge or _common
        )
        self._hands = Outstretched(region, self._surface, hands or _common_hands)
        self._tips: list[tuple[float, Pair]] = []
        self._first = True
        self._lay_s = -np.inf
        self._unsure: NDArray[np.bool_] | None = None

    @property
    def region(self) -> Region:
        """What it looks at."""
        return self._region

    def look(self, frame: Frame, people: Floats, boxes: Floats, tracks: Sequence[int]) -> HandsLook:
        """``people`` (P, 4) is all that may be somebody in ``frame``, ``boxes`` (N, 4) those who
        are, with their ``tracks``; pixels of the frame."""
        small = self._region.small(frame.bgr)
        return self.look_at(small, frame.time_s, people, boxes, tracks)

    def look_at(
        self, small: NDArray[np.float32], time_s: float, people: Floats, boxes: Floats,
        tracks: Sequence[int],
    ) -> HandsLook:  # fmt: skip
        """The same of ``small`` (h, w, 3), what ``Region.small`` makes of a frame. A box that is
        not finite or has no size is nobody's."""
        region, surface = self._region, self._surface
        kept = _has_size(boxes)
        own, tracks = region.boxes(boxes[kept]), [tracks[n] for n in np.flatnonzero(kept).tolist()]
        everybody = np.concatenate([own, region.boxes(people[_has_size(people)])])
        somebody = _near(everybody, region.facing.shape)
        if not somebody and surface.at_rest(small, time_s):
            self._hands.nobody()
            return HandsLook(time_s, hidden=np.zeros(len(region.sizes)))
        tall = height_of(everybody, self._unit_px)
        self._beside_at_first(everybody, tall)
        surface.take(small, time_s, in_boxes(everybody, region.facing.shape, BESIDE * tall))
        changes: list[ShelfChange] = []
        # What nobody touches in the picture can wait until the hand has left, and is surer then.
        if somebody:
            tips = [tip for _, tip in self._tips]
            changes = self._changes.at_once(time_s, everybody, own, tracks, tips, tall)
        lively = surface.covered & (surface.since_s > time_s - self._settings.lively_s)
        found = bodies(surface.covered, self._goods, lively, everybody, self._unit_px)
        hidden = np.bincount(
            region.facing[found.attached & self._goods], minlength=len(region.sizes)
        ) / np.maximum(region.sizes, 1)
        arms = [
            ArmSeen(
                facing=self._facing_at(arm.tip, tall, hidden),
                x=arm.tip[0] / tall,
                y=arm.tip[1] / tall,
                length=arm.length,
                hand=float(arm.hand_px),
                track=track_of(arm.owner, everybody, tracks),
                rests_s=self._rests_s(arm.tip, time_s),
            )
            for arm in found.arms
        ]
        self._tips = [one for one in self._tips if time_s - one[0] < TIPS_S]
        self._tips += [(time_s, arm.tip) for arm in found.arms]
        for change in changes:
            self._hands.took(change.track, change.until_s, change.more > 0.5)
        others = self._changes.others if somebody else []
        out = [(arm.facing, arm.length) for arm in arms]
        hands = self._hands.look(time_s, others, found.root, out, everybody, tracks, tall)
        if not somebody or time_s - self._lay_s >= LYING_S:
            self._lay_s = time_s
            changes += self._changes.lying(found, time_s, everybody, own, tracks)
        return HandsLook(time_s, arms, changes, hidden, hands, somebody)

    def _beside_at_first(self, everybody: Floats, tall: float) -> None:
        """What is within reach of who was there from the first picture on may have been hidden by
        their hands: how the shelf looks there is not known until they have gone."""
        if self._first:
            shape = self._region.facing.shape
            now = in_boxes(everybody, shape, REACH * tall)
            self._unsure = now if self._unsure is None else self._unsure & now
            self._first = bool(self._unsure.any())
        self._changes.unsure = self._unsure if self._first else None

    def _rests_s(self, tip: Pair, time_s: float) -> float:
        """For how long what is seen around ``tip`` has been there."""
        x, y = round(tip[0]), round(tip[1])
        near = np.s_[max(0, y - TIP_PX) : y + TIP_PX + 1, max(0, x - TIP_PX) : x + TIP_PX + 1]
        since_s = sorted(self._surface.since_s[near][self._surface.covered[near]].tolist())
        return time_s - since_s[len(since_s) // 2] if since_s else 0.0

    def _facing_at(self, tip: Pair, tall: float, hidden: Floats) -> int:
        at = round(tip[1]), round(tip[0])
        facing = int(self._region.nearest[at])
        near = self._region.gap[at] <= self._settings.near_heights * tall
        return facing if near and hidden[facing] >= self._settings.touch_part else -1


def _has_size(boxes: Floats) -> NDArray[np.bool_]:
    """(N,) which of ``boxes`` (N, 4) are finite, and wide and high."""
    finite = np.isfinite(boxes).all(axis=1)
    return np.asarray(finite & (boxes[:, 2:] > boxes[:, :2]).all(axis=1))


def _near(boxes: Floats, shape: tuple[int, ...]) -> bool:
    """Whether one of ``boxes`` (N, 4) reaches into the small picture."""
    inside = (boxes[:, 2:] > 0).all(axis=1) & (boxes[:, :2] < (shape[1], shape[0])).all(axis=1)
    return bool(inside.any())


def _common(pieces: Sequence[Piece]) -> NDArray[np.float32]:
    return common().chances(np.stack([piece.numbers for piece in pieces]))


def _common_hands(numbers: NDArray[np.float32], hands: Sequence[HandSeen]) -> NDArray[np.float32]:
    del hands
    return hand_judge().chances(numbers)[:, 1]
