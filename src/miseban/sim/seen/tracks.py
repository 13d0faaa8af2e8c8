"""What each camera would see of the people: exact boxes with their visibility."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from miseban.sim.seen.shapes import FALLEN, Bodies, bodies_at, is_plain, swayed
from miseban.sim.seen.views import View, views_of
from miseban.sim.stage import Stage
from miseban.sim.world.people import Person
from miseban.vocabulary.shop import Camera
from miseban.vocabulary.tracks import TrackRows

Floats = NDArray[np.float64]

_CHUNK_S = 600.0


@dataclass(frozen=True, slots=True)
class Seen:
    """Rows of one camera with ``visibility`` (N,), 0 to 1: the part of the box in the picture and
    not behind furniture or the box of somebody nearer. ``rows.track`` is the person's id. ``lying``
    (N,) says who lies on the floor; None where nobody is known to."""

    camera: str
    rows: TrackRows
    visibility: Floats
    lying: NDArray[np.bool_] | None = None

    def take(self, index: NDArray[np.bool_] | NDArray[np.int64]) -> Seen:
        """The rows at ``index``."""
        lying = None if self.lying is None else self.lying[index]
        return Seen(self.camera, self.rows.take(index), self.visibility[index], lying)


@dataclass(frozen=True, slots=True)
class Stretch:
    """``seen`` of each camera from ``from_s`` to ``to_s``."""

    from_s: float
    to_s: float
    seen: tuple[Seen, ...]


def sightings(
    people: Sequence[Person],
    cameras: Sequence[Camera],
    duration_s: float,
    stage: Stage | None = None,
) -> Iterator[Stretch]:
    """All that ``cameras``, which have floor points or a pose on ``stage``, see in the rhythm of
    their ``fps``, ten minutes at a time, each camera's rows in order of time and person.

    A person is seen while the place where he or she stands lies in the picture and, where the pose
    is known, furniture leaves something to be seen.
    """
    views = views_of(cameras, stage)
    chunks = int(np.ceil(duration_s / _CHUNK_S))
    for chunk in range(chunks):
        from_s, to_s = chunk * _CHUNK_S, min((chunk + 1) * _CHUNK_S, duration_s)
        there = _there(people, from_s, to_s)
        crowds = {fps: _crowd(there, from_s, to_s, fps) for fps in {v.camera.fps for v in views}}
        seen = tuple(_seen(view, crowds[view.camera.fps]) for view in views)
        yield Stretch(from_s, to_s, seen)


def seen_by(view: View, people: Sequence[Person], from_s: float, to_s: float) -> Seen:
    """What the camera of ``view`` sees from ``from_s`` to ``to_s``, as ``sightings``."""
    return _seen(view, _crowd(_there(people, from_s, to_s), from_s, to_s, view.camera.fps))


def _there(people: Sequence[Person], from_s: float, to_s: float) -> list[Person]:
    return [
        p
        for p in people
        if len(p.trail.t) and p.trail.start_s < to_s and (not p.gone or p.trail.end_s >= from_s)
    ]


@dataclass(frozen=True, slots=True)
class _Crowd:
    """Where everybody is at each moment of a stretch, in order of ``number`` (N,), the moment
    times the rate, and of ``who`` (N,). Row ``at`` (N,) of ``place`` (M, 2) metres and ``tall``
    (M,) metres says where and how tall, ``bodies`` of M how a body is held: one row for all moments
    at which somebody stands still."""

    number: NDArray[np.int64]
    who: NDArray[np.int64]
    at: NDArray[np.int64]
    place: Floats
    tall: Floats
    bodies: Bodies


def _crowd(people: Sequence[Person], from_s: float, to_s: float, fps: float) -> _Crowd:
    empty = np.empty(0, np.int64)
    parts = [(empty, empty, empty)]
    places, heights, known = [np.empty((0, 2))], [np.empty(0)], 0
    shapes, headings = [empty], [np.empty(0)]
    for person in sorted(people, key=lambda one: one.id):
        trail = person.trail
        last_s = min(to_s, trail.end_s) if person.gone else to_s
        first = int(np.ceil(max(from_s, trail.start_s) * fps - 1e-9))
        end = int(np.ceil(last_s * fps - 1e-9))
        if first >= end:
            continue
        number = np.arange(first, end)
        t = np.array(trail.t)
        x, y = np.interp(number / fps, t, trail.x), np.interp(number / fps, t, trail.y)
        shape, heading = np.zeros(len(number), np.int64), np.zeros(len(number))
        if not is_plain(person):
            held = bodies_at(person, number / fps)
            shape, heading = held.shape, held.heading
        if person.sway_m:
            x, y = swayed(person, number / fps, x, y)
        moved = np.ones(len(number), bool)
        moved[1:] = (np.diff(x) != 0) | (np.diff(y) != 0) | (np.diff(shape) != 0)
        moved[1:] |= np.diff(heading) != 0
        parts.append((number, np.full(len(number), person.id), known - 1 + np.cumsum(moved)))
        places.append(np.stack([x[moved], y[moved]], axis=1))
        heights.append(np.full(len(places[-1]), person.height_m))
        shapes.append(shape[moved])
        headings.append(heading[moved])
        known += len(places[-1])
    number, who, at = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(number, kind="stable")
    place, tall = np.concatenate(places), np.concatenate(heights)
    bodies = Bodies(np.concatenate(shapes), np.concatenate(headings))
    return _Crowd(number[order], who[order], at[order], place, tall, bodies)


def _seen(view: View, crowd: _Crowd) -> Seen:
    looked = view.look(crowd.place, crowd.tall, crowd.bodies)
    there = np.flatnonzero(np.isfinite(looked.xyxy[:, 0])[crowd.at])
    number, xyxy = crowd.number[there], looked.xyxy[crowd.at[there]]
    time_s = number / view.camera.fps
    rows = TrackRows(time_s, crowd.who[there], xyxy, np.ones(len(there)), number + 1)
    seen = visibility(number, xyxy, view.camera.resolution) * looked.shown[crowd.at[there]]
    lying = (crowd.bodies.shape == FALLEN)[crowd.at[there]]
    return Seen(view.camera.id, rows, seen, lying)


def visibility(frame: NDArray[np.int64], xyxy: Floats, size: tuple[int, int]) -> Floats:
    """(N,) the part of each box that is in the picture and not covered by the one nearer box that
    covers most of it. ``frame`` (N,) is in order. Whoever stands lower in the picture is nearer.
    """
    cut = np.stack([np.clip(xyxy[:, i], 0, size[i % 2]) for i in range(4)], axis=1)
    area = np.maximum((xyxy[:, 2] - xyxy[:, 0]) * (xyxy[:, 3] - xyxy[:, 1]), 1e-9)
    covered = np.zeros(len(xyxy))
    # From left to right in each frame: whose neighbour begins beyond the right edge is done.
    order = np.argsort((frame - frame[:1]) * (size[0] + 1.0) + cut[:, 0])
    frame, left, right = frame[order], cut[order, 0], cut[order, 2]
    i, offset = np.arange(len(order)), 1
    while True:
        i = i[: np.searchsorted(i, len(order) - offset)]
        i = i[(frame[i + offset] == frame[i]) & (left[i + offset] < right[i])]
        if not len(i):
            break
        one, other = order[i], order[i + offset]
        one, other = np.minimum(one, other), np.maximum(one, other)
        wide = np.minimum(cut[one, 2], cut[other, 2]) - np.maximum(cut[one, 0], cut[other, 0])
        tall = np.minimum(cut[one, 3], cut[other, 3]) - np.maximum(cut[one, 1], cut[other, 1])
        common = np.maximum(wide, 0) * np.maximum(tall, 0)
        behind = np.where(xyxy[one, 3] < xyxy[other, 3], one, other)
        np.maximum.at(covered, behind, common)
        offset += 1
    shown = (cut[:, 2] - cut[:, 0]) * (cut[:, 3] - cut[:, 1])
    return np.clip((shown - covered) / area, 0.0, 1.0)
