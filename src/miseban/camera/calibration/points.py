"""Pairs of picture and plan as they are typed or written in a small file."""

from __future__ import annotations

import csv
import io
import math
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic_core import PydanticCustomError

from miseban.vocabulary.errors import BadInput
from miseban.vocabulary.shop import Camera, Shop
from miseban.vocabulary.shop.geometry import shown, tie_to_floor

Floats = NDArray[np.float64]
Pair = tuple[float, float]

COLUMNS = ("pixel_x", "pixel_y", "floor_x", "floor_y")
MOST = 24
_MOST_BYTES = 100_000
_NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*"
_POINT = re.compile(f"{_NUMBER},{_NUMBER}={_NUMBER},{_NUMBER}", re.ASCII)
_LAID = re.compile(rf"\s*(\d{{1,2}})\s*={_NUMBER},{_NUMBER}", re.ASCII)


def typed_points(words: Sequence[str]) -> tuple[Floats, Floats]:
    """``["120,340=1.5,2.0", ...]`` to (N, 2) pixels and (N, 2) metres. Raises ``BadInput``."""
    found = []
    for word in words:
        match = _POINT.fullmatch(word)
        if match is None:
            what = "expected X,Y=PLAN_X,PLAN_Y as in 120,340=1.5,2.0: pixels, then metres"
            raise BadInput("point", "--point", f"{what}, found {word[:60]!r}")
        found.append([float(text) for text in match.groups()])
    return _split(found)


def laid_sheets(words: Sequence[str]) -> dict[int, Pair]:
    """``["3=1.5,2.0", ...]``: where on the plan the middle of a sheet lay. Raises ``BadInput``."""
    found: dict[int, Pair] = {}
    for word in words:
        match = _LAID.fullmatch(word)
        if match is None:
            what = "expected SHEET=PLAN_X,PLAN_Y as in 3=1.5,2.0: its number, then metres"
            raise BadInput("laid", "--laid", f"{what}, found {word[:60]!r}")
        if int(match[1]) in found:
            raise BadInput("laid", "--laid", f"expected each sheet once, found {match[1]} twice")
        found[int(match[1])] = (float(match[2]), float(match[3]))
    return found


def read_points(path: Path) -> tuple[Floats, Floats]:
    """(N, 2) pixels and (N, 2) metres of a CSV file with the columns ``COLUMNS``, or of a TOML file
    with ``floor_points`` as the shop file has them. Raises ``BadInput`` naming file and line."""
    try:
        data = path.read_bytes()[: _MOST_BYTES + 1]
        text = data.decode("utf-8-sig")
    except OSError as error:
        reason = error.strerror or str(error)
        raise BadInput("unreadable", path, f"expected a file of points, found: {reason}") from None
    except UnicodeDecodeError:
        raise BadInput("not-utf-8", path, "expected text in UTF-8") from None
    if len(data) > _MOST_BYTES:
        raise BadInput("unreadable", path, "expected a few points, found a file of over 100 kB")
    return _from_toml(text, path) if path.suffix.lower() == ".toml" else _from_csv(text, path)


def _from_toml(text: str, path: Path) -> tuple[Floats, Floats]:
    try:
        points = tomllib.loads(text).get("floor_points")
        return _split([[float(v) for v in (*p["pixel"], *p["floor_m"])] for p in points or ()])
    except tomllib.TOMLDecodeError as error:
        raise BadInput("not-toml", path, f"expected TOML, found: {error}") from None
    except (TypeError, ValueError, KeyError):
        what = "expected floor_points = [{ pixel = [x, y], floor_m = [x, y] }, ...]"
        raise BadInput("points", path, what) from None


def _from_csv(text: str, path: Path) -> tuple[Floats, Floats]:
    rows = list(csv.reader(io.StringIO(text)))
    header = [name.strip() for name in rows[0]] if rows else []
    if any(name not in header for name in COLUMNS):
        found = ",".join(header)[:60]
        raise BadInput("header", path, f"line 1: expected {','.join(COLUMNS)}, found {found!r}")
    at = [header.index(name) for name in COLUMNS]
    found_rows = []
    for line, row in enumerate(rows[1:], start=2):
        if not "".join(row).strip():
            continue
        try:
            values = [float(row[i]) for i in at]
        except (ValueError, IndexError):
            values = [math.nan]
        if not all(map(math.isfinite, values)):
            what = f"expected four numbers, found {','.join(row)[:60]!r}"
            raise BadInput("bad-row", f"{path} line {line}", what)
        found_rows.append(values)
    return _split(found_rows)


def _split(rows: list[list[float]]) -> tuple[Floats, Floats]:
    if any(len(row) != 4 for row in rows):
        raise ValueError("four numbers a point")
    table = np.array(rows, np.float64).reshape(-1, 4)
    return table[:, :2], table[:, 2:]


def check_points(pixels: Floats, floor_m: Floats, camera: Camera, shop: Shop, where: str) -> None:
    """That (N, 2) ``pixels`` lie in the picture and (N, 2) ``floor_m`` on the plan; and, of four
    or more, that they tie the one to the other. Raises ``BadInput`` naming ``where``."""
    floor = shop.shop.floor
    for i, (pixel, place) in enumerate(zip(pixels.tolist(), floor_m.tolist(), strict=True), 1):
        if not (0 <= pixel[0] <= camera.width and 0 <= pixel[1] <= camera.height):
            what = f"in the picture (x 0 to {camera.width}, y 0 to {camera.height})"
            raise _off(where, i, what, pixel)
        if floor and not (0 <= place[0] <= floor.width_m and 0 <= place[1] <= floor.depth_m):
            what = f"on the floor (x 0 to {floor.width_m:g} m, y 0 to {floor.depth_m:g} m)"
            raise _off(where, i, what, place)
    if len(pixels) > MOST:
        raise BadInput("points", where, f"expected at most {MOST} points, found {len(pixels)}")


def check_enough(pixels: Floats, floor_m: Floats, where: str) -> None:
    """That the points alone tell how the picture lies on the floor. Raises ``BadInput``."""
    try:
        tie_to_floor(tuple(map(tuple, pixels.tolist())), tuple(map(tuple, floor_m.tolist())))
    except PydanticCustomError as error:
        raise BadInput("floor-points", where, error.message()) from None


def _off(where: str, number: int, expected: str, point: list[float]) -> BadInput:
    what = f"expected a point {expected}, found {shown((point[0], point[1]))}"
    return BadInput("point-outside", f"{where}: point {number}", what)
