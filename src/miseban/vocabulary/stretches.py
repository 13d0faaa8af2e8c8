"""Stretches of time, each ``(from, to)`` in seconds, that may overlap: what is lost twice is lost
once."""

from __future__ import annotations

from collections.abc import Iterable

Stretch = tuple[float, float]


def joined(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same time in order, as stretches that neither overlap nor touch."""
    found: list[Stretch] = []
    for from_s, to_s in sorted(stretches):
        if to_s <= from_s:
            continue
        if found and from_s <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], to_s)
        else:
            found.append((from_s, to_s))
    return found


def length_s(
    stretches: Iterable[Stretch], from_s: float = float("-inf"), to_s: float = float("inf")
) -> float:
    """Of what the stretches cover together between ``from_s`` and ``to_s``."""
    within = ((max(a, from_s), min(b, to_s)) for a, b in stretches)
    return sum(b - a for a, b in joined(within))


def without(stretch: Stretch, taken: Iterable[Stretch]) -> list[Stretch]:
    """The parts of ``stretch`` that none of ``taken`` covers, in order."""
    at_s, end_s = stretch
    parts = []
    for from_s, to_s in joined(taken):
        if from_s > at_s and at_s < end_s:
            parts.append((at_s, min(from_s, end_s)))
        at_s = max(at_s, to_s)
    if at_s < end_s:
        parts.append((at_s, end_s))
    return parts
