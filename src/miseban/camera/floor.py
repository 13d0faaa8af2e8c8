"""What makes facts of the rows of several cameras, as the loops over them see it."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.events import Event
from miseban.vocabulary.tracks import TrackRows


class Floor(Protocol):
    """Makes facts of the rows of several cameras, all in the common time."""

    def update(self, camera: str, rows: TrackRows, until_s: float) -> None:
        """Rows of ``camera``'s frames up to ``until_s``; a new track's first ones are late."""
        ...

    def advance(self, until_s: float) -> list[Event]:
        """All cameras have told what they saw up to ``until_s``: the facts now certain."""
        ...

    def frames(self, camera: str, time_s: NDArray[np.float64]) -> None:
        """Frames of ``camera`` came at ``time_s`` (N,), with or without people."""
        ...

    def gap(self, camera: str, start_s: float, end_s: float, reason: str) -> list[Event]:
        """``camera`` saw nothing from ``start_s`` to ``end_s``."""
        ...

    def blind(self, camera: str, start_s: float, end_s: float) -> None:
        """``camera`` delivered pictures in which nothing could be seen; other events tell of it."""
        ...

    def hold(self, camera: str, from_s: float) -> None:
        """From ``from_s`` on it may turn out that ``camera`` could not see; infinite: no longer."""
        ...

    def visit_of(self, camera: str, track: int) -> str | None:
        """Whose visit a track of ``camera`` is, as far as anybody knows now."""
        ...

    def finish(self, end_s: float) -> list[Event]:
        """All is over."""
        ...
