"""The three ways to calibrate a camera, from what was read to an answer for the shop file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from miseban.camera.calibration.answer import Answer, Spot
from miseban.camera.calibration.points import Pair, check_enough
from miseban.camera.result import no_progress
from miseban.space.calibration.aligning import onto_plan
from miseban.space.calibration.boards import Laid, from_boards
from miseban.space.calibration.clicks import from_clicks, refuse_a_mistake
from miseban.space.calibration.overlap import register
from miseban.space.calibration.people import Anchor, Beliefs, feet_of
from miseban.space.calibration.seen import spots
from miseban.space.calibration.solving import Clicks, Places
from miseban.space.calibration.trails import Trails, trails_of
from miseban.space.calibration.walkers import walkers
from miseban.space.calibration.walking import Walked, from_walkers
from miseban.space.geometry import CameraGeometry
from miseban.space.settings import SpaceSettings
from miseban.vision.boards.finding import BoardFinder, Placement
from miseban.vision.sources.source import Source
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Camera, Shop
from miseban.vocabulary.shop.geometry import shown
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

SCALE_SURE = 0.3
"""Known spots may say that the floor is this part larger or smaller than people's heights do."""
_MOST_PLACES = 3000


@dataclass(frozen=True, slots=True)
class Subject:
    """The camera to be calibrated, in its shop, read from ``file``."""

    shop: Shop
    camera: Camera
    file: str

    @property
    def where(self) -> str:
        """It, in errors."""
        return f'{self.file}: [[camera]] "{self.camera.id}"'

    @property
    def floor(self) -> Pair | None:
        floor = self.shop.shop.floor
        return (floor.width_m, floor.depth_m) if floor else None

    @property
    def size(self) -> tuple[float, float]:
        return float(self.camera.width), float(self.camera.height)


def by_clicks(subject: Subject, clicks: Clicks) -> Answer:
    """From four or more points that somebody clicked and measured."""
    refuse_a_mistake(clicks.pixels, clicks.floor_m, subject.size, subject.where)
    check_enough(clicks.pixels, clicks.floor_m, subject.where)
    found = from_clicks(clicks.pixels, clicks.floor_m, subject.size, subject.floor, subject.where)
    n = len(clicks)
    if found.residual_cm is None:
        basis = (
            f"what clicks 2 px off do; {n} points leave nothing to compare with, a few more would"
        )
        residual = found.expected_cm
    else:
        basis = (
            f"each of {n} points against the others (clicks 2 px off do {found.expected_cm:.0f} cm)"
        )
        residual = found.residual_cm
    notes = [f"{cm:.0f} cm" if np.isfinite(cm) else "" for cm in found.left_out_cm]
    return Answer(
        subject.camera.id, "clicks", _pairs(clicks), found.camera, residual, basis, notes=notes
    )


def _pairs(clicks: Clicks) -> list[Spot]:
    rows = np.column_stack([clicks.pixels, clicks.floor_m]).tolist()
    return [((u, v), (x, y)) for u, v, x, y in rows]


def find_boards(
    source: Source,
    until_s: float | None = None,
    progress: Callable[[float], None] = no_progress,
) -> list[Placement]:
    """Every place where a sheet lay still in the recording."""
    finder = BoardFinder()
    for frame in source.frames():
        if until_s is not None and frame.time_s >= until_s:
            break
        finder.look(frame)
        progress(frame.time_s)
    return finder.placements()


def by_boards(
    subject: Subject,
    placements: Sequence[Placement],
    side_m: float,
    laid: Mapping[int, Pair],
    clicks: Clicks,
) -> Answer:
    """From sheets on the floor; ``laid`` says where the middle of some lay on the plan."""
    middles = np.full((len(placements), 2), np.nan)
    for sheet, place in laid.items():
        mine = [i for i, p in enumerate(placements) if p.sheet == sheet]
        if not mine:
            seen = ", ".join(sorted({str(p.sheet) for p in placements})) or "none"
            what = f"expected sheet {sheet} to lie still in the picture, found {seen}"
            raise BadInput("no-board", "--laid", what)
        spots_px = np.array([placements[i].corners.mean(axis=0) for i in mine])
        apart = np.linalg.norm(spots_px - spots_px[0], axis=1)
        if apart.max() > 0.3 * float(np.ptp(placements[mine[0]].corners, axis=0).max()):
            a, b = (spots_px[k].round().tolist() for k in (0, int(np.argmax(apart))))
            what = f"expected sheet {sheet} in one place, found it at {shown((a[0], a[1]))} and "
            raise BadInput("board-moved", "--laid", what + shown((b[0], b[1])))
        middles[mine] = place
    corners = np.array([p.corners for p in placements]).reshape(-1, 4, 2)
    found = from_boards(
        Laid(corners, middles), side_m, subject.size, subject.floor, subject.where, clicks
    )
    near = found.camera.to_floor(corners.reshape(-1, 2))
    pairs = spots(found.camera, subject.floor, near)
    n = found.placements
    basis = f"each of {n} placements left out in turn, corners {found.corner_px:.1f} px off"
    if found.left_out:
        basis += f", {len(found.left_out)} that did not lie flat left out"
    residual = found.residual_cm
    if residual is None:
        basis = f"{n} placements leave nothing to compare with: lay the sheet down in three or more"
        residual = float("nan")
    return Answer(subject.camera.id, "board", pairs, found.camera, residual, basis)


def by_walking(
    subject: Subject,
    rows: Mapping[str, TrackRows],
    clicks: Clicks,
    *,
    anchor: Anchor,
    beliefs: Beliefs,
) -> Answer:
    """From people who walk by: laid on the plan by ``clicks``, two or more, or else by the other
    cameras of the shop with floor points that see the same people in ``rows``."""
    own = rows.get(subject.camera.id, TrackRows.empty())
    seen = walkers(own, subject.size)
    where = subject.where
    free = from_walkers(seen, subject.size, where, anchor=anchor, beliefs=beliefs)
    if len(clicks):
        here = free.camera.to_floor(clicks.pixels)
        start = onto_plan(free.camera, here, clicks.floor_m, where, SCALE_SURE)
        found = from_walkers(
            seen, subject.size, where,
            anchor=anchor, beliefs=beliefs, start=start, clicks=clicks,
        )  # fmt: skip
        laid = f"laid on the plan by {len(clicks)} known spots"
    else:
        found, laid = _beside(subject, rows, own, free, anchor, beliefs)
    near = found.camera.to_floor(feet_of(found.camera, seen.xyxy, anchor))
    pairs = spots(found.camera, subject.floor, near[np.isfinite(near).all(axis=1)])
    basis = (
        f"{found.people} people of {found.tall_m:.2f} m, give or take "
        f"{100 * found.tall_sd:.0f} %, a part of them left out in turn; {laid}"
    )
    return Answer(
        subject.camera.id, "walk", pairs, found.camera, found.residual_cm, basis,
        anchor=anchor if anchor == "upright" or anchor != subject.camera.anchor else None,
    )  # fmt: skip


def _beside(
    subject: Subject,
    rows: Mapping[str, TrackRows],
    own: TrackRows,
    free: Walked,
    anchor: Anchor,
    beliefs: Beliefs,
) -> tuple[Walked, str]:
    known = [
        c.id
        for c in subject.shop.cameras
        if c.floor_points and c.id != subject.camera.id and c.id in rows
    ]
    if not known:
        what = "expected two known spots (--point), or tracks of another camera with floor points, "
        raise BadInput("known-spots", subject.where, f"{what}to lay the floor on the plan")
    one = trails_of(
        own.time_s, own.track, free.camera.to_floor(feet_of(free.camera, own.xyxy, anchor))
    )
    other = _others(subject.shop, rows, known)
    met = register(one, other, subject.where)
    start = free.camera.moved(met.turn, met.shift)
    every = max(1, len(met.rows) // _MOST_PLACES)
    places = Places(own.xyxy[met.rows[::every]], met.floor_m[::every])
    found = from_walkers(
        walkers(own, subject.size), subject.size, subject.where,
        anchor=anchor, beliefs=beliefs, start=start, places=places,
    )  # fmt: skip
    late = f", whose clocks are {met.later_s:+.2f} s ahead" if abs(met.later_s) > 0.3 else ""
    laid = (
        f"laid on the plan by {met.people} of them whom {', '.join(known)} saw too{late}, "
        f"{100 * met.apart_m:.0f} cm apart"
    )
    return found, laid


def _others(shop: Shop, rows: Mapping[str, TrackRows], known: Sequence[str]) -> Trails:
    """The trails of all cameras that are calibrated, on the plan."""
    parts, number = [], 0
    for camera in known:
        steps = CameraGeometry(shop, camera, SpaceSettings()).steps_of(rows[camera])
        trails = trails_of(rows[camera].time_s, rows[camera].track, steps.floor)
        parts.append(replace(trails, trail=trails.trail + number))
        number += trails.count
    return Trails(
        np.concatenate([p.tick for p in parts]),
        np.concatenate([p.trail for p in parts]),
        np.concatenate([p.xy for p in parts]),
        np.concatenate([p.row for p in parts]),
    )
