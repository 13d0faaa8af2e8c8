"""How many frames a second are analysed, so that a processor that is too slow keeps up evenly.

A live source hands over its latest frame, so a slow processor loses frames anyway: at random, and
it never rests. It is better to take fewer on purpose. No clock is read here: how long the work
took is told.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaceSettings:
    """``floor_fps`` frames a second are always taken, where they come: counts hold down to 2.
    Every ``window_s`` the load is looked at, the part of the time spent working: above ``most`` the
    rate goes down so far that it would be ``aim``, below ``least`` it goes up again."""

    floor_fps: float = 2.0
    window_s: float = 5.0
    most: float = 0.9
    aim: float = 0.75
    least: float = 0.6


class Pace:
    """Chooses the frames of a stream of ``fps`` frames a second; ``fps`` is at least the floor."""

    def __init__(self, fps: float, settings: PaceSettings | None = None) -> None:
        self._settings = settings or PaceSettings()
        self._full = fps
        self._now = fps
        self._due_s = float("-inf")
        self._window_began_s: float | None = None
        self._busy_s = 0.0

    @property
    def fps(self) -> float:
        """Frames a second that are taken now, at most."""
        return self._now

    @property
    def slowed(self) -> bool:
        """Whether that is fewer than there could be."""
        return self._now < self._full

    def takes(self, time_s: float) -> bool:
        """Whether the frame at ``time_s`` is analysed: asked once for each, in order of time."""
        if not self.slowed:
            return True
        if time_s < self._due_s - 0.5 / self._full:
            return False
        self._due_s = max(self._due_s, time_s - 1 / self._now) + 1 / self._now
        return True

    def spent(self, time_s: float, busy_s: float) -> None:
        """Analysing the frame at ``time_s`` took ``busy_s`` seconds of a clock."""
        settings = self._settings
        if self._window_began_s is None or time_s < self._window_began_s:
            self._window_began_s, self._busy_s = time_s, 0.0
        elapsed_s = time_s - self._window_began_s
        if elapsed_s < settings.window_s:
            self._busy_s += busy_s
            return
        load = self._busy_s / elapsed_s
        if load > settings.most:
            floor_fps = min(settings.floor_fps, self._full)
            self._now = max(floor_fps, self._now * settings.aim / load)
        elif load < settings.least and self.slowed:
            self._now = min(self._full, self._now * min(2.0, settings.aim / max(load, 0.01)))
        self._window_began_s, self._busy_s = time_s, busy_s
