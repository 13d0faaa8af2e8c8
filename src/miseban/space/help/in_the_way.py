"""How much of somebody who stood at a place a camera would see past the others."""

from __future__ import annotations

from collections.abc import Iterable

from miseban.space.help.bodies import EDGE_PX, Body

Box = tuple[float, float, float, float]
NONE_SEEN, ALL_SEEN = 0.2, 0.8
"""Detectors find nobody of whom less is seen, and everybody of whom more is."""


def box_of(body: Body) -> Box:
    """Left, top, right and bottom, in pixels."""
    half, (u, v) = body.aspect * body.box_px / 2, body.foot
    return u - half, v - body.box_px, u + half, v


def is_cut_below(body: Body, width: int) -> bool:
    """Whether of the edges of a picture ``width`` pixels wide only the lower one cuts the box."""
    left, top, right, _ = box_of(body)
    return not body.whole and min(left, top, width - right) >= EDGE_PX


def seen_past(box: Box, others: Iterable[Box]) -> float:
    """The part, 0 to 1, of ``box`` that the one of ``others`` leaves which hides most: who is lower
    in the picture is nearer."""
    left, top, right, bottom = box
    hidden = 0.0
    for x1, y1, x2, y2 in others:
        if y2 > bottom:
            wide = max(min(right, x2) - max(left, x1), 0.0)
            high = max(min(bottom, y2) - max(top, y1), 0.0)
            hidden = max(hidden, wide * high)
    return 1.0 - hidden / max((right - left) * (bottom - top), 1e-6)


def found(part: float) -> float:
    """How often a detector finds somebody of whom it sees so much, beside somebody in full view."""
    return min(max((part - NONE_SEEN) / (ALL_SEEN - NONE_SEEN), 0.0), 1.0)
