"""Events about people who need a hand: of class ``assist``, for staff and for nobody else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from miseban.vocabulary.events.base import EventBase, Fraction
from miseban.vocabulary.identifiers import Name

HelpKind = Literal[
    "fall",
    "on_floor",
    "wheelchair",
    "walking_aid",
    "slow_walk",
    "long_search",
    "unmanned_counter",
    "lost_child",
]
Coordinate = Annotated[float, Field(allow_inf_nan=False)]


class AssistEvent(EventBase):
    """What all help signals are: code that chooses content or prices takes none of this type."""


class HelpNeeded(AssistEvent):
    """Somebody may need help at ``place`` (x, y in ``unit``) from ``time`` on; ``help`` names the
    call in later events, ``zone`` is where, if in one."""

    type: Literal["help.needed"] = "help.needed"
    help: str
    kind: HelpKind
    place: tuple[Coordinate, Coordinate]
    unit: Literal["m", "px"]
    zone: Name | None = None
    visit: str | None = None
    confidence: Fraction


class HelpEnded(AssistEvent):
    """The need is over: somebody came, or it passed by itself."""

    type: Literal["help.ended"] = "help.ended"
    help: str
