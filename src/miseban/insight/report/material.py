"""What a report is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from miseban.vocabulary.events import Event
from miseban.vocabulary.summary import Summary


@dataclass(frozen=True)
class ReportMaterial:
    """``summary`` must have been made from ``events`` (counting rule 11).

    ``entrances`` are the lines that lead into the shop: visitors are counted there, and not at
    lines between two of its parts. ``timezone`` is the shop's IANA name; ``names`` display names
    by id of shop, cameras and zones, ``line_names`` those of lines, which may share an id with one
    of them (an id without a name is shown itself).
    ``heat_picture_png`` and ``heat_floor_png`` are the bytes of PNG files; ``background_known``
    tells whether the picture lies over a background without people or a plain one. ``truth`` are
    the numbers of what really happened, where somebody knows them.
    """

    summary: Summary
    events: Sequence[Event]
    timezone: str
    entrances: Set[str] = field(kw_only=True)
    names: Mapping[str, str] = field(default_factory=dict)
    line_names: Mapping[str, str] = field(default_factory=dict, kw_only=True)
    heat_picture_png: bytes | None = None
    heat_floor_png: bytes | None = None
    background_known: bool = False
    truth: Summary | None = None

    def name(self, ident: str) -> str:
        return self.names.get(ident) or ident

    def line_name(self, ident: str) -> str:
        return self.line_names.get(ident) or ident
