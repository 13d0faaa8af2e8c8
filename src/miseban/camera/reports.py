"""What a camera says about itself: ``camera.health`` events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from miseban.vision.health import Finding
from miseban.vocabulary.events import CameraHealth, Event, Trouble
from miseban.vocabulary.identifiers import EventIds
from miseban.vocabulary.stretches import Stretch, joined, without

_Phase = Literal["begins", "lasts", "ends"]

PERIOD_S = 900.0
"""A quarter of an hour of the wall clock, so that all cameras report together."""


class HealthReports:
    """Collects one camera's ``camera.health`` events: a trouble when it begins, when it ends, and
    with every report in between; and a report every ``PERIOD_S`` and at the end, "ok" where nothing
    is wrong. Events about a blind camera tell as ``gap_s`` what was lost since the last of them and
    up to their ``time``, without what gaps in the stream have told: no second is told twice. A gap
    in the midst of it cuts that into an event for what was lost before and one for the rest."""

    def __init__(
        self, shop: str, camera: str, start: datetime, ids: EventIds | None = None
    ) -> None:
        self._shop, self._camera, self._start = shop, camera, start
        self._ids = ids or EventIds()
        self._events: list[Event] = []
        self._troubles: dict[Trouble, Finding] = {}
        self._began_s = 0.0
        self._last_s = 0.0
        self._frames = self._detections = 0
        self._lost: list[Stretch] = []  # the lost coverage that has been told

    def frame(self, time_s: float, *, detected: bool) -> None:
        """A frame was analysed."""
        if time_s >= self._boundary_s():
            self._report(time_s)
        self._frames += 1
        self._detections += detected
        self._last_s = time_s

    def gap(self, start_s: float, end_s: float) -> None:
        """Nothing came from ``start_s`` to ``end_s``, of which another event tells."""
        self._lose([(start_s, end_s)])

    def found(self, finding: Finding) -> None:
        """A trouble began or ended."""
        if finding.phase == "begins":
            self._troubles[finding.trouble] = finding
        else:
            self._troubles.pop(finding.trouble, None)
        self._write(finding.time_s, finding, finding.phase)

    def finish(self, end_s: float) -> None:
        """The session ended: what has not been reported yet is."""
        if self._frames:
            self._report(max(end_s, self._last_s))

    def taken(self) -> list[Event]:
        """The events since the last call."""
        events, self._events = self._events, []
        return events

    def _boundary_s(self) -> float:
        unix = self._start.timestamp()
        return ((unix + self._began_s) // PERIOD_S + 1) * PERIOD_S - unix

    def _report(self, time_s: float) -> None:
        for finding in self._troubles.values():
            self._write(time_s, finding, "lasts")
        if not self._troubles:
            self._write(time_s, None, None)
        self._began_s, self._frames, self._detections = time_s, 0, 0

    def _write(
        self,
        time_s: float,
        finding: Finding | None,
        phase: _Phase | None,
    ) -> None:
        *before, (from_s, _) = self._newly_lost(time_s, finding)
        for part_s, to_s in before:
            begun: _Phase = "begins" if phase == "begins" else "lasts"
            self._tell(to_s, finding, begun, to_s - part_s)
            phase = "lasts" if phase == "begins" else phase
        self._tell(time_s, finding, phase, time_s - from_s)

    def _tell(
        self,
        time_s: float,
        finding: Finding | None,
        phase: _Phase | None,
        gap_s: float,
    ) -> None:
        elapsed_s = time_s - self._began_s
        dx_px, dy_px = finding.shift_px or (None, None) if finding else (None, None)
        self._events.append(
            CameraHealth(
                id=self._ids.at(self._start.timestamp() + time_s),
                time=self._start + timedelta(seconds=time_s),
                shop=self._shop,
                camera=self._camera,
                state=finding.trouble if finding else "ok",
                fps=self._frames / elapsed_s if elapsed_s > 0 else 0.0,
                reason=finding.reason if finding else "",
                phase=phase,
                since=self._start + timedelta(seconds=finding.since_s) if finding else None,
                dx_px=dx_px,
                dy_px=dy_px,
                gap_s=gap_s,
                detected=self._detections / self._frames if self._frames else None,
            )
        )

    def _lose(self, parts: Sequence[Stretch]) -> None:
        """These are told. What ended before anything that may yet be told began is forgotten."""
        since_s = [finding.since_s for finding in self._troubles.values() if finding.blind]
        oldest_s = min([self._last_s, *since_s, *(from_s for from_s, _ in parts)]) - PERIOD_S
        self._lost = [part for part in joined([*self._lost, *parts]) if part[1] > oldest_s]

    def _newly_lost(self, time_s: float, finding: Finding | None) -> list[Stretch]:
        """What is lost up to ``time_s`` and has not been told; the last stretch, which may be
        empty, ends there."""
        if finding is None or not finding.blind:
            return [(time_s, time_s)]
        parts = without((finding.since_s, time_s), self._lost)
        self._lose(parts)
        return parts if parts and parts[-1][1] == time_s else [*parts, (time_s, time_s)]
