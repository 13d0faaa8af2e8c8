"""What else may tell whether two tracks are of one person. The fusion only asks."""

from __future__ import annotations

from typing import Protocol


class Affinity(Protocol):
    """Looks, or whatever a policy allows: kept in memory by whoever implements it."""

    def affinity(self, camera_a: str, track_a: int, camera_b: str, track_b: int) -> float | None:
        """The logarithm of the likelihood ratio that the two tracks are of one person; None where
        nothing can be said."""
        ...
