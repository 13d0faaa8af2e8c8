"""Who needed a hand, from when to when, and who came."""

from __future__ import annotations

from dataclasses import dataclass

from miseban.sim.world.people import Person
from miseban.vocabulary.events import HelpKind


@dataclass(slots=True)
class Help:
    """A need that arose at ``from_s`` at (``x``, ``y``) metres. ``person`` is who needs it;
    ``to_s`` when the need is over, perhaps in the future, none while nobody knows: then it is over
    when the person leaves; ``helper`` is who came, if anybody did."""

    kind: HelpKind
    person: Person
    from_s: float
    x: float
    y: float
    to_s: float | None = None
    helper: Person | None = None


def help_for(kind: HelpKind, person: Person, from_s: float, to_s: float | None = None) -> Help:
    """The need of ``person``, where he or she is at ``from_s``."""
    return Help(kind, person, from_s, *person.trail.place(from_s), to_s)
