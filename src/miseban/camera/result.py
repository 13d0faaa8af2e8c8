"""What came out of one recording or session: the hand-over from ``camera`` to ``insight``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from miseban.space.heat import HeatMap
from miseban.vision.pixels import Image
from miseban.vocabulary.events import Event
from miseban.vocabulary.tracks import TrackRows


def no_progress(time_s: float) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Analysis:
    """What came out of one recording or session.

    ``frames`` (N,) numbers in the source, from 1, and ``times_s`` (N,) of the analysed frames;
    ``detections`` how many of them the detector looked at, or None where there was none;
    ``rows`` the confirmed observations; ``boxes`` every detection by frame number, for hiding
    people in an annotated video (only when asked for); ``background`` a picture without people,
    or None; ``rejected`` rows that could not be used, by reason; ``incomplete`` why the
    recording ended early. Of several cameras, ``sights`` are the rows of each that was fused with
    others on one floor, and ``alone`` those of each that was counted by itself.
    """

    camera: str | None
    start: datetime
    duration_s: float = 0.0
    uncovered_s: float = 0.0
    incomplete: str = ""
    frames: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    times_s: NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    detections: int | None = None
    events: list[Event] = field(default_factory=list)
    rows: TrackRows = field(default_factory=TrackRows.empty)
    boxes: Mapping[int, NDArray[np.float64]] = field(default_factory=dict)
    heat: HeatMap | None = None
    floor_heat: HeatMap | None = None
    background: Image | None = None
    rejected: Mapping[str, int] = field(default_factory=dict)
    sights: Mapping[str, int] = field(default_factory=dict)
    alone: Mapping[str, int] = field(default_factory=dict)

    @property
    def detected(self) -> float | None:
        """The part of the frames that the detector looked at."""
        if self.detections is None:
            return None
        return self.detections / len(self.frames) if len(self.frames) else 0.0

    @property
    def analysed_fps(self) -> float:
        """Analysed frames a second of covered time; 0 when that is unknown."""
        covered_s = self.duration_s - self.uncovered_s
        return len(self.times_s) / covered_s if covered_s > 0 else 0.0
