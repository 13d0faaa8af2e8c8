"""The floor points of examples/pets.toml are those of the camera's published calibration."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from miseban.vocabulary.shop import load_shop
from tests.shared import VIDEO, need

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
