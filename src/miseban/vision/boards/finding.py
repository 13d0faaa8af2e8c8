"""Finds printed boards in frames, and tells where they lay still."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.boards.edges import sharp_corners
from miseban.vision.boards.sheet import DICTIONARY
from miseban.vision.pixels import Frame

Floats = NDArray[np.float64]

STILL_S = 1.0
"""A board that keeps its place for so long has been laid down."""
STILL_PX = 1.5
GONE_S = 1.0
_SMALL = 1280  # narrower pictures are looked at enlarged: a marker's cells need pixels
_FEWEST = 3  # sights of one placement


@dataclass(frozen=True, slots=True)
class Placement:
    """Sheet number ``sheet`` lay still from ``from_s`` to ``to_s`` with its ``corners`` (4, 2) in
    pixels, clockwise from the top left of the print: means of all frames."""

    sheet: int
    corners: Floats
    from_s: float
    to_s: float


@dataclass(slots=True)
class _Lying:
    corners: list[Floats]
    from_s: float
    last_s: float


@dataclass(slots=True)
class BoardFinder:
    """Fed every frame, in order of time."""

    _lying: dict[int, _Lying] = field(default_factory=dict)
    _done: list[Placement] = field(default_factory=list)
    _detector: cv2.aruco.ArucoDetector | None = None

    def look(self, frame: Frame) -> None:
        """Takes in one frame."""
        now = frame.time_s
        for sheet, corners in self._found(frame):
            lying = self._lying.get(sheet)
            if lying is not None:
                middle = np.median(lying.corners[-9:], axis=0)
                moved = float(np.abs(corners - middle).max())
                if now - lying.last_s <= GONE_S and moved <= STILL_PX:
                    lying.corners.append(corners)
                    lying.last_s = now
                    continue
                self._close(sheet)
            self._lying[sheet] = _Lying([corners], now, now)

    def placements(self) -> list[Placement]:
        """All so far, in order of time."""
        for sheet in list(self._lying):
            self._close(sheet)
        return sorted(self._done, key=lambda placed: placed.from_s)

    def _close(self, sheet: int) -> None:
        lying = self._lying.pop(sheet)
        if lying.last_s - lying.from_s >= STILL_S and len(lying.corners) >= _FEWEST:
            corners = np.mean(lying.corners, axis=0)
            self._done.append(Placement(sheet, corners, lying.from_s, lying.last_s))

    def _found(self, frame: Frame) -> list[tuple[int, Floats]]:
        """(sheet, corners (4, 2) in pixels, the first pixel's middle at (0.5, 0.5))."""
        if self._detector is None:
            options = cv2.aruco.DetectorParameters()
            options.minMarkerPerimeterRate = 0.01
            options.adaptiveThreshWinSizeMax = 43
            dictionary = cv2.aruco.getPredefinedDictionary(DICTIONARY)
            self._detector = cv2.aruco.ArucoDetector(dictionary, options)
        own = np.asarray(cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2GRAY), np.uint8)
        grey = own
        times = 1 if frame.width >= _SMALL else 2 if frame.width >= _SMALL // 2 else 3
        if times > 1:
            size = (frame.width * times, frame.height * times)
            grey = np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_CUBIC), np.uint8)
        corners, numbers, _ = self._detector.detectMarkers(grey)
        if numbers is None:
            return []
        found = zip(np.ravel(numbers).tolist(), corners, strict=True)
        return [
            (int(n), sharp_corners(own, (np.asarray(c, np.float64).reshape(4, 2) + 0.5) / times))
            for n, c in found
        ]
