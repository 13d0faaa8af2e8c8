"""A camera watches itself: is the processor quick enough, and does it still see what it should?"""

from __future__ import annotations

import time
from collections.abc import Callable

from miseban.camera.looking import Looking
from miseban.camera.reports import HealthReports
from miseban.vision.gate import Pace
from miseban.vision.health import Finding, ViewHealth
from miseban.vision.pixels import Frame
from miseban.vision.sources.source import SourceInfo
from miseban.vocabulary.events import Event, Trouble
from miseban.vocabulary.shop import Shop
from miseban.vocabulary.stretches import joined


class SelfWatch:
    """Of one session. For each frame: ``takes``, then, if it is analysed, ``saw``.

    ``blind`` is the stretch, in seconds from and to, in which nothing could be seen, as far as it
    was found with the last frame; None for none. ``blinded`` are all of them, joined.
    From ``doubtful_s`` on, in seconds, it may yet turn out that nothing could be seen.

    ``clock`` in seconds measures how long the work takes. It is asked for live sources only: a
    recording waits, and gives the same results on every machine.
    """

    def __init__(
        self,
        shop: Shop,
        camera: str,
        info: SourceInfo,
        *,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._reports = HealthReports(shop.shop.id, camera, info.start)
        self._pace = Pace(shop.camera(camera).fps) if info.live else None
        self._view = ViewHealth(info.width, info.height)
        self._clock = clock
        self._began = 0.0
        self._detections = 0
        self._slow_since_s: float | None = None
        self.blind: tuple[float, float] | None = None
        self.blinded: list[tuple[float, float]] = []
        self._blind: set[Trouble] = set()
        self._blind_to_s = 0.0

    @property
    def doubtful_s(self) -> float:
        return self._view.doubtful_s

    def takes(self, frame: Frame) -> bool:
        """Whether the processor has time for ``frame``."""
        if self._pace is None:
            return True
        if not self._pace.takes(frame.time_s):
            return False
        self._began = self._clock()
        return True

    def saw(self, frame: Frame, looking: Looking) -> list[Event]:
        """``frame`` was analysed, all of it. Returns what was found."""
        detected = looking.detections > self._detections
        self._detections = looking.detections
        self._reports.frame(frame.time_s, detected=detected)
        found = self._view.look(frame, looking.people_xyxy)
        self._tell_blind(frame.time_s, found)
        for finding in found:
            self._reports.found(finding)
        if self._pace is not None:
            self._pace.spent(frame.time_s, self._clock() - self._began)
            self._tell_pace(frame.time_s, self._pace)
        return self._reports.taken()

    def gap(self, start_s: float, end_s: float) -> None:
        """The source delivered nothing from ``start_s`` to ``end_s``."""
        self._reports.gap(start_s, end_s)

    def finish(self, end_s: float) -> list[Event]:
        """The last report."""
        self._reports.finish(end_s)
        return self._reports.taken()

    def _tell_blind(self, time_s: float, found: list[Finding]) -> None:
        was = bool(self._blind)
        begun = [self._blind_to_s] if was else []
        for finding in found:
            if not finding.blind:
                continue
            if finding.phase == "begins":
                begun.append(finding.since_s)
                self._blind.add(finding.trouble)
            else:
                self._blind.discard(finding.trouble)
        self.blind = None
        if was or self._blind:
            self.blind = min(begun), time_s
            self.blinded = joined([*self.blinded, self.blind])
            self._blind_to_s = time_s

    def _tell_pace(self, time_s: float, pace: Pace) -> None:
        since_s = self._slow_since_s
        if pace.slowed == (since_s is not None):
            return
        self._slow_since_s = time_s if since_s is None else None
        self._reports.found(
            Finding(
                "slow",
                "begins" if since_s is None else "ends",
                time_s,
                time_s if since_s is None else since_s,
                f"the processor keeps up with {pace.fps:.1f} frames a second",
            )
        )
