"""The eye on a shelf: from pictures to numbers about each facing, light and bumps taken out.

What it keeps of a facing is a patch of a few hundred samples of goods and boards, taken only while
nobody is before them; it is sealed like every picture.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame
from miseban.vision.sealed import Sealed
from miseban.vision.shelf.columns import ColumnModel, goods
from miseban.vision.shelf.edges import STEADY, Edges
from miseban.vision.shelf.features import features
from miseban.vision.shelf.grid import COLUMNS, EDGE_ROWS, ROWS, Grid, behind_people
from miseban.vision.shelf.held import HeldColumns
from miseban.vision.shelf.light import light
from miseban.vision.shelf.others import others
from miseban.vision.shelf.patches import Patches
from miseban.vision.shelf.registration import Registration
from miseban.vocabulary.shop import Facing

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Mask = NDArray[np.bool_]

DARK = 6.0
"""Grey levels added before the logarithm: what is nearly black is mostly noise."""
BRIGHT = 30.0
"""A facing whose samples are darker on average than this cannot be told."""
BEFORE = 0.55
"""Of a facing's samples may be behind people for the rest to be looked at: what they hide is as it
was."""
LEAST, SOME, MOST = 0.6, 0.4, 0.97
"""A facing is looked at if so many of its samples lie in the picture and so many can be seen, and
taught if so many can."""
GOODS_OFF = 0.10
"""A column of goods differs by so much from an empty board."""
MOVING, MOVED = 0.14, 0.10
"""A sample moves that differs by so much from the look before; so many of them, and a facing."""
NEAR = 7
"""The light on a facing is taken from the edges of so many that are nearest, itself included."""


@dataclass(frozen=True, slots=True)
class Look:
    """Of all facings at one moment. ``clear`` (F,) are those that could be looked at; ``hidden``
    (F,) those that somebody or something is before. ``numbers`` (F, D) are the ``features``, of
    use where ``clear``; ``others`` (F, K) say whether its own goods stand there. ``whole`` (F,) are
    those of which nothing is hidden. ``lost``: the view is not where it was, nor found elsewhere.
    """

    time_s: float
    clear: Mask
    hidden: Mask
    numbers: Doubles
    others: Doubles
    whole: Mask
    lost: bool


class ShelfEye(Sealed):
    """Looks at ``facings`` in the pictures of one camera, ``width`` x ``height`` pixels. Which of
    their columns are bare, ``columns`` tells."""

    __slots__ = (
        "_before", "_counts", "_edges", "_empty", "_full", "_grid", "_has_empty", "_held", "_near",
        "_now", "_registration", "_seen", "_spots", "_spots_of",
    )  # fmt: skip

    def __init__(
        self, facings: Sequence[Facing], width: int, height: int, columns: ColumnModel | None = None
    ) -> None:
        self._grid = Grid(facings, width, height)
        self._registration = Registration(width, height)
        count = len(facings)
        self._full: Floats = np.zeros((count, ROWS, COLUMNS, 3), np.float32)
        self._empty: Floats = np.zeros_like(self._full)
        self._edges = Edges(count)
        self._seen = np.zeros((count, ROWS, COLUMNS), np.int64)  # how often a sample was clear
        self._has_empty = np.zeros(count, np.bool_)
        self._held = HeldColumns(columns or goods(), count, COLUMNS)
        self._before: tuple[Floats, Mask, Mask] | None = None
        self._counts: Mask = self._grid.inside
        self._now: Floats = self._full
        middle = np.array([quad.corners.mean(axis=0) for quad in self._grid.quads]).reshape(-1, 2)
        apart = np.linalg.norm(middle[:, None] - middle[None], axis=2)
        self._near = np.argsort(apart, axis=1)[:, :NEAR]
        self._spots_of: Doubles | None = None
        self._spots = self._grid.spots

    @property
    def tellable(self) -> Mask:
        """(F,) whether a facing is large enough in the picture."""
        return self._grid.tellable

    def look(self, frame: Frame, people_xyxy: Doubles) -> Look:
        """``frame``, and everything in it that may be a person (N, 4), in its pixels."""
        grid = self._grid
        people = np.asarray(people_xyxy, np.float64).reshape(-1, 4)
        self._registration.look(frame.bgr, people)
        lost = self._registration.lost
        if self._registration.homography is not self._spots_of:
            self._spots_of = self._registration.homography
            self._spots = grid.moved(self._spots_of)
        picture = frame.bgr
        if grid.scale < 1:
            picture = np.asarray(cv2.resize(picture, grid.size, interpolation=cv2.INTER_AREA))
        picture = np.asarray(cv2.GaussianBlur(picture, (3, 3), 0.8), np.uint8)
        fronts, edges, there, edge_there = grid.sample(picture, self._spots)
        behind = behind_people(self._spots, people).reshape(len(fronts), ROWS + EDGE_ROWS, COLUMNS)
        counts = there & grid.inside
        level = fronts.mean(axis=(1, 2, 3))
        fronts, edges = np.log(fronts + DARK), np.log(edges + DARK)
        free_edge = edge_there & ~behind[:, ROWS:]
        known_edges = self._edges
        gain = light(edges, known_edges.levels, known_edges.known, free_edge, self._near)[
            :, None, None
        ]
        now, edge_now = fronts - gain, edges - gain
        hidden = behind.mean(axis=(1, 2)) > BEFORE
        other = known_edges.hidden(edge_now, free_edge)
        if not lost:
            known_edges.again(edge_now, free_edge, other)
        hidden |= other
        front = ~behind[:, :ROWS]
        still = self._still(now, hidden, front)
        usable = (level > BRIGHT) & (counts.mean(axis=(1, 2)) > LEAST) & self.tellable
        clear = usable & ~hidden & still & ~np.bool_(lost)
        whole, counts = counts, counts & front
        self._now, self._counts = now, counts
        self._begin(now, edge_now, clear, free_edge)
        known = self._seen >= STEADY
        whole, counts = whole & known, counts & known
        self._complete(clear, counts)
        clear &= counts.mean(axis=(1, 2)) > SOME
        edge = np.where(known_edges.known[:, None, None, None], known_edges.levels, edge_now)
        patches = Patches(now, self._full, self._empty, self._has_empty, edge, counts)
        told = self._told(patches, clear, whole)
        veiled = clear & self._held.veiled
        clear, hidden = clear & ~veiled, hidden | veiled
        return Look(frame.time_s, clear, hidden, *told, clear & self._all_seen, lost)

    @property
    def _all_seen(self) -> Mask:
        """(F,) of which the last look saw all, or nearly."""
        return np.asarray(self._counts.mean(axis=(1, 2)) > MOST, np.bool_)

    def _told(self, patches: Patches, clear: Mask, whole: Mask) -> tuple[Doubles, Doubles]:
        """The numbers (F, D) and (F, K); ``whole`` (F, R, C) would count if nobody were there."""
        odds, own = self._held.look(patches, clear, whole), self._held.when_full(patches)
        return features(patches, odds), others(patches, odds, own, clear)

    def is_empty(self, which: Mask, part: float = 0.3) -> None:
        """Those ``which`` (F,) were looked at last, and are empty: so they look."""
        which = which & self._all_seen
        weight = np.where(self._has_empty, part, 1.0)[:, None, None, None] * _like(which, self._now)
        self._empty = np.asarray(self._empty + weight * (self._now - self._empty), np.float32)
        self._has_empty |= which

    def is_full(self, which: Mask, part: float = 0.3) -> None:
        """Those ``which`` (F,) were looked at last, and are full: so they look."""
        weight = part * _like(which, self._now) * self._counts[..., None]
        self._full = np.asarray(self._full + weight * (self._now - self._full), np.float32)

    def _still(self, now: Floats, hidden: Mask, front: Mask) -> Mask:
        """(F,) whether a facing looks as at the look before, at which nobody was before it."""
        before, self._before = self._before, (now, hidden, front)
        if before is None:
            return np.zeros(len(now), np.bool_)
        moving = (np.abs(now - before[0]).mean(axis=3) > MOVING) & front & before[2]
        return np.asarray((moving.mean(axis=(1, 2)) < MOVED) & ~before[1], np.bool_)

    def _begin(self, now: Floats, edges: Floats, clear: Mask, free_edge: Mask) -> None:
        """The first clear looks are the reference: the fullest that is known."""
        young = self._counts & clear[:, None, None] & (self._seen < STEADY)
        self._seen += young
        part = np.where(young, 1 / np.maximum(self._seen, 1), 0)[..., None].astype(np.float32)
        self._full = np.asarray(self._full + part * (now - self._full), np.float32)
        self._edges.learn(edges, free_edge, clear)

    def _complete(self, clear: Mask, counts: Mask) -> None:
        """Where the reference shows bare board and goods stand there now, they are what a full
        facing looks like: it may have been half sold when it was first seen."""
        if not self._has_empty.any():
            return
        bare = self._boards()
        weight = counts.astype(np.float32)
        weight[:, : ROWS // 3] = 0  # goods need not be so high
        total = weight.sum(axis=1)

        def off(one: Floats, other: Floats) -> Floats:
            apart = np.abs(one - other).mean(axis=3)
            return np.asarray((apart * weight).sum(axis=1) / np.maximum(total, 1e-6), np.float32)

        goods = (off(self._now, bare) > 2 * GOODS_OFF) & (off(self._full, bare) < GOODS_OFF)
        goods &= clear[:, None] & (total > ROWS // 3)
        sudden = goods[:, None, :, None] & counts[..., None]
        self._full = np.asarray(np.where(sudden, self._now, self._full), np.float32)

    def _boards(self) -> Floats:
        """(F, ROWS, COLUMNS, 3) how each facing looks when empty: as it was seen, or row by row as
        the nearest in height that was, by its edge."""
        known = np.flatnonzero(self._has_empty)
        high = np.array([quad.corners[:, 1].mean() for quad in self._grid.quads])
        like = known[np.argmin(np.abs(high[:, None] - high[known][None]), axis=1)]
        rows = np.median(self._empty[like], axis=2, keepdims=True)
        edge = np.median(self._edges.levels, axis=(1, 2), keepdims=True)
        guess = rows - edge[like] + edge
        own = self._has_empty[:, None, None, None]
        return np.asarray(np.where(own, self._empty, guess), np.float32)


def _like(which: Mask, patches: Floats) -> Floats:
    return np.asarray(which[:, None, None, None] * np.ones_like(patches[:1]), np.float32)
