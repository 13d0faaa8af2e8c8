"""What can be set in the tracker. Times in seconds, lengths in body sizes, never in frames."""

from __future__ import annotations

from dataclasses import dataclass, fields
from math import isfinite


@dataclass(frozen=True, slots=True)
class TrackerSettings:
    """A *size* is the square root of a box's area, so that one set of values serves near and far
    people and every resolution. ``docs/tracking.md`` gives the measured effect of each value.

    Raises ``ValueError`` for a value that is not a finite number greater than 0, for a score
    above 1, or for scores out of order.
    """

    strong_score: float = 0.6
    """Boxes from this score on are matched first and are what confirms a track."""

    birth_score: float = 0.3
    """Unmatched boxes from this score on start a (tentative) track."""

    low_score: float = 0.1
    """Boxes below this are ignored; those from here to ``strong_score`` only continue tracks."""

    keep_score: float = 0.55
    """A confirmed track whose mean recent score is below this, and which stands still, ends
    after ``proof_s``: something that is not a person has taken it over."""

    score_memory_s: float = 2.0
    """Time constant of the mean recent score."""

    confirm_s: float = 0.2
    """Two strong boxes at least this long apart confirm a track."""

    confirm_share: float = 0.5
    """And it must have been seen in this share of the frames since its first box."""

    confirm_move: float = 2.0
    """A track without strong boxes is confirmed when it has moved this many sizes."""

    keep_move: float = 1.0
    """Moving this many sizes within ``proof_s`` keeps a track alive whatever its scores."""

    proof_s: float = 2.0
    """How long a confirmed track may go on without proof (score or movement)."""

    tentative_s: float = 3.0
    """How long a track may stay tentative."""

    grace_s: float = 0.45
    """A tentative track ends, and a confirmed one takes no weak boxes, this long after its last
    box (or after one missed frame, whichever is longer)."""

    lost_s: float = 2.5
    """How long a confirmed track can be found again. A longer pause in the frames ends all."""

    recovery_s: float = 0.7
    """After a loss of this long the motion model starts anew from the two observations around
    the loss, instead of trusting what it guessed in between."""

    position_noise: float = 0.11
    """Standard deviation of a box centre, in sizes."""

    acceleration_noise: float = 0.4
    """Strength of white acceleration, in sizes per second to the power 3/2."""

    first_speed: float = 2.0
    """Standard deviation of a new track's speed, in sizes per second."""

    shape_noise: float = 0.2
    """Standard deviation of the logarithm of a box's width and height."""

    shape_drift: float = 0.05
    """Random walk of the same, per square root of a second."""

    gate: float = 14.0
    """Largest squared normalised distance (Mahalanobis) at which a box can belong to a track."""

    weak_gate: float = 6.0
    """The same for weak boxes."""

    duplicate_overlap: float = 0.3
    """An unmatched box that overlaps a matched one by this IoU is a second view of one person and
    starts no track."""

    smoothing: float = 0.5
    """Weight of the motion model's box against the detector's in what is handed over, 0 to 1."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            least = 0.0 if field.name == "smoothing" else 1e-9
            if not (isfinite(value) and value >= least):
                raise ValueError(f"{field.name}: expected a finite number > 0, got {value!r}")
        for name in ("strong_score", "confirm_share", "duplicate_overlap", "smoothing"):
            if getattr(self, name) > 1:
                raise ValueError(f"{name}: expected at most 1, got {getattr(self, name)!r}")
        if not self.low_score <= self.birth_score <= self.strong_score:
            raise ValueError(
                "expected low_score <= birth_score <= strong_score, got "
                f"{self.low_score}, {self.birth_score}, {self.strong_score}"
            )
