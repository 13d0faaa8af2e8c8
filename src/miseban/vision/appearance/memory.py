"""What tracks looked like, for minutes: asked how likely two of them are one person."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

import numpy as np

from miseban.vision.appearance.clothes import LENGTH, PARTS, clothes
from miseban.vision.appearance.salt import Salt
from miseban.vision.bodies import COVERED, covered
from miseban.vision.gain import Gain
from miseban.vision.pixels import Appearance, Frame
from miseban.vision.sealed import Sealed
from miseban.vocabulary.tracks import TrackRows

LOOK_S = 0.8
"""A track is looked at no more often than this."""
LOOKS = 12
"""A track's mean is that of about so many looks."""
MOST_S = 3600.0
"""Nothing is remembered for longer, whatever a policy says."""


@dataclass(frozen=True, slots=True)
class AffinitySettings:
    """How alike the clothes of one person's tracks are, and those of two people's: mean and
    standard deviation of the likeness, which is 0 to 1, above and below the waist. A likelihood
    ratio is at most ``most`` to either side (natural logarithm): clothes are no proof."""

    same: tuple[tuple[float, float], ...] = ((0.93, 0.08), (0.90, 0.10))
    other: tuple[tuple[float, float], ...] = ((0.72, 0.14), (0.82, 0.12))
    most: float = 2.5


@dataclass(slots=True)
class _Part:
    looks: int = 0
    looked_like: Appearance | None = None


@dataclass(slots=True)
class _Track:
    looked_s: float
    seen_s: float
    parts: list[_Part] = field(default_factory=lambda: [_Part() for _ in PARTS])


class AppearanceMemory(Sealed):
    """Offered the frames of several cameras with the rows of their people. What is known of a track
    is forgotten ``keep_s`` seconds after it was last seen, and of all when ``zone``'s day begins:
    whoever keeps it calls ``forget`` as time goes on, since nobody may come to be ``offer``-ed.

    It can be asked ``affinity`` and nothing else: it cannot be written, sent, copied or printed.
    """

    __slots__ = ("_gains", "_keep_s", "_salt", "_settings", "_tracks", "_zone")

    def __init__(
        self, keep_s: float, zone: tzinfo, settings: AffinitySettings | None = None
    ) -> None:
        if not 0 < keep_s <= MOST_S:
            raise ValueError(f"keep_s: expected seconds up to {MOST_S:g}, got {keep_s}")
        self._keep_s, self._zone = keep_s, zone
        self._settings = settings or AffinitySettings()
        self._gains: defaultdict[str, Gain] = defaultdict(Gain)
        self._tracks: dict[tuple[str, int], _Track] = {}
        self._salt: Salt | None = None

    def offer(self, camera: str, frame: Frame, rows: TrackRows, time_s: float) -> None:
        """Looks at people in ``frame`` of ``camera``, whose boxes are among ``rows``; it is not
        kept. ``time_s`` is the frame's in the time that all cameras have in common."""
        self.forget(time_s, frame.utc)
        salt = self._salt_of(frame)
        gain = self._gains[camera].look(frame)
        now = rows.take((rows.frame == frame.number) & (rows.track >= 0))
        hidden = covered(now.xyxy)
        for i, number in enumerate(now.track.tolist()):
            track = self._tracks.setdefault((camera, number), _Track(-math.inf, time_s))
            track.seen_s = time_s
            if hidden[i] > COVERED or time_s < track.looked_s + LOOK_S:
                continue
            for part, seen in zip(track.parts, clothes(frame, now.xyxy[i], gain), strict=True):
                if seen is None:
                    continue
                track.looked_s = time_s
                part.looks = min(part.looks + 1, LOOKS)
                look, before = salt.seal(seen), part.looked_like
                part.looked_like = before.blended(look, 1 / part.looks) if before else look

    def affinity(self, camera_a: str, track_a: int, camera_b: str, track_b: int) -> float:
        """The natural logarithm of how much likelier their clothes are if both tracks are of one
        person than if they are of two; 0 where one is not known."""
        one = self._tracks.get((camera_a, track_a))
        other = self._tracks.get((camera_b, track_b))
        if one is None or other is None:
            return 0.0
        s, ratio = self._settings, 0.0
        for i, (mine, theirs) in enumerate(zip(one.parts, other.parts, strict=True)):
            if mine.looked_like is not None and theirs.looked_like is not None:
                alike = mine.looked_like.similarity(theirs.looked_like)
                ratio += _log_density(alike, *s.same[i]) - _log_density(alike, *s.other[i])
        return float(np.clip(ratio, -s.most, s.most))

    def forget(self, now_s: float, now: datetime) -> None:
        """What was last seen longer ago than ``keep_s`` is gone after this, and all of another day
        than ``now``'s. ``now_s`` is the same moment in the time of ``offer``."""
        if self._salt is not None and self._salt.day != now.astimezone(self._zone).date():
            self._tracks.clear()
            self._salt = None
        for key in [k for k, t in self._tracks.items() if t.seen_s < now_s - self._keep_s]:
            del self._tracks[key]

    def __len__(self) -> int:
        """How many tracks something is known of."""
        return len(self._tracks)

    def _salt_of(self, frame: Frame) -> Salt:
        day = frame.utc.astimezone(self._zone).date()
        if self._salt is None:
            self._salt = Salt(day, LENGTH)
        return self._salt


def _log_density(value: float, mean: float, sd: float) -> float:
    return -0.5 * ((value - mean) / sd) ** 2 - math.log(sd)
