"""Areas ranked by use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from miseban.insight.report.material import ReportMaterial
from miseban.vocabulary.events import ZoneOccupancy
from miseban.vocabulary.summary import ZoneSummary

# Crew zones are left out: staff are not measured (privacy rule 5). Private ones see nobody.
RANKED_KINDS = frozenset({"area", "queue", "counter", "signage", "entrance"})


@dataclass(frozen=True)
class AreaRow:
    """``share`` of all the time spent in areas; ``busiest`` the end of the period that was the
    fullest, None when nobody came."""

    name: str
    numbers: ZoneSummary
    share: float
    busiest: datetime | None


def area_rows(material: ReportMaterial) -> list[AreaRow]:
    """Most used first."""
    zones = {
        ident: zone for ident, zone in material.summary.zones.items() if zone.kind in RANKED_KINDS
    }
    total = sum(zone.dwell_s.total for zone in zones.values())
    ranked = sorted(zones.items(), key=lambda item: (-item[1].dwell_s.total, item[0]))
    return [
        AreaRow(
            name=material.name(ident),
            numbers=zone,
            share=zone.dwell_s.total / total if total > 0 else 0.0,
            busiest=_busiest(material, ident),
        )
        for ident, zone in ranked
    ]


def _busiest(material: ReportMaterial, zone: str) -> datetime | None:
    periods = [
        event
        for event in material.events
        if isinstance(event, ZoneOccupancy) and event.zone == zone and event.people_max > 0
    ]
    if not periods:
        return None
    fullest = max(periods, key=lambda event: (event.people_max, event.person_s))
    return fullest.time
