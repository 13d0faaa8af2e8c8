"""The uniform in the camera room: from what is seen of tracks to what is told of visits."""

from __future__ import annotations

from typing import Protocol

from miseban.vision.uniform import UniformWatch
from miseban.vocabulary.policies import allow_uniform
from miseban.vocabulary.shop import Shop


class Wears(Protocol):
    """Knows of tracks whether they wear the uniform."""

    def wears(self, camera: str, track: int) -> float | None:
        """The logarithm of a likelihood ratio; None where nothing was seen."""
        ...


class Holds(Protocol):
    """Knows whose each track is."""

    def tracks_of(self, visit: int) -> list[tuple[str, int]]:
        """The camera and the number of each track that is of the visit now."""
        ...


class UniformOfVisits:
    """Whether visits wear the uniform: the mean of what their tracks of this moment say. Cameras
    see one shirt in one shop's light, so that two that agree are hardly surer than one.

    It is asked for one number at a time and holds none.
    """

    def __init__(self, tracks: Wears, visits: Holds) -> None:
        self._tracks, self._visits = tracks, visits

    def uniform(self, visit: int) -> float | None:
        """The logarithm of how many times likelier what is seen of the visit now is if it wears the
        uniform than if not; None where nothing is seen of it, and of a visit nobody knows."""
        told = [self._tracks.wears(*track) for track in self._visits.tracks_of(visit)]
        known = [one for one in told if one is not None]
        return sum(known) / len(known) if known else None


def open_uniform(shop: Shop, where: object) -> UniformWatch | None:
    """Who looks for the uniform that ``shop`` (read from ``where``) names; None where it names
    none, and nobody looks. Raises ``BadInput`` (``uniform-refused``) where the policy tells nothing
    of staff."""
    if not allow_uniform(shop, where) or shop.staff is None:
        return None
    return UniformWatch(shop.staff.uniform_rgb)
