"""What a detector of need says of one second, and the port for objects that others recognise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from miseban.vocabulary.events import HelpKind

Pair = tuple[float, float]
Aid = Literal["wheelchair", "walking_aid"]


@dataclass(frozen=True, slots=True)
class Sign:
    """``kind`` shows in this second at ``xy``. ``who`` stands for whom or what it is about as long
    as the need lasts; ``visit`` is the visit's id, if known; ``confidence`` 0 to 1. ``keeps`` says
    that the need only goes on: it keeps up a call, and begins none."""

    kind: HelpKind
    who: str
    xy: Pair
    confidence: float
    visit: str | None = None
    keeps: bool = False


class KnowsObjects(Protocol):
    """A registered detector that recognises wheelchairs and walking frames beside people."""

    def aid(self, camera: str, track: int) -> tuple[Aid, float] | None:
        """What the person of that track sits in or leans on, as far as was seen lately, with the
        probability; None where nothing was seen."""
        ...
