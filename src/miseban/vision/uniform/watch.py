"""Which tracks wear the uniform: one number each, for as long as they are seen."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from miseban.vision.bodies import COVERED, covered
from miseban.vision.gain import Gain
from miseban.vision.pixels import Frame
from miseban.vision.sealed import Sealed
from miseban.vision.uniform.torso import Uniform
from miseban.vocabulary.tracks import TrackRows

LOOK_S = 0.8
"""A track is looked at no more often than this."""
LOOKS = 12
"""A track's mean is that of about so many looks."""
KEEP_S = 60.0
"""What is known of a track is forgotten so long after it was last seen."""


@dataclass(frozen=True, slots=True)
class UniformSettings:
    """How a track's mean share of near colour speaks: ``slope`` times what it is more than ``even``
    is the logarithm of the likelihood ratio, at most ``most`` to either side, for light and
    shadow on other cloth can look like the uniform. Fitted on drawn pictures of fourteen colours
    in three kinds of light."""

    even: float = 0.52
    slope: float = 10.0
    most: float = 3.0


@dataclass(slots=True)
class _Track:
    seen_s: float
    looked_s: float = -math.inf
    looks: int = 0
    share: float = 0.0


class UniformWatch(Sealed):
    """Offered the frames of several cameras with the rows of their people; asked ``wears``. Of a
    track it holds how much of it was near the colours ``rgb`` (N, 3), 0 to 255 (sRGB), and nothing
    of what its own colours are."""

    __slots__ = ("_gains", "_settings", "_tracks", "_uniform")

    def __init__(
        self, rgb: Sequence[tuple[int, int, int]], settings: UniformSettings | None = None
    ) -> None:
        self._uniform, self._settings = Uniform(rgb), settings or UniformSettings()
        self._gains: defaultdict[str, Gain] = defaultdict(Gain)
        self._tracks: dict[tuple[str, int], _Track] = {}

    def offer(self, camera: str, frame: Frame, rows: TrackRows, time_s: float) -> None:
        """Looks at people in ``frame`` of ``camera``, whose boxes are among ``rows``; it is not
        kept. ``time_s`` is the frame's in the time that all cameras have in common."""
        gain = self._gains[camera].look(frame)
        now = rows.take((rows.frame == frame.number) & (rows.track >= 0))
        hidden = covered(now.xyxy)
        for i, number in enumerate(now.track.tolist()):
            track = self._tracks.setdefault((camera, number), _Track(time_s))
            track.seen_s = time_s
            if hidden[i] > COVERED or time_s < track.looked_s + LOOK_S:
                continue
            share = self._uniform.share(frame, now.xyxy[i], gain)
            if share is None:
                continue
            track.looked_s, track.looks = time_s, min(track.looks + 1, LOOKS)
            track.share += (share - track.share) / track.looks

    def wears(self, camera: str, track: int) -> float | None:
        """The natural logarithm of how many times likelier what was seen of the track is if
        somebody wears the uniform than if not, at most ``most`` to either side; None where nothing
        was seen."""
        known = self._tracks.get((camera, track))
        if known is None or not known.looks:
            return None
        s = self._settings
        return float(np.clip(s.slope * (known.share - s.even), -s.most, s.most))

    def forget(self, now_s: float, now: datetime | None = None) -> None:
        """What was last seen longer ago than ``KEEP_S`` is gone after this. ``now_s`` is in the
        time of ``offer``; ``now`` is not asked for, since nothing here lasts to another day."""
        del now
        for key in [k for k, t in self._tracks.items() if t.seen_s < now_s - KEEP_S]:
            del self._tracks[key]

    def __len__(self) -> int:
        """How many tracks something is known of."""
        return len(self._tracks)
