"""From somebody's box to the colours of his or her clothes, above and below the waist."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from miseban.vision.bodies import part_of
from miseban.vision.pixels import Frame, Image

Floats = NDArray[np.float32]

UPPER, LOWER = (0.18, 0.45), (0.52, 0.80)
"""The parts of the body that are looked at, in body heights from the top: never the head."""
CELLS = 8
"""Bins of each colour axis, a and b of CIELAB, over ``SPAN`` to both sides of grey."""
SPAN = 48.0
LIGHTS = 5
"""Bins of lightness, which counts ``LIGHT_WEIGHT`` as much: lamps change it most."""
LIGHT_WEIGHT = 0.6
SIDE = 12
"""Pixels of the square that each part is shrunk to."""
LENGTH = CELLS * CELLS + LIGHTS
"""Of one part's vector."""
PARTS = (UPPER, LOWER)


def clothes(frame: Frame, xyxy: NDArray[np.float64], gain: Floats) -> tuple[Floats | None, ...]:
    """For each of ``PARTS`` (LENGTH,) roots of a histogram, so that the product of two is their
    Bhattacharyya coefficient, for the person in the box ``xyxy`` (4,) of ``frame``; None for a part
    that is not seen, or too small. Colours are multiplied by ``gain`` (3,) BGR first."""
    pieces = [part_of(frame, xyxy, part) for part in PARTS]
    return tuple(None if piece is None else _colours(piece, gain) for piece in pieces)


def _colours(piece: Image, gain: Floats) -> Floats:
    small = cv2.resize(piece, (SIDE, SIDE), interpolation=cv2.INTER_AREA).astype(np.float32)
    lab = cv2.cvtColor(np.clip(small / 255.0 * gain, 0.0, 1.0).astype(np.float32),
                       cv2.COLOR_BGR2LAB).reshape(-1, 3)  # fmt: skip
    colour = np.zeros((CELLS, CELLS), np.float32)
    a, b = (_shared((lab[:, i] + SPAN) / (2 * SPAN), CELLS) for i in (1, 2))
    for i, weight_a in a:
        for j, weight_b in b:
            np.add.at(colour, (i, j), weight_a * weight_b)
    light = np.zeros(LIGHTS, np.float32)
    for i, weight in _shared(lab[:, 0] / 100.0, LIGHTS):
        np.add.at(light, i, weight)
    whole = np.concatenate([colour.ravel(), LIGHT_WEIGHT * light])
    result: Floats = np.sqrt(whole / whole.sum())
    return result


def _shared(place: Floats, cells: int) -> list[tuple[NDArray[np.int64], Floats]]:
    """Each value (N,) 0 to 1 goes to the two nearest of ``cells`` bins, in proportion."""
    at = np.clip(place * cells - 0.5, 0.0, cells - 1.0)
    low = np.minimum(at.astype(np.int64), cells - 2)
    part = (at - low).astype(np.float32)
    return [(low, 1 - part), (low + 1, part)]
