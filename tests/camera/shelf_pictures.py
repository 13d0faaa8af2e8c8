"""A wall of goods made of rectangles, as a camera would see it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.pixels import Frame
from miseban.vocabulary.shop import Shop, parse_shop

WIDTH, HEIGHT = 320, 180
START = datetime(2026, 4, 6, 7, tzinfo=UTC)
NOBODY = np.empty((0, 4))
PLACES = {
    "a": (40, 40), "b": (120, 40), "c": (200, 40),
    "d": (40, 100), "e": (120, 100), "f": (200, 100),
}  # fmt: skip
WIDE, TALL = 70, 32
GTINS = ("40000015", "40000022", "40000039", "40000046", "40000053", "40000060")


def shop() -> Shop:
    text = f"""
[shop]
id = "wall"
timezone = "Europe/Berlin"
policy = "strict"

[[camera]]
id = "c"
source = "wall.mp4"
resolution = [{WIDTH}, {HEIGHT}]
fps = 5

[[shelf]]
id = "wall"
camera = "c"
tells = ["state"]
"""
    for gtin, (name, (x, y)) in zip(GTINS, PLACES.items(), strict=True):
        corners = f"[[{x}, {y}], [{x + WIDE}, {y}], [{x + WIDE}, {y + TALL}], [{x}, {y + TALL}]]"
        text += f'[[shelf.facing]]\nid = "{name}"\ngtin = "{gtin}"\n'
        text += f"polygon = {corners}\ncapacity = 7\n"
    return parse_shop(text, "wall.toml")


def picture(
    pieces: dict[str, int], *, light: float = 1.0, moved: int = 0, seed: int = 0, others: str = ""
) -> NDArray[np.uint8]:
    """Seven packages a place, less those that are gone, but other ones in ``others``; noise of two
    grey levels."""
    rng = np.random.default_rng(3)  # the goods are always the same
    other = np.random.default_rng(4)
    wall = np.full((HEIGHT, WIDTH, 3), 120.0)
    wall += cv2.resize(rng.normal(0, 9, (18, 32, 3)), (WIDTH, HEIGHT))
    for name, (x, y) in PLACES.items():
        wall[y : y + TALL, x : x + WIDE] = 205
        wall[y : y + 10, x : x + WIDE] = 150
        wall[y + TALL : y + TALL + 8, x - 4 : x + WIDE + 4] = (150, 210, 220)
        for number in range(7):
            colour, band = rng.uniform(40, 150, 3), rng.uniform(30, 220, 3)
            if name in others:
                colour, band = other.uniform(40, 150, 3), other.uniform(30, 220, 3)
            if number < pieces.get(name, 7):
                left = x + 10 * number
                wall[y + 6 : y + TALL, left + 1 : left + 9] = colour
                wall[y + 14 : y + 22, left + 1 : left + 9] = band
    wall = np.roll(wall, moved, axis=1)
    noise = np.random.default_rng(seed).normal(0, 2, wall.shape)
    return np.clip(wall * light + noise, 0, 255).astype(np.uint8)


def frame(time_s: float, bgr: NDArray[np.uint8]) -> Frame:
    return Frame(bgr, int(time_s * 5) + 1, time_s, START + timedelta(seconds=time_s))
