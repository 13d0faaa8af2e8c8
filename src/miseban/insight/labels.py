"""What is known of visits in the end: role and group, where somebody can tell them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from miseban.vocabulary.events import Event, Role, VisitEnded, VisitLabelled


@dataclass(frozen=True, slots=True)
class Labels:
    """By visit; who is in neither is not known."""

    roles: dict[str, Role]
    groups: dict[str, str]

    @property
    def staff(self) -> frozenset[str]:
        """Visits of those who work here: they leave all figures about shoppers."""
        return frozenset(visit for visit, role in self.roles.items() if role == "staff")


def labels(events: Iterable[Event]) -> Labels:
    """The last that was said of each visit stands for the whole of it (``visit.labelled``)."""
    told = [event for event in events if isinstance(event, VisitEnded | VisitLabelled)]
    # What is said of a visit at its end comes before what became known later.
    told.sort(key=lambda event: (isinstance(event, VisitLabelled), event.time, event.id))
    roles: dict[str, Role] = {}
    groups: dict[str, str] = {}
    for event in told:
        if event.role is not None:
            roles[event.visit] = event.role
        elif isinstance(event, VisitLabelled):
            roles.pop(event.visit, None)
        if event.group is not None:
            groups[event.visit] = event.group
        elif isinstance(event, VisitLabelled):
            groups.pop(event.visit, None)
    return Labels(roles, groups)
