"""The floor points of examples/pets.toml are those of the camera's published calibration."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from miseban.space.calibration.people import Beliefs, feet_of
from miseban.space.calibration.walkers import walkers
from miseban.space.calibration.walking import from_walkers
from miseban.space.homography import Homography
from miseban.vocabulary.shop import load_shop
from miseban.vocabulary.shop.pinhole import fit_pinhole
from miseban.vocabulary.tracks import TrackRows
from tests.shared import TRUTH, VIDEO, need

EXAMPLE = Path(__file__).parents[2] / "examples" / "pets.toml"
SCALE = 0.625  # from the calibrated 768x576 to the clip's 480x360


def projected(world_mm: NDArray[np.float64], calibration: Path) -> NDArray[np.float64]:
    """Pixels (2,) of the 768x576 picture that show a point (3,) of the world, by Tsai's model:
    rotate, shift, divide by depth, distort radially, scale to pixels (R. Y. Tsai, A versatile
    camera calibration technique, IEEE J. Robotics and Automation 3(4), 1987)."""
    root = ET.parse(calibration).getroot()
    v = {k: float(x) for part in root for k, x in part.attrib.items()}
    (sa, sb, sg), (ca, cb, cg) = (f([v["rx"], v["ry"], v["rz"]]) for f in (np.sin, np.cos))
    rotation = np.array(
        [
            [cb * cg, cg * sa * sb - ca * sg, sa * sg + ca * cg * sb],
            [cb * sg, sa * sb * sg + ca * cg, ca * sb * sg - cg * sa],
            [-sb, cb * sa, ca * cb],
        ]
    )
    x, y, z = rotation @ world_mm + [v["tx"], v["ty"], v["tz"]]
    undistorted = v["focal"] * np.array([x, y]) / z
    distorted = undistorted
    for _ in range(50):  # undistorted = distorted * (1 + kappa1 * r^2), solved by repetition
        distorted = undistorted / (1 + v["kappa1"] * (distorted @ distorted))
    across, down = distorted
    return np.array([v["sx"] * across / v["dpx"] + v["cx"], down / v["dpy"] + v["cy"]])


def test_the_floor_points_are_those_of_the_published_calibration() -> None:
    calibration = need(VIDEO / "pets09_view001_calib.xml")
    for point in load_shop(EXAMPLE).camera("pole").floor_points:
        x_m, y_m = point.floor_m
        world_mm = np.array([(x_m - 22) * 1000, (10 - y_m) * 1000, 0.0])
        expected = SCALE * projected(world_mm, calibration)
        np.testing.assert_allclose(point.pixel, expected, atol=0.051)  # written to 0.1 px


def on_floor(pixels: NDArray[np.float64], calibration: Path) -> NDArray[np.float64]:
    """(N, 2) pixels of the clip to (N, 2) metres on the plan, by the inverse of Tsai's model, lens
    distortion and all: from the pixel to the ray, and to where it meets the ground."""
    root = ET.parse(calibration).getroot()
    v = {k: float(x) for part in root for k, x in part.attrib.items()}
    (sa, sb, sg), (ca, cb, cg) = (f([v["rx"], v["ry"], v["rz"]]) for f in (np.sin, np.cos))
    rotation = np.array(
        [
            [cb * cg, cg * sa * sb - ca * sg, sa * sg + ca * cg * sb],
            [cb * sg, sa * sb * sg + ca * cg, ca * sb * sg - cg * sa],
            [-sb, cb * sa, ca * cb],
        ]
    )
    across = (pixels[:, 0] / SCALE - v["cx"]) * v["dpx"] / v["sx"]
    down = (pixels[:, 1] / SCALE - v["cy"]) * v["dpy"]
    straight = 1 + v["kappa1"] * (across**2 + down**2)
    ahead = np.full(len(pixels), v["focal"])
    rays = np.column_stack([across * straight, down * straight, ahead]) @ rotation
    eye = -rotation.T @ np.array([v["tx"], v["ty"], v["tz"]])
    there = eye + rays * (-eye[2] / rays[:, 2])[:, None]
    return np.column_stack([there[:, 0] / 1000 + 22, 10 - there[:, 1] / 1000])


def annotated() -> TrackRows:
    """The annotated people of the clip, by time."""
    table = np.loadtxt(need(TRUTH / "pets09_s2l1_first400_mot.txt"), delimiter=",")
    table = table[np.argsort(table[:, 0], kind="stable")]
    frame, who = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
    xyxy = np.column_stack([table[:, 2:4], table[:, 2:4] + table[:, 4:6]])
    return TrackRows(frame / 10.0, who, xyxy, np.ones(len(frame)), frame)


def test_people_stand_where_the_published_calibration_says() -> None:
    calibration = need(VIDEO / "pets09_view001_calib.xml")
    xyxy = annotated().xyxy
    feet = np.column_stack([(xyxy[:, 0] + xyxy[:, 2]) / 2, xyxy[:, 3]])
    points = load_shop(EXAMPLE).camera("pole").floor_points
    floor = Homography.from_points([p.pixel for p in points], [p.floor_m for p in points])
    off = np.linalg.norm(floor.to_floor(feet) - on_floor(feet, calibration), axis=1)
    assert len(off) > 2000
    assert np.median(off) < 0.04
    assert np.percentile(off, 90) < 0.1
    assert off.max() < 0.3


def test_the_camera_hangs_where_the_published_calibration_says() -> None:
    points = load_shop(EXAMPLE).camera("pole").floor_points
    pixels, places = (np.array([getattr(p, k) for p in points]) for k in ("pixel", "floor_m"))
    camera, _ = fit_pinhole(pixels, places, (480, 360))
    assert camera.height_m == pytest.approx(7.07, abs=0.15)
    assert [camera.x, camera.y] == pytest.approx([-6.94, 29.53], abs=0.3)
    assert np.degrees(camera.tilt) == pytest.approx(16.5, abs=1.0)


def test_people_who_walk_by_calibrate_it_when_the_lens_is_known() -> None:
    """Ten people, seen from far: without the lens's angle this is told to be metres off."""
    calibration = need(VIDEO / "pets09_view001_calib.xml")
    size = (480.0, 360.0)
    seen = walkers(annotated(), size)
    known = Beliefs(focal_widths=1.543, focal_sd=0.01)
    found = from_walkers(seen, size, "pets", anchor="upright", beliefs=known)
    assert np.degrees(found.camera.tilt) == pytest.approx(16.5, abs=1.0)
    assert found.camera.height_m == pytest.approx(7.07, rel=0.1)
    there = found.camera.to_floor(feet_of(found.camera, seen.xyxy, "upright"))
    true = on_floor((seen.xyxy[:, [0, 3]] + seen.xyxy[:, [2, 3]]) / 2, calibration)
    i, j = np.triu_indices(len(there), 7)
    apart, right = (np.linalg.norm(p[i] - p[j], axis=1) for p in (there, true))
    far = right > 2
    assert np.median(np.abs(apart[far] / right[far] - 1)) < 0.06
    unknown = from_walkers(seen, size, "pets", anchor="upright")
    assert unknown.residual_cm > 2 * found.residual_cm
