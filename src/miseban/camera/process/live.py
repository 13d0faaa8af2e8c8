"""The loop over live cameras: frames in, events out as soon as they are certain, for ever; and
beside them, for a plan on a screen, who is seen at this moment.

Nothing is kept of a frame, and of people only what is not certain yet, so memory does not grow with
time. A camera that is away is not waited for: its lost time is told while it lasts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from queue import SimpleQueue

from miseban.camera.appearance import AppearanceMemory
from miseban.camera.in_step import first_start, offset_s
from miseban.camera.process.feeds import Feeds
from miseban.camera.shelf_memory import forget
from miseban.camera.shop_opening import open_floor
from miseban.camera.together import LENIENT, Together
from miseban.space.now import Seen
from miseban.vision.detectors.detection import Detector
from miseban.vision.sources.source import Source
from miseban.vision.tracker import TrackerSettings
from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.errors import Failed
from miseban.vocabulary.events import Event
from miseban.vocabulary.lessons import Lesson
from miseban.vocabulary.shop import Shop

TURN_S = 0.2
"""Events are asked for this often, and the loop says that it lives, in seconds."""
SILENT_S = 3.0
"""Without a frame for so long a camera is not waited for by the others."""
AWAY_S, MARGIN_S = 15.0, 5.0
"""Every so often lost coverage is told while it lasts, up to ``MARGIN_S`` ago: the next frame may
have been taken so long before it comes."""
SHOWN_S, NOW_S = 0.5, 2.5
"""Who is seen now is shown so often: whoever was seen in the last ``NOW_S`` of the stream. With
less, those whom a detector misses for two frames would flicker; the fusion is a second behind."""

Show = Callable[[float, list[Seen], list[str]], None]
"""Is handed the second of the stream, who is seen then, and the cameras that look."""


class LiveLoop:
    """Runs ``sources`` by camera with their detectors until ``stopped()``; ``tell`` is handed
    events as they become certain and ``beat`` is called at least every second.

    ``looks`` and ``uniform`` look at people's clothes, where policy and shop file say so.
    ``start`` is second 0 of all times; ``frames`` counts those analysed. ``clock`` is monotonic.
    ``show`` is called twice a second while frames come, and must not wait. ``lessons`` is what
    staff have said of shelves, put there by any thread; what was learned is kept in the folder
    ``memory``.
    """

    def __init__(
        self,
        shop: Shop,
        sources: Mapping[str, tuple[Source, Detector]],
        tell: Callable[[list[Event]], None],
        *,
        gate: bool = True,
        looks: AppearanceMemory | None = None,
        uniform: UniformWatch | None = None,
        show: Show | None = None,
        lessons: SimpleQueue[Lesson] | None = None,
        memory: Path | None = None,
        beat: Callable[[], None] = lambda: None,
        stopped: Callable[[], bool] = lambda: False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        opened = {name: source for name, (source, _) in sources.items()}
        self.start: datetime = first_start(list(opened.values()))
        names = list(sources)
        self._floor = open_floor(
            shop, names, self.start, detected=True, affinity=looks, uniform=uniform
        )
        # A camera that nobody contradicts must be as sure of a box as in a recording.
        tracker = LENIENT if len(sources) > 1 else TrackerSettings()
        self._together = Together(
            shop, sources, self.start, self._floor, tracker=tracker, gate=gate, keep_rows=False,
            eyes=[eye for eye in (looks, uniform) if eye is not None],
        )  # fmt: skip
        if memory is not None:
            self._remember(memory)
        self._feeds = Feeds(opened)
        self._tell, self._beat, self._stopped, self._clock = tell, beat, stopped, clock
        self._seen_s = {name: offset_s(source, self.start) for name, source in opened.items()}
        self._lessons = lessons
        self._show, self._show_at = show, float("-inf")
        self._came_at: dict[str, float] = {}
        self._told_at: dict[str, float] = {}
        self._done_s = 0.0
        self.frames = 0

    def run(self) -> None:
        """Until ``stopped()``; then everything still open is closed and told. Raises ``Failed``
        when a detector or a source breaks, after what was seen has been told."""
        began = self._clock()
        self._came_at = dict.fromkeys(self._seen_s, began)
        self._feeds.start()
        try:
            while not self._stopped():
                self._beat()
                self._learn()
                self._turn()
                if self._feeds.broken:
                    name, why = next(iter(self._feeds.broken.items()))
                    raise Failed("camera", name, why)
        finally:
            self._feeds.stop()
            self._tell(self._together.finish(max(self._done_s, self._together.end_s)))

    def _remember(self, memory: Path) -> None:
        for name, view in self._together.views.items():
            if view.shelves is None:
                forget(memory, name)
            else:
                view.shelves.remember(memory)

    def _learn(self) -> None:
        while self._lessons is not None and not self._lessons.empty():
            lesson = self._lessons.get()
            for view in self._together.views.values():
                if view.shelves is not None:
                    view.shelves.confirm(lesson)

    def _turn(self) -> None:
        frames = self._feeds.take(TURN_S)
        for name in sorted(frames, key=lambda n: self._together.common_s(n, frames[n])):
            frame = frames.pop(name)
            if not self._together.take(name, frame):
                raise Failed("camera", name, self._together.views[name].fault)
            self.frames += 1
            self._seen_s[name] = self._together.common_s(name, frame)
            self._came_at[name] = self._clock()
            self._told_at.pop(name, None)
            del frame
        now = self._clock()
        awake = [name for name, at in self._came_at.items() if now - at < SILENT_S]
        for name in self._came_at:
            if name not in awake:
                self._away(name, now)
        known_s = min((self._seen_s[name] for name in awake), default=self._told_s())
        if known_s > self._done_s:
            self._done_s = known_s
            self._tell(self._together.advance(known_s))
            if self._show is not None and now >= self._show_at:
                # Even beats, so that dots move evenly.
                self._show_at = max(self._show_at + SHOWN_S, now)
                self._show(known_s, self._floor.now(known_s - NOW_S), awake)

    def _away(self, name: str, now: float) -> None:
        """No frames come from ``name`` at the moment."""
        silent_s = now - self._came_at[name]
        told_at = self._told_at.get(name)
        if told_at is None:
            self._together.silent(name, self._seen_s[name])  # minutes wait from here on
            self._told_at[name] = self._came_at[name]
        elif silent_s > AWAY_S and now - told_at >= AWAY_S:
            self._together.silent(name, self._seen_s[name] + silent_s - MARGIN_S)
            self._told_at[name] = now

    def _told_s(self) -> float:
        """With every camera away, up to where that has been told of all."""
        return min(self._together.told_s(name) for name in self._seen_s)
