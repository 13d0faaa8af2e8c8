"""Short films of a moving block on a still floor, for runs without a model (``--model motion``)."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

SIZE = (320, 240)
FPS = 10.0
SECONDS = 12

SHOP = """
[shop]
id = "test"
timezone = "Asia/Tokyo"
policy = "jp"

[[camera]]
id = "door"
source = "film.avi"
resolution = [320, 240]
fps = 10
anchor = "centre"

[[line]]
id = "entrance"
camera = "door"
points = [[160, 240], [160, 0]]

[[zone]]
id = "right"
kind = "area"
camera = "door"
polygon = [[200, 20], [310, 20], [310, 220], [200, 220]]
"""


def film(path: Path, codec: str = "MJPG", seconds: float = SECONDS) -> Path:
    """Three seconds of empty floor, then a block that crosses from left to right and stops."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*codec), FPS, SIZE)
    rng = np.random.default_rng(7)
    floor = rng.integers(90, 110, (SIZE[1], SIZE[0], 3), np.uint8)
    for n in range(int(seconds * FPS)):
        image = floor.copy()
        at = 20 + int((n - 30) * 4)
        if n >= 30:
            left = min(at, 230)
            image[90:160, left : left + 50] = (200, 30, 200)
        writer.write(image)
    writer.release()
    return path


def shop_file(folder: Path, text: str = SHOP) -> Path:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return path
