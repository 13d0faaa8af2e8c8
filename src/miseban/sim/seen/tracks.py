"""What each camera would see of the people: exact boxes with their visibility."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.projection import FloorView
from miseban.sim.world.people import Person
from miseban.vocabulary.shop import Camera
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

WIDTH_HEIGHTS = 0.3
"""Breadth of the shoulders with the arms, in body heights (about 0.5 m)."""
DEPTH_M = 0.3
"""How deep a body is, from front to back."""
_CHUNK_S = 600.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of one camera with ``visibility`` (N,), 0 to 1: the part of the box in the picture and
    not behind the box of somebody nearer. ``rows.track`` is the person's id."""

    camera: str
    rows: TrackRows
    visibility: Floats


def boxes(view: FloorView, floor_m: Floats, height_m: Floats) -> Floats:
    """(N, 4) boxes of people at (N, 2) metres, (N,) tall; NaN behind the camera.

    As in a picture taken from far at the camera's slant (scaled orthographic projection): the
    floor is stretched by s along the picture's rows and by s times the sine of the slant across,
    so what is upright is stretched by s times the cosine, the root of the difference of squares.
    The bottom's middle is where the person stands (the box's middle, where the camera's anchor
    says so).
    """
    feet = view.to_pixel(floor_m)
    largest, smallest = view.stretch(floor_m)
    upright = np.sqrt(np.maximum(largest**2 - smallest**2, 0.0))
    tall = height_m * upright + DEPTH_M * smallest
    half = np.maximum(WIDTH_HEIGHTS * height_m, DEPTH_M) * largest / 2
    x, y = feet.T
    bottom = y if view.camera.anchor == "feet" else y + tall / 2
    return np.stack([x - half, bottom - tall, x + half, bottom], axis=1)


@dataclass(frozen=True, slots=True)
class Stretch:
    """``seen`` of each camera from ``from_s`` to ``to_s``."""

    from_s: float
    to_s: float
    seen: tuple[Seen, ...]


def sightings(
    people: Sequence[Person], cameras: Sequence[Camera], duration_s: float
) -> Iterator[Stretch]:
    """All that ``cameras``, which have floor points, see in the rhythm of their ``fps``, ten
    minutes at a time, each camera's rows in order of time and person.

    A person is seen while the place where he or she stands lies in the picture.
    """
    views = [FloorView(camera) for camera in cameras]
    chunks = int(np.ceil(duration_s / _CHUNK_S))
    for chunk in range(chunks):
        from_s, to_s = chunk * _CHUNK_S, min((chunk + 1) * _CHUNK_S, duration_s)
        there = [
            p
            for p in people
            if len(p.trail.t) and p.trail.start_s < to_s and (not p.gone or p.trail.end_s >= from_s)
        ]
        crowds = {fps: _crowd(there, from_s, to_s, fps) for fps in {v.camera.fps for v in views}}
        seen = tuple(_seen(view, crowds[view.camera.fps]) for view in views)
        yield Stretch(from_s, to_s, seen)


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Where everybody is at each moment of a stretch, in order of ``number`` (N,), the moment
    times the rate, and of ``who`` (N,): ``place`` (N, 2) metres, ``tall`` (N,) metres."""

    number: NDArray[np.int64]
    who: NDArray[np.int64]
    place: Floats
    tall: Floats


def _crowd(people: Sequence[Person], from_s: float, to_s: float, fps: float) -> _Crowd:
    empty = np.empty(0, np.int64)
    parts = [(empty, empty, np.empty((0, 2)), np.empty(0))]
    for person in people:
        trail = person.trail
        last_s = min(to_s, trail.end_s) if person.gone else to_s
        first = int(np.ceil(max(from_s, trail.start_s) * fps - 1e-9))
        end = int(np.ceil(last_s * fps - 1e-9))
        if first >= end:
            continue
        number = np.arange(first, end)
        t = np.array(trail.t)
        x, y = np.interp(number / fps, t, trail.x), np.interp(number / fps, t, trail.y)
        who = np.full(len(number), person.id)
        tall = np.full(len(number), person.height_m)
        parts.append((number, who, np.stack([x, y], axis=1), tall))
    number, who, place, tall = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.lexsort((who, number))
    return _Crowd(number[order], who[order], place[order], tall[order])


def _seen(view: FloorView, crowd: _Crowd) -> Seen:
    width, height = view.camera.resolution
    x, y = view.to_pixel(crowd.place).T
    there = np.flatnonzero((x >= 0) & (x <= width) & (y >= 0) & (y <= height))
    xyxy = boxes(view, crowd.place[there], crowd.tall[there])
    finite = np.isfinite(xyxy).all(axis=1)
    there, xyxy = there[finite], xyxy[finite]
    number = crowd.number[there]
    time_s = number / view.camera.fps
    rows = TrackRows(time_s, crowd.who[there], xyxy, np.ones(len(there)), number + 1)
    return Seen(view.camera.id, rows, visibility(number, xyxy, (width, height)))


def visibility(frame: NDArray[np.int64], xyxy: Floats, size: tuple[int, int]) -> Floats:
    """(N,) the part of each box that is in the picture and not covered by the one nearer box that
    covers most of it. ``frame`` (N,) is in order. Whoever stands lower in the picture is nearer.
    """
    cut = np.stack([np.clip(xyxy[:, i], 0, size[i % 2]) for i in range(4)], axis=1)
    area = np.maximum((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]), 1e-9)
    covered = np.zeros(len(xyxy))
    offset = 1
    while offset < len(frame) and (same := frame[offset:] == frame[:-offset]).any():
        i = np.flatnonzero(same)
        j = i + offset
        wide = np.minimum(cut[i, 2], cut[j, 2]) - np.maximum(cut[i, 0], cut[j, 0])
        tall = np.minimum(cut[i, 3], cut[j, 3]) - np.maximum(cut[i, 1], cut[j, 1])
        common = np.maximum(wide, 0) * np.maximum(tall, 0)
        behind = np.where(xyxy[i, 3] < xyxy[j, 3], i, j)
        np.maximum.at(covered, behind, common)
        offset += 1
    shown = (cut[:, 2] - cut[:, 0]) * (cut[:, 3] - cut[:, 1])
    return np.clip((shown - covered) / area, 0.0, 1.0)
