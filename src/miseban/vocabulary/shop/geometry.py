"""Whether drawn shapes mean anything: polygons, lines, and the points that tie picture to floor.

Every function takes points as (N, 2) pairs, x right and y down, in pixels or metres, and returns
them unchanged or raises ``PydanticCustomError`` saying what was expected and found.
"""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon
from shapely.validation import explain_validity

from miseban.vocabulary.shop.table import wrong

Pair = tuple[float, float]
Points = tuple[Pair, ...]

# The sine of the flattest angle that still counts as a corner when floor points are judged.
# Below it a click that is off by a pixel turns the triangle inside out.
_FLAT = 0.01


def shown(point: Pair) -> str:
    """``[384, 0.5]``: a point as it is written in the file."""
    return f"[{point[0]:.10g}, {point[1]:.10g}]"


def _no_repeats(kind: str, points: Points) -> None:
    for number, (a, b) in enumerate(pairwise(points), start=1):
        if a == b:
            text = f"points {number} and {number + 1} both at {shown(a)}"
            raise wrong(f"a {kind} without repeated points", text)


def simple_polygon(points: Points) -> Points:
    """A polygon of three or more points, (N, 2), that has an area and does not cross itself."""
    if len(points) < 3:
        raise wrong("a polygon of three or more points", f"{len(points)}")
    _no_repeats("polygon", points)
    if points[0] == points[-1]:
        text = f"its first point {shown(points[0])} again at the end (a polygon closes by itself)"
        raise wrong("a polygon without repeated points", text)
    polygon = Polygon(points)
    if _all_on_a_line(np.asarray(points, dtype=np.float64)):
        raise wrong("a polygon with an area", "all its points on one line")
    if not polygon.is_valid:
        reason = explain_validity(polygon)
        at = reason[reason.find("[") + 1 : -1].replace(" ", ", ") if "[" in reason else ""
        raise wrong("a polygon that does not cross itself", f"a crossing or touch at [{at}]")
    return points


def plain_line(points: Points) -> Points:
    """A line of two or more points, (N, 2), in which every piece has a length and none crosses
    another: else "left of the line" would mean two things."""
    if len(points) < 2:
        raise wrong("a line of two or more points", f"{len(points)}")
    _no_repeats("line", points)
    if not LineString(points).is_simple:
        raise wrong("a line that does not cross or retrace itself", "one that does")
    return points


def _all_on_a_line(points: NDArray[np.float64]) -> bool:
    """Whether (N, 2) ``points`` lie on one line: their spread across it is rounding noise."""
    spread = np.linalg.svd(points - points.mean(axis=0), compute_uv=False)
    return bool(spread[1] <= 1e-9 * spread[0])


def _corners(points: NDArray[np.float64], triples: NDArray[np.int64]) -> NDArray[np.float64]:
    """For each of (M, 3) triples of indices the signed flatness of its triangle, (M,) in -1 to 1:
    twice its area over its longest side squared, positive when it runs clockwise on a map."""
    a, b, c = (points[triples[:, i]] for i in range(3))
    ab, ac, bc = b - a, c - a, c - b
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    longest = np.max([(ab**2).sum(1), (ac**2).sum(1), (bc**2).sum(1)], axis=0)
    return np.asarray(area / longest, dtype=np.float64)


def tie_to_floor(pixels: Points, floor: Points) -> None:
    """Whether a homography maps ``pixels`` (N, 2) to ``floor`` (N, 2), in metres; raises if not.

    Needed: four pairs of which no three lie on a line, in the picture and on the floor (Hartley
    and Zisserman, Multiple View Geometry, 4.1.3). And each triangle of points must turn the same
    way in both: a camera looks at the floor from above, so it cannot mirror it; a triangle that
    does betrays a mistyped or swapped coordinate.
    """
    if len(pixels) < 4:
        raise wrong("four or more points, or none", f"{len(pixels)}")
    for points, unit in ((pixels, "pixel"), (floor, "floor_m")):
        for (i, a), (j, b) in combinations(enumerate(points, start=1), 2):
            if a == b:
                raise wrong("different points", f"points {i} and {j} both at {unit} {shown(a)}")
    number = np.arange(len(pixels))
    triples = np.array(list(combinations(number, 3)), dtype=np.int64)
    in_picture = _corners(np.asarray(pixels, dtype=np.float64), triples)
    on_floor = _corners(np.asarray(floor, dtype=np.float64), triples)
    flat = (np.abs(in_picture) < _FLAT) | (np.abs(on_floor) < _FLAT)

    is_flat = np.zeros((len(pixels),) * 3, dtype=np.bool_)
    is_flat[tuple(triples[flat].T)] = True
    fours = np.array(list(combinations(number, 4)), dtype=np.int64)
    a, b, c, d = fours.T
    if np.all(is_flat[a, b, c] | is_flat[a, b, d] | is_flat[a, c, d] | is_flat[b, c, d]):
        raise wrong("four points of which no three lie on a line", "none such")

    mirrored = ~flat & (np.sign(in_picture) != np.sign(on_floor))
    if mirrored.any():
        raise wrong(
            "points that lie on the floor as in the picture", _mirrored(triples, mirrored, flat)
        )


def _mirrored(
    triples: NDArray[np.int64], mirrored: NDArray[np.bool_], flat: NDArray[np.bool_]
) -> str:
    """Which points are to blame: those without which no triangle would be mirrored."""
    if mirrored.sum() == (~flat).sum():
        return "the floor mirrored (floor_m is x to the right, y down on the plan)"
    points = range(int(triples.max()) + 1)
    suspects = [i for i in points if not mirrored[(triples != i).all(axis=1)].any()]
    if 0 < len(suspects) < len(points):
        return f"point {' or '.join(str(i + 1) for i in suspects)} on the wrong side of others"
    return "some on the wrong side of others"
