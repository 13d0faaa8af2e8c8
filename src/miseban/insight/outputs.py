"""Everything a result folder holds, written from one analysis."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from miseban.camera.drawing import Overlay, Point
from miseban.camera.result import Analysis
from miseban.insight.heat_picture import draw_heat, floor_unit, picture_unit
from miseban.insight.inside import empty_moments, people_inside
from miseban.insight.report import ReportMaterial, render_report
from miseban.insight.summary import summarise
from miseban.insight.uncertainty import Accuracy
from miseban.insight.uncertainty.applied import with_intervals
from miseban.insight.visitors import present
from miseban.journal.events_table import write_events
from miseban.space.laying import laid, views_of
from miseban.space.layout import Layout
from miseban.vocabulary.events import plain
from miseban.vocabulary.shop import Line, Shop, Zone
from miseban.vocabulary.summary import CameraSummary, Summary
from miseban.vocabulary.version import VERSION

_PICTURE_PX = 960
"""Longest side of a heat map: enough for a screen, and a 4K camera must not cost its memory."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the analysis itself does not know: the ``model``'s name and what is to be known of it,
    the report's language, what really happened, where that is known, and how right the counters are
    known to be."""

    model: str
    lang: str = "en"
    truth: Summary | None = None
    model_note: str = ""
    accuracy: Accuracy = field(default_factory=Accuracy.before_audits)


def write_outputs(stage: Path, analysis: Analysis, shop: Shop, told: Told) -> Summary:
    """Writes ``events.parquet``, ``summary.json``, ``heatmap.png`` (and ``heatmap_floor.png``
    where the floor is known) and ``report.html`` into ``stage``; returns the summary."""
    summary = _summary(analysis, shop, told)
    write_events(stage / "events.parquet", analysis.events)
    text = summary.model_dump_json(by_alias=True, indent=2)
    (stage / "summary.json").write_text(text + "\n", encoding="utf-8")
    picture, plan = _heat_on_picture(analysis, shop), _heat_on_floor(analysis, shop)
    if picture is not None:
        (stage / "heatmap.png").write_bytes(picture)
    if plan is not None:
        (stage / "heatmap_floor.png").write_bytes(plan)
    named = {t.id: t.name for t in shop.cameras}
    named |= {t.id: t.name for t in shop.zones}
    material = ReportMaterial(
        summary=summary,
        events=plain(analysis.events),
        timezone=shop.shop.timezone,
        entrances={line.id for line in shop.lines if line.entrance},
        names={shop.shop.id: shop.shop.name, **named},
        line_names={line.id: line.name for line in shop.lines},
        heat_picture_png=picture,
        heat_floor_png=plan,
        background_known=analysis.background is not None,
        truth=told.truth,
    )
    page = render_report(material, told.lang)
    (stage / "report.html").write_text(page, encoding="utf-8")
    return summary


def _summary(analysis: Analysis, shop: Shop, told: Told) -> Summary:
    cameras = [analysis.camera] if analysis.camera else [camera.id for camera in shop.cameras]
    zones = [z for camera in cameras for z in shop.zones_of(camera) if z.kind != "private"]
    lines = [line for camera in cameras for line in shop.lines_of(camera)]
    if any(shop.camera(camera).floor_points for camera in cameras):
        zones += shop.floor_zones()
        lines += shop.floor_lines()
    known = {zone.id for zone in zones}
    entrances = {line.id for line in lines if line.entrance}
    empty = empty_moments(shop.shop.empty, shop.shop.timezone, analysis.start, analysis.duration_s)
    layout = Layout(shop)
    kinds = {zone.id: zone.kind for zone in zones}
    there = present(analysis.events, entrances, layout, kinds)
    counted = summarise(
        analysis.events,
        shop_id=shop.shop.id,
        camera=analysis.camera,
        cameras=_cameras(analysis),
        start=analysis.start,
        duration_s=analysis.duration_s,
        frames=len(analysis.frames),
        analysed_fps=analysis.analysed_fps,
        incomplete=analysis.incomplete,
        lines=[line.id for line in lines],
        zones=kinds,
        tills=[(t.queue, t.service) for t in shop.tills if {t.queue, t.service} <= known],
        model=told.model,
        model_note=told.model_note,
        versions={
            "miseban": VERSION,
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "onnxruntime", "opencv-python-headless")},
        },
        uncovered_s=analysis.uncovered_s,
        rejected=analysis.rejected,
        detected=analysis.detected,
        entrances=entrances,
        layout=layout,
        inside=people_inside(analysis.events, entrances, empty, present=there),
    )
    accuracy = replace(told.accuracy, rough=bool(told.model_note))
    return with_intervals(counted, analysis.events, shop, accuracy, empty, there)


def _cameras(analysis: Analysis) -> dict[str, CameraSummary]:
    if analysis.camera is not None:
        return {}
    fused = {name: CameraSummary(fused=True, sights=n) for name, n in analysis.sights.items()}
    alone = {name: CameraSummary(fused=False, sights=n) for name, n in analysis.alone.items()}
    return fused | alone


def overlay_of(shop: Shop, camera: str) -> Overlay:
    """What is drawn on that camera's picture."""
    zones = shop.zones_of(camera)
    return Overlay(
        lines={line.id: line.points for line in shop.lines_of(camera)},
        zones={zone.id: zone.polygon for zone in zones if zone.kind != "private"},
        private=[zone.polygon for zone in zones if zone.kind == "private"],
    )


def floor_overlay(shop: Shop, camera: str | None) -> Overlay:
    """What is drawn on the floor plan: what is measured there, and what ``camera`` (or every
    camera) has on its picture, laid on the floor where its floor points tell how."""
    views, cameras = views_of(shop), (None, *([camera] if camera else [c.id for c in shop.cameras]))

    def places(drawings: Sequence[Line | Zone]) -> dict[str, tuple[Point, ...]]:
        found = {one.id: laid(one, views) for one in drawings if one.camera in cameras}
        return {
            name: tuple((float(x), float(y)) for x, y in points)
            for name, points in found.items()
            if points is not None
        }

    zones = [zone for zone in shop.zones if zone.kind != "private"]
    return Overlay(lines=places(shop.lines), zones=places(zones), private=[])


def _heat_on_picture(analysis: Analysis, shop: Shop) -> bytes | None:
    if analysis.heat is None or analysis.camera is None:
        return None
    heat, drawn = analysis.heat, overlay_of(shop, analysis.camera)
    scale = min(1.0, _PICTURE_PX / max(heat.width, heat.height))
    return draw_heat(
        heat.seconds,
        (max(1, round(heat.width * scale)), max(1, round(heat.height * scale))),
        legend_unit=picture_unit(heat.width * heat.height / heat.cell**2),
        background=analysis.background,
        lines=drawn.lines,
        zones=drawn.zones,
        extent=(heat.width, heat.height),
        cell=heat.cell,
    )


def _heat_on_floor(analysis: Analysis, shop: Shop) -> bytes | None:
    heat = analysis.floor_heat
    if heat is None:
        return None
    drawn = floor_overlay(shop, analysis.camera)
    scale = _PICTURE_PX / max(heat.width, heat.height)
    return draw_heat(
        heat.seconds,
        (max(1, round(heat.width * scale)), max(1, round(heat.height * scale))),
        legend_unit=floor_unit(heat.cell),
        lines=drawn.lines,
        zones=drawn.zones,
        extent=(heat.width, heat.height),
        cell=heat.cell,
    )
