"""The shelves that a camera sees: looks at its frames, tells ``shelf.state``, learns from staff."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.camera.shelf_memory import ShelfMemory
from miseban.space.shelf import COMMON, ShelfSettings, ShelfSpace, Verdict
from miseban.vision.pixels import Frame
from miseban.vision.shelf import Look, ShelfEye
from miseban.vocabulary.events import Event, ShelfState
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.lessons import Lesson
from miseban.vocabulary.shop import Facing, Shop

LOOK_S = 1.0
"""A camera looks at its shelves so often."""
HELD_S = 60.0
"""Whoever says how a facing looks may stand before it: so long a clear look is waited for."""
SAID_S = 600.0
"""So long after staff said how a facing looks, nothing else is believed."""
_SLACK_S = 1e-6


@dataclass(frozen=True, slots=True)
class _Said:
    """(F,) which facings are said to be empty, which full, and of which that is a reference."""

    empty: NDArray[np.bool_]
    full: NDArray[np.bool_]
    reference: NDArray[np.bool_]


class ShelfWatch:
    """Of one camera whose pictures are ``width`` x ``height`` pixels; second 0 is ``start``. What
    it holds of the shelves' looks is sealed (``vision.shelf``); what leaves are states, and, once
    it was told where to ``remember``, what staff taught (``shelf_memory``)."""

    def __init__(
        self,
        shop: Shop,
        camera: str,
        width: int,
        height: int,
        start: datetime,
        *,
        look_s: float = LOOK_S,
        settings: ShelfSettings | None = None,
        rng: random.Random | None = None,
    ) -> None:
        self._shop, self._camera, self._start, self._look_s = shop.shop.id, camera, start, look_s
        self._facings = facings_of(shop, camera)
        self._number = {
            (shelf, facing.id): number for number, (shelf, facing) in enumerate(self._facings)
        }
        self._seen_by = shop.camera(camera)
        self._memory: ShelfMemory | None = None
        drawn = self._seen_by.resolution
        facings = [_scaled(facing, width, height, drawn) for _, facing in self._facings]
        self._eye = ShelfEye(facings, width, height)
        self._space = ShelfSpace(len(facings), COMMON, settings)
        self._ids = EventIds(rng)
        self._looked_s = float("-inf")
        self._heard: dict[int, tuple[Lesson, float]] = {}  # until when it is waited for
        self._said_s: dict[int, float] = {}  # when staff spoke of it last

    def offer(self, frame: Frame, people_xyxy: NDArray[np.float64]) -> list[Event]:
        """The next frame, with everything in it that may be a person, (N, 4) in its pixels: what
        is news of the shelves."""
        if not self._facings or frame.time_s < self._looked_s + self._look_s - _SLACK_S:
            return []
        self._looked_s = frame.time_s
        look = self._eye.look(frame, people_xyxy)
        hidden = look.hidden & ~np.bool_(look.lost)
        news = self._space.look(frame.time_s, look.clear, hidden, look.numbers, look.others)
        empty, full = self._space.sure()
        said = self._learn(look, frame.time_s)
        self._eye.is_empty(look.clear & (empty | said.empty) & ~said.full)
        self._eye.is_full(look.clear & full & ~said.empty, 0.02)
        self._eye.is_full(said.full)
        self._eye.is_empty(said.empty & said.reference, 1.0)
        self._eye.is_full(said.full & said.reference, 1.0)
        return [self._event(number, verdict) for number, verdict in news]

    def confirm(self, lesson: Lesson) -> bool:
        """Staff say how a facing looks now: the next clear look at it, within ``HELD_S``, teaches,
        since whoever said so may stand before it, or have filled it a moment ago. A reference is
        what that look becomes; the classifier learns nothing of it, for beside the old one the
        facing looked otherwise than it will; and so is what is full where other goods may stand:
        these are its own from now on, as soon as all of it is seen. A guess is passed over where
        staff spoke of late, and where other goods may stand.
        False for a facing that this camera does not tell of."""
        number = self._number.get((lesson.shelf, lesson.facing))
        if number is None:
            return False
        now_s = max(self._looked_s, 0.0)
        if lesson.guess and now_s < self._said_s.get(number, float("-inf")) + SAID_S:
            return True
        if not lesson.guess:
            self._said_s[number] = now_s
        self._heard[number] = lesson, now_s + HELD_S
        return True

    def remember(self, folder: Path) -> None:
        """What staff teach is kept in ``folder``; what was kept there is known from now on."""
        self._memory = ShelfMemory(folder, self._seen_by, self._facings)
        self._space.remember(self._memory.learnt)

    def learned(self, shelf: str, facing: str) -> int:
        """From how many confirmed moments the facing's own classifier has learned."""
        return self._space.confirmed(self._number[shelf, facing])

    def _learn(self, look: Look, time_s: float) -> _Said:
        """What was said of the facings that were looked at now."""
        clear = look.clear
        said = _Said(*np.zeros((3, len(clear)), np.bool_))
        taught = False
        for number, (lesson, until_s) in list(self._heard.items()):
            other = self._space.may_be_other(number)
            own = other and lesson.state == "full"
            seen = look.whole[number] if own else clear[number]
            if not seen and time_s <= until_s:
                continue
            del self._heard[number]
            if not seen or time_s > until_s or (other and lesson.guess):
                continue
            reference = lesson.reference or own
            if reference:
                self._space.is_its_own(number)
            else:
                learnt = self._space.confirm(number, lesson.state, guess=lesson.guess)
                taught |= learnt and not lesson.guess
            if lesson.guess:
                continue  # what full and empty look like is no guess
            said.empty[number], said.full[number] = lesson.state == "empty", lesson.state == "full"
            said.reference[number] = reference
        if taught and self._memory is not None:
            self._memory.write(self._space.learnt())
        return said

    def _event(self, number: int, verdict: Verdict) -> ShelfState:
        shelf, facing = self._facings[number]
        time = self._start + timedelta(seconds=verdict.since_s)
        return ShelfState(
            id=self._ids.at(time.timestamp()), time=time, shop=self._shop, camera=self._camera,
            shelf=shelf, facing=facing.id, fill=verdict.fill, state=verdict.state,
            confidence=verdict.confidence,
        )  # fmt: skip


def facings_of(shop: Shop, camera: str) -> list[tuple[str, Facing]]:
    """Shelf and facing of all whose state the camera tells, in the order of the shop file."""
    told = [s for s in shop.shelves if s.camera == camera and "state" in s.tells]
    return [(s.id, f) for s in told for f in s.facings]


def open_shelves(
    shop: Shop, camera: str, width: int, height: int, start: datetime
) -> ShelfWatch | None:
    """The watch of ``camera``; None where it tells of no shelf."""
    if not facings_of(shop, camera):
        return None
    return ShelfWatch(shop, camera, width, height, start)


def _scaled(facing: Facing, width: int, height: int, drawn: tuple[int, int]) -> Facing:
    """Drawn on pictures of the shop file's resolution; frames may come in another."""
    if drawn == (width, height):
        return facing
    x, y = width / drawn[0], height / drawn[1]
    return facing.model_copy(update={"polygon": tuple((u * x, v * y) for u, v in facing.polygon)})
