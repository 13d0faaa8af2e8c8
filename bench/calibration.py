"""How far off the floor is that each way of calibrating finds, beside the true cameras of the
simulated shops."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.material import ROOT
from bench.process import cost
from bench.result import Result
from miseban.camera.calibration.answer import Answer
from miseban.camera.calibration.ways import Subject, by_boards, by_clicks, by_walking
from miseban.camera.tracks_file import read_tracks
from miseban.sim.render import Lens
from miseban.sim.render.light import Light
from miseban.sim.render.room import picture_of
from miseban.sim.scenario.file import beside, load_scenario
from miseban.sim.stage import Stage
from miseban.space.calibration.people import Anchor, Beliefs
from miseban.space.calibration.seen import FARTHEST_M
from miseban.space.calibration.solving import Clicks
from miseban.space.homography import Homography
from miseban.vision.boards.finding import BoardFinder
from miseban.vision.boards.sheet import DPI, SIDE_MM, sheet
from miseban.vision.pixels import Frame, Image
from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.shop.pinhole import Pinhole, fit_pinhole
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

SHOPS = ("supermarket", "konbini")
SEED = 11
"""Not looked at while anything was made or chosen."""
MINUTES = 30
POINTS = 8
CLICK_PX = 1.5
PLACEMENTS = 8
REACH_M = 7.0
"""So far from the camera somebody lays sheets."""
LARGER = 2
"""Sheets are looked for in pictures so many times larger than the shop files': a camera sends
1280 pixels or more even where fewer are analysed."""


@dataclass(frozen=True, slots=True)
class Case:
    """One camera: the ``true`` pinhole and places (N, 2) of the floor with their pixels (N, 2)."""

    subject: Subject
    stage: Stage
    true: Pinhole
    pixels: Floats
    places: Floats


def run(repeats: int) -> list[Result]:
    del repeats  # cameras repeat it
    results: list[Result] = []
    for name in SHOPS:
        cases = _cases(ROOT / "shops" / f"{name}.toml")
        results.append(_told(name, "clicks", [_clicks(c, i) for i, c in enumerate(cases)], CLICKS))
        boards = [_boards(c, i) for i, c in enumerate(cases)]
        results.append(_told(name, "boards", boards, SHEETS))
        for anchor in ("upright", "feet"):
            rows = _walked(name, anchor)
            walked = [_walk(c, rows, anchor) for c in cases]
            results.append(_told(name, f"walk-{anchor}", walked, WALK))
    return results


CLICKS = f"{POINTS} points spread over the picture, clicks {CLICK_PX} px off"
SHEETS = f"{PLACEMENTS} placements within {REACH_M:g} m, rendered, two of them known"
WALK = f"detected.csv of {MINUTES} minutes, two known spots"


def _cases(path: Path) -> list[Case]:
    shop = load_shop(path)
    stage = Stage(shop, load_scenario(beside(path), shop))
    cases = []
    for camera in stage.cameras:
        lens = stage.lens(camera.id)
        size = (float(camera.width), float(camera.height))
        x, y = np.meshgrid(
            np.arange(0.25, stage.room.width_m, 0.25), np.arange(0.25, stage.room.depth_m, 0.25)
        )
        places = np.column_stack([x.ravel(), y.ravel()])
        pixels, depth = lens.project(np.column_stack([places * [1, -1], np.zeros(len(places))]))
        far = np.linalg.norm(places - np.array(stage.poses[camera.id].position[:2]), axis=1)
        seen = (depth > 0.3) & ((pixels > 0) & (pixels < size)).all(axis=1) & (far < FARTHEST_M)
        true, _ = fit_pinhole(pixels[seen][::7], places[seen][::7], size)
        subject = Subject(shop, camera, str(path))
        cases.append(Case(subject, stage, true, pixels[seen], places[seen]))
    return cases


def _off(case: Case, answer: Answer | None, scale: float = 1.0) -> tuple[float, float]:
    """Median error over the floor seen, of the homography that the shop file would hold, and the
    residual that was told; in centimetres, NaN for what was refused."""
    if answer is None:
        return np.nan, np.nan
    pixels, floor_m = (np.array([spot[k] for spot in answer.spots]) for k in (0, 1))
    there = Homography.from_points(pixels / scale, floor_m).to_floor(case.pixels)
    off = np.linalg.norm(there - case.places, axis=1)
    return 100 * float(np.nanmedian(off)), answer.residual_cm


def _spread(case: Case, count: int, seed: int, within_m: float = FARTHEST_M) -> list[int]:
    """Places far from each other in the picture, the first by chance."""
    chance = np.random.default_rng([SEED, seed])
    far = np.linalg.norm(case.places - [case.true.x, case.true.y], axis=1)
    near = np.flatnonzero(far <= within_m)
    chosen = [int(chance.choice(near))]
    gap = np.full(len(near), np.inf)
    while len(chosen) < count:
        step = np.linalg.norm(case.pixels[near] - case.pixels[chosen[-1]], axis=1)
        gap = np.minimum(gap, step)
        chosen.append(int(near[np.argmax(gap * chance.uniform(0.7, 1.0, len(near)))]))
    return chosen


def _clicks(case: Case, seed: int) -> tuple[float, float]:
    chance = np.random.default_rng([SEED, seed, 1])
    chosen = _spread(case, POINTS, seed)
    clicked = case.pixels[chosen] + chance.normal(0, CLICK_PX, (POINTS, 2))
    clicked = np.clip(clicked, 0, case.true.size)
    return _off(case, by_clicks(case.subject, Clicks(clicked, case.places[chosen])))


def _boards(case: Case, seed: int) -> tuple[float, float]:
    chance = np.random.default_rng([SEED, seed, 2])
    camera = case.subject.camera
    size = (camera.width * LARGER, camera.height * LARGER)
    lens = Lens(case.stage.poses[camera.id], size)
    empty = picture_of(case.stage.room, lens, size, Light(12.0, case.stage.room.daylight_from))
    chosen = _spread(case, PLACEMENTS, seed, REACH_M)
    large, _ = fit_pinhole(
        case.pixels[::7] * LARGER, case.places[::7], (float(size[0]), float(size[1]))
    )
    finder = BoardFinder()
    for number, spot in enumerate(case.places[chosen].tolist()):
        clean = _laid(large, number, spot, float(chance.uniform(0, 6.28)), empty)
        for i in range(4):
            noisy = clean + chance.normal(0, 3.0, clean.shape)
            picture = np.asarray(np.clip(noisy, 0, 255), np.uint8)
            finder.look(Frame(picture, 1, 5 * number + 0.4 * i, datetime.now(UTC)))
    placements = finder.placements()
    found = sorted({p.sheet for p in placements})
    if len(found) < 2:
        return np.nan, np.nan
    places = case.places[chosen]
    apart = np.linalg.norm(places[found][:, None] - places[found], axis=2)
    one, other = np.unravel_index(int(np.argmax(apart)), apart.shape)
    known = {found[k]: (places[found[k], 0], places[found[k], 1]) for k in (one, other)}
    bigger = camera.model_copy(update={"resolution": size})
    subject = Subject(case.subject.shop, bigger, case.subject.file)
    none = Clicks()
    try:
        answer = by_boards(subject, placements, SIDE_MM / 1000, known, none)
    except BadInput:
        return np.nan, np.nan
    return _off(case, answer, LARGER)


def _laid(lens: Pinhole, number: int, spot: Sequence[float], turn: float, empty: Image) -> Image:
    """``empty`` with a sheet on the floor: drawn three times as fine, then averaged."""
    finer, page = 3, sheet(number, "en")
    around = lens.to_pixel(np.array([spot, [spot[0] + 0.1, spot[1]], [spot[0], spot[1] + 0.1]]))
    a_metre_px = 10 * finer * float(np.linalg.norm(around[1:] - around[0], axis=1).max())
    small = min(1.0, 1.5 * a_metre_px / (DPI / 0.0254))
    wide = page.shape[1]
    page = np.asarray(cv2.resize(page, None, fx=small, fy=small, interpolation=cv2.INTER_AREA))
    metre = DPI / 0.0254 * page.shape[1] / wide
    c, s = np.cos(turn), np.sin(turn)
    middle = 0.015 + SIDE_MM / 2000
    on_plan = np.array([[c, -s, spot[0]], [s, c, spot[1]], [0, 0, 1]]) @ np.array(
        [[1 / metre, 0, -middle], [0, 1 / metre, -middle], [0, 0, 1]]
    )
    half = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1.0]])
    matrix = (
        half @ np.diag([finer, finer, 1.0]) @ lens.floor_to_pixel @ on_plan @ np.linalg.inv(half)
    )
    height, width = empty.shape[:2]
    large = (width * finer, height * finer)
    fine = cv2.resize(empty, large, interpolation=cv2.INTER_LINEAR)
    drawn = cv2.warpPerspective(page, matrix, large)
    there = cv2.warpPerspective(np.full(page.shape[:2], 255, np.uint8), matrix, large)
    cv2.copyTo(drawn, np.asarray(there > 127, np.uint8), fine)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _walked(name: str, anchor: str) -> dict[str, TrackRows]:
    """Tracks of all cameras, with boxes as a camera of that ``anchor`` gets them."""
    shop_file = ROOT / "shops" / f"{name}.toml"
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / f"{name}.toml"
        text = shop_file.read_text("utf-8").replace('anchor = "upright"\n', "")
        if anchor == "upright":
            text = text.replace("\nfps = 5\n", '\nfps = 5\nanchor = "upright"\n')
        copy.write_text(text, "utf-8")
        length = ("--minutes", str(MINUTES), "--from", "12:00", "--seed", str(SEED))
        scenario = ("--scenario", str(beside(shop_file)), "--detector", "default")
        out = Path(folder) / "truth"
        cost("simulate", "--shop", str(copy), *scenario, *length, "--out", str(out))
        parts: dict[str, list[TrackRows]] = {}
        for cameras, rows in read_tracks(out / "detected.csv"):
            for ident in np.unique(cameras.astype(str)).tolist():
                parts.setdefault(ident, []).append(rows.take(cameras == ident))
    return {ident: TrackRows.concatenate(some) for ident, some in parts.items()}


def _walk(case: Case, rows: dict[str, TrackRows], anchor: str) -> tuple[float, float]:
    far = np.linalg.norm(case.places - [case.true.x, case.true.y], axis=1)
    chosen = _spread(case, 2, 3, min(REACH_M, float(far.max())))
    clicks = Clicks(case.pixels[chosen], case.places[chosen])
    one = {case.subject.camera.id: rows.get(case.subject.camera.id, TrackRows.empty())}
    stands: Anchor = "upright" if anchor == "upright" else "feet"
    try:
        answer = by_walking(case.subject, one, clicks, anchor=stands, beliefs=Beliefs())
    except BadInput:
        return np.nan, np.nan
    return _off(case, answer)


def _told(name: str, way: str, found: list[tuple[float, float]], how: str) -> Result:
    off = np.array([error for error, _ in found])
    told = np.array([residual for _, residual in found])
    done = off[np.isfinite(off)]
    each = " ".join(f"{error:.0f}" if np.isfinite(error) else "refused" for error in off)
    said = " ".join(f"{r:.0f}" if np.isfinite(r) else "-" for r in told)
    note = (
        f"median error over the floor seen, median of {len(done)} of {len(off)} cameras ({each}; "
    )
    note += f"residuals told {said}): {how}"
    value = float(np.median(done)) if len(done) else np.nan
    return Result(f"calibration-{name}-{way}", value, "cm", note)
