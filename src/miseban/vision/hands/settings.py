"""What counts as at rest, and as near, when a camera looks for hands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HandsSettings:
    """Seconds, and parts."""

    settles_s: float = 0.5
    """What lies on the shelf and has not moved for so long has come to rest."""

    least_part: float = 0.01
    """A change of less of a facing is none; what is smaller is learnt silently."""

    least_px: int = 6
    """And one of fewer small pixels."""

    most_facings: float = 1.5
    """What is larger than so many facings is no goods, but somebody or something in front."""

    lively_s: float = 1.5
    """An arm that comes in over the edge does not hold still for so long."""

    patient_s: float = 6.0
    """What is no change is learnt after so long without moving, with nobody near."""

    near_heights: float = 0.08
    """A hand is at a facing when it is so near to it, in body heights."""

    touch_part: float = 0.02
    """And when this part of the facing is hidden, by it or by anything."""
